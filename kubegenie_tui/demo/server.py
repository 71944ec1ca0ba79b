"""The demo server: several simulated clusters on one loopback port, each below `/clusters/NAME`."""

import asyncio
import contextlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import msgspec
from aiohttp import web

from kubegenie_tui.demo.api.faults import Fault, Faults
from kubegenie_tui.demo.api.router import ClusterApi
from kubegenie_tui.demo.kubeconfig import write_kubeconfig
from kubegenie_tui.demo.state.cluster import Cluster

LARGEST_BODY = 16 * 1024 * 1024
CONTROL = "control"


class World(Protocol):
    """A cluster, and the time that passes in it."""

    @property
    def cluster(self) -> Cluster:
        """What is in it."""
        ...

    async def tick(self) -> None:
        """Let time pass, for ever."""
        ...


class DemoServer:
    """Serves worlds over HTTP. `async with DemoServer(worlds) as server: ...`."""

    def __init__(
        self, worlds: Iterable[World], *, port: int = 0, down: Iterable[str] = (), ticking: bool = True
    ) -> None:
        """Prepare to serve.

        Args:
            worlds: the clusters, by the names they carry.
            port: where to listen on loopback; 0 for any free port.
            down: names of clusters that are registered but cannot be reached.
            ticking: whether time moves; tests may prefer `World.run_until`.
        """
        self.worlds = {world.cluster.name: world for world in worlds}
        self.faults = Faults()
        self.port = port
        self._down = tuple(down)
        self._ticking = ticking
        self._apis = {name: ClusterApi(world.cluster, self.faults) for name, world in self.worlds.items()}
        self._runner: web.AppRunner | None = None
        self._tickers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; `port` and `url` are known afterwards."""
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/clusters/{cluster}/{path:.*}", self._serve)
        app.router.add_route("*", f"/{CONTROL}/faults", self._control)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        if self._ticking:
            self._tickers = [asyncio.create_task(world.tick()) for world in self.worlds.values()]

    async def stop(self) -> None:
        """Close every connection and listen no more."""
        for ticker in self._tickers:
            ticker.cancel()
        for ticker in self._tickers:
            with contextlib.suppress(asyncio.CancelledError):
                await ticker
        if self._runner:
            await self._runner.cleanup()

    def url(self, cluster: str) -> str:
        """The API server of a cluster, as a kubeconfig names it."""
        return f"http://127.0.0.1:{self.port}/clusters/{cluster}"

    def cluster(self, name: str) -> Cluster:
        """The state of a cluster."""
        return self.worlds[name].cluster

    def inject(self, fault: Fault) -> None:
        """Let the next matching requests fail."""
        self.faults.inject(fault)

    def compact(self, cluster: str) -> None:
        """Answer every resourceVersion and continue token so far with 410 from now on."""
        self.worlds[cluster].cluster.compact()
        self._apis[cluster].reader.forget_snapshots()

    def kubeconfig(self, path: Path) -> Path:
        """Write a kubeconfig (0600) with one context a cluster; the first is current."""
        write_kubeconfig(path, {name: self.url(name) for name in self.worlds}, self._down)
        return path

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        api = self._apis.get(request.match_info["cluster"])
        if api is None:
            raise web.HTTPNotFound(text="404 page not found\n")
        return await api.handle(request, f"/{request.match_info['path']}")

    async def _control(self, request: web.Request) -> web.Response:
        if request.method == "DELETE":
            self.faults.clear()
        else:
            self.inject(msgspec.json.decode(await request.read(), type=Fault))
        return web.json_response({"ok": True})
