"""One run of something slow for all who need its result at the same time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from kubegenie_tui.domain.errors import Unreachable

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """The run goes on when one of those who wait for it is cancelled; its failure is raised in each of them."""

    def __init__(self) -> None:
        self._flight: asyncio.Task[T] | None = None

    async def join(self, start: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of the run under way, or of a new one.

        Raises:
            Unreachable: it was closed meanwhile.
        """
        if self._flight is None:
            self._flight = asyncio.create_task(start())
            self._flight.add_done_callback(self._landed)
        flight = self._flight
        try:
            return await asyncio.shield(flight)
        except asyncio.CancelledError:
            if flight.cancelled():
                raise Unreachable("The connection to this cluster was closed") from None
            raise

    def _landed(self, flight: asyncio.Task[T]) -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # seen, even when nobody waits any more

    async def close(self) -> None:
        """Stop the run under way."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.wait([self._flight])
