"""What may stand before a real API server, or in its place: other certificates, a wait, silence."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.cluster.joining import context_of
from tests.control_plane import ControlPlane
from tests.unit.kube.loopback import raw_server


@asynccontextmanager
async def fronted(
    plane: ControlPlane, certificate: tuple[Path, Path], *, silent: bool = False, goes_on: asyncio.Event | None = None
) -> AsyncIterator[str]:
    """A TLS front before the server, with a certificate of its own; its URL.

    A silent one takes requests and says nothing; with an event, nothing is passed on before that is set.
    """
    upstream = urlsplit(context_of(plane).server)
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(*certificate)
    blind = ssl.create_default_context()
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if silent:
                await reader.read()
                return
            if goes_on is not None:
                await goes_on.wait()
            there, back = await asyncio.open_connection(upstream.hostname, upstream.port, ssl=blind)
            try:
                await asyncio.gather(pumped(reader, back), pumped(there, writer))
            finally:
                back.transport.abort()
        finally:
            writer.transport.abort()

    async def pumped(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(65536):
                sink.write(piece)
                await sink.drain()
        sink.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=ours)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def half_open() -> AsyncIterator[str]:
    """What takes connections and never says a word; its URL."""

    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            pass

    async with raw_server(talk) as url:
        yield url.replace("http:", "https:")
