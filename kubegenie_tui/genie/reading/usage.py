"""What pods and nodes use now, the hungriest first."""

import msgspec

from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import NotFound, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.quantity import format_bytes, format_cpu, millicores, parse_quantity
from kubegenie_tui.genie.reading.scope import Result, Scope, bounded, where


class Used(msgspec.Struct, frozen=True):
    """What one pod or node uses."""

    namespace: str
    name: str
    cpu: int
    """Millicores."""
    memory: int
    """Bytes."""


async def top(
    scope: Scope, kind_name: str = "pods", namespace: str | None = None, *, sort: str = "cpu", limit: int = 20,
    name: str = "",
) -> Result:  # fmt: skip
    """Use of pods or nodes; `name` keeps those whose name contains it.

    Raises:
        UsageError: only pods and nodes are measured.
        NotFound: the cluster has no metrics.
        ClusterError: the cluster does not tell.
    """
    kind = scope.kind(kind_name)
    if kind.id not in ("pods", "nodes"):
        raise UsageError(f"The use of {kind.plural} is not measured", next_step="ask about pods or nodes")
    space = scope.namespace(namespace, kind)
    measured = await _measured(scope, kind.plural, space)
    used = [
        Used(*where_and_name, *figures) for where_and_name, figures in measured.items() if name in where_and_name[1]
    ]
    used.sort(key=lambda one: -(one.memory if sort.startswith("mem") else one.cpu))
    total = f"{format_cpu(sum(u.cpu for u in used))} cpu, {format_bytes(sum(u.memory for u in used))} memory in all"
    summary = f"use of {len(used)} {kind.plural}{where(kind, space)}: {total}"
    head = f"cluster {scope.reader.name}: {summary}; the first {min(limit, len(used))} by {sort} shown"
    lines = [head, "NAMESPACE | NAME | CPU | MEMORY"]
    lines += [f"{u.namespace or '-'} | {u.name} | {format_cpu(u.cpu)} | {format_bytes(u.memory)}" for u in used[:limit]]
    return Result(summary, bounded("\n".join(lines)), used[:limit], ShowRequested(kind.id, space))


async def _measured(scope: Scope, plural: str, namespace: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Millicores and bytes by namespace and name."""
    metrics = Kind("metrics.k8s.io", "v1beta1", plural, "Metrics", namespaced=plural == "pods")
    try:
        found = await scope.reader.list_objects(metrics, namespace, limit=0)
    except NotFound as error:
        what = "The cluster does not tell what pods and nodes use"
        raise NotFound(what, "it serves no metrics.k8s.io", "install metrics-server") from error
    return {(text_at(item, "metadata.namespace"), text_at(item, "metadata.name")): _used(item) for item in found.items}


def _used(item: Manifest) -> tuple[int, int]:
    parts = [mapping_at(part, "usage") for part in mappings_at(item, "containers")] or [mapping_at(item, "usage")]
    cpu = sum(millicores(str(part.get("cpu", "0"))) for part in parts)
    return cpu, sum(int(parse_quantity(str(part.get("memory", "0")))) for part in parts)
