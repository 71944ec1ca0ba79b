"""A connection to somebody else's server: made in the background, given up in time, made anew when it was lost."""

import asyncio
import os
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError, ModelError, UsageError
from kubegenie_tui.domain.outside_server import OutsideServer
from kubegenie_tui.domain.text import plain
from kubegenie_tui.mcp.keys import read_key
from kubegenie_tui.mcp.sdk import load_sdk

if TYPE_CHECKING:
    from httpx2 import Response
    from mcp import Client
    from mcp.client._transport import Transport, TransportStreams

CONNECT_SECONDS = 60.0
"""How long it may take to start: the first time, some fetch themselves from far."""
CALL_SECONDS = 8.0
"""How long a call may take."""
CLOSE_SECONDS = 3.0
"""How long the end of one may take: nobody who leaves waits longer."""
MOST_TOOLS = 40
"""Of one server."""
_MOST_PAGES = 5
_LONGEST_REASON = 200
_HIDDEN = "[key]"
_NOT_LET_IN = {
    401: "it asks for a key (401): name one in its headers, or another one",
    403: "it refuses the key that its headers have (403), or has no use for us",
}


class OutsideTool(msgspec.Struct, frozen=True):
    """A tool as its server describes it: text and schema are somebody else's."""

    name: str
    description: str
    parameters: dict[str, Any]
    reads: bool
    """Whether the server says that it only reads."""


class Answered(msgspec.Struct, frozen=True):
    """What a call brought, as it came."""

    text: str
    ok: bool


class Connection:
    """One server. Everything of the connection happens in a task of its own, which is where it ends, too."""

    def __init__(self, server: OutsideServer, environ: Mapping[str, str] = os.environ) -> None:
        self._server = server
        self._environ = environ
        self._task: asyncio.Task[None] | None = None
        self._client: Client | None = None
        self._tried = asyncio.Event()
        self._stop = asyncio.Event()
        self._refused = 0
        """The HTTP status with which it last said no; 0 for none."""
        self._secrets: set[str] = set()
        """What the headers hold of keys: neither a fault nor an answer repeats it."""
        self.tools: tuple[OutsideTool, ...] = ()
        """Those of the connection that is open, else none."""
        self.fault = ""
        """Why there is no connection, in a sentence; empty when there is one, or it is being made."""

    @property
    def is_open(self) -> bool:
        """Whether it can be called."""
        return self._client is not None

    async def ready(self, seconds: float) -> None:
        """Begin to connect where that was not done or failed, and wait for the end of it, but not longer than so."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if self._task is not None and self._stop.is_set():
                    await asyncio.wait([self._task])
                if self._task is None or self._task.done():
                    self._tried, self._stop, self.fault = asyncio.Event(), asyncio.Event(), ""
                    self._task = asyncio.create_task(self._run())
                await self._tried.wait()

    async def call(self, name: str, arguments: dict[str, Any]) -> Answered:
        """What one of the tools answers.

        Raises:
            ModelError: there is no connection, it was lost, or there is no answer in time.
        """
        if self._client is None:
            raise ModelError("The server is not connected", self.fault, "answer without it")
        try:
            async with asyncio.timeout(CALL_SECONDS):
                result = await self._client.call_tool(name, arguments)
        except TimeoutError:
            self._lose()
            raise ModelError("There was no answer", f"{CALL_SECONDS:.0f} s were waited", "answer without it") from None
        except Exception as error:  # the library's own tree, its transports' and its validators'
            self._lose()
            raise ModelError("The call failed", self._hidden(_reason(error)), "answer without it") from error
        text = self._hidden(_text(result.content) or _structured(result.structured_content))
        return Answered(text, not result.is_error)

    def _hidden(self, text: str) -> str:
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return text

    def _lose(self) -> None:
        """It is not to be relied on any more: the next turn connects anew."""
        self._client, self.tools = None, ()
        self._stop.set()

    async def close(self) -> None:
        """End the connection, and the program if we started it."""
        if self._task is None:
            return
        if self._client is None:
            self._task.cancel()
        self._stop.set()
        await asyncio.wait([self._task], timeout=CLOSE_SECONDS)

    async def _run(self) -> None:
        try:
            await load_sdk()
            with _nowhere() as errors:
                await self._hold(errors)
        except TimeoutError:
            self.fault = f"it did not answer within {CONNECT_SECONDS:.0f} s"
        except KubeGenieError as error:
            self.fault = self._hidden(str(error))
        except Exception as error:
            self.fault = _NOT_LET_IN.get(self._refused) or self._hidden(_reason(error))
        finally:
            self._client, self.tools = None, ()
            self._tried.set()

    async def _hold(self, errors: TextIO) -> None:
        """Connect, and keep the connection until it is to end."""
        from mcp import Client

        transport = await self._transport(errors)
        client = Client(transport, read_timeout_seconds=CALL_SECONDS, cache=None)
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(CONNECT_SECONDS):
                await stack.enter_async_context(client)
                self.tools = await _listed(client)
            self._client = client
            self._tried.set()
            await self._stop.wait()
            self._client = None

    async def _transport(self, errors: TextIO) -> "Transport":
        from mcp.client.stdio import StdioServerParameters, stdio_client

        if self._server.url:
            return self._called(*await asyncio.to_thread(self._server.header_values, read_key, self._environ))
        missing = [name for name in self._server.env if name not in self._environ]
        if missing:
            raise UsageError(f"{', '.join(missing)} is not set", next_step="set it before KubeGenie is started")
        program, *words = self._server.command
        given = {name: self._environ[name] for name in self._server.env}
        return stdio_client(StdioServerParameters(command=program, args=words, env=given), errlog=errors)

    @asynccontextmanager
    async def _called(self, headers: dict[str, str], secrets: set[str]) -> "AsyncGenerator[TransportStreams]":
        """The transport to a server that runs already; its headers go to no other address than its own."""
        from mcp.client.streamable_http import streamable_http_client
        from mcp.shared._httpx_utils import create_mcp_http_client

        async def note(response: "Response") -> None:
            self._refused = response.status_code if response.is_error else 0

        self._secrets, self._refused = secrets, 0
        async with (
            create_mcp_http_client(headers) as client,
            streamable_http_client(self._server.url, http_client=client) as streams,
        ):
            client.event_hooks = {"response": [note]}
            yield streams


@contextmanager
def _nowhere() -> Iterator[TextIO]:
    """Where what a server complains of goes: our screen is not its own."""
    with Path(os.devnull).open("w") as file:
        yield file


async def _listed(client: "Client") -> tuple[OutsideTool, ...]:
    found: list[OutsideTool] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        for tool in page.tools:
            reads = tool.annotations is not None and tool.annotations.read_only_hint is True
            found.append(OutsideTool(tool.name, tool.description or "", dict(tool.input_schema), reads))
        cursor = page.next_cursor
        if not cursor or len(found) >= MOST_TOOLS:
            break
    return tuple(found[:MOST_TOOLS])


def _text(content: list[Any]) -> str:
    """The text of a result; other parts are named."""
    parts = [part.text if part.type == "text" else f"({part.type} left out)" for part in content]
    return "\n".join(parts)


def _structured(content: Any) -> str:
    return "" if content is None else msgspec.json.encode(content).decode()


def _reason(error: BaseException) -> str:
    """The innermost cause in a line: the library wraps what happened in groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, OSError) and error.strerror:
        words = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    else:
        words = str(error) or type(error).__name__
    return plain(words)[:_LONGEST_REASON]
