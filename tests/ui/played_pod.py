"""A process in a pod, and port-forwards, that say what a test tells them to."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from types import SimpleNamespace
from typing import Any

from kubegenie_tui.domain.forward import ForwardStatus
from kubegenie_tui.kube.streams.process import STDOUT, Outcome
from kubegenie_tui.settings import Settings


class PlayedProcess:
    """Says some pieces, and then waits for its end."""

    def __init__(self, *pieces: bytes, outcome: Outcome | None = None) -> None:
        self._pieces = pieces
        self._ends = outcome
        self.outcome: Outcome | None = None
        self.typed = b""
        self.sizes: list[tuple[int, int]] = []
        self.closed = False

    async def write(self, data: bytes) -> None:
        self.typed += data

    async def resize(self, columns: int, lines: int) -> None:
        self.sizes.append((columns, lines))

    async def output(self) -> AsyncIterator[tuple[int, bytes]]:
        for piece in self._pieces:
            yield STDOUT, piece
        if self._ends is None:
            await asyncio.Event().wait()
        self.outcome = self._ends

    async def close(self) -> None:
        self.closed = True


class PlayedSession:
    """A session that is on no record."""

    def __init__(self, process: PlayedProcess, *, age: float = 60.0) -> None:
        self.process = process
        self.began = time.monotonic() - age

    async def end(self) -> None:
        await self.process.close()


class PlayedForwards:
    """Forwards as they are told."""

    def __init__(self, statuses: Sequence[ForwardStatus]) -> None:
        self.statuses = tuple(statuses)

    @property
    def running(self) -> int:
        return sum(status.started > 0 for status in self.statuses)

    def subscribe(self, _: Callable[[], None]) -> Callable[[], None]:
        return lambda: None


def played_services(*statuses: ForwardStatus) -> Any:
    """What the list of forwards needs of the services."""
    return SimpleNamespace(settings=Settings(), forwards=PlayedForwards(statuses), manager=SimpleNamespace(statuses=()))
