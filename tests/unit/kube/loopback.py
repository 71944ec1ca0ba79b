"""Small real servers on loopback that behave, or misbehave, as a test wants."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import AuthInfo, Context, Tls

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serve(
    handler: Handler,
    *,
    certificate: tuple[Path, Path] | None = None,
    client_authority: Path | None = None,
    newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
) -> AsyncIterator[str]:
    """A server that answers every request by `handler`; its URL."""
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=client_authority)
        context.load_cert_chain(*certificate)
        context.maximum_version = newest
        context.verify_mode = ssl.CERT_REQUIRED if client_authority else ssl.CERT_NONE

    async def answer(request: web.Request) -> web.StreamResponse:
        return await handler(request)

    application = web.Application()
    application.router.add_route("*", "/{path:(?s:.*)}", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{port_of(site)}"
    finally:
        await runner.cleanup()


def shown_name(request: web.Request) -> str:
    """The common name of the client certificate, empty when none was shown."""
    assert request.transport is not None
    shown = request.transport.get_extra_info("peercert") or {}
    names = [value for part in shown.get("subject", ()) for key, value in part if key == "commonName"]
    return ",".join(names)


def port_of(site: web.TCPSite) -> int:
    server = site._server
    assert isinstance(server, asyncio.Server)
    port: int = server.sockets[0].getsockname()[1]
    return port


@asynccontextmanager
async def raw_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """A server that does whatever `talk` does to each connection, then hangs up; its URL."""

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def client_of(
    server: str,
    *,
    auth: AuthInfo = AuthInfo(),  # noqa: B008  # frozen
    tls: Tls = Tls(),  # noqa: B008  # frozen
    proxy_url: str = "",
    namespace: str = "",
    environ: dict[str, str] | None = None,
) -> AsyncIterator[Client]:
    """A client of `server`, closed at the end."""
    context = Context(
        "test", server=server, user_name="tester", auth=auth, tls=tls, proxy_url=proxy_url, namespace=namespace
    )
    client = Client(context, environ=environ or {})
    try:
        yield client
    finally:
        await client.close()


def refusal(code: int, reason: str, message: str, **details: object) -> web.Response:
    """A Status as an API server sends it."""
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": reason}
    return web.json_response({**body, "details": details, "code": code}, status=code)
