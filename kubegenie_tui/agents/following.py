"""Follows a cluster, or one object, while its timeline is open, and asks what its objects tell of their own past."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.last_changes import last_changes
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.timeline import Change

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent

FOLLOWED = (
    *("pods", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps"),
    *("jobs.batch", "cronjobs.batch", "horizontalpodautoscalers.autoscaling"),
    *("services", "ingresses.networking.k8s.io", "configmaps", "persistentvolumeclaims", "nodes"),
)
"""Kinds that tell what happens to what runs."""
MOST_OBJECTS = 500
"""Objects of a kind that are asked for their past."""
MOST_NAMED = 2
"""Denied kinds that are named; more are counted."""
_AT_ONCE = 4


class Following:
    """Leases on what is followed: the recorder hears of them as of all rows."""

    def __init__(self, agent: "ClusterAgent", ref: ObjectRef | None = None, namespace: str = "") -> None:
        """Of one object, or without one of the kinds that tell the most, in a namespace or in all."""
        self._agent = agent
        self._ref = ref
        self._namespace = ref.namespace if ref else namespace
        known = (kind for kind_id in ((ref.kind,) if ref else FOLLOWED) if (kind := agent.kinds.get(kind_id)))
        self._kinds = [kind for kind in known if ref or kind.namespaced or not namespace]
        self._leases = [agent.watch(kind, self._namespace) for kind in self._kinds]
        self._partly: list[str] = []

    def release(self) -> None:
        """Follow no more."""
        for lease in self._leases:
            lease.release()

    @property
    def notes(self) -> list[str]:
        """What may not be followed, and of what there is too much to ask all of it."""
        denied = [lease.kind.plural for lease in self._leases if lease.live.state.phase is Phase.DENIED]
        told = ", ".join(denied) if len(denied) <= MOST_NAMED else f"{len(denied)} of {len(self._leases)} kinds"
        return [*([f"{told} denied"] if denied else []), *self._partly]

    async def past(self) -> list[Change]:
        """What the objects that are there now tell of their past; what cannot be read tells nothing."""
        if self._ref and self._kinds:
            return await self._past_of(self._kinds[0], self._ref)
        gate = asyncio.Semaphore(_AT_ONCE)
        found = await asyncio.gather(*(self._past_of_all(kind, gate) for kind in self._kinds))
        return [change for changes in found for change in changes]

    async def _past_of(self, kind: Kind, ref: ObjectRef) -> list[Change]:
        try:
            return list(last_changes(kind.id, await self._agent.get(kind, ref.name, ref.namespace)))
        except KubeGenieError:
            return []

    async def _past_of_all(self, kind: Kind, gate: asyncio.Semaphore) -> list[Change]:
        try:
            async with gate:
                found = await self._agent.list_objects(kind, self._namespace, limit=MOST_OBJECTS, metadata_only=True)
        except KubeGenieError:
            return []
        if found.remaining:
            self._partly.append(f"past of {len(found.items)} {kind.plural}")
        return await asyncio.to_thread(lambda: list(_told(kind, found.items)))


def _told(kind: Kind, items: list[dict[str, object]]) -> Iterator[Change]:
    for item in items:
        yield from last_changes(kind.id, item)
