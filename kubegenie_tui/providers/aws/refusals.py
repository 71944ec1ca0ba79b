"""What the SDK of AWS raises, in our own words: the one border at which that happens."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import (
    CredentialError,
    ExtraMissing,
    KubeGenieError,
    NameTaken,
    PermissionMissing,
    ProviderError,
    QuotaExceeded,
    SpecRefused,
    TryLater,
)

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

ABSENT = re.compile(
    r"NoSuchEntity|ResourceNotFoundException|Invalid\w+\.NotFound|NatGatewayNotFound|Gateway\.NotAttached"
)
"""Codes of what is not there."""
_THROTTLED = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete")
_QUOTA = re.compile(r"LimitExceeded|InsufficientInstanceCapacity|QuotaExceeded")
_DENIED = re.compile(r"AccessDenied|UnauthorizedOperation|NotAuthorized")
_UNKNOWN_US = re.compile(
    r"ExpiredToken|InvalidClientTokenId|UnrecognizedClient|AuthFailure|SignatureDoesNotMatch|InvalidAccessKeyId"
)
_BUSY = re.compile(
    r"ResourceInUse|DependencyViolation|DeleteConflict|ConcurrentModification|IncorrectState|InvalidIPAddress.InUse"
)
_FAILING = re.compile(r"InternalError|InternalFailure|ServerException|ServiceUnavailable|Unavailable|RequestExpired")
_WRONG = re.compile(r"Invalid|Validation|Malformed|Missing|Unsupported|OutOfRange|Conflict")
_NOT_YET = re.compile(
    r"role.*(cannot be assumed|could not be assumed|not found|cannot be found|does not exist)", re.I | re.S
)
"""What is said of a role that was made a moment ago: AWS takes a while to hear of it."""


class Absent(ProviderError):
    """It is not there: seldom of interest to a person, so it is caught where it is asked for."""


@contextmanager
def translated(call: str) -> Iterator[None]:
    """Whatever the SDK raises inside becomes an error of ours; `call` is what was asked: `eks:CreateCluster`.

    Raises:
        ExtraMissing: it is not installed.
    """
    try:
        from botocore import exceptions as sdk
    except ImportError:
        raise ExtraMissing("Amazon EKS", "aws") from None
    try:
        yield
    except sdk.ClientError as error:
        raise _refused(call, error) from None
    except (sdk.ConnectionError, sdk.HTTPClientError) as error:
        raise TryLater(f"{call} got no answer", _said(error), "see that AWS can be reached from here") from None
    except (sdk.NoCredentialsError, sdk.PartialCredentialsError, sdk.CredentialRetrievalError) as error:
        raise _nobody(_said(error)) from None
    except (sdk.ProfileNotFound, sdk.NoRegionError) as error:
        raise ProviderError(
            "These settings lead to no account of AWS", _said(error), "see `aws configure list`"
        ) from None
    except sdk.ParamValidationError as error:
        raise SpecRefused(f"{call} cannot be asked like that", _said(error), "change what it is about") from None
    except sdk.BotoCoreError as error:
        raise ProviderError(f"{call} failed", _said(error), "try again, or sign in to AWS anew") from None


def _refused(call: str, error: "ClientError") -> KubeGenieError:
    told: Mapping[str, Any] = error.response.get("Error", {})
    code, why = str(told.get("Code", "")), str(told.get("Message", "")).strip()
    metadata: Mapping[str, Any] = error.response.get("ResponseMetadata", {})
    status = int(metadata.get("HTTPStatusCode", 0))
    if ABSENT.fullmatch(code):
        return Absent(f"{call}: it is not there", why)
    if status == 429 or _THROTTLED.search(code):
        after = str(metadata.get("HTTPHeaders", {}).get("retry-after", ""))
        return TryLater(
            f"AWS is asked too often: {call}", why, "wait a while", retry_after=float(after) if after.isdigit() else 0.0
        )
    if _QUOTA.search(code):
        return QuotaExceeded(f"AWS has no more for this account: {call}", why, "ask for more in Service Quotas")
    if _UNKNOWN_US.search(code):
        return _nobody(why)
    if _DENIED.search(code):
        return PermissionMissing(f"AWS does not allow {call}", why, f"let somebody allow {call} for this identity")
    return _about_what_was_asked(call, code, why, status)


def _about_what_was_asked(call: str, code: str, why: str, status: int) -> ProviderError:
    if "AlreadyExists" in code or (_BUSY.search(code) and "already exist" in why.lower()):
        return NameTaken(f"{call}: the name is taken", why, "choose another name")
    if _BUSY.search(code):
        return TryLater(f"{call}: something is still in use", why, "wait until what uses it has gone")
    if _FAILING.search(code) or status >= 500:
        return TryLater(f"AWS failed for a moment: {call}", why or code, "wait a while")
    if _WRONG.search(code) and _NOT_YET.search(why):
        return TryLater(f"{call}: AWS does not know the new role yet", why, "wait a while")
    if _WRONG.search(code):
        return SpecRefused(f"AWS does not accept {call}", why, "change what it is about")
    return ProviderError(f"{call} failed", f"{code}: {why}" if code else why, "see the console of AWS")


def _nobody(why: str) -> KubeGenieError:
    return CredentialError("AWS does not know who we are", why, "sign in again, or give other credentials")


def _said(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
