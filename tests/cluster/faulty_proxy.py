"""A reverse proxy before a real API server that does what networks and busy servers do: cut, refuse, delay, crumble."""

import asyncio
import json
import random
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from tests.unit.kube.loopback import refusal, serve

REFUSALS = {
    "gone": (410, "Expired"),
    "busy": (429, "TooManyRequests"),
    "failed": (500, "InternalError"),
    "unavailable": (503, "ServiceUnavailable"),
    "no answer": (504, "Timeout"),
    "unknown": (401, "Unauthorized"),
}
IN_STREAM = {"expires": (410, "Expired"), "breaks": (500, "InternalError")}
WELL = 0.5
"""How much of what is asked goes well."""
LONGEST_DELAY = 0.05
"""Seconds."""
CRUMBLED = 3000
"""Bytes that arrive one by one, or nearly so."""
_PASSED_ON = ("Accept", "Accept-Encoding", "User-Agent")


class FaultyProxy:
    """Every fault happens by chance, as long as `faulty`; `happened` counts them."""

    def __init__(self, server: str, pki: Path, chance: random.Random) -> None:
        """A proxy before `server`, to which it shows the admin's certificate from `pki`."""
        self.faulty = True
        self.happened: Counter[str] = Counter()
        self._server = server
        self._chance = chance
        self._tls = ssl.create_default_context(cafile=pki / "ca.crt")
        self._tls.load_cert_chain(pki / "admin.crt", pki / "admin.key")
        self._open: list[web.Request] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """The proxy on loopback; its URL."""
        connector = aiohttp.TCPConnector(ssl=self._tls, limit=0)
        session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
        async with session as self._session, serve(self._answer) as url:
            yield url
            self.hang_up()

    def hang_up(self) -> None:
        """Cut every connection on which an answer is still going on."""
        for request in tuple(self._open):
            _cut(request)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        fault = self._next_fault(watch="watch" in request.query)
        if fault in REFUSALS:
            return refusal(*REFUSALS[fault], "as it happens", retryAfterSeconds=1)
        if fault == "late":
            await asyncio.sleep(self._chance.uniform(0, LONGEST_DELAY))
        self._open.append(request)
        try:
            return await self._pass_on(request, fault)
        except aiohttp.ClientConnectorError:
            return refusal(503, "ServiceUnavailable", "nothing behind the proxy")
        except (aiohttp.ClientError, ConnectionError):
            return _cut(request)
        finally:
            self._open = [each for each in self._open if each is not request]

    def _next_fault(self, *, watch: bool) -> str:
        if not self.faulty or self._chance.random() < WELL:
            return ""
        choice = ["late", "cut", "short", "crumbled", *REFUSALS, *(IN_STREAM if watch else ())]
        fault: str = self._chance.choice(choice)
        self.happened[fault] += 1
        return fault

    async def _pass_on(self, request: web.Request, fault: str) -> web.StreamResponse:
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        limits = aiohttp.ClientTimeout(total=None)
        url = f"{self._server}{request.path_qs}"
        async with self._session.get(url, headers=headers, timeout=limits) as upstream:
            kept = {
                name: upstream.headers[name]
                for name in ("Content-Type", "Content-Encoding")
                if name in upstream.headers
            }
            response = web.StreamResponse(status=upstream.status, headers=kept)
            await response.prepare(request)
            left = self._chance.randrange(4000)
            async for chunk in upstream.content.iter_any():
                if fault == "crumbled":
                    chunk = await self._crumble(response, chunk)
                elif fault and fault != "late" and len(chunk) >= left:
                    await self._end_early(request, response, chunk[:left], fault)
                    return response
                left -= len(chunk)
                await response.write(chunk)
        return response

    async def _crumble(self, response: web.StreamResponse, chunk: bytes) -> bytes:
        """Write some of a chunk in crumbs; the rest."""
        at = 0
        while at < min(len(chunk), CRUMBLED):
            size = self._chance.randrange(1, 40)
            await response.write(chunk[at : at + size])
            await asyncio.sleep(0)
            at += size
        return chunk[at:]

    async def _end_early(self, request: web.Request, response: web.StreamResponse, start: bytes, fault: str) -> None:
        if fault in IN_STREAM:
            code, reason = IN_STREAM[fault]
            whole_lines = start[: start.rfind(b"\n") + 1]
            status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code}
            await response.write(whole_lines + json.dumps({"type": "ERROR", "object": status}).encode() + b"\n")
            return
        if start:
            await response.write(start)
        if fault == "cut":
            _cut(request)


def _cut(request: web.Request) -> web.Response:
    """Hang up without a farewell."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
