"""Websockets to an API server: messages both ways, and what the server says when it opens none."""

import asyncio
import contextlib
from collections.abc import Mapping

import aiohttp

from kubegenie_tui.kube.http.connection_errors import error_from_exception

LARGEST_MESSAGE = 16 << 20
PING_SECONDS = 20.0
"""Less than any load balancer lets a silent connection live."""
_CLOSE_SECONDS = 0.5
_DATA = (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT)


class HandshakeRefused(Exception):
    """The server answered otherwise than by opening a websocket; inside `kube` only."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.body = body


async def keep_refusal(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep the body of an answer that opens no websocket, which aiohttp throws away: it says why.

    Raises:
        HandshakeRefused: the answer is such a one.
    """
    response = await handler(request)
    if request.headers.get("Upgrade", "").lower() == "websocket" and response.status != 101:
        raise HandshakeRefused(response.status, response.headers, await response.read())
    return response


class WebSocket:
    """An open websocket. A ping now and then keeps it open; that the peer is dead TCP finds out."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, server: str) -> None:
        self._socket = socket
        self._server = server
        self.protocol = socket.protocol or ""
        """What the server chose of what it was offered."""
        self._pinging = asyncio.create_task(self._ping(), name=f"ping {server}")

    async def send(self, message: bytes) -> None:
        """Send one message; waits while the server takes no more.

        Raises:
            Unreachable: the connection is lost.
        """
        try:
            await self._socket.send_bytes(message)
        except (aiohttp.ClientError, OSError) as error:
            raise error_from_exception(error, self._server) from error

    async def receive(self) -> bytes | None:
        """The next message, None when the server closed.

        Raises:
            Unreachable: the connection is lost.
        """
        message = await self._socket.receive()
        if message.type in _DATA:
            return message.data if isinstance(message.data, bytes) else str(message.data).encode()
        if message.type is aiohttp.WSMsgType.ERROR and isinstance(message.data, Exception):
            raise error_from_exception(message.data, self._server) from message.data
        return None

    async def close(self) -> None:
        """Hang up; a peer that does not answer is not waited for.

        Where that is broken off, aiohttp would leave the connection to the collector of garbage.
        """
        self._pinging.cancel()
        try:
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._socket.close()
        finally:
            self._socket._response.close()

    async def _ping(self) -> None:
        with contextlib.suppress(aiohttp.ClientError, OSError):
            while not self._socket.closed:
                await asyncio.sleep(PING_SECONDS)
                await self._socket.ping()
