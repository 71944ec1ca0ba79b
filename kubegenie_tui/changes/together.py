"""Several steps looked at together: a few at a time, and what stops one does not cut the others short."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from kubegenie_tui.domain.errors import KubeGenieError

T = TypeVar("T")
AT_ONCE = 8
"""Steps that are looked at together."""


async def look_together(count: int, look: Callable[[int], Coroutine[None, None, T]]) -> list[T | KubeGenieError]:
    """What a look at each of `count` steps finds, in order; an error is a value, and knows of which step it is."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(index: int) -> T | KubeGenieError:
        async with turn:
            try:
                return await look(index)
            except KubeGenieError as error:
                error.step = index
                return error

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(index)) for index in range(count)]
    return [task.result() for task in tasks]
