"""Politeness to an API server: a token bucket that makes requests wait, never fail."""

import asyncio
import time
from collections.abc import Callable


class RateLimiter:
    """At most `burst` requests at once and `rate` a second in the long run; waiters go in order of arrival."""

    def __init__(self, rate: float = 50.0, burst: int = 100, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._filled_at = clock()

    async def take(self) -> None:
        """Wait until one more request is allowed."""
        wait = self.reserve()
        if wait <= 0:
            return
        try:
            await asyncio.sleep(wait)
        except asyncio.CancelledError:
            self._tokens += 1
            raise

    def reserve(self) -> float:
        """Take one token, borrowing from the future when there is none; the seconds to wait for it."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate) - 1
        self._filled_at = now
        return max(0.0, -self._tokens / self._rate)
