"""The event loop shared fairly: all decoding together takes at most 4 ms of a turn, then the UI has the loop."""

import asyncio
import time
from types import TracebackType
from weakref import WeakKeyDictionary

SECONDS = 0.004


class _Loop:
    """What everyone who decodes on one event loop shares."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.ends = 0.0
        self._turned = True

    def over(self) -> bool:
        return time.perf_counter() >= self.ends

    async def begin(self) -> None:
        """Go on with the share of this turn, or begin one.

        Whoever comes soon after a share has ended may still be in the same turn and waits for the next.
        """
        late = time.perf_counter() - self.ends
        if late < 0:
            return
        if late < SECONDS:
            self._turned = False
            asyncio.get_running_loop().call_soon(self._turn)
        while not self._turned:  # noqa: ASYNC110 - what is waited for is the loop's next turn
            await asyncio.sleep(0)
        self.ends = time.perf_counter() + SECONDS

    def _turn(self) -> None:
        self._turned = True


class Slices:
    """One decoder's claim on the loop: enter it to decode, ask `over` after each item, `pause` when it says so."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._loop = _LOOPS.get(loop) or _LOOPS.setdefault(loop, _Loop())
        self._held = False
        self.over = self._loop.over
        """Whether this turn's share of the loop is used up."""

    async def __aenter__(self) -> "Slices":
        await self._loop.lock.acquire()
        self._held = True
        try:
            await self._loop.begin()
        except BaseException:
            self._release()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    async def pause(self) -> None:
        """Let everyone else run, other decoders as well, then go on."""
        self._release()
        await asyncio.sleep(0)
        await self.__aenter__()

    def _release(self) -> None:
        if self._held:
            self._held = False
            self._loop.lock.release()


_LOOPS: "WeakKeyDictionary[asyncio.AbstractEventLoop, _Loop]" = WeakKeyDictionary()
