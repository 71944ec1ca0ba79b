"""Waiting for a time or for a call, whichever comes first."""

import asyncio

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
