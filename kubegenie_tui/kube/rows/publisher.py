"""Publication of live rows: at once when things are quiet, soon at the start of a burst, then ten times a second."""

import asyncio
from typing import Protocol

INTERVAL = 0.1
AT_LEAST = 30
"""So many times what a publication took pass until the next, the first of a burst apart: those who listen to much need
long for it, and about as long again to draw it."""
SOON = 0.025
"""The first interval of a burst: the first rows of a list are few, and what fills the screen is close behind."""


class Published(Protocol):
    """What tells its listeners what changed."""

    @property
    def dirty(self) -> bool:
        """Whether there is something to tell."""
        ...

    def publish(self) -> None:
        """Tell."""
        ...


class Publisher:
    """Decides when the listeners of live rows hear of what changed."""

    def __init__(self, live: Published) -> None:
        self._live = live
        self._next = 0.0
        self._interval = SOON
        self._timer: asyncio.TimerHandle | None = None

    def offer(self) -> None:
        """Something may have changed."""
        if self._timer is not None or not self._live.dirty:
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= self._next:
            self.flush()
        else:
            self._timer = loop.call_at(self._next, self.flush)

    def hurry(self) -> None:
        """Something has come to its end: publish in INTERVAL at most, however long listeners take."""
        self.close()
        self._next = min(self._next, asyncio.get_running_loop().time() + INTERVAL)
        self.offer()

    def flush(self) -> None:
        """Publish now."""
        self.close()
        now = asyncio.get_running_loop().time()
        quiet = now >= self._next + INTERVAL
        self._interval = SOON if quiet else min(2 * self._interval, INTERVAL)
        self._next = now + self._interval
        self._live.publish()
        took = asyncio.get_running_loop().time() - now
        if not quiet:
            self._next = max(self._next, now + AT_LEAST * took)

    def close(self) -> None:
        """Publish nothing more by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
