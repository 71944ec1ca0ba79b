"""Long work on the event loop in slices, so that a key press never waits for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
SLICE_SECONDS = 0.004
"""Between two turns of everything else, shared by all that is paced at the same time."""
_at_work: set[object] = set()


async def paced(items: Iterable[T]) -> AsyncIterator[T]:
    """The items, with a turn for others whenever this one has lasted 4 ms, or its share of them."""
    mine = object()
    _at_work.add(mine)
    try:
        until = _until()
        for item in items:
            yield item
            if time.perf_counter() >= until:
                await asyncio.sleep(0)
                until = _until()
    finally:
        _at_work.discard(mine)


def _until() -> float:
    return time.perf_counter() + SLICE_SECONDS / len(_at_work)


async def finished(steps: Generator[object, None, T]) -> T:
    """What work in steps comes to, with a turn for others between two of them whenever this one has lasted 4 ms."""
    result: list[T] = []

    def work() -> Iterator[object]:
        result.append((yield from steps))

    async for _ in paced(work()):
        pass
    return result[0]
