"""Workloads and pods whose containers lack something that good practice asks for: limits, requests, probes."""

from collections.abc import Callable

import msgspec

from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.manifest import Manifest, value_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.scope import Result, Scope, where, word_of
from kubegenie_tui.kube.pace import paced

MOST = 2_000
"""Objects that are looked at."""
_PATHS = {
    "limits": "resources.limits", "requests": "resources.requests", "resources": "resources",
    "memory-limits": "resources.limits.memory", "cpu-limits": "resources.limits.cpu",
    "memory-requests": "resources.requests.memory", "cpu-requests": "resources.requests.cpu",
    "readiness-probe": "readinessProbe", "liveness-probe": "livenessProbe", "startup-probe": "startupProbe",
    "security-context": "securityContext",
}  # fmt: skip
KNOWN: tuple[str, ...] = (*_PATHS, "probes")


class Lack(msgspec.Struct, frozen=True):
    """One object with the containers that lack it."""

    ref: ObjectRef
    containers: tuple[str, ...]


class Lacking(msgspec.Struct, frozen=True):
    """All that lack it."""

    found: tuple[Lack, ...]
    looked_at: int
    left_out: bool
    """Whether there are more objects than were looked at."""


async def lacking(scope: Scope, kind_name: str, what: str, namespace: str | None = None) -> Result:
    """Objects of a kind with a container that lacks something.

    Args:
        scope: where.
        kind_name: pods, or a kind that makes pods.
        what: one of KNOWN.
        namespace: None for the one in view, `*` for all.

    Raises:
        UsageError: the kind has no containers.
        ClusterError: the objects cannot be listed.
    """
    kind = scope.kind(kind_name)
    space = await scope.known_namespace(namespace, kind)
    there = await listed(scope.reader, kind, space, limit=MOST)
    lacks, found = _test_of(what), list[Lack]()
    async for manifest in paced(there.items):
        metadata = manifest.get("metadata", {})
        target = Target(kind, metadata.get("name", ""), metadata.get("namespace", ""), scope.reader.name, manifest)
        if not target.containers():
            raise UsageError(f"A {kind.kind} has no containers", next_step="ask about pods or deployments")
        names = tuple(str(each.get("name")) for each in target.containers() if lacks(each))
        if names:
            found.append(Lack(target.ref, names))
    words = what.replace("-", " ")
    summary = f"{len(found)} of {len(there.items)} {word_of(kind)} without {words}{where(kind, space)}"
    lines = [f"{each.ref}: {', '.join(each.containers)}" for each in found]
    more = f", of the first {len(there.items):,} that were read; there are more" if there.remaining else ""
    text = "\n".join([f"cluster {scope.reader.name}: {summary}{more}", *lines])
    return Result(
        summary, text, Lacking(tuple(found), len(there.items), there.remaining != 0), ShowRequested(kind.id, space)
    )


def _test_of(what: str) -> Callable[[Manifest], bool]:
    if what == "probes":
        return lambda container: not (container.get("readinessProbe") or container.get("livenessProbe"))
    path = _PATHS[what]
    return lambda container: not value_at(container, path)
