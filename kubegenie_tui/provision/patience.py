"""How long is waited between two looks, and how a request that may succeed soon is tried again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from kubegenie_tui.domain.errors import KubeGenieError, StillAtWork, TryLater

T = TypeVar("T")
TRIES = 8
"""Of one request: with waits that double, about four minutes."""
LONGEST_WAIT = 60.0
SLICE = 0.5
"""Seconds between two looks whether a person wants to stop."""


class Stopped(KubeGenieError):
    """A person stopped the work."""

    def __init__(self) -> None:
        super().__init__("The work was stopped", next_step="go on with it, or clean up")


class Patience:
    """Waits that end early when a person wants to stop."""

    def __init__(self, is_to_stop: Callable[[], Awaitable[bool]], look_seconds: float) -> None:
        self._is_to_stop = is_to_stop
        self._look = look_seconds

    async def between_looks(self, usual_seconds: float) -> None:
        """Wait before the provider is asked again: not longer than what is looked at takes as a rule.

        Raises:
            Stopped: a person wants to stop.
        """
        await self.wait(min(self._look, usual_seconds) * random.uniform(1, 2))  # noqa: S311 - it only spreads requests

    async def wait(self, seconds: float) -> None:
        """Wait.

        Raises:
            Stopped: a person wants to stop.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            if await self._is_to_stop():
                raise Stopped
            left = until - loop.time()
            if left <= 0:
                return
            await asyncio.sleep(min(left, SLICE))

    async def patiently(self, ask: Callable[[], Awaitable[T]], told: Callable[[TryLater], Awaitable[None]]) -> T:
        """Ask until it is answered, with full jitter between tries, or as the provider said.

        What waits for an operation of the provider is asked as long as that runs: only a person ends the wait.

        Source of the jitter: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

        Args:
            ask: the request.
            told: hears why it is tried again.

        Raises:
            TryLater: all tries were in vain.
            Stopped: a person wants to stop.
            KubeGenieError: it failed for good.
        """
        failed = 0
        while True:
            try:
                return await ask()
            except StillAtWork as error:
                await told(error)
                await self.wait(max(error.retry_after, self._look))
            except TryLater as error:
                failed += 1
                if failed == TRIES:
                    raise
                await told(error)
                most = min(LONGEST_WAIT, min(self._look, 2.0) * 2 ** (failed - 1))
                await self.wait(max(error.retry_after, random.uniform(0, most)))  # noqa: S311 - as above


def why_again(error: TryLater) -> str:
    """What is told while a request waits for its next try."""
    return f"{'waits' if isinstance(error, StillAtWork) else 'is tried again'}: {error}"
