"""Publication of live rows: at once when things are quiet, at most ten times a second when they are not."""

import asyncio

from kubegenie_tui.domain.live import LiveRows

INTERVAL = 0.1


class Publisher:
    """Decides when the listeners of `LiveRows` hear of what changed."""

    def __init__(self, live: LiveRows) -> None:
        self._live = live
        self._next = 0.0
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

    def flush(self) -> None:
        """Publish now."""
        self.close()
        self._next = asyncio.get_running_loop().time() + INTERVAL
        self._live.publish()

    def close(self) -> None:
        """Publish nothing more by itself."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
