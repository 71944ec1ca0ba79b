"""One API server: one session, SSL context, set of credentials and rate limit. Every request goes through here."""

import asyncio
import os
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from multidict import CIMultiDict
from yarl import URL

from kubegenie_tui import __version__
from kubegenie_tui.domain.errors import ClusterError, ServerFailed, Throttled
from kubegenie_tui.kube.connection_errors import CERTIFICATE_DETAILS, certificate_code, error_from_exception
from kubegenie_tui.kube.context import Context
from kubegenie_tui.kube.credentials import Credential, Credentials, unauthorized
from kubegenie_tui.kube.proxy import proxy_for
from kubegenie_tui.kube.rate_limit import RateLimiter
from kubegenie_tui.kube.request import verb_of
from kubegenie_tui.kube.sockets import open_socket
from kubegenie_tui.kube.status import error_from_status
from kubegenie_tui.kube.tls import Certificate, build_ssl_context, inspect_peer

CONNECT_SECONDS = 10.0
KEEP_CONNECTION_SECONDS = 90.0
LONGEST_WAIT_SECONDS = 10.0
"""A server that asks a GET to wait longer than this gets its answer passed on instead."""
TRIES = 4
_ERROR_BODY = 65536
_FAILURES = (aiohttp.ClientError, OSError, ssl.SSLError)


class Answer(msgspec.Struct, frozen=True):
    """A whole response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Response:
    """A response whose body is still to come."""

    def __init__(self, response: aiohttp.ClientResponse, server: str) -> None:
        self._response = response
        self._server = server
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives, decompressed, in pieces of any size.

        Raises:
            Refused: the server hung up in the middle.
            TimedOut: nothing came for the idle time.
        """
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except _FAILURES as error:
            raise error_from_exception(error, self._server) from error

    async def read(self) -> bytes:
        """The rest of the body.

        Raises:
            Refused, TimedOut: as `chunks`.
        """
        try:
            return await self._response.read()
        except _FAILURES as error:
            raise error_from_exception(error, self._server) from error


class Client:
    """Requests to one API server as one user.

    Nothing is opened, read or run before the first request, so a broken context fails there and not here.
    """

    def __init__(
        self,
        context: Context,
        *,
        user_agent: str = f"kubegenie/{__version__}",
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.context = context
        self.server = context.server
        self.latency_ms: float | None = None
        """From sending the last GET to its status line, milliseconds."""
        self._base = URL(context.server)
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip"}
        self._environ = environ
        self._limiter = RateLimiter()
        self._credentials = Credentials(context)
        self._session: aiohttp.ClientSession | None = None
        self._ssl: tuple[Certificate | None, asyncio.Future[ssl.SSLContext]] | None = None

    async def close(self) -> None:
        """Drop the connections; requests under way fail."""
        await self._credentials.close()
        if self._session is not None:
            await self._session.close()

    async def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = "application/json",
        timeout: float = 30.0,
    ) -> bytes:
        """The body at `path`.

        Waits as a busy server asks (429 and 5xx with Retry-After), three times and 10 seconds each at most.

        Raises:
            ClusterError: the request failed or was refused.
            CredentialError, KubeconfigError: we have nothing to present.
        """
        return (await self.fetch(path, params, headers={"Accept": accept}, timeout=timeout)).body

    async def fetch(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
    ) -> Answer:
        """As `get`, with request headers of one's own and the response's; 304 is an answer too."""
        for last_try in (False,) * (TRIES - 1) + (True,):
            try:
                return await self.request("GET", path, params=params, headers=headers, timeout=timeout)
            except (Throttled, ServerFailed) as error:
                wait = error.retry_after
                if last_try or wait is None or wait > LONGEST_WAIT_SECONDS:
                    raise
            await asyncio.sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def post(self, path: str, body: bytes | dict[str, Any], *, params: Mapping[str, str] | None = None) -> bytes:
        """Send a review (`SelfSubjectAccessReview` and its like), which changes nothing; the answer's body.

        Raises:
            ClusterError, CredentialError, KubeconfigError: as `get`.
        """
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return (await self.request("POST", path, params=params, headers=headers, body=data)).body

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,
    ) -> Answer:
        """One exchange, not repeated but for 401.

        Raises:
            ClusterError, CredentialError, KubeconfigError: as `get`.
        """
        limits = aiohttp.ClientTimeout(total=timeout, sock_connect=min(CONNECT_SECONDS, timeout))
        async with self._open(method, path, params or {}, headers or {}, limits, body) as response:
            answer = Answer(response.status, response.headers, await response.read())
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            raise _not_kubernetes(self.server)
        return answer

    @asynccontextmanager
    async def stream(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = "application/json",
        idle_timeout: float | None,
    ) -> AsyncIterator[Response]:
        """A response to be read as it comes, however long that takes.

        Args:
            path: as in `Kind.path`.
            params: query parameters.
            accept: media types.
            idle_timeout: seconds without a byte after which the stream counts as dead; None for no limit.

        Raises:
            ClusterError, CredentialError, KubeconfigError: as `get`, before the body; while reading see `Response`.
        """
        limits = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=idle_timeout)
        async with self._open("GET", path, params or {}, {"Accept": accept}, limits, None) as response:
            yield response

    @asynccontextmanager
    async def _open(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        limits: aiohttp.ClientTimeout,
        body: bytes | None,
    ) -> AsyncIterator[Response]:
        if self.context.error is not None:
            raise self.context.error
        await self._limiter.take()
        used = await self._credentials.get()
        response = await self._exchange(used, method, path, params, headers, limits, body)
        try:
            if response.status == 401:
                refused, used = used, await self._credentials.renew(used)
                if not used.same_as(refused):
                    response.close()
                    response = await self._exchange(used, method, path, params, headers, limits, body)
            if response.status >= 300 and response.status != 304:
                raise await self._refusal(response, used, verb_of(method, path, params), path)
            yield Response(response, self.server)
        finally:
            response.close()

    async def _exchange(
        self,
        credential: Credential,
        method: str,
        path: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        limits: aiohttp.ClientTimeout,
        body: bytes | None,
    ) -> aiohttp.ClientResponse:
        ours = CIMultiDict({**self._headers, **headers})
        ours.extend(self.context.auth.impersonation.headers())
        if credential.authorization:
            ours["Authorization"] = credential.authorization.value
        url = self._base.with_path(f"{self._base.path.rstrip('/')}{path}").with_query(params)
        proxy = proxy_for(self.context, self._environ) or None
        ssl_context = await self._ssl_context(credential.certificate)
        began = time.perf_counter()
        try:
            response = await self._opened_session().request(
                method,
                url,
                headers=ours,
                data=body,
                timeout=limits,
                allow_redirects=False,
                ssl=ssl_context,
                server_hostname=self.context.tls.server_name or None,
                proxy=proxy,
            )
        except _FAILURES as error:
            raise await self._explain(error) from error
        if method == "GET":
            self.latency_ms = (time.perf_counter() - began) * 1000
        return response

    def _opened_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=0, keepalive_timeout=KEEP_CONNECTION_SECONDS, socket_factory=open_socket
            )
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    async def _ssl_context(self, certificate: Certificate | None) -> ssl.SSLContext:
        """The context for this client certificate, built in a thread once for all who ask."""
        if self._ssl is None or self._ssl[0] != certificate or _failed(self._ssl[1]):
            self._ssl = (
                certificate,
                asyncio.ensure_future(asyncio.to_thread(build_ssl_context, self.context, certificate)),
            )
        return await asyncio.shield(self._ssl[1])

    async def _explain(self, error: Exception) -> ClusterError:
        peer = None
        if certificate_code(error) in CERTIFICATE_DETAILS and not proxy_for(self.context, self._environ):
            parts = urlsplit(self.server)
            peer = await inspect_peer(self.context, parts.hostname or "", parts.port or 443)
        return error_from_exception(error, self.server, peer)

    async def _refusal(self, response: aiohttp.ClientResponse, shown: Credential, verb: str, path: str) -> ClusterError:
        body = bytearray()
        try:
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > _ERROR_BODY:
                    break
        except _FAILURES as error:
            return error_from_exception(error, self.server)
        refusal = error_from_status(response.status, bytes(body), verb=verb, path=path, headers=response.headers)
        return unauthorized(self.context, shown, refusal) if response.status == 401 else refusal


def _failed(future: asyncio.Future[ssl.SSLContext]) -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)


def _not_kubernetes(server: str) -> ServerFailed:
    return ServerFailed(
        f"{server} answers with a web page, not as a Kubernetes API server",
        next_step="check its URL; a proxy in front of it may want a login",
    )
