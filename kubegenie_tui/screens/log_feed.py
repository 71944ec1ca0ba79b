"""The log of one container as it goes on: through cut connections and restarts, no line twice, none lost."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import Forbidden, Invalid, KubeGenieError, NotFound, Unauthorized
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.log_line import LogLine, parse_line
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.log_source import LogSource
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.summary_container import container_status, state_in_words

PODS = Kind("", "v1", "pods", "Pod")
SLICE = 200
"""Lines that are parsed between two looks at the keyboard."""
MARGIN = 10
"""Seconds asked for beyond the last line after a cut: clocks differ."""
LONGEST_WAIT = 10.0


class FeedState(NamedTuple):
    """How the lines come in."""

    words: str
    trouble: bool = False
    error: KubeGenieError | None = None
    """Why there may be no lines at all."""
    ended: bool = False
    """Whether no more will come."""


class LogFeed:
    """One container's log."""

    def __init__(
        self,
        source: ClusterReader,
        of: LogSource,
        *,
        origin: int = 0,
        previous: bool = False,
        tail: int | None = None,
        since: int | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Nothing is asked yet.

        Args:
            source: the cluster.
            of: the container.
            origin: the number its lines carry.
            previous: the run before this one; it does not go on.
            tail: lines from the end to begin with, None for all.
            since: seconds back to begin with, None for all.
            now: seconds since the epoch.
            sleep: waits for seconds.
        """
        self.source = source
        self.of = of
        self.origin = origin
        self.previous = previous
        self._tail = tail
        self._first_since = since
        self._now = now
        self._sleep = sleep
        self._last = 0
        self._at_last: set[str] = set()
        """The lines with the last stamp: a new connection may bring them again."""
        self._heard = 0.0

    async def run(self) -> AsyncIterator[list[LogLine] | FeedState]:
        """Lines and states, until the container has come to its end or the iterator is closed."""
        wait = 1.0
        while True:
            try:
                async with closing(self._connection()) as connection:
                    async for records in connection:
                        wait = 1.0
                        yield records
                state = await self._after_end()
            except Invalid as error:
                state = FeedState(f"no log yet, retry in {wait:.0f}s", error=error, ended=self.previous)
            except (NotFound, Forbidden, Unauthorized) as error:
                state = FeedState(error.what, trouble=True, error=error, ended=True)
            except KubeGenieError as error:
                state = FeedState(f"{error.what}, retry in {wait:.0f}s", trouble=True, error=error)
            yield state
            if state.ended:
                return
            await self._sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _connection(self) -> AsyncIterator[list[LogLine]]:
        since, known = self._since(), (self._last, frozenset(self._at_last))
        part = LogQuery(
            self.of.namespace,
            self.of.pod,
            self.of.container,
            follow=not self.previous,
            previous=self.previous,
            tail=None if since else self._tail,
            since_seconds=since or self._first_since,
            timestamps=True,
        )
        batches = self.source.logs(part)
        async with closing(batches):
            async for lines in batches:
                for start in range(0, len(lines), SLICE):
                    records = self._new(lines[start : start + SLICE], *known)
                    if records:
                        yield records
                    await asyncio.sleep(0)

    def _since(self) -> int | None:
        """Seconds back to the last line, by whichever clock makes it longer."""
        if not self._last:
            return None
        passed = self._now() - min(self._heard, self._last / 1e9)
        return max(1, math.ceil(passed)) + MARGIN

    def _new(self, lines: list[str], last: int, at_last: frozenset[str]) -> list[LogLine]:
        """The lines beyond those of the connection before, whose last stamp is `last`."""
        records = []
        for line in lines:
            record = parse_line(line, origin=self.origin)
            if record.stamp < last or (record.stamp == last and record.text in at_last):
                continue
            if record.stamp > self._last:
                self._last, self._at_last = record.stamp, set()
            self._at_last.add(record.text)
            records.append(record)
        self._heard = self._now()
        return records

    async def _after_end(self) -> FeedState:
        """The server closed the log in good order: why, and whether more will come."""
        if self.previous:
            return FeedState("ended", ended=True)
        pod = await self.source.get(PODS, self.of.pod, self.of.namespace)
        state = mapping_at(container_status(pod, self.of.container), "state")
        words = state_in_words(state, self._now()) or "not started"
        if _is_over(pod, self.of.container):
            return FeedState(f"ended · {words}", ended=True)
        return FeedState("" if mapping_at(state, "running") else words)


def _is_over(pod: Manifest, container: str) -> bool:
    """Whether the pod has ended, or an init container has done its work."""
    once = {text_at(each, "name") for each in mappings_at(pod, "spec.initContainers") if "restartPolicy" not in each}
    done = number_at(container_status(pod, container), "state.terminated.exitCode") == 0
    return text_at(pod, "status.phase") in ("Succeeded", "Failed") or (container in once and done)
