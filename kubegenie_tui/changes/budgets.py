"""Disruption budgets while pods are evicted one after the other: the next may go once the last was replaced."""

from collections.abc import AsyncIterator, Callable

from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.domain.errors import Throttled
from kubegenie_tui.domain.plan import Step
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.writes import dry_run

LOOK_SECONDS = 2.0
"""Between two questions whether there is room by now."""
PATIENCE_SECONDS = 300.0
"""How long a replacement may take to become ready."""


async def room_for(cluster: WritableCluster, step: Step, clock: Clock, stop: Callable[[], bool]) -> AsyncIterator[str]:
    """Wait until a budget lets a pod go, or until it is stopped; what holds it, in words, each time that changes.

    At once for other steps.

    Raises:
        Throttled: it is still held after PATIENCE_SECONDS.
        ClusterError: the server refuses for another reason.
    """
    if step.subresource != "eviction":
        return
    kind, deadline, told = cluster.kinds.resolve(step.ref.kind), clock.now() + PATIENCE_SECONDS, ""
    while not stop():
        try:
            await dry_run(cluster.client, kind, step)
            return
        except Throttled as held:
            if clock.now() >= deadline:
                raise
            if held.why != told:
                told = held.why
                yield f"waits: {told}"
        await clock.sleep(LOOK_SECONDS)
