"""An API server that somebody put up: its own authority, and it knows a token, a password and client certificates."""

import asyncio
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from aiohttp import web

from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import port_of, shown_name

TOKEN = "eyJ-token-of-rack-7-0123456789"


class Rack:
    """The server, in a thread of its own."""

    def __init__(self, directory: Path) -> None:
        self.authority = Authority(directory)
        self.url = ""
        self.whom: list[str] = []
        """As whom each request came."""
        self.logged_in: Callable[[], Iterable[str]] = tuple
        """Tokens of whoever logged in at an issuer that it believes."""

    def run(self, loop: asyncio.AbstractEventLoop, started: Event) -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(self._start())
        started.set()
        loop.run_forever()
        loop.run_until_complete(self._runner.cleanup())

    async def _start(self) -> None:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=self.authority.certificate)
        context.load_cert_chain(*self.authority.issue("rack-7"))
        context.verify_mode = ssl.CERT_OPTIONAL
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        self.url = f"https://127.0.0.1:{port_of(site)}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/cacerts":
            return web.Response(text=self.authority.certificate.read_text())
        shown = request.headers.get("Authorization", "")
        known = {f"Bearer {TOKEN}": "token", "Basic bWU6d29yZA==": "basic"}
        is_login = shown.removeprefix("Bearer ") in self.logged_in()
        who = known.get(shown) or shown_name(request) or ("ada" if is_login else "")
        self.whom.append(f"{who}{request.headers.get('Impersonate-User', '')}")
        if not who:
            return web.json_response({"kind": "Status", "code": 401, "message": "who?"}, status=401)
        if request.path == "/version":
            return web.json_response({"major": "1", "minor": "37", "gitVersion": "v1.37.2"})
        if request.path == "/readyz":
            return web.Response(text="ok")
        if request.path.endswith("selfsubjectreviews"):
            return web.json_response({"status": {"userInfo": {"username": who, "groups": []}}}, status=201)
        return web.json_response({"spec": {}, "status": {"allowed": True}}, status=201)


@contextmanager
def racked(directory: Path) -> Iterator[Rack]:
    """The server for as long as the block runs; its keys lie in the directory."""
    made, loop, started = Rack(directory), asyncio.new_event_loop(), Event()
    thread = Thread(target=made.run, args=(loop, started))
    thread.start()
    assert started.wait(20)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()
