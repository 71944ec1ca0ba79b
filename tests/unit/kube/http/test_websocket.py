"""However a websocket ends, its connection is given back: none is left to the collector of garbage."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from aiohttp import web

from kubegenie_tui.kube.http.websocket import WebSocket


class Peer:
    """A server that opens websockets, and can lose them."""

    def __init__(self) -> None:
        self.taken: asyncio.Queue[web.Request] = asyncio.Queue()

    async def take(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.taken.put_nowait(request)
        async for _ in socket:
            pass
        return socket

    async def lose(self) -> None:
        request = await self.taken.get()
        assert request.transport is not None
        request.transport.abort()


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
async def session(peer: Peer) -> AsyncIterator[aiohttp.ClientSession]:
    app = web.Application()
    app.router.add_get("/", peer.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as session:
        yield session
    await runner.cleanup()


@pytest.fixture
def left_behind() -> Iterator[list[str]]:
    """What the collector of garbage finds open by the end of the test."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        found: list[str] = []
        yield found
        gc.collect()
        found += [str(each.message) for each in caught if issubclass(each.category, ResourceWarning)]
        assert found == []


async def opened(session: aiohttp.ClientSession) -> WebSocket:
    return WebSocket(await session.ws_connect("/"), "http://127.0.0.1")


@pytest.mark.usefixtures("left_behind")
async def test_the_server_is_lost(session: aiohttp.ClientSession, peer: Peer) -> None:
    socket = await opened(session)
    await peer.lose()
    assert await socket.receive() is None
    await socket.close()


@pytest.mark.usefixtures("left_behind")
async def test_the_closing_is_broken_off(session: aiohttp.ClientSession) -> None:
    socket = await opened(session)
    reading = asyncio.create_task(socket.receive())
    await asyncio.sleep(0)
    closing = asyncio.create_task(socket.close())
    await asyncio.sleep(0)
    closing.cancel()
    reading.cancel()
    await asyncio.wait((closing, reading))
