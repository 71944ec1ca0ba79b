"""Containers that run now, and end with an error again and again: how often, and whether that is over."""

from kubegenie_tui.diagnostics.pods import Container
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.quantity import format_age, parse_time

_FEWEST = 3
"""Restarts from which on they are no accident."""
_LONGEST_SECONDS = 8 * 3600
"""Between two ends: what ends three times a day is worth a look, what ends once a week is not."""
_SHORTEST_SECONDS = 60
"""What ended sooner and has run for longer than this since has come up at last, as after a wait for a database."""
_OVERDUE = 2
"""It is over when the next end is late by this many times."""
_LOST_SIGHT = frozenset({"Unknown", "ContainerStatusUnknown"})
"""How containers end whose node was started again."""


def interval(snapshot: Snapshot, container: Container) -> float:
    """Seconds between two ends, by all restarts of the pod's life or by the last run alone; 0 when none is expected."""
    started = parse_time(text_at(container.status, "state.running.startedAt"))
    began, ended = (parse_time(text_at(container.ended, field)) for field in ("startedAt", "finishedAt"))
    made = parse_time(text_at(container.pod, "metadata.creationTimestamp"))
    if not (started and made and ended) or not container.exit_code or container.restarts < _FEWEST:
        return 0
    last_run = ended - began if began else _SHORTEST_SECONDS
    if last_run < _SHORTEST_SECONDS or text_at(container.ended, "reason") in _LOST_SIGHT:
        return 0
    usual = (started - made) / container.restarts
    running = snapshot.now - started
    awaited = (each for each in (usual, last_run) if 0 < each <= _LONGEST_SECONDS and running < _OVERDUE * each)
    return next(awaited, 0)


def words(snapshot: Snapshot, container: Container) -> str:
    """`; it ends about every 20m`, empty where it is not known."""
    seconds = interval(snapshot, container)
    return f"; it ends about every {format_age(seconds)}" if seconds else ""
