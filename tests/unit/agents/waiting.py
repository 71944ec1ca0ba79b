"""Waiting for what a listener tells, and never longer than a deadline."""

import asyncio
from collections.abc import Callable
from typing import Any

DEADLINE = 60.0
"""Seconds; what is waited for comes sooner, even when an API server has to start first."""
Subscribe = Callable[[Callable[..., None]], Callable[[], Any]]


async def until(true: Callable[[], object], *subscribe: Subscribe) -> None:
    """Wait until something is true; looked at whenever one of the listeners is called."""
    told = asyncio.Event()
    ends = [begin(lambda *_: told.set()) for begin in subscribe]
    try:
        async with asyncio.timeout(DEADLINE):
            while not true():
                told.clear()
                await told.wait()
    finally:
        for end in ends:
            end()


async def eventually(true: Callable[[], object]) -> None:
    """Wait until something is true of which nobody tells: looked at in every turn of the event loop."""
    async with asyncio.timeout(DEADLINE):
        while not true():  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0)
