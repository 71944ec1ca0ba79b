"""The pulse of a cluster as one line of a table."""

from collections.abc import Iterable, Mapping, Sequence

from kubegenie_tui.domain.cluster import ClusterStatus, Reach
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.pulse import Use, sparkline
from kubegenie_tui.domain.pulse import top_consumers as _top
from kubegenie_tui.domain.row import Column, Measure, Row

WORKLOADS = ("deployments.apps", "statefulsets.apps", "daemonsets.apps")
FLEET_KINDS = ("nodes", "events", *WORKLOADS)
"""What is watched in each cluster: pods are counted by the health checks, and thousands of them are not needed here."""
CHART = 16
FLEET_COLUMNS = (
    Column("STATE", Measure.STATUS, priority=0, width=11),
    Column("NODES", Measure.RATIO, priority=0),
    Column("PODS", Measure.NUMBER, priority=0),
    Column("WORKLOADS", Measure.RATIO, priority=0),
    Column("CPU", priority=0, width=4),
    Column("CPU CHART", priority=1, width=CHART),
    Column("MEM", priority=0, width=4),
    Column("MEM CHART", priority=1, width=CHART),
    Column("WARN/MIN", Measure.COUNT, priority=0),
    Column("WARNINGS", priority=1, width=CHART),
)


def cluster_pulse_row(
    status: ClusterStatus,
    use: Use,
    cpu: Sequence[int],
    memory: Sequence[int],
    warnings: Sequence[int],
    workloads: tuple[int, int] | None = None,
) -> Row:
    """One cluster.

    Args:
        status: how it is.
        use: what its nodes use and have.
        cpu: millicores, one moment after the other; none when nothing was measured.
        memory: bytes, as `cpu`.
        warnings: a minute each, this one last; none when it is not looked at.
        workloads: how many are well, and of how many; None while that is not known.
    """
    ready = status.nodes_ready
    nodes = f"{ready}/{status.nodes}" if ready is not None and status.nodes is not None else None
    problems = _problems(status, workloads)
    cells = (
        status.reach.value if not problems else f"{problems} problem{'s' if problems > 1 else ''}",
        nodes,
        status.pods,
        f"{workloads[0]}/{workloads[1]}" if workloads else None,
        _share(use.cpu, use.cpu_room) if cpu else None,
        sparkline(cpu, CHART, use.cpu_room) or None,
        _share(use.memory, use.memory_room) if memory else None,
        sparkline(memory, CHART, use.memory_room) or None,
        warnings[-1] if warnings else None,
        sparkline(warnings, CHART) or None,
    )
    return Row(status.name, "", status.name, 0, "", cells, Health.WARN if problems else status.reach.health)


def fleet_use(uses: Iterable[Use]) -> Use:
    """What all clusters use together, and what they have."""
    told = list(uses)
    return Use(
        sum(use.cpu for use in told),
        sum(use.memory for use in told),
        sum(use.cpu_room for use in told),
        sum(use.memory_room for use in told),
    )


def added_up(histories: Iterable[Sequence[int]]) -> list[int]:
    """Moments of several clusters added up, as far back as all that have any go; the newest last."""
    told = [history for history in histories if history]
    length = min(map(len, told), default=0)
    return [sum(history[at - length] for history in told) for at in range(length)]


def fleet_consumers(usages: Mapping[str, Mapping[str, tuple[int, int]]], by: int, most: int) -> list[tuple[str, int]]:
    """The pods of all clusters that use the most, as `cluster namespace/name`.

    Args:
        usages: by cluster: millicores and bytes by `namespace/name`.
        by: 0 for millicores, 1 for bytes.
        most: how many.
    """
    found = ((f"{cluster} {name}", used) for cluster, usage in usages.items() for name, used in _top(usage, by, most))
    return sorted(found, key=lambda each: (-each[1], each[0]))[:most]


def _problems(status: ClusterStatus, workloads: tuple[int, int] | None) -> int:
    """Pods that are in trouble where they are watched, else workloads."""
    if status.reach is not Reach.READY:
        return 0
    return status.problems or (workloads[1] - workloads[0] if workloads else 0)


def _share(part: int, whole: int) -> str | None:
    return f"{part / whole:.0%}" if whole else None
