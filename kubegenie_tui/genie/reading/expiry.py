"""When the certificates of TLS Secrets end."""

import time

import msgspec

from kubegenie_tui.diagnostics.certificates import expiry_of
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.scope import Result, Scope, place

_TYPE = "kubernetes.io/tls"


class Expiry(msgspec.Struct, frozen=True):
    """One certificate."""

    ref: ObjectRef
    ends: float
    """Seconds since the epoch."""


async def read_expiries(scope: Scope, namespace: str | None = None) -> Result:
    """Certificates in TLS Secrets, those that end first on top. Only their dates are read.

    Raises:
        ClusterError: the cluster does not tell.
    """
    kind = scope.kind("secrets")
    space = await scope.known_namespace(namespace, kind)
    found = await listed(scope.reader, kind, space, field_selector=f"type={_TYPE}")
    expiries = []
    for secret in found.items:
        ends = expiry_of(secret)
        if ends is not None:
            where = text_at(secret, "metadata.namespace")
            expiries.append(Expiry(ObjectRef("secrets", text_at(secret, "metadata.name"), where), ends))
    expiries.sort(key=lambda each: each.ends)
    number = len(expiries)
    summary = f"{number} certificate{'' if number == 1 else 's'} in TLS Secrets {place(space)}"
    lines = [f"{each.ref} {when(each.ends)}" for each in expiries]
    return Result(summary, "\n".join([summary, *lines]), expiries, ShowRequested("secrets", space, "TYPE:tls"))


def when(ends: float) -> str:
    """`expired 25h ago`, `ends in 89d`."""
    left = ends - time.time()
    return f"expired {format_age(-left)} ago" if left <= 0 else f"ends in {format_age(left)}"
