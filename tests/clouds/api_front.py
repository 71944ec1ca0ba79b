"""The API server of clusters that clouds make: one of the demo's, behind TLS, which takes tokens of the cloud."""

import asyncio
import base64
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kubegenie_tui.demo.server import DemoServer
from tests.demo_worlds import demo_worlds
from tests.unit.kube.authority import Authority

DEMO = "edge-paris"
_TOKEN = re.compile(rb"(?i)\r\nauthorization: Bearer (\S+)\r\n")


class Front:
    """TLS in front of the demo's server, as the API server of a cluster in a cloud has it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.takes: Callable[[str], bool] = lambda _: False
        """Whether it takes a token of the cloud; those of the demo's users are taken too."""
        self.host, self.authority = "", ""
        """Where it listens, with the path of the cluster; and who certifies it: PEM, base64."""
        self.cluster: Any = None
        """What the demo keeps of it."""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection("127.0.0.1", self._port)
        ways = asyncio.gather(self._carry(reader, outer, self._known), self._carry(inner, writer, bytes))
        try:
            await ways
        finally:
            writer.transport.abort()
            outer.transport.abort()

    def _known(self, request: bytes) -> bytes:
        """With a token of the demo's in place of one that is taken."""
        found = _TOKEN.search(request)
        if found is None or not self.takes(found[1].decode()):
            return request
        return request[: found.start(1)] + b"developer-token" + request[found.end(1) :]

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, turned: Callable[[bytes], bytes]
    ) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(turned(data))
                await writer.drain()
        except OSError:
            pass
        writer.transport.abort()


@asynccontextmanager
async def api_server(directory: Path) -> AsyncIterator[Front]:
    """One of the demo's clusters behind TLS: what every new one is."""
    authority, context = Authority(directory), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.issue("shop"))
    worlds = [world for world in demo_worlds() if world.cluster.name == DEMO]
    async with DemoServer(worlds, ticking=False) as demo:
        front = Front(demo.port)
        front.cluster = demo.worlds[DEMO].cluster
        server = await asyncio.start_server(front.talk, "127.0.0.1", 0, ssl=context)
        front.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}/clusters/{DEMO}"
        front.authority = base64.b64encode(authority.certificate.read_bytes()).decode()
        try:
            yield front
        finally:
            server.close()
