"""Follows many containers at once and gives their lines out by time; what becomes of each is known at any moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import KubeGenieError, NotFound, unexpected
from kubegenie_tui.domain.log_line import Level, LogLine
from kubegenie_tui.domain.log_merge import LogMerge
from kubegenie_tui.domain.log_source import LogSource
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.log_feed import FeedState, LogFeed

MOST_SOURCES = 64
"""Containers that are followed at a time: each is a connection to the API server."""
MOST_WAITING = 8_000
"""Lines of all sources together that may wait for their turn; what brings more than its share is read no further."""
LEAST_SHARE = 200
_ALONE: Mapping[str, ClusterReader] = MappingProxyType({})


class LogGather:
    """The logs of many containers."""

    def __init__(
        self,
        source: ClusterReader,
        target: LogTarget,
        heard: Callable[[], None],
        *,
        clusters: Mapping[str, ClusterReader] = _ALONE,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Nothing is followed yet.

        Args:
            source: the cluster.
            target: what part of each log is wanted.
            heard: called when lines came or a state changed.
            clusters: where there are several, those that sources may name.
            now: seconds since the epoch.
            sleep: waits for seconds.
        """
        self.sources: list[LogSource] = []
        """By the number that their lines carry."""
        self.left_out = 0
        """Containers that are too many to follow."""
        self.lost: dict[str, KubeGenieError] = {}
        """Clusters that do not say what there is to follow, and why."""
        self._source = source
        self._clusters = clusters
        self._target = target
        self._heard = heard
        self._now = now
        self._sleep = sleep
        self._merge = LogMerge()
        self._states: dict[int, FeedState] = {}
        """By source; none for those whose lines come in well."""
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._room = asyncio.Event()

    def add(self, sources: Iterable[LogSource], *, new: bool = False) -> None:
        """Follow these too; those of pods that came later from their beginning. One that has ended begins again."""
        found = list(dict.fromkeys(sources))
        tail = None if new else self._target.tail(len(found))
        for source in found:
            number = self.sources.index(source) if source in self.sources else len(self.sources)
            if number in self._tasks:
                continue
            if len(self._tasks) >= MOST_SOURCES:
                self.left_out += 1
                continue
            if number == len(self.sources):
                self.sources.append(source)
            self._states.pop(number, None)
            self._merge.open(number, self._now())
            self._tasks[number] = asyncio.create_task(self._follow(number, source, tail))

    def tell(self, cluster: str, error: KubeGenieError) -> None:
        """Say within the log why something is not in it."""
        source = LogSource("", "", "", cluster=cluster)
        if source not in self.sources:
            self.sources.append(source)
        number = self.sources.index(source)
        line = LogLine(f"✖ {plain(str(error))}", Level.ERROR, int(self._now() * 1e9), origin=number)
        self._merge.open(number, self._now())
        self._merge.push(number, [line], self._now())
        self._merge.end(number)
        self._heard()

    def take(self, most: int) -> list[LogLine]:
        """The lines whose turn has come."""
        lines = self._merge.take(self._now(), most)
        if lines:
            self._room.set()
        return lines

    @property
    def waiting(self) -> int:
        """How many lines wait for their turn."""
        return len(self._merge)

    async def finished(self) -> None:
        """Wait until every container has come to its end."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def close(self) -> None:
        """Hang up everywhere."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, number: int, source: LogSource, tail: int | None) -> None:
        since = self._target.since or None
        feed = LogFeed(
            self._clusters.get(source.cluster, self._source),
            source,
            origin=number,
            previous=self._target.previous,
            tail=tail,
            since=since,
            now=self._now,
            sleep=self._sleep,
        )
        try:
            async with closing(feed.run()) as run:
                async for heard in run:
                    await self._take_in(number, heard)
        except Exception as error:  # the border of a task: what nobody expected is said where the person looks
            self._states[number] = FeedState("stopped", trouble=True, error=unexpected(error), ended=True)
        finally:
            self._merge.end(number)
            self._tasks.pop(number, None)
            self._heard()

    async def _take_in(self, number: int, heard: list[LogLine] | FeedState) -> None:
        if isinstance(heard, FeedState):
            self._states[number] = heard
            self._merge.silent(number, self._now())
            self._heard()
            return
        self._states.pop(number, None)
        self._merge.push(number, heard, self._now())
        self._heard()
        while self._merge.waiting(number) >= max(LEAST_SHARE, MOST_WAITING // len(self._tasks)):
            self._room.clear()
            await self._room.wait()

    # How they are

    def state(self) -> FeedState:
        """How the lines come in: of one container what is known of it, of many what is worth knowing."""
        states = [self._states[number] for number in range(len(self.sources)) if number in self._states]
        count = sum(1 for source in self.sources if source.pod)
        ended = bool(count) and not self._tasks
        lost = [f"{plain(cluster)}: {error.what}" for cluster, error in self.lost.items()]
        if count == 1 and not lost:
            return states[0] if states else FeedState("", ended=ended)
        troubled = [state for state in states if state.trouble and not isinstance(state.error, NotFound)]
        told = troubled or [state for state in states if not state.ended and state.words]
        words = [f"{len(told)} of {count}: {told[0].words}"] if told else ["ended"] if ended else []
        return FeedState(" · ".join([*lost, *words]), bool(troubled or lost), self._error(states, count), ended)

    def _error(self, states: list[FeedState], count: int) -> KubeGenieError | None:
        """Why there can be no lines at all: every container has an error."""
        errors = [state.error for state in states if state.error is not None]
        return errors[0] if errors and len(errors) == count else None
