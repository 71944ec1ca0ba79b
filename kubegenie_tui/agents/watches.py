"""What of a cluster is kept live: rows and counts, shared by all who look at them, and nothing that nobody looks at."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from kubegenie_tui.agents.door import Door
from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.agents.kinds import Kinds
from kubegenie_tui.agents.leases import LeasePool, Scope
from kubegenie_tui.agents.pod_tally import PodTally
from kubegenie_tui.agents.runners import Count, CountLease, Lease, Rows, sum_of
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import Changes, LiveRows, Phase
from kubegenie_tui.domain.namespace_set import BETWEEN, is_set, names_of
from kubegenie_tui.domain.set_rows import SetRows
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.watch.gate import ClusterGate
from kubegenie_tui.kube.watch.sync_memory import SyncMemory

if TYPE_CHECKING:
    from kubegenie_tui.domain.shapes.custom import CustomColumns

NAMESPACES = Kind("", "v1", "namespaces", "Namespace", namespaced=False)
DEFINITIONS = Kind(
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", namespaced=False
)
FEW_NAMESPACES = 5
"""Up to so many namespaces are watched one by one."""
STANDING = frozenset({NAMESPACES.id, DEFINITIONS.id})
"""Kinds that are kept as long as anything of the cluster is looked at."""


class Watches:
    """The live rows and counts of one cluster."""

    def __init__(
        self,
        door: Door,
        duties: Duties,
        kinds: Kinds,
        clock: Clock,
        doubted: Callable[[], None],
        tallied: Callable[[], None],
    ) -> None:
        """Nothing live yet.

        Args:
            door: to the cluster.
            duties: that everything runs among.
            kinds: asked again when something here tells that they have changed.
            clock: time and chance.
            doubted: called when rows become stale: the cluster may be down.
            tallied: called when there is a new tally of pods.
        """
        self._door = door
        self._duties = duties
        self._kinds = kinds
        self._clock = clock
        self._doubted = doubted
        self._tallied = tallied
        self.listeners: list[Callable[[Kind, LiveRows, Changes], None]] = []
        """Called at every publication of any rows."""
        self._has_definitions = False
        self._mode = SyncMemory()
        self._gate = ClusterGate(clock)
        self._rows: LeasePool[Rows] = LeasePool("watch", duties, self._is_standing, clock=clock)
        self.waiting = partial(_waiting, self._rows)
        """How many rows have not come yet, or wait for the server to answer again."""
        self._counts: LeasePool[Count] = LeasePool("count", duties, lambda scope: False, clock=clock)

    @property
    def held(self) -> set[Scope]:
        """Rows that somebody looks at."""
        return self._rows.held

    async def loaded(self, scope: Scope) -> None:
        """Wait until the rows of a scope, if there are any, have come or failed to."""
        rows = self._rows.get(scope)
        if rows is None or not _is_loading(rows.live):
            return
        live, over = rows.live, asyncio.Event()
        unsubscribe = live.subscribe(lambda changes: None if _is_loading(live) else over.set())
        try:
            await over.wait()
        finally:
            unsubscribe()

    @property
    def idle(self) -> bool:
        """Whether nobody looks at anything."""
        return not self._rows.held and not self._counts.held

    @property
    def tally(self) -> PodTally | None:
        """The tally of all pods, while their rows are there."""
        rows = self._rows.get(Scope("pods"))
        return rows.tally if rows else None

    @property
    def namespaces(self) -> LiveRows:
        """The namespaces' rows, live while anything of the cluster is looked at."""
        return self._keep(NAMESPACES)

    def watch(self, kind: Kind, namespace: str = "", custom: "CustomColumns | None" = None) -> Lease:
        """Live rows of a kind, in one namespace, some or all."""
        if kind.namespaced and is_set(namespace):
            return self._watch_set(kind, names_of(namespace), custom)
        scope = Scope.of(kind, namespace)
        rows = self._rows.take(scope, partial(self._make_rows, kind, scope, custom))
        return Lease(kind, scope.namespace, rows.live, partial(self._rows.give_back, scope))

    def count(self, kind: Kind, namespace: str = "") -> CountLease:
        """How many there are of a kind, in one namespace, some or all, without their rows."""
        if kind.namespaced and is_set(namespace):
            return sum_of([self.count(kind, name) for name in names_of(namespace)])
        scope = Scope.of(kind, namespace)
        count = self._counts.take(scope, partial(self._make_count, kind, scope))
        return CountLease(count, partial(self._counts.give_back, scope))

    def _watch_set(self, kind: Kind, names: Sequence[str], custom: "CustomColumns | None") -> Lease:
        """Each namespace by itself, unless they are many or all are there anyway."""
        at_once = len(names) > FEW_NAMESPACES or self._rows.get(Scope.of(kind, "")) is not None
        leases = [self.watch(kind, name, custom) for name in ("",) * at_once or names]
        rows = SetRows([lease.live for lease in leases], names)

        def release() -> None:
            rows.close()
            for lease in leases:
                lease.release()

        return Lease(kind, BETWEEN.join(names), rows, release)

    def follow_definitions(self) -> None:
        """Hear of new kinds."""
        if self._kinds.index.get(DEFINITIONS.id):
            self._keep(DEFINITIONS)

    def renew(self, *, is_other: bool) -> None:
        """The cluster is reached in another way from now on, and it may be another server that answers."""
        self._gate.answered()
        for _, rows in self._rows:
            if is_other:
                rows.renew()
            else:
                rows.go_on()
        for _, count in self._counts:
            count.reconsider()

    def resubscribe(self) -> int:
        """The cluster answers again: rows that wait to try by themselves go on at once; how many."""
        self._gate.answered()
        waiting = [rows for _, rows in self._rows if rows.live.state.error is not None]
        for rows in waiting:
            rows.go_on()
        for _, count in self._counts:
            count.reconsider()
        return len(waiting)

    def close(self) -> None:
        """Stop everything."""
        self._rows.clear()
        self._counts.clear()

    def _keep(self, kind: Kind) -> LiveRows:
        lease = self.watch(kind)
        lease.release()
        return lease.live

    def _is_standing(self, scope: Scope) -> bool:
        return scope.kind_id in STANDING and not self.idle

    def _make_rows(self, kind: Kind, scope: Scope, custom: "CustomColumns | None") -> Rows:
        from kubegenie_tui.kube.watch.reflector import Reflector

        reflector = Reflector(
            self._door,
            kind,
            scope.namespace,
            mode=self._mode,
            gate=self._gate,
            clock=self._clock,
            custom=custom,
        )
        reflector.live.subscribe(partial(self._heard, kind, reflector.live))
        return Rows(reflector, self._clock, tallied=self._tallied, changed=partial(self._rows_changed, scope))

    def _make_count(self, kind: Kind, scope: Scope) -> Count:
        from kubegenie_tui.kube.watch.counter import Counter

        counter = Counter(self._door, kind, scope.namespace, gate=self._gate, clock=self._clock)
        return Count(counter, lambda: self._rows.get(scope))

    def _rows_changed(self, scope: Scope) -> None:
        count = self._counts.get(scope)
        if count is not None:
            count.reconsider()
        if scope.kind_id == "pods":
            self._tallied()

    def _heard(self, kind: Kind, live: LiveRows, changes: Changes) -> None:
        for listener in self.listeners:
            listener(kind, live, changes)
        phase = live.state.phase
        if changes.state_changed and phase is Phase.STALE:
            self._doubted()
        gone = changes.state_changed and phase is Phase.GONE
        if gone or (kind.id == DEFINITIONS.id and self._is_news(phase)):
            self._kinds.ask()

    def _is_news(self, phase: Phase) -> bool:
        """Whether definitions may be others than when we last asked: the first complete list is known already."""
        complete, self._has_definitions = self._has_definitions, self._has_definitions or phase is Phase.LIVE
        return complete and phase is Phase.LIVE


def _waiting(pool: LeasePool[Rows]) -> int:
    return sum(rows.live.state.phase in (Phase.LOADING, Phase.STALE) for _, rows in pool)


def _is_loading(live: LiveRows) -> bool:
    return live.state.phase is Phase.LOADING and live.state.error is None
