"""What an API server refuses, in the words that the making of clusters goes by."""

from collections.abc import Iterator
from contextlib import contextmanager

from kubegenie_tui.domain.errors import (
    ClusterError,
    Conflict,
    Forbidden,
    Invalid,
    NameTaken,
    PermissionMissing,
    ProviderError,
    ServerFailed,
    SpecRefused,
    Throttled,
    TlsFailed,
    TryLater,
    Unreachable,
)


@contextmanager
def refusals() -> Iterator[None]:
    """Raise what a provider raises; 404, 401 and what is wrong with credentials stay what they are.

    Raises:
        PermissionMissing, NameTaken, SpecRefused: it would be refused again.
        TryLater: it may not be.
    """
    try:
        yield
    except ClusterError as error:
        raise _translated(error) from error


def _translated(error: ClusterError) -> Exception:
    said = (error.what, error.why, error.next_step)
    match error:
        case Forbidden():
            return PermissionMissing(*said)
        case Conflict() if error.reason == "AlreadyExists":
            return NameTaken(*said)
        case Invalid():
            return SpecRefused(*said)
        case TlsFailed():
            return ProviderError(*said)
        case Throttled() | ServerFailed():
            return TryLater(*said, retry_after=error.retry_after or 0.0)
        case Unreachable() | Conflict():
            return TryLater(*said)
    return error
