"""The border to Google's libraries: whatever they raise becomes one of our errors here, and nowhere else.

Sources: google.api_core.exceptions; https://cloud.google.com/apis/design/errors; what Google answers when a cluster is
busy or a quota is used up, as reported in terraform-provider-google#3650, cluster-api-provider-gcp#1363 and
cloud-ops-sandbox#44.
"""

import contextlib
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec

from kubegenie_tui.domain.errors import (
    CredentialError,
    ExtraMissing,
    KubeGenieError,
    NameTaken,
    PermissionMissing,
    ProviderError,
    QuotaExceeded,
    SpecRefused,
    StillAtWork,
    TryLater,
)

_BUSY = re.compile(r"incompatible operation|is currently \w+|try again once")
_QUOTA = re.compile(r"insufficient (\w+ )?quota|quota '\w+' exceeded|cannot create more than", re.IGNORECASE)
_BUSY_SECONDS = 60.0
"""What another operation of the same cluster is waited for before it is asked again."""


class Absent(ProviderError):
    """There is no such thing."""


class Answer(msgspec.Struct, frozen=True):
    """What Google said no with."""

    code: int
    """HTTP status."""
    status: str = ""
    """Google's own: `FAILED_PRECONDITION`."""
    message: str = ""
    reason: str = ""
    """Of its ErrorInfo: `SERVICE_DISABLED`."""
    retry_after: float = 0.0
    """Seconds it asked us to wait."""


@contextlib.contextmanager
def sdk() -> Iterator[None]:
    """Around imports of Google's libraries.

    Raises:
        ExtraMissing: they are not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ExtraMissing("Google Kubernetes Engine", "gcp") from error


@contextlib.contextmanager
def translated(what: str) -> Iterator[None]:
    """Around calls of Google's libraries; `what` is what has not happened if one fails.

    Raises:
        KubeGenieError: it failed, in our words.
    """
    with sdk():
        import requests
        from google.api_core import exceptions as api
        from google.auth import exceptions as auth
        from google.protobuf import json_format
    try:
        yield
    except api.GoogleAPICallError as error:
        raise refusal(what, _answer(error)) from error
    except auth.DefaultCredentialsError as error:
        step = "gcloud auth application-default login, or name the key file of a service account"
        raise CredentialError(what, "there is no login of yours on this machine", step) from error
    except auth.TransportError as error:
        raise TryLater(what, "Google's token server does not answer") from error
    except auth.GoogleAuthError as error:
        raise _unknown_to_google(what, error) from error
    except requests.exceptions.SSLError as error:
        raise ProviderError(what, "its certificate is not to be trusted", "is there a proxy in between?") from error
    except json_format.ParseError as error:
        raise ProviderError(what, "what came is not JSON", "is there a proxy in between?") from error
    except requests.exceptions.RequestException as error:
        raise TryLater(what, f"Google does not answer: {type(error).__name__}") from error


def refusal(what: str, answer: Answer) -> KubeGenieError:
    """An answer that says no, as the error that says what can be done about it."""
    said = answer.message or answer.status or f"HTTP {answer.code}"
    match answer.code:
        case HTTPStatus.NOT_FOUND if answer.message:
            return Absent(what, said)
        case HTTPStatus.UNAUTHORIZED:
            return CredentialError(what, said, "log in again, or take another key")
        case HTTPStatus.FORBIDDEN:
            return _forbidden(what, answer, said)
        case HTTPStatus.CONFLICT if answer.status != "ABORTED":
            return NameTaken(what, said, "take another name, or remove what has it")
        case HTTPStatus.CONFLICT | HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.REQUEST_TIMEOUT:
            return TryLater(what, said, retry_after=answer.retry_after)
        case HTTPStatus.BAD_REQUEST if _is_busy(answer):
            return StillAtWork(what, said, retry_after=answer.retry_after or _BUSY_SECONDS)
        case HTTPStatus.BAD_REQUEST:
            return SpecRefused(what, said)
        case code if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return TryLater(what, said, retry_after=answer.retry_after)
    return ProviderError(what, said)


def _forbidden(what: str, answer: Answer, said: str) -> KubeGenieError:
    if _QUOTA.search(said):
        return QuotaExceeded(what, said, "ask for less, take another region, or ask Google for more quota")
    if answer.reason == "SERVICE_DISABLED":
        return PermissionMissing(what, said, "turn that API on for the project")
    return PermissionMissing(what, said, "ask for a role that allows it: roles/container.admin, roles/compute.viewer")


def _is_busy(answer: Answer) -> bool:
    if answer.status != "FAILED_PRECONDITION":
        return False
    return answer.reason == "CLUSTER_ALREADY_HAS_OPERATION" or bool(_BUSY.search(answer.message))


def _unknown_to_google(what: str, error: Any) -> KubeGenieError:
    """Only the first of its words is told: what follows may be a whole answer of the token server."""
    said = str(error.args[0]) if error.args else type(error).__name__
    if error.retryable:
        return TryLater(what, f"Google gives no token: {said}")
    return CredentialError(what, said, "log in again, or take another key")


def _answer(error: Any) -> Answer:
    """What an error of google.api_core holds; of its own message the URL of the request is left out."""
    told = _error_of(error.response)
    reasons = [each.get("reason", "") for each in told.get("details", ()) if isinstance(each, dict)]
    return Answer(
        int(error.code or 0),
        str(told.get("status", "")),
        str(told.get("message", "")),
        next((str(each) for each in reasons if each), ""),
        _seconds(error.response),
    )


def _error_of(response: Any) -> dict[str, Any]:
    try:
        found = response.json()["error"]
    except (AttributeError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(response: Any) -> float:
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (AttributeError, KeyError, ValueError):
        return 0.0
