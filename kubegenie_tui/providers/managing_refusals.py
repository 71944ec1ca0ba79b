"""What an API server refuses, in the words that the making of clusters goes by."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from kubegenie_tui.domain.errors import (
    ClusterError,
    Conflict,
    Forbidden,
    Invalid,
    NameTaken,
    OverQuota,
    PermissionMissing,
    ProviderError,
    QuotaExceeded,
    ServerFailed,
    SpecRefused,
    Throttled,
    TlsFailed,
    TryLater,
    Unreachable,
)

_QUOTA = re.compile(r"exceeded quota: (\S+), requested: (\S+), used: (\S+), limited: (\S+)")
_IN_USE = re.compile(r"This resource is in-use by .*")
"""As Crossplane refuses to delete what a Usage is of. Source: crossplane, internal/webhook/protection/usage."""
_NOT_COUNTED = "status unknown for quota: "
"""As API servers say it of a quota that was made a moment ago."""


@contextmanager
def refusals() -> Iterator[None]:
    """Raise what a provider raises; 404, 401 and what is wrong with credentials stay what they are.

    Raises:
        PermissionMissing, QuotaExceeded, NameTaken, SpecRefused: it would be refused again.
        TryLater: it may not be.
    """
    try:
        yield
    except ClusterError as error:
        raise _translated(error) from error


def _translated(error: ClusterError) -> Exception:
    said = (error.what, error.why, error.next_step)
    match error:
        case OverQuota():
            what = f"A quota of the namespace has no room for {error.resource}"
            return QuotaExceeded(what, _what_is_used(error.why), error.next_step)
        case Forbidden() if _NOT_COUNTED in error.why:
            return TryLater(*said)
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
        case Conflict() if found := _IN_USE.search(error.why):
            return TryLater("A Usage keeps it", found[0], "it goes on once the Usage is gone: see the Usages there")
        case Unreachable() | Conflict():
            return TryLater(*said)
    return error


def _what_is_used(why: str) -> str:
    """`full: 3 of 3 count/clusters.cluster.x-k8s.io used, 1 more asked for`; the server's words where they are cut."""
    found = _QUOTA.search(why)
    if found is None:
        return why
    requested, used, limited = (_amounts(each) for each in found.groups()[1:])
    told = [
        f"{used.get(name, '?')} of {limited.get(name, '?')} {name} used, {amount} more asked for"
        for name, amount in requested.items()
    ]
    return f"{found[1]}: {'; '.join(told)}"


def _amounts(listed: str) -> dict[str, str]:
    return {name: amount for name, _, amount in (each.partition("=") for each in listed.split(","))}
