"""The whole app on the demo's clusters, in one process; time stands still in them unless a test moves it."""

import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from kubegenie_tui.app import KubeGenieApp
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.story.stories import DOWN
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.services import Services, build_services
from kubegenie_tui.settings import Settings, load_settings
from kubegenie_tui.widgets.resource_table import ResourceTable
from tests.demo_worlds import demo_worlds

PATIENCE = 60.0
"""Seconds after which something that is waited for will not come."""


class OnDemo:
    """The app, its pilot and the server behind it."""

    def __init__(self, app: KubeGenieApp, pilot: Pilot[int], server: DemoServer | None) -> None:
        self.app = app
        self.pilot = pilot
        self.server = server

    @property
    def explorer(self) -> ExplorerScreen:
        assert isinstance(self.app.screen, ExplorerScreen)
        return self.app.screen

    @property
    def table(self) -> ResourceTable:
        return self.app.screen.query_one(ResourceTable)

    @property
    def names(self) -> list[str]:
        """Names of all rows, as ordered; none while there is no table."""
        if not self.app.screen.query(ResourceTable):
            return []
        return [row.name for row in self.table.view.window(0, len(self.table.view))]

    def text(self) -> str:
        """The whole screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def until(self, true: Callable[[], object]) -> None:
        """Let the app go on until something is true of a screen that is all there; fail when it is not in time."""
        deadline = time.monotonic() + PATIENCE
        while not (self.app.screen.is_mounted and true()):
            assert time.monotonic() < deadline, f"it never became true; the screen was\n{self.text()}"
            await self.pilot.pause(0.01)

    async def until_shown(self, words: str) -> None:
        await self.until(lambda: words in self.text())

    async def asked_to_decide(self) -> None:
        """Let the app go on until a plan is in view that takes a yes."""
        await self.until(lambda: isinstance(self.app.screen, PlanScreen) and self.app.screen.heeds_yes)

    async def settled(self) -> None:
        """Everything that was begun is done, or was begun anew and is done then."""
        for worker in list(self.app.workers):
            with suppress(WorkerCancelled):
                await worker.wait()

    async def command(self, line: str) -> None:
        await self.pilot.press("colon", *(_KEYS.get(character, character) for character in line), "enter")
        await self.pilot.pause()


_KEYS = {
    " ": "space",
    "-": "minus",
    "/": "slash",
    "=": "equals_sign",
    "@": "at",
    ".": "full_stop",
    ",": "comma",
    "+": "plus",
    "|": "vertical_line",
}


@asynccontextmanager
async def app_on_demo(
    tmp_path: Path,
    size: tuple[int, int] = (160, 45),
    *,
    ticking: bool = False,
    without: Collection[str] = (),
    **options: Any,
) -> AsyncIterator[OnDemo]:
    """Open the app as `kubegenie demo` would, in a terminal of this size; without some of the clusters."""
    worlds = [world for world in demo_worlds() if world.cluster.name not in without]
    async with DemoServer(worlds, down=DOWN, ticking=ticking) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig")
        async with app_on(kubeconfig, size, demo=True, **options) as (app, pilot):
            yield OnDemo(app, pilot, server)


@asynccontextmanager
async def app_on(
    kubeconfig: Path, size: tuple[int, int] = (160, 45), **options: Any
) -> AsyncIterator[tuple[KubeGenieApp, Pilot[int]]]:
    """Open the app on a kubeconfig."""
    settings = still(load_settings())
    start = StartOptions(kubeconfig=kubeconfig, **options)

    async def build() -> Services:
        return await build_services(settings, start)

    app = KubeGenieApp(settings, start, build)
    async with app.run_test(size=size, notifications=True) as pilot:
        yield app, pilot
        app.exit()


def still(settings: Settings) -> Settings:
    """Nothing moves by itself."""
    return msgspec.structs.replace(settings, ui=msgspec.structs.replace(settings.ui, reduce_motion=True))
