"""Streams that hang: a connection can be dead without anybody saying so, and a watch is silent by nature."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from kubegenie_tui.domain.errors import KubeGenieError, Unreachable
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.transport import Transport

SILENCE = 90.0
"""Seconds of silence that are suspicious: bookmarks come about every 60."""
_PROBE_SECONDS = 10.0


class Pulse:
    """When a stream last gave a sign of life."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock.monotonic()

    def beat(self) -> None:
        """Something has come."""
        self._last = self._clock.monotonic()

    async def stopped(self, seconds: float) -> None:
        """Return when nothing has come for that long."""
        while (left := self._last + seconds - self._clock.monotonic()) > 0:
            await self._clock.sleep(left)


async def hung(pulse: Pulse, client: Transport, bookmarked: Callable[[], bool]) -> None:
    """Return when a watch is dead: silent though bookmarks have come before, or on a server that does not answer."""
    while True:
        await pulse.stopped(SILENCE)
        if bookmarked() or not await _answers(client):
            return
        pulse.beat()


async def _answers(client: Transport) -> bool:
    try:
        await client.get("/readyz", timeout=_PROBE_SECONDS)
    except Unreachable:
        return False
    except KubeGenieError:
        return True
    return True


@asynccontextmanager
async def broken_off_when(watchdog: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Break off what is done inside as soon as `watchdog` returns.

    Raises:
        TimeoutError: it returned.
    """
    async with asyncio.timeout(None) as wire:

        async def trip() -> None:
            await watchdog()
            wire.reschedule(asyncio.get_running_loop().time())

        task = asyncio.create_task(trip())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
