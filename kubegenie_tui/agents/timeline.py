"""Records what changes among the rows that somebody watches, a batch every few seconds."""

from collections import deque
from typing import TYPE_CHECKING
from weakref import WeakSet

from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import Changes, LiveRows, Phase
from kubegenie_tui.domain.timeline import UNTOLD, Change, Recent, changes_of
from kubegenie_tui.kube.clock import Clock

if TYPE_CHECKING:
    from kubegenie_tui.store.timeline import KeptTimeline

BATCH_SECONDS = 2.0
MOST_WAITING = 2_000
"""Changes of a cluster that wait to be kept; in a storm the oldest of them are lost."""


class Recorder:
    """Hears of every publication of every cluster, and keeps what it tells."""

    def __init__(self, kept: "KeptTimeline", clock: Clock) -> None:
        self._kept = kept
        self._clock = clock
        self._waiting: dict[str, deque[Change]] = {}
        self._recent: dict[str, Recent] = {}
        self._complete: WeakSet[LiveRows] = WeakSet()

    def hear(self, cluster: str, kind: Kind, live: LiveRows, changes: Changes) -> None:
        """A publication: it tells of changes once the first list was complete before it."""
        if kind.id in UNTOLD:
            return
        if live not in self._complete:
            if live.state.phase is Phase.LIVE:
                self._complete.add(live)
            return
        if live.state.phase is Phase.LOADING:
            self._complete.discard(live)
            return
        recent = self._recent.setdefault(cluster, Recent())
        waiting = self._waiting.setdefault(cluster, deque(maxlen=MOST_WAITING))
        waiting.extend(
            change for change in changes_of(kind, live.columns, changes, self._clock.now()) if recent.is_new(change)
        )

    async def run(self) -> None:
        """Keep what was heard, every few seconds, until cancelled; what waits then is kept too."""
        try:
            while True:
                await self._clock.sleep(BATCH_SECONDS)
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Keep what waits; a store that cannot keep it loses it, for it is no more than a memory aid."""
        for cluster, waiting in list(self._waiting.items()):
            batch = list(waiting)
            waiting.clear()
            if batch:
                try:
                    await self._kept.add(cluster, batch)
                except StoreError:
                    return
