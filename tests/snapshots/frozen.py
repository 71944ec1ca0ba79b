"""The app on the demo's clusters at one moment that never passes: the same picture every time."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual._context import visible_screen_stack
from textual.pilot import Pilot

from kubegenie_tui.app import KubeGenieApp
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.story.stories import DOWN
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.screens.cluster_header import ROOM_FOR_ALL
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.services import Services, build_services
from kubegenie_tui.settings import Settings, UiSettings
from kubegenie_tui.widgets.resource_tree import ResourceTree
from tests.demo_worlds import demo_worlds

NOW = 1_795_000_000.0
"""2026-11-18 10:26:40 UTC."""
PATIENCE = 20.0
"""Seconds after which something that is waited for will not come."""


def freeze(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock that people see; the one that tasks wait by goes on."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(time, "time", lambda: NOW)


def frozen_app(directory: Path, *, theme: str = "dark", genie: bool = True, **options: object) -> "FrozenApp":
    """The app, which brings its own demo server and ends it with its services."""
    settings = msgspec.convert({"ui": {"theme": theme, "reduce_motion": True, "genie": genie}}, Settings)
    assert isinstance(settings.ui, UiSettings)
    server = DemoServer(demo_worlds(NOW), down=DOWN, ticking=False)

    async def build() -> Services:
        await server.start()
        start = msgspec.convert(
            {"kubeconfig": server.kubeconfig(directory / "kubeconfig"), "demo": True, **options}, StartOptions
        )
        return await build_services(settings, start)

    app = FrozenApp(settings, msgspec.convert({"demo": True, **options}, StartOptions), build)
    app.server = server
    return app


class FrozenApp(KubeGenieApp):
    """Ends its server too."""

    server: DemoServer

    async def on_unmount(self) -> None:
        await super().on_unmount()
        await self.server.stop()


async def until(pilot: Pilot[Any], true: Callable[[], object]) -> None:
    """Let the app work until this is true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"it never became true; the screen was\n{text_of(pilot)}"
        await pilot.pause(0.02)
    await pilot.pause()


def text_of(pilot: Pilot[Any]) -> str:
    """What is on the screen. A dialog that was not painted yet is painted by this, and shows what lies behind it."""
    visible_screen_stack.set(pilot.app._background_screens)
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def has_counted(pilot: Pilot[Any]) -> bool:
    """Whether the tree, where it is shown, has the cluster's own kinds, and tells how many there are of each."""
    explorer = pilot.app.screen
    assert isinstance(explorer, ExplorerScreen)
    tree = explorer.query_one(ResourceTree)
    kinds = [line.id for line in tree._lines if isinstance(line, Kind)]
    counted = explorer.agent.kinds_told.is_set() and len(kinds) > 9 and set(kinds) <= set(tree.counts)
    return counted or not tree.display


def header_told(pilot: Pilot[Any]) -> bool:
    """Whether it is known if the cluster answers; if it did, a header with room for it tells how much there is."""
    header = text_of(pilot).partition("\n")[0]
    if Health.UNKNOWN.glyph in header or Health.PROGRESSING.glyph in header:
        return False
    return pilot.app.size.width < ROOM_FOR_ALL or "● v" not in header or (" nodes " in header and " pods" in header)
