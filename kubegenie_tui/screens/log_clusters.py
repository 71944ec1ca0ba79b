"""The pods of one view in several clusters: each is asked by itself, and one that fails hinders no other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import NamedTuple

import msgspec

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import Forbidden, Invalid, KubeGenieError, NotFound, Unauthorized, unexpected
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.screens.log_feed import LONGEST_WAIT
from kubegenie_tui.screens.log_pods import Found, LogPods

_FINAL = (NotFound, Forbidden, Unauthorized, Invalid)
"""What another look would not mend."""


class Lost(NamedTuple):
    """A cluster that does not tell of its pods; unless that is final it is asked again."""

    cluster: str
    error: KubeGenieError


class LogClusters:
    """The pods of a target, now and as they come, cluster by cluster."""

    def __init__(
        self,
        clusters: Mapping[str, ClusterReader | KubeGenieError],
        target: LogTarget,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Nothing is asked yet.

        Args:
            clusters: by name, all those of the target; an error for one that cannot be used.
            target: whose pods are meant.
            sleep: waits for seconds.
        """
        self._clusters = clusters
        self._target = target
        self._sleep = sleep
        self._news: asyncio.Queue[Found | Lost | None] = asyncio.Queue()

    async def run(self) -> AsyncIterator[Found | Lost]:
        """What there is in each, then whatever comes; it ends when nothing can come."""
        tasks = [asyncio.create_task(self._follow(name)) for name in self._clusters]
        try:
            for _ in tasks:
                while (news := await self._news.get()) is not None:
                    yield news
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, cluster: str) -> None:
        reader = self._clusters[cluster]
        try:
            if isinstance(reader, KubeGenieError):
                self._news.put_nowait(Lost(cluster, reader))
            else:
                await self._keep_asking(cluster, reader)
        except Exception as error:  # the border of a task: what nobody expected is said in the log
            self._news.put_nowait(Lost(cluster, unexpected(error)))
        finally:
            self._news.put_nowait(None)

    async def _keep_asking(self, cluster: str, reader: ClusterReader) -> None:
        wait = 1.0
        while True:
            try:
                async with closing(LogPods(reader, self._target.within(cluster), sleep=self._sleep).run()) as pods:
                    async for found in pods:
                        self._news.put_nowait(_of(cluster, found))
                return
            except KubeGenieError as error:
                self._news.put_nowait(Lost(cluster, error))
                if isinstance(error, _FINAL):
                    return
            await self._sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


def _of(cluster: str, found: Found) -> Found:
    sources = [msgspec.structs.replace(source, cluster=cluster) for source in found.sources]
    return found._replace(sources=sources, cluster=cluster)
