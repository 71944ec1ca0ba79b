"""The tools on a port of this computer, for as long as we run; nobody else can reach it."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator
from typing import NamedTuple

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.mcp.guard import NAMES, Guard
from kubegenie_tui.mcp.offer import Tools
from kubegenie_tui.mcp.serving import server_of

PORT = 8765
LOOPBACK = "127.0.0.1"
PATH = "/mcp"
_END_SECONDS = 1
"""How long a client may take to hear that we end."""


class Address(NamedTuple):
    """Where it is served, and what a client has to know."""

    url: str
    token: str


def port_of(text: str) -> int:
    """The port of `8765` or `127.0.0.1:8765`; 0 for any that is free.

    Raises:
        UsageError: it is no port, or one of another address.
    """
    host, colon, port = text.rpartition(":")
    if colon and host not in NAMES:
        why = "whoever reaches it could read your clusters"
        raise UsageError(f"{host or text} is not served on", why, "only this computer's own 127.0.0.1 is")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise UsageError(f'"{text}" is no port', next_step=f"write a number, such as {PORT}")
    return int(port)


@contextlib.asynccontextmanager
async def serving_http(tools: Tools, port: int) -> AsyncIterator[Address]:
    """Serve any number of clients on the port while the block runs.

    Raises:
        UsageError: the port is taken.
    """
    import uvicorn

    class Quiet(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self):  # type: ignore[no-untyped-def]
            yield

    listener = _listen(port)
    number, token = int(listener.getsockname()[1]), secrets.token_urlsafe(32)
    app = server_of(tools).streamable_http_app(streamable_http_path=PATH, host=LOOPBACK)
    config = uvicorn.Config(
        Guard(app, number, token),
        log_config=None,
        access_log=False,
        ws="none",
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=_END_SECONDS,
    )
    server = Quiet(config)
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield Address(f"http://{LOOPBACK}:{number}{PATH}", token)
    finally:
        server.should_exit = True
        await task


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen()
    except OSError as error:
        listener.close()
        what = f"Port {port} cannot be served on"
        raise UsageError(what, error.strerror or "", "name another one: --http PORT") from error
    return listener
