"""The palette on the demo's clusters: everything that can be done, by a few letters of its name."""

import re
from pathlib import Path
from typing import Any

from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.screens.picker import PickerScreen
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


async def pick(demo: OnDemo, letters: str) -> None:
    await demo.pilot.press("ctrl+p")
    await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
    await demo.pilot.press(*("space" if letter == " " else letter for letter in letters), "enter")


async def opened(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)


async def test_it_shows_what_can_be_done_with_its_keys(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("ctrl+p")
        await demo.until_shown("What to do")
        text = demo.text()
        assert "describe" in text
        assert "cursor" not in text
        assert re.search(r"type to narrow.*\n.*\n.* open +enter", text)
        await demo.pilot.press(*"genie")
        await demo.until_shown("ctrl+g")


async def test_a_key_of_the_table_is_done(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await pick(demo, "describe")
        await demo.until(lambda: isinstance(demo.app.screen, DetailScreen))


async def test_places_to_go(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.until(demo.explorer.agent.kinds_told.is_set)
        await pick(demo, "certificates kind")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "certificates")
        await pick(demo, "payments namespace")
        await demo.until(lambda: demo.explorer.pane.namespace == "payments")
        await pick(demo, "staging cluster")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.explorer.agent.name == "staging")
        await pick(demo, "light theme")
        await demo.until(lambda: demo.app.theme == "genie-light")
        await pick(demo, "list clusters")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))


async def test_from_above_a_place_it_leads_back_into_it(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("l")
        await demo.until(lambda: isinstance(demo.app.screen, LogsScreen))
        await pick(demo, "deployments apps")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "deployments")


async def test_escape_does_nothing(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("ctrl+p", "ctrl+p", "escape")
        await demo.until(lambda: demo.app.screen is demo.app.place)


async def test_api_lists_every_kind(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.command("api")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.until_shown("StatefulSets")
        assert "ctrl+g" not in demo.text()
        await demo.pilot.press(*"applications", "enter")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "applications")
