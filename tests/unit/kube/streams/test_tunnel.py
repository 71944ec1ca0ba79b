"""A tunnel of frames keeps to the order that servers insist on: nothing is sent on a stream before its reply."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, cast

import pytest

from kubegenie_tui.domain.errors import Unreachable
from kubegenie_tui.kube.streams import spdy
from kubegenie_tui.kube.streams.flow import Flow
from kubegenie_tui.kube.streams.tunnel import FrameTunnel
from tests.unit.agents.fakes import settle

if TYPE_CHECKING:
    from kubegenie_tui.kube.http.websocket import WebSocket

ERRORS, DATA = 1, 3
"""The streams of the first connection."""


class Socket:
    """A websocket whose server does what the test says."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._framing = spdy.Framing()
        self.sent: list[spdy.Frame] = []
        self.is_lost = False

    async def send(self, message: bytes) -> None:
        if self.is_lost:
            raise Unreachable("lost")
        self.sent += self._framing.read(message)

    async def receive(self) -> bytes | None:
        return await self._messages.get()

    async def close(self) -> None:
        pass

    async def says(self, message: bytes | None) -> None:
        self._messages.put_nowait(message)
        await settle()

    def on(self, stream: int) -> list[tuple[int, bytes, bool]]:
        """Type, content and end of what was sent on a stream after its beginning."""
        return [(each.type, each.content, each.last) for each in self.sent[2:] if each.stream == stream]


@pytest.fixture
def socket() -> Socket:
    return Socket()


@pytest.fixture
async def flow(socket: Socket) -> AsyncIterator[Flow]:
    tunnel = FrameTunnel(cast("WebSocket", socket), 80)
    yield await tunnel.open()
    await tunnel.close()


def reply(stream: int) -> bytes:
    content = stream.to_bytes(4, "big")
    return (0x80030000 | spdy.REPLY).to_bytes(4, "big") + bytes(1) + len(content).to_bytes(3, "big") + content


async def test_nothing_is_sent_on_a_stream_before_the_server_has_replied(socket: Socket, flow: Flow) -> None:
    writing = asyncio.create_task(flow.write(b"GET /"))
    await settle()
    assert [frame.type for frame in socket.sent] == [spdy.OPEN, spdy.OPEN]
    await socket.says(reply(ERRORS))
    assert (socket.on(ERRORS), socket.on(DATA)) == ([(spdy.DATA, b"", True)], [])
    await socket.says(reply(DATA))
    await writing
    await flow.finish()
    assert socket.on(DATA) == [(spdy.DATA, b"GET /", False), (spdy.DATA, b"", True)]


async def test_a_writer_does_not_wait_for_a_server_that_is_lost(socket: Socket, flow: Flow) -> None:
    writing = asyncio.create_task(flow.write(b"GET /"))
    await settle()
    socket.is_lost = True
    await socket.says(None)
    with pytest.raises(Unreachable):
        await writing
    assert flow.lost


async def test_a_stream_that_is_turned_down_ends(socket: Socket, flow: Flow) -> None:
    writing = asyncio.create_task(flow.write(b"GET /"))
    await socket.says(spdy.reset(DATA))
    await writing
    assert (await flow.read(), flow.ended) == (b"", True)
