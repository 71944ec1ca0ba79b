"""What a lease holds: rows kept live, or a count, which costs nothing where there are rows."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from kubegenie_tui.agents.pause import work_until
from kubegenie_tui.agents.pod_tally import PodTally
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, Phase
from kubegenie_tui.kube.clock import Clock

if TYPE_CHECKING:
    from kubegenie_tui.kube.watch.counter import Counter
    from kubegenie_tui.kube.watch.reflector import Reflector


class Rows:
    """A reflector and, for the pods of a whole cluster, the tally of its rows."""

    def __init__(
        self, reflector: "Reflector", clock: Clock, *, tallied: Callable[[], None], changed: Callable[[], None]
    ) -> None:
        """Rows not yet live.

        Args:
            reflector: not yet running.
            clock: time.
            tallied: called when there is a new tally.
            changed: called when the rows begin and when they end.
        """
        self.live = reflector.live
        self.running = False
        self.tally: PodTally | None = None
        self._reflector = reflector
        self._clock = clock
        self._tallied = tallied
        self._changed = changed
        self._renewed = asyncio.Event()
        self._is_other = False

    def renew(self) -> None:
        """Another server answers from now on."""
        self._is_other = True
        self._renewed.set()

    def go_on(self) -> None:
        """Try now instead of when it is due."""
        self._renewed.set()

    async def run(self) -> None:
        """Keep the rows live until cancelled."""
        if self._reflector.kind.id == "pods" and not self._reflector.namespace:
            self.tally = PodTally(self.live, self._clock, self._tallied)
        self.running = True
        self._changed()
        try:
            while True:
                self._renewed.clear()
                await work_until(self._reflector.run, self._renewed)
                if self._is_other:
                    self._is_other = False
                    self._reflector.begin_anew()
        finally:
            if self.tally is not None:
                self.tally.close()
                self.tally = None
            self.running = False
            self._changed()


class Count:
    """How many there are of a kind: from its rows while they are kept anyway, from a counter otherwise."""

    def __init__(self, counter: "Counter", rows: Callable[[], Rows | None]) -> None:
        self._counter = counter
        self._find_rows = rows
        self._reconsidered = asyncio.Event()

    @property
    def count(self) -> int | None:
        """How many there are; None while that is not known."""
        rows = self._rows()
        if rows is None or rows.live.state.phase is Phase.LOADING:
            return self._counter.count
        known = rows.live.state.phase in (Phase.LIVE, Phase.STALE)
        return len(rows.live.rows) if known else None

    def reconsider(self) -> None:
        """There are rows now, or no longer, or another server answers."""
        self._reconsidered.set()

    async def run(self) -> None:
        """Count for as long as there are no rows."""
        while True:
            self._reconsidered.clear()
            if self._rows() is None:
                self._counter.begin_anew()
                await work_until(self._counter.run, self._reconsidered)
            else:
                await self._reconsidered.wait()

    def _rows(self) -> Rows | None:
        rows = self._find_rows()
        return rows if rows is not None and rows.running else None


class Lease:
    """A hold on live rows."""

    def __init__(self, kind: Kind, namespace: str, live: LiveRows, release: Callable[[], None]) -> None:
        self.kind = kind
        self.namespace = namespace
        self.live = live
        self._release: Callable[[], None] | None = release

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._release is not None:
            self._release()
            self._release = None


class Counted(Protocol):
    """Something that is counted."""

    @property
    def count(self) -> int | None:
        """How many there are; None while that is not known."""
        ...


class CountLease:
    """A hold on a live count."""

    def __init__(self, count: Counted, release: Callable[[], None]) -> None:
        self._count = count
        self._release: Callable[[], None] | None = release

    @property
    def count(self) -> int | None:
        """How many there are; None while that is not known."""
        return self._count.count

    @property
    def known(self) -> bool:
        """Whether the count is known."""
        return self._count.count is not None

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._release is not None:
            self._release()
            self._release = None


class _Sum:
    def __init__(self, leases: Sequence[CountLease]) -> None:
        self._leases = leases

    @property
    def count(self) -> int | None:
        counts = [lease.count for lease in self._leases]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None


def sum_of(leases: Sequence[CountLease]) -> CountLease:
    """Several counts as one, known when all are."""

    def release() -> None:
        for lease in leases:
            lease.release()

    return CountLease(_Sum(leases), release)
