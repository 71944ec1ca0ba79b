"""Time and chance in one place, so that tests need not wait for either."""

import asyncio
import random
import time


class Clock:
    """The real ones."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    def chance(self) -> float:
        """A random number from 0 up to 1, to keep many waiters from moving in step."""
        return random.random()  # noqa: S311 - no secret depends on it
