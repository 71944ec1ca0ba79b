"""Containers that run now, and end again and again: how often, and whether that is over."""

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
_BACK_OFF_ENDS_SECONDS = 600
"""What runs for as long as this is started again at once, as what ends well on purpose may want it.

Source: Kubernetes' documentation, "Pod Lifecycle", Container restarts.
"""
_LOST_SIGHT = frozenset({"Unknown", "ContainerStatusUnknown"})
"""How containers end whose node was started again."""


def interval(snapshot: Snapshot, container: Container) -> float:
    """Seconds between two ends, by all restarts of the pod's life or by the last run alone; 0 when none is expected."""
    started = parse_time(text_at(container.status, "state.running.startedAt"))
    ended = parse_time(text_at(container.ended, "finishedAt"))
    made = parse_time(text_at(container.pod, "metadata.creationTimestamp"))
    is_wrong = bool(container.exit_code) or (container.exit_code == 0 and runs_for_ever(container))
    if not (started and made and ended) or not is_wrong or container.restarts < _FEWEST:
        return 0
    last_run = _last_run(container)
    if last_run < _SHORTEST_SECONDS or text_at(container.ended, "reason") in _LOST_SIGHT:
        return 0
    usual = (started - made) / container.restarts
    running = snapshot.now - started
    awaited = (each for each in (usual, last_run) if 0 < each <= _LONGEST_SECONDS and running < _OVERDUE * each)
    return next(awaited, 0)


def _last_run(container: Container) -> float:
    """Seconds that it ran before its last end; long enough to count, where its start is not told."""
    began, ended = (parse_time(text_at(container.ended, field)) for field in ("startedAt", "finishedAt"))
    return ended - began if began else _SHORTEST_SECONDS


def runs_for_ever(container: Container) -> bool:
    """Whether it is started again whenever it ends, well or not."""
    return text_at(container.pod, "spec.restartPolicy") in ("", "Always") and not container.init


def is_renewal(snapshot: Snapshot, container: Container) -> bool:
    """Whether it ends well after long runs, so that its program may want to be started anew."""
    is_expected = not container.exit_code and interval(snapshot, container) > 0
    return is_expected and _last_run(container) >= _BACK_OFF_ENDS_SECONDS


def words(snapshot: Snapshot, container: Container) -> str:
    """`; it ends about every 20m`, empty where it is not known."""
    seconds = interval(snapshot, container)
    return f"; it ends about every {format_age(seconds)}" if seconds else ""
