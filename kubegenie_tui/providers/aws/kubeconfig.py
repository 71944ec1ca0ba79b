"""The kubeconfig of a cluster of EKS: no token in it, but how to get one, by our own exec plugin."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.one_context import kubeconfig_of, token_plugin

if TYPE_CHECKING:
    from kubegenie_tui.providers.aws.eks_config import EksConfig


def kubeconfig(seen: Mapping[str, Any], config: "EksConfig", region: str, called: str) -> dict[str, Any]:
    """One context, of what the cluster is called among those that are listed.

    Raises:
        ProviderError: the cluster has no address yet.
    """
    name = str(seen["name"])
    ca = seen.get("certificateAuthority", {}).get("data")
    if not seen.get("endpoint") or not ca:
        raise ProviderError(
            f"{name} cannot be reached yet", f"it is {seen.get('status', 'being made')}", "wait a while"
        )
    options = {"--cluster": name, "--region": region, "--profile": config.profile, "--role": config.role}
    there = {"server": seen["endpoint"], "certificate-authority-data": ca}
    return kubeconfig_of(called, there, {"exec": token_plugin("eks", options, _keys(config))})


def _keys(config: "EksConfig") -> dict[str, str]:
    """The access key of the configuration, and an empty session token in place of one that belongs to another key."""
    if config.secret_key is None:
        return {}
    return {
        "AWS_ACCESS_KEY_ID": config.access_key,
        "AWS_SECRET_ACCESS_KEY": config.secret_key.get_secret_value(),
        "AWS_SESSION_TOKEN": config.session_token.get_secret_value() if config.session_token else "",
    }
