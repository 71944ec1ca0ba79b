"""Waiting for a time or for a call, whichever comes first; working until a call comes."""

import asyncio
from collections.abc import Callable, Coroutine

from kubegenie_tui.kube.clock import Clock


async def pause(clock: Clock, seconds: float, call: asyncio.Event) -> bool:
    """Wait `seconds`, or less when called; whether we were called. The call is taken: the event is clear afterwards."""
    sleep, called = asyncio.ensure_future(clock.sleep(seconds)), asyncio.ensure_future(call.wait())
    try:
        await asyncio.wait((sleep, called), return_when=asyncio.FIRST_COMPLETED)
        return call.is_set()
    finally:
        sleep.cancel()
        called.cancel()
        call.clear()


async def work_until(work: Callable[[], Coroutine[None, None, None]], call: asyncio.Event) -> None:
    """Work until called, or until the work fails. The work has ended, cleaned up, when this returns."""
    working, called = asyncio.ensure_future(work()), asyncio.ensure_future(call.wait())
    try:
        await asyncio.wait((working, called), return_when=asyncio.FIRST_COMPLETED)
    finally:
        working.cancel()
        called.cancel()
        await asyncio.wait((working,))
    if not working.cancelled():
        working.result()
