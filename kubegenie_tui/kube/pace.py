"""Long work on the event loop in slices, so that a key press never waits for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
SLICE_SECONDS = 0.004


async def paced(items: Iterable[T]) -> AsyncIterator[T]:
    """The items, with a turn for others whenever this one has lasted 4 ms."""
    until = time.perf_counter() + SLICE_SECONDS
    for item in items:
        yield item
        if time.perf_counter() >= until:
            await asyncio.sleep(0)
            until = time.perf_counter() + SLICE_SECONDS


async def finished(steps: Generator[object, None, T]) -> T:
    """What work in steps comes to, with a turn for others between two of them whenever this one has lasted 4 ms."""
    result: list[T] = []

    def work() -> Iterator[object]:
        result.append((yield from steps))

    async for _ in paced(work()):
        pass
    return result[0]
