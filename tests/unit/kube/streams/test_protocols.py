"""A process over the channel protocol that a server chooses of those we offer."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import WSMsgType, web

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.kube.streams.process import ERROR, RESIZE, STDIN, STDOUT, V4, V5, Process, execute
from tests.unit.kube.loopback import client_of, serve

POD = ObjectRef("pods", "box", "lab")
ENDED = {
    "metadata": {},
    "status": "Failure",
    "reason": "NonZeroExitCode",
    "message": "ended with 3",
    "details": {"causes": [{"reason": "ExitCode", "message": "3"}]},
}


class Server:
    """Chooses one protocol, echoes what it is given, and ends with 3 when it is told to `quit`."""

    def __init__(self, protocol: str) -> None:
        self._protocol = protocol
        self.offered: list[str] = []
        self.heard: list[bytes] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.offered = [each.strip() for each in request.headers["Sec-WebSocket-Protocol"].split(",")]
        socket = web.WebSocketResponse(protocols=(self._protocol,))
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                self.heard.append(message.data)
                await self._react(socket, message.data)
        return socket

    async def _react(self, socket: web.WebSocketResponse, data: bytes) -> None:
        if data == bytes([STDIN]) + b"quit":
            await socket.send_bytes(bytes([ERROR]) + json.dumps(ENDED).encode())
        elif data[0] == STDIN:
            await socket.send_bytes(bytes([STDOUT]) + data[1:])


@asynccontextmanager
async def talking_to(server: Server) -> AsyncIterator[Process]:
    async with serve(server.answer) as url, client_of(url) as client:
        process = await execute(client, POD, "app", ("cat",), stdin=True, terminal=True)
        yield process
        await process.close()


@pytest.mark.parametrize("protocol", [V4, V5])
async def test_both_are_offered_and_the_servers_choice_is_spoken(protocol: str) -> None:
    server = Server(protocol)
    async with talking_to(server) as process:
        await process.resize(101, 33)
        await process.write(b"hello")
        await process.write(b"quit")
        assert [data async for _, data in process.output()] == [b"hello"]
        assert process.outcome is not None
        assert (process.outcome.code, process.outcome.message) == (3, "ended with 3")
    assert server.offered == [V5, V4]
    assert server.heard[0] == bytes([RESIZE]) + b'{"Width": 101, "Height": 33}'


@pytest.mark.parametrize(("protocol", "told"), [(V4, []), (V5, [b"\xff\x00"])])
async def test_the_end_of_the_input_is_told_only_where_there_is_a_way(protocol: str, told: list[bytes]) -> None:
    server = Server(protocol)
    async with talking_to(server) as process:
        assert process.ends_input is bool(told)
        await process.end_input()
        await process.write(b"quit")
        assert [data async for _, data in process.output()] == []
    assert server.heard == [*told, bytes([STDIN]) + b"quit"]
