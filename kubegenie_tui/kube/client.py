"""One API server as one user: its credentials, its rate limit, its latency. Every request goes through here."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import msgspec

from kubegenie_tui import __version__
from kubegenie_tui.domain.errors import ClusterError, ServerFailed, Throttled
from kubegenie_tui.kube.auth.credentials import Credential, Credentials, unauthorized
from kubegenie_tui.kube.context import Context
from kubegenie_tui.kube.http.connection import Connection, Request, Response
from kubegenie_tui.kube.http.tls import Certificate
from kubegenie_tui.kube.http.websocket import HandshakeRefused, WebSocket
from kubegenie_tui.kube.http.x509 import not_after
from kubegenie_tui.kube.rate_limit import RateLimiter
from kubegenie_tui.kube.request import verb_of
from kubegenie_tui.kube.status import error_from_status

__all__ = ["Answer", "Client", "Response"]

LONGEST_WAIT_SECONDS = 10.0
"""A server that asks a GET to wait longer than this gets its answer passed on instead."""
TRIES = 4
HANDSHAKE_SECONDS = 20.0
_ERROR_BODY = 65536


class Answer(msgspec.Struct, frozen=True):
    """A whole response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


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
        self._limiter = RateLimiter()
        self._credentials = Credentials(context)
        self._connection = Connection(context, user_agent, environ)
        self.address = self._connection.address
        """Host and port that a connection to the server goes to; as of `Connection`."""
        self.server_certificate_end = self._connection.peer_end
        """When the server's certificate ends; as of `Connection`."""
        self.refusal = self._connection.refusal
        """Why a jump host does not lead to the server; as of `Connection`."""

    async def close(self) -> None:
        """Drop the connections; requests under way fail."""
        try:
            await self._credentials.close()
        finally:
            await self._connection.close()

    def doubt(self) -> None:
        """The server did not answer: see `hang_up`."""
        self._connection.doubt()

    async def hang_up(self) -> None:
        """Drop the connections that were open at the last doubt: requests under way there fail, and others follow."""
        await self._connection.hang_up()

    def forget_credentials(self) -> bool:
        """Have others fetched for the next request; False when there are none, or they were fetched just now."""
        return self._credentials.forget()

    async def own_certificate(self) -> Certificate | None:
        """Our client certificate; None when we show none.

        Raises:
            CredentialError, KubeconfigError: as `get`.
        """
        return (await self._credentials.get()).certificate

    async def own_certificate_end(self) -> datetime | None:
        """When our client certificate ends; None when we show none.

        Raises:
            CredentialError, KubeconfigError: as `get`.
        """
        shown = await self.own_certificate()
        return not_after(shown.chain) if shown else None

    async def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = "application/json",
        timeout: float = 30.0,
    ) -> bytes:
        """The body at `path`, in `timeout` seconds; logging in is not counted.

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
        tries = 1
        while True:
            try:
                return await self.request("GET", path, params=params, headers=headers, timeout=timeout)
            except (Throttled, ServerFailed) as error:
                wait = error.retry_after
                if tries == TRIES or wait is None or wait > LONGEST_WAIT_SECONDS:
                    raise
            tries += 1
            await asyncio.sleep(wait)

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
        """One exchange, repeated only after 401 when there are other credentials.

        Raises:
            ClusterError, CredentialError, KubeconfigError: as `get`.
        """
        request = Request(method, path, params or {}, headers or {}, body, total_seconds=timeout)
        async with self._open(request) as response:
            if method == "GET":
                self.latency_ms = response.latency_ms
            return Answer(response.status, response.headers, await response.read())

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
        request = Request("GET", path, params or {}, {"Accept": accept}, idle_seconds=idle_timeout)
        async with self._open(request) as response:
            yield response

    async def connect(self, path: str, params: Mapping[str, str], protocols: Sequence[str]) -> WebSocket:
        """A websocket, to be closed by the caller.

        Args:
            path: of a subresource of a pod: `exec`, `attach`, `portforward`.
            params: query parameters; a MultiDict where one is given several times.
            protocols: what we can speak, the best first.

        Raises:
            ClusterError, CredentialError, KubeconfigError: as `get`.
        """
        if self.context.error is not None:
            raise self.context.error
        await self._limiter.take()
        request = Request("GET", path, params, {}, total_seconds=HANDSHAKE_SECONDS)
        credential = await self._credentials.get()
        try:
            return await self._connection.connect(request, credential, protocols)
        except HandshakeRefused as refused:
            renewed = await self._credentials.renew(credential) if refused.status == 401 else credential
            if renewed.same_as(credential):
                raise self._handshake_error(path, refused, credential) from None
        try:
            return await self._connection.connect(request, renewed, protocols)
        except HandshakeRefused as refused:
            raise self._handshake_error(path, refused, renewed) from None

    def _handshake_error(self, path: str, refused: HandshakeRefused, shown: Credential) -> ClusterError:
        # newer servers want both rights, one after the other, and do not always name the second
        verb = "get" if b"cannot get" in refused.body else "create"
        error = error_from_status(
            refused.status, refused.body[:_ERROR_BODY], verb=verb, path=path, headers=refused.headers
        )
        return unauthorized(self.context, shown, error) if refused.status == 401 else error

    @asynccontextmanager
    async def _open(self, request: Request) -> AsyncIterator[Response]:
        if self.context.error is not None:
            raise self.context.error
        await self._limiter.take()
        credential = await self._credentials.get()
        response = await self._connection.send(request, credential)
        try:
            if response.status == 401:
                refused, credential = credential, await self._credentials.renew(credential)
                if not credential.same_as(refused):
                    response.close()
                    response = await self._connection.send(request, credential)
            await self._check(request, response, credential)
            yield response
        finally:
            response.close()

    async def _check(self, request: Request, response: Response, shown: Credential) -> None:
        if response.status >= 300 and response.status != 304:
            raise await self._refusal(request, response, shown)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            what = f"{self.server} answers with a web page, not as a Kubernetes API server"
            raise ServerFailed(what, next_step="check its URL; a proxy in front of it may want a login")

    async def _refusal(self, request: Request, response: Response, shown: Credential) -> ClusterError:
        body = bytearray()
        async for chunk in response.chunks():
            body += chunk
            if len(body) > _ERROR_BODY:
                break
        verb = verb_of(request.method, request.path, request.params)
        refusal = error_from_status(
            response.status, bytes(body), verb=verb, path=request.path, headers=response.headers
        )
        return unauthorized(self.context, shown, refusal) if response.status == 401 else refusal
