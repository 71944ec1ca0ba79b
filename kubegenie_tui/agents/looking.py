"""Keeps what namespaces use whenever all pods of a cluster are measured: nothing is asked for it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.looks import by_namespace, most_of, quarter_of
from kubegenie_tui.kube.clock import Clock

if TYPE_CHECKING:
    from kubegenie_tui.store.looks import KeptLooks

KEEP_SECONDS = 60.0


class Onlooker:
    """Hears of every measurement of every cluster, and keeps the most of each quarter of an hour."""

    def __init__(self, kept: "KeptLooks", clock: Clock) -> None:
        self._kept = kept
        self._clock = clock
        self._waiting: dict[tuple[str, int], dict[str, int]] = {}

    def hear(self, cluster: str, usage: Mapping[str, tuple[int, int]]) -> None:
        """What all pods of a cluster use now: millicores and bytes by `namespace/name`."""
        key = cluster, quarter_of(self._clock.now())
        self._waiting[key] = most_of(self._waiting.get(key, {}), by_namespace(usage))

    async def run(self) -> None:
        """Keep what was heard, every minute, until cancelled; what waits then is kept too."""
        try:
            while True:
                await self._clock.sleep(KEEP_SECONDS)
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Keep what waits; a store that cannot keep it loses it, for it is no more than a memory aid."""
        waiting, self._waiting = self._waiting, {}
        for (cluster, quarter), used in waiting.items():
            try:
                await self._kept.add(cluster, quarter, used)
            except StoreError:
                return
