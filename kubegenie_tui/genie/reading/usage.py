"""What pods and nodes use now, the hungriest first."""

from collections.abc import Sequence

import msgspec

from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import NotFound, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.quantity import format_bytes, format_cpu, millicores, parse_quantity
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.scope import Result, Scope, where


class Used(msgspec.Struct, frozen=True):
    """What one pod or node uses."""

    namespace: str
    name: str
    cpu: int
    """Millicores."""
    memory: int
    """Bytes."""
    cpu_room: int = 0
    """Millicores that a node has for pods; 0 for pods, and when unknown."""
    memory_room: int = 0
    """Bytes that a node has for pods."""


async def top(
    scope: Scope, kind_name: str = "pods", namespace: str | None = None, *, sort: str = "cpu", limit: int = 20,
    name: str = "",
) -> Result:  # fmt: skip
    """Use of pods or nodes; `name` keeps those whose name contains it; limit 0 for all.

    Raises:
        UsageError: only pods and nodes are measured.
        NotFound: the cluster has no metrics.
        ClusterError: the cluster does not tell.
    """
    kind = scope.kind(kind_name)
    if kind.id not in ("pods", "nodes"):
        raise UsageError(f"The use of {kind.plural} is not measured", next_step="ask about pods or nodes")
    space = await scope.known_namespace(namespace, kind)
    measured = await _measured(scope, kind.plural, space)
    room = await _room(scope, kind) if kind.id == "nodes" else {}
    used = [
        Used(*where_and_name, *figures, *room.get(where_and_name[1], (0, 0)))
        for where_and_name, figures in measured.items()
        if name in where_and_name[1]
    ]
    shown = limit or len(used)
    used.sort(key=lambda one: -(one.memory if sort.startswith("mem") else one.cpu))
    total = total_of(used)
    summary = f"use of {len(used)} {kind.plural}{where(kind, space)}: {total}"
    head = f"cluster {scope.reader.name}: {summary}; the first {min(shown, len(used))} by {sort} shown"
    lines = [head, "NAMESPACE | NAME | CPU | MEMORY", *(" | ".join(cells_of(u)) for u in used[:shown])]
    return Result(summary, "\n".join(lines), used[:shown], ShowRequested(kind.id, space))


def summed(used: Sequence[Used], sort: str) -> list[Used]:
    """What the pods of each namespace use together; the name tells how many they are."""
    names = dict.fromkeys(one.namespace for one in used)
    parts = {name: [one for one in used if one.namespace == name] for name in names}
    sums = [
        Used(name, f"{len(pods):,}", sum(pod.cpu for pod in pods), sum(pod.memory for pod in pods))
        for name, pods in parts.items()
    ]
    return sorted(sums, key=lambda one: -(one.memory if sort.startswith("mem") else one.cpu))


def total_of(used: Sequence[Used]) -> str:
    """What all of them use together, and of how much: `3.1 of 96 cpu (3%), 41.0Gi of 372.0Gi memory (11%) in all`."""
    cpu, memory = sum(u.cpu for u in used), sum(u.memory for u in used)
    cpu_room, memory_room = sum(u.cpu_room for u in used), sum(u.memory_room for u in used)
    if not (cpu_room and memory_room):
        return f"{format_cpu(cpu)} cpu, {format_bytes(memory)} memory in all"
    cpus = f"{format_cpu(cpu)} of {format_cpu(cpu_room)} cpu ({cpu / cpu_room:.0%})"
    return f"{cpus}, {format_bytes(memory)} of {format_bytes(memory_room)} memory ({memory / memory_room:.0%}) in all"


def cells_of(used: Used) -> tuple[str, str, str, str]:
    """Namespace, name, cpu and memory as text, with the part of a node's room."""
    cpu, memory = format_cpu(used.cpu), format_bytes(used.memory)
    if used.cpu_room and used.memory_room:
        cpu, memory = f"{cpu} ({used.cpu / used.cpu_room:.0%})", f"{memory} ({used.memory / used.memory_room:.0%})"
    return used.namespace or "-", used.name, cpu, memory


async def _room(scope: Scope, nodes: Kind) -> dict[str, tuple[int, int]]:
    """Millicores and bytes that nodes have for pods, by node."""
    found = await live_rows(scope.reader, nodes)
    titles = [column.title for column in found.columns]
    if not {"CPU/A", "MEM/A"} <= set(titles):
        return {}
    cpu, memory = titles.index("CPU/A"), titles.index("MEM/A")
    return {row.name: (_whole(row.cells[cpu]), _whole(row.cells[memory])) for row in found.rows.values()}


def _whole(cell: object) -> int:
    return int(cell) if isinstance(cell, int | float) else 0


async def _measured(scope: Scope, plural: str, namespace: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Millicores and bytes by namespace and name."""
    metrics = Kind("metrics.k8s.io", "v1beta1", plural, "Metrics", namespaced=plural == "pods")
    try:
        found = await listed(scope.reader, metrics, namespace)
    except NotFound as error:
        what = "The cluster does not tell what pods and nodes use"
        raise NotFound(what, "it serves no metrics.k8s.io", "install metrics-server") from error
    return {(text_at(item, "metadata.namespace"), text_at(item, "metadata.name")): _used(item) for item in found.items}


def _used(item: Manifest) -> tuple[int, int]:
    parts = [mapping_at(part, "usage") for part in mappings_at(item, "containers")] or [mapping_at(item, "usage")]
    cpu = sum(millicores(str(part.get("cpu", "0"))) for part in parts)
    return cpu, sum(int(parse_quantity(str(part.get("memory", "0")))) for part in parts)
