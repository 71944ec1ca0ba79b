"""A front before the API server of a managing cluster that is too busy for some requests."""

import ssl
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import yaml
from aiohttp import web

from tests.control_plane import ControlPlane
from tests.unit.kube.loopback import refusal, serve

CONTEXT = "busy"
_SENT_ON = ("Accept", "Content-Type")


class Throttling:
    """Answers 429 with Retry-After to so many requests, by method and end of the path, and passes on all others."""

    def __init__(self, plane: ControlPlane, server: str, directory: Path) -> None:
        """A front before `server`, to which it shows the admin's certificate."""
        self.left: Counter[str] = Counter()
        self.kubeconfig = directory / "busy"
        assert plane.directory is not None
        pki = plane.directory / "pki"
        self._server = server
        self._tls = ssl.create_default_context(cafile=pki / "ca.crt")
        self._tls.load_cert_chain(pki / "admin.crt", pki / "admin.key")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """It listens on loopback, and its kubeconfig leads there."""
        connector = aiohttp.TCPConnector(ssl=self._tls, limit=0)
        session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        async with session as self._session, serve(self._answer) as url:
            tree = {
                "current-context": CONTEXT,
                "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
                "clusters": [{"name": CONTEXT, "cluster": {"server": url}}],
                "users": [{"name": CONTEXT, "user": {}}],
            }
            self.kubeconfig.write_text(yaml.safe_dump(tree))
            self.kubeconfig.chmod(0o600)
            yield

    def refuse(self, times: Mapping[str, int]) -> None:
        """So many of each, as `GET /clusters/shop`; trials are let through."""
        self.left.update(times)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        for asked in +self.left if "dryRun" not in request.query else ():
            method, end = asked.split()
            if request.method == method and request.path.endswith(end):
                self.left[asked] -= 1
                busy = refusal(429, "TooManyRequests", "the server has received too many requests")
                busy.headers["Retry-After"] = "1"
                return busy
        headers = {name: request.headers[name] for name in _SENT_ON if name in request.headers}
        body, url = await request.read(), f"{self._server}{request.path_qs}"
        async with self._session.request(request.method, url, headers=headers, data=body or None) as answer:
            kept = {"Content-Type": answer.headers.get("Content-Type", "")}
            return web.Response(status=answer.status, headers=kept, body=await answer.read())
