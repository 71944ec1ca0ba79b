"""Whom Google takes us for, and the permissions that the work needs.

Source: https://cloud.google.com/kubernetes-engine/docs/reference/api-permissions
"""

from typing import TYPE_CHECKING, Any

from kubegenie_tui.providers.gcp.login import credentials
from kubegenie_tui.providers.gcp.refusals import sdk, translated

if TYPE_CHECKING:
    from kubegenie_tui.providers.gcp.gke_config import GkeConfig

PERMISSIONS = (
    "container.clusters.create",
    "container.clusters.delete",
    "container.clusters.get",
    "container.clusters.list",
    "container.clusters.update",
    "container.operations.get",
    "container.operations.list",
    "compute.machineTypes.list",
    "compute.regions.list",
    "compute.zones.list",
    "compute.disks.list",
    "compute.forwardingRules.list",
)
"""On the project. Leave to use the nodes' service account is given on that account: it cannot be asked for here."""
_TIMEOUT_SECONDS = 20.0


def who(config: "GkeConfig") -> str:
    """The mail of an account, as the token server knows it. It asks the network: call it in a thread.

    Raises:
        CredentialError: nobody, and why.
        TryLater: Google does not answer.
    """
    if config.anonymous:
        return "anonymous"
    return name_of(credentials(config))


def name_of(found: Any) -> str:
    """The mail that belongs to Google's credentials."""
    with sdk():
        from google.auth.transport.requests import Request
    with translated("Google does not know who you are"):
        found.refresh(Request())
    mail = getattr(found, "service_account_email", "") or getattr(found, "account", "")
    return str(mail or _told_by_token(found) or "somebody whose mail the token does not tell")


def _told_by_token(found: Any) -> str:
    """What the server that gave a token says of it; nothing when it was not asked for a mail."""
    import requests

    server = str(getattr(found, "token_uri", "") or "")
    if not server.endswith("/token"):
        return ""
    with translated("Google does not say who you are"):
        answer = requests.post(f"{server}info", data={"access_token": found.token}, timeout=_TIMEOUT_SECONDS)
    try:
        return str(answer.json().get("email", "")) if answer.ok else ""
    except (ValueError, AttributeError):
        return ""
