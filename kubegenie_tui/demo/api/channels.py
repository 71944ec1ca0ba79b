"""Exec and attach over websockets: the channel protocols v4 and v5.

Source: k8s.io/apimachinery/pkg/util/remotecommand/constants.go and k8s.io/streaming. A message is a channel byte and
data.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

from aiohttp import WSMsgType, web

from kubegenie_tui.demo.api.forwarding import forward
from kubegenie_tui.demo.api.logs import container_of, following, runs
from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.statuses import Refusal, bad_request
from kubegenie_tui.demo.api.streaming import Pieces
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, name_of
from kubegenie_tui.demo.world.shell import Shell

CHANNELS = frozenset({"exec", "attach", "portforward"})
PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
PROMPT = "/ # "


async def serve_channels(cluster: Cluster, request: web.Request, call: Call, pod: Object) -> web.WebSocketResponse:
    """Serve one websocket.

    Raises:
        Refusal: no upgrade, or nothing runs there.
    """
    if "upgrade" not in request.headers.get("Connection", "").lower():
        raise bad_request("Upgrade request required")
    if not pod["spec"].get("nodeName"):
        raise bad_request(f"pod {name_of(pod)} does not have a host assigned")
    if call.subresource == "portforward":
        return await forward(request, pod)
    container = container_of(pod, call.query.get("container", ""))
    if not runs(pod, container):
        message = f'unable to upgrade connection: container not found ("{container["name"]}")'
        raise Refusal(500, "InternalError", message)
    socket = web.WebSocketResponse(protocols=PROTOCOLS)
    await socket.prepare(request)
    session = _Session(socket, Shell(cluster, pod, container), terminal=call.flag("tty"))
    words, reads = request.query.getall("command", []), call.flag("stdin")
    if call.subresource == "attach" and not reads:
        await session.listen(following(cluster, call, pod, container, b"", cluster.clock.now()))
    else:
        await session.run(words or ["sh"], reads=reads)
    await socket.close()
    return socket


class _Session:
    """One exec, or what is attached to a container."""

    def __init__(self, socket: web.WebSocketResponse, shell: Shell, *, terminal: bool) -> None:
        self._socket, self._shell, self._terminal = socket, shell, terminal
        self._typed = ""

    async def run(self, words: list[str], *, reads: bool) -> None:
        code = 0
        if reads and _interactive(words):
            await self._talk()
            code = self._shell.over or 0
        elif words == ["cat"] and reads:
            await self._echo()
        else:
            result = self._shell.command(words)
            await self._say(result.out, result.error)
            code = result.code
        await self._end(code)

    async def listen(self, said: Pieces) -> None:
        """Pass on what the container says, until it ends or the client has gone."""
        gone = asyncio.ensure_future(self._gone())
        try:
            async for piece in said:
                if gone.done():
                    return
                await self._say(piece.decode())
            await self._end(0)
        finally:
            gone.cancel()

    async def _gone(self) -> None:
        async for _ in self._socket:
            pass

    async def _talk(self) -> None:
        if self._terminal:
            await self._say(PROMPT)
        async for data in self._input():
            for character in data:
                await self._key(character)
                if self._shell.over is not None:
                    return

    async def _echo(self) -> None:
        async for data in self._input():
            await self._say(data)

    async def _input(self) -> AsyncIterator[str]:
        async for message in self._socket:
            if message.type not in (WSMsgType.BINARY, WSMsgType.TEXT) or not message.data:
                continue
            data = message.data.encode() if message.type is WSMsgType.TEXT else message.data
            if data[0] == CLOSE and data[1:2] == bytes([STDIN]):
                return
            if data[0] == STDIN:
                yield data[1:].decode("utf-8", "replace")

    async def _key(self, character: str) -> None:
        if character in "\r\n":
            await self._enter()
        elif character == "\x04":
            self._shell.over = 0
        elif character == "\x03":
            self._typed = ""
            await self._say(f"^C\n{PROMPT}")
        elif character in "\x7f\b":
            if self._typed:
                self._typed = self._typed[:-1]
                await self._say("\b \b")
        else:
            self._typed += character
            if self._terminal:
                await self._say(character)

    async def _enter(self) -> None:
        line, self._typed = self._typed, ""
        if self._terminal:
            await self._say("\n")
        result = self._shell.line(line)
        prompt = PROMPT if self._terminal and self._shell.over is None else ""
        await self._say(result.out + prompt if not result.error else result.out, result.error)
        if result.error and prompt:
            await self._say(prompt)

    async def _say(self, out: str, error: str = "") -> None:
        for channel, text in ((STDOUT, out), (STDOUT if self._terminal else STDERR, error)):
            if text:
                text = text.replace("\n", "\r\n") if self._terminal else text
                await self._socket.send_bytes(bytes([channel]) + text.encode())

    async def _end(self, code: int) -> None:
        status: Object = {"metadata": {}, "status": "Success"}
        if code:
            status = {
                "metadata": {},
                "status": "Failure",
                "message": f"command terminated with non-zero exit code: exit status {code}",
                "reason": "NonZeroExitCode",
                "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
            }
        with contextlib.suppress(ConnectionResetError):  # whoever asked has gone
            await self._socket.send_bytes(bytes([ERROR]) + json.dumps(status).encode())


def _interactive(words: list[str]) -> bool:
    """Whether a shell runs at the end: `sh` alone, or behind what looks for a better one."""
    shells = ("sh", "bash", "ash")
    return words[0].rpartition("/")[2] in shells and (len(words) == 1 or (words[1] == "-c" and "exec sh" in words[-1]))
