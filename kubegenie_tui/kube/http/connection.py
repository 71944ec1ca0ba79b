"""HTTP to one API server: session, SSL context, proxy, time limits. What goes wrong on the way becomes our errors."""

import asyncio
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from multidict import CIMultiDict
from yarl import URL

from kubegenie_tui.domain.errors import ClusterError, KubeconfigError, ServerFailed, Unreachable
from kubegenie_tui.kube.auth.credentials import Credential
from kubegenie_tui.kube.context import Context
from kubegenie_tui.kube.http.connection_errors import CERTIFICATE_DETAILS, certificate_code, error_from_exception
from kubegenie_tui.kube.http.proxy import proxy_for
from kubegenie_tui.kube.http.sockets import Sockets
from kubegenie_tui.kube.http.tls import Certificate, build_ssl_context, inspect_peer
from kubegenie_tui.kube.http.unpacking import Unpacker
from kubegenie_tui.kube.http.websocket import LARGEST_MESSAGE, WebSocket, keep_refusal
from kubegenie_tui.kube.jump import host_and_port, tunnel_to
from kubegenie_tui.kube.single_flight import SingleFlight

CONNECT_SECONDS = 10.0
KEEP_CONNECTION_SECONDS = 45.0
"""Less than any server or load balancer keeps an idle connection, so that we are the one to drop it."""

PEER_SECONDS = 3600.0
"""How long what a server's certificate says is believed."""

_FAILURES = (aiohttp.ClientError, OSError, UnicodeError)


class Request(msgspec.Struct, frozen=True):
    """What to send, and how long to wait."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes | None = None
    total_seconds: float | None = None
    """For the whole answer; None for no limit."""
    idle_seconds: float | None = None
    """Without a single byte; None for no limit."""

    def limits(self) -> aiohttp.ClientTimeout:
        """The same for aiohttp."""
        return aiohttp.ClientTimeout(total=self.total_seconds, connect=CONNECT_SECONDS, sock_read=self.idle_seconds)


class Response:
    """A response whose body is still to come."""

    def __init__(self, response: aiohttp.ClientResponse, server: str, latency_ms: float) -> None:
        self._response = response
        self._server = server
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers
        self.latency_ms = latency_ms
        """From sending the request to the status line, milliseconds."""

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives, decompressed, in pieces of at most 256 KiB when it was compressed.

        Raises:
            Refused: the server hung up in the middle.
            TimedOut: nothing came for the idle time.
            ServerFailed: what came is not compressed as the server says.
        """
        unpacker = Unpacker() if self.headers.get("Content-Encoding") == "gzip" else None
        try:
            async for chunk in self._response.content.iter_any():
                if unpacker is None:
                    yield chunk
                    continue
                for piece in unpacker.feed(chunk):
                    yield piece
        except zlib.error as error:
            raise ServerFailed(f"{self._server} sends damaged data", str(error), "try again") from error
        except _FAILURES as error:
            raise error_from_exception(error, self._server) from error

    async def read(self) -> bytes:
        """The rest of the body.

        Raises:
            Refused, TimedOut, ServerFailed: as `chunks`.
        """
        return b"".join([chunk async for chunk in self.chunks()])

    def close(self) -> None:
        """Give the connection back when the body is read, else drop it."""
        self._response.close()


class Connection:
    """Connections to one API server; opened when first needed."""

    def __init__(self, context: Context, user_agent: str, environ: Mapping[str, str]) -> None:
        self._context = context
        self._environ = environ
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip"}
        self._session: aiohttp.ClientSession | None = None
        self._sockets = Sockets()
        self._ssl: tuple[Certificate | None, ssl.SSLContext] | None = None
        self._tunnel = tunnel_to(context)
        self._building: SingleFlight[None] = SingleFlight()
        self._closed = False
        self._peer: tuple[float, datetime | None] | None = None

    async def send(self, request: Request, credential: Credential) -> Response:
        """One exchange up to the status line, whatever that says.

        Raises:
            Unreachable: there was none.
            KubeconfigError: the context names a URL, an authority, a certificate or a proxy we cannot use.
        """
        url = _url(self._context, request)
        way = await self._way(url, request, credential)
        url = await self._url_here(url)
        session = self._opened_session()
        began = time.perf_counter()
        try:
            response = await session.request(
                request.method, url, data=request.body, timeout=request.limits(), allow_redirects=False, **way
            )
        except _FAILURES as error:
            raise await self._explain(error, way["proxy"]) from error
        return Response(response, self._context.server, (time.perf_counter() - began) * 1000)

    async def connect(self, request: Request, credential: Credential, protocols: Sequence[str]) -> WebSocket:
        """A websocket that speaks one of the protocols, the first ones preferred.

        Raises:
            HandshakeRefused: the server answers, but opens none.
            Unreachable, KubeconfigError: as `send`.
        """
        url = _url(self._context, request)
        way = await self._way(url, request, credential)
        url = await self._url_here(url)
        session = self._opened_session()
        try:
            async with asyncio.timeout(request.total_seconds):
                socket = await session.ws_connect(url, protocols=protocols, max_msg_size=LARGEST_MESSAGE, **way)
        except _FAILURES as error:
            raise await self._explain(error, way["proxy"]) from error
        return WebSocket(socket, self._context.server)

    def doubt(self) -> None:
        """The server did not answer: the connections of now may be dead."""
        self._sockets.doubt()

    async def hang_up(self) -> None:
        """Drop the connections that were doubted: what is under way there fails, and the next request opens others."""
        tunnel, self._tunnel, self._peer = self._tunnel, tunnel_to(self._context), None
        await self._sockets.cut_doubted()
        if tunnel is not None:
            await tunnel.close()

    async def close(self) -> None:
        """Drop all connections, for good: what is under way fails. Nothing stays open where this is cancelled."""
        self._closed = True
        async with AsyncExitStack() as last_first:
            if self._tunnel is not None:
                last_first.push_async_callback(self._tunnel.close)
            if self._session is not None:
                last_first.push_async_callback(self._session.close)
            last_first.push_async_callback(self._sockets.cut)
            last_first.push_async_callback(self._building.close)

    async def address(self) -> tuple[str, int]:
        """Host and port to connect to: the server's, or our end of the tunnel to it.

        Raises:
            Unreachable, CredentialError: the jump host does not let us through.
        """
        return await self._tunnel.address() if self._tunnel else host_and_port(self._context.server)

    async def refusal(self) -> Unreachable | None:
        """Why the jump host does not connect us to the server; None when it does, or there is none."""
        return await self._tunnel.refusal() if self._tunnel else None

    async def peer_end(self) -> datetime | None:
        """When the server's certificate ends; None over plain HTTP, through a proxy, or when it cannot be learnt.

        Looked at once an hour, on a connection of its own.
        """
        url = urlsplit(self._context.server)
        if url.scheme != "https" or (not self._tunnel and proxy_for(self._context, self._environ)):
            return None
        now = time.monotonic()
        if self._peer is None or now >= self._peer[0] + PEER_SECONDS:
            peer = await inspect_peer(self._context, await self.address())
            self._peer = now, peer.end if peer else None
        return self._peer[1]

    async def _url_here(self, url: URL) -> URL:
        """The same by our end of the tunnel, where there is one."""
        if self._tunnel is None:
            return url
        host, port = await self.address()
        return url.with_host(host).with_port(port)

    async def _way(self, url: URL, request: Request, credential: Credential) -> dict[str, Any]:
        """What says to aiohttp who we are and how the server is reached."""
        proxy = "" if self._tunnel else proxy_for(self._context, self._environ)
        is_secured = "https" in (url.scheme, urlsplit(proxy).scheme)
        return {
            "headers": self._all_headers(url, request, credential),
            "ssl": await self._ssl_context(credential.certificate) if is_secured else True,
            "server_hostname": self._context.tls.server_name or (url.host if self._tunnel and is_secured else None),
            "proxy": proxy or None,
        }

    def _all_headers(self, url: URL, request: Request, credential: Credential) -> CIMultiDict[str]:
        headers = CIMultiDict({**self._headers, **request.headers})
        headers.extend(self._context.auth.impersonation.headers())
        if self._tunnel is not None:
            headers["Host"] = url.authority
        if credential.authorization:
            headers["Authorization"] = credential.authorization.value
        return headers

    def _opened_session(self) -> aiohttp.ClientSession:
        if self._closed:
            raise Unreachable("The connection to this cluster was closed")
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=0, keepalive_timeout=KEEP_CONNECTION_SECONDS, socket_factory=self._sockets.open
            )
            # Decompressing ourselves spares aiohttp's second pass over every chunk. Twice `read_bufsize` may wait to be
            # read, of every stream: 2**17 costs a large list a tenth more CPU, 2**19 costs twenty of them 30 MB.
            self._session = aiohttp.ClientSession(
                connector=connector, auto_decompress=False, middlewares=(keep_refusal,), read_bufsize=2**18
            )
        return self._session

    async def _ssl_context(self, certificate: Certificate | None) -> ssl.SSLContext:
        """The context with this client certificate; the last one is kept."""
        while self._ssl is None or self._ssl[0] != certificate:
            await self._building.join(lambda: self._build(certificate))
        return self._ssl[1]

    async def _build(self, certificate: Certificate | None) -> None:
        self._ssl = certificate, await asyncio.to_thread(build_ssl_context, self._context, certificate)

    async def _explain(self, error: Exception, proxy: str | None) -> ClusterError:
        server, peer = self._context.server, None
        if certificate_code(error) in CERTIFICATE_DETAILS and not proxy:
            peer = await inspect_peer(self._context, await self.address())
        elif not certificate_code(error) and (refusal := await self.refusal()) is not None:
            return refusal
        return error_from_exception(error, server, peer)


def _url(context: Context, request: Request) -> URL:
    try:
        base = URL(context.server)
        return base.with_path(f"{base.path.rstrip('/')}{request.path}").with_query(request.params)
    except ValueError as error:
        what = f'The server of context "{context.name}" is not a URL we can use'
        raise KubeconfigError(what, f"{context.server}: {error}", file=context.file) from error
