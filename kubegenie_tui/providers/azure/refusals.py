"""The border of Azure's libraries: whatever they raise becomes one of our errors. No secret is in any of them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import (
    CredentialError,
    KubeGenieError,
    NameTaken,
    PermissionMissing,
    ProviderError,
    QuotaExceeded,
    SpecRefused,
    StillAtWork,
    TryLater,
)
from kubegenie_tui.domain.text import plain

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError, HttpResponseError

_BUSY = {
    "AnotherOperationInProgress",
    "ConcurrentClusterOperation",
    "EtagMismatch",
    "OperationNotAllowed",
    "OperationPreempted",
    "ResourceGroupBeingDeleted",
    "Conflict",
}
"""Codes of a 409 that passes: one operation at a time is what a cluster takes."""
_AT_WORK = re.compile(
    r"another operation|in[ -]progress|is being (?:created|updated|deleted)|is (?:still )?running", re.I
)
"""What a 409 says that passes when an operation ends; the same codes stand for what a cluster never takes."""
NO_SUBSCRIPTION = "SubscriptionNotFound"
"""The code of a 404 that says nothing of what lies in the subscription: the login is another one than it was."""
_CHAIN = "DefaultAzureCredential failed"
BUSY_SECONDS = 60.0
"""What runs on a cluster takes minutes: it is asked again after so long, when Azure does not say how long."""
_ACTION = re.compile(r"perform action '([^']+)'")
_LONGEST = 600


@contextmanager
def translated() -> Iterator[None]:
    """Errors of Azure's libraries leave the block as ours.

    Raises:
        KubeGenieError: what they raised.
    """
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        raise refusal(error) from error


def refusal(error: "AzureError") -> KubeGenieError:
    """What an error of the libraries means."""
    from azure.core.exceptions import (
        ClientAuthenticationError,
        HttpResponseError,
        ServiceRequestError,
        ServiceResponseError,
    )

    if isinstance(error, ClientAuthenticationError) and _CHAIN in error.message:
        return _no_login(error.message)
    if isinstance(error, ClientAuthenticationError):
        return CredentialError("Azure does not let us in", _words(error), "az login, or look at client id and secret")
    if isinstance(error, HttpResponseError) and error.status_code:
        return _answered(error, error.status_code)
    if isinstance(error, ServiceRequestError | ServiceResponseError):
        return _unanswered(error)
    return ProviderError("Azure could not be asked", _words(error))


def _no_login(said: str) -> KubeGenieError:
    """Each of a dozen places says at length that it has none; what a person set up and failed is worth reading."""
    found = re.search(r"EnvironmentCredential: (.*)", said)
    why = found[1] if found and "unavailable" not in found[1] else "environment, machine and az have none that works"
    return CredentialError("There is no login for Azure here", plain(why)[:_LONGEST], "az login, or set a client id")


def _unanswered(error: "AzureError") -> KubeGenieError:
    why = _words(error)
    if "certificate" in why.lower():
        return ProviderError("Azure's certificate is not believed", why, "name the CA file of the proxy in between")
    return TryLater("Azure does not answer", why, "look at the network, and at the endpoint in the configuration")


def _answered(error: "HttpResponseError", status: int) -> KubeGenieError:
    code, why = code_of(error), _words(error)
    if "quota" in f"{code} {why}".lower():
        return QuotaExceeded("The quota of the subscription is used up", why, "choose another size, or ask for more")
    if status == 429 or status >= 500 or status == 408:
        what = "Azure gets too many requests" if status == 429 else "Azure fails for a moment"
        return TryLater(what, why, "try again in a minute", retry_after=_retry_after(error, 0))
    match status:
        case 403:
            return _forbidden(code, why)
        case 404 if code == NO_SUBSCRIPTION:
            step = "log in to its tenant, or give other credentials"
            return CredentialError("Who we are does not see the subscription", why, step)
        case 404:
            return ProviderError("Azure knows of no such thing", why)
        case 409 if code in _BUSY:
            wait, kind = _retry_after(error, BUSY_SECONDS), StillAtWork if _AT_WORK.search(why) else TryLater
            return kind("Azure is busy with it", why, "try again in a minute", retry_after=wait)
        case 412:
            return _precondition(error, why)
        case 400:
            return SpecRefused("Azure refuses what was asked for", why, "change it, and try again")
        case _:
            return ProviderError(f"Azure refused ({status}{f' {code}' if code else ''})", why)


def _forbidden(code: str, why: str) -> KubeGenieError:
    if code == "RequestDisallowedByPolicy":
        return SpecRefused("A policy of the subscription forbids it", why, "ask who keeps the policies")
    action = _ACTION.search(why)
    what = f"Azure does not allow {action[1]}" if action else "Azure knows who we are, and says no"
    return PermissionMissing(what, why, "ask an owner of the subscription for a role that has it")


def _precondition(error: "HttpResponseError", why: str) -> KubeGenieError:
    from azure.core.exceptions import ResourceExistsError

    if isinstance(error, ResourceExistsError):
        return NameTaken("Somebody else made one of that name just now", why, "choose another name")
    return TryLater("Somebody else changed it just now", why, "try again")


def code_of(error: "HttpResponseError") -> str:
    """Azure's own word for it, such as `ResourceGroupNotFound`; empty where it has none."""
    return str(getattr(error.error, "code", "") or "")


def _words(error: "AzureError") -> str:
    """What Azure says, in one line."""
    said = getattr(getattr(error, "error", None), "message", "") or error.message
    return plain(" ".join(str(said).split()))[:_LONGEST]


def _retry_after(error: "HttpResponseError", otherwise: float) -> float:
    said = str(getattr(error.response, "headers", {}).get("Retry-After", ""))
    return float(said) if said.isdigit() else otherwise
