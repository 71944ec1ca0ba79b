"""Connections that we end ourselves: whoever reads from them hears of it, and what is newer stays."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import Refused
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import Context, Tls
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import client_of, serve


async def beginning(request: web.Request) -> web.StreamResponse:
    """A watch: something at first, then silence."""
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(b"first")
    await asyncio.Event().wait()
    return response


@asynccontextmanager
async def read(client: Client) -> AsyncIterator["asyncio.Task[bytes]"]:
    """What comes next in a stream that is being read."""
    async with client.stream("/", idle_timeout=None) as response:
        chunks = response.chunks()
        assert await anext(chunks) == b"first"
        following = asyncio.ensure_future(anext(chunks))
        await asyncio.sleep(0)
        yield following
        following.cancel()


@pytest.fixture(params=["http", "https"])
async def client(request: pytest.FixtureRequest, authority: Authority) -> AsyncIterator[Client]:
    certificate = authority.issue("server") if request.param == "https" else None
    tls = Tls(ca_file=str(authority.certificate))
    async with serve(beginning, certificate=certificate) as url, client_of(url, tls=tls) as client:
        yield client


async def test_a_stream_that_is_read_hears_that_we_hang_up(client: Client) -> None:
    async with read(client) as following:
        client.doubt()
        await client.hang_up()
        with pytest.raises(Refused, match="hung up"):
            await asyncio.wait_for(following, 5)


async def test_a_stream_that_is_read_hears_that_the_client_is_closed(client: Client) -> None:
    async with read(client) as following:
        await client.close()
        with pytest.raises(Refused, match="hung up"):
            await asyncio.wait_for(following, 5)


async def test_what_has_connected_since_the_doubt_stays(client: Client) -> None:
    async with read(client) as old:
        client.doubt()
        async with read(client) as new:
            await client.hang_up()
            with pytest.raises(Refused):
                await asyncio.wait_for(old, 5)
            for _ in range(20):
                await asyncio.sleep(0)
            assert not new.done()
            async with read(client) as newest:
                assert not newest.done()


@pytest.mark.filterwarnings("default::ResourceWarning")
async def test_one_whose_closing_is_cancelled_leaves_nothing_open(recwarn: pytest.WarningsRecorder) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=request.path)

    async with serve(echo) as server:
        client = Client(Context("test", server=server))
        await client.get("/")
        closing = asyncio.create_task(client.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        del client, closing
        gc.collect()
    assert [str(each.message) for each in recwarn if "Unclosed" in str(each.message)] == []
