"""The logs that a diagnosis reads: of containers that crashed, that hold their pod back, and that are not ready."""

from collections.abc import Iterable, Iterator

import msgspec

from kubegenie_tui.diagnostics import crashes, images, recurrence
from kubegenie_tui.diagnostics.pods import Container, containers_of, is_over, live_pods
from kubegenie_tui.diagnostics.snapshot import LogKey, Snapshot, ref_of
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.quantity import parse_time

_PATIENCE_SECONDS = 20
"""Before this a container that runs and is not ready is just starting."""


class Wanted(msgspec.Struct, frozen=True):
    """Logs by where they are, and whether each is that of the previous run; the most telling first."""

    crashed: dict[LogKey, bool]
    unready: dict[LogKey, bool]
    """Of what runs, init containers before the others."""


def logs_wanted(snapshot: Snapshot) -> Wanted:
    """One container a workload: its siblings say the same."""
    asked: set[tuple[str, str, str]] = set()
    crashed = _one_each(snapshot, _crashed(snapshot), asked)
    return Wanted(crashed, _one_each(snapshot, _unready(snapshot), asked))


def _one_each(
    snapshot: Snapshot, found: Iterable[tuple[Container, bool]], asked: set[tuple[str, str, str]]
) -> dict[LogKey, bool]:
    """`asked`: the containers of owners that were taken before; those taken here are added."""
    wanted: dict[LogKey, bool] = {}
    for container, previous in found:
        owner, where = snapshot.owner_of(container.pod), crashes.log_key(container)
        key = (where[0], str(ref_of(*owner)) if owner else f"pods {where[1]}", container.name)
        if key not in asked:
            asked.add(key)
            wanted[where] = previous
    return wanted


def _crashed(snapshot: Snapshot) -> Iterator[tuple[Container, bool]]:
    for container in _newest_first(snapshot):
        has_ended = container.crashing or container.exit_code or recurrence.interval(snapshot, container)
        if container.waiting not in images.REASONS and has_ended:
            yield container, not mapping_at(container.status, "state.terminated")


def _unready(snapshot: Snapshot) -> Iterator[tuple[Container, bool]]:
    """What runs: init containers that do not come to an end, then all others that are not ready."""
    running = [each for each in _newest_first(snapshot) if not each.ready and _runs_for_long(snapshot, each)]
    for container in sorted(running, key=lambda each: not each.init):
        yield container, False


def _runs_for_long(snapshot: Snapshot, container: Container) -> bool:
    started = parse_time(text_at(container.status, "state.running.startedAt"))
    return bool(started) and snapshot.now - started >= _PATIENCE_SECONDS and not is_over(container.pod)


def _newest_first(snapshot: Snapshot) -> Iterator[Container]:
    """What is asked about before what is called from there."""
    for pod in sorted(live_pods(snapshot), key=lambda pod: _rank(snapshot, pod), reverse=True):
        yield from containers_of(pod)


def _rank(snapshot: Snapshot, pod: Manifest) -> tuple[bool, str]:
    is_asked_about = text_at(pod, "metadata.namespace") not in snapshot.called
    return is_asked_about, text_at(pod, "metadata.creationTimestamp")
