"""Bookmarks: places with their cluster, kept and gone to by key and by name, also after a restart."""

from pathlib import Path
from typing import Any

from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet import FleetScreen
from kubegenie_tui.screens.picker import PickerScreen
from tests.ui.on_demo import OnDemo, app_on_demo

SHOP: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "deployments"}


async def stands(demo: OnDemo, cluster: str, kind: str, name: str) -> None:
    def there() -> bool:
        screen = demo.app.screen
        if not isinstance(screen, ExplorerScreen) or screen.agent.name != cluster or screen.kind is None:
            return False
        row = screen.table.current
        return screen.kind.id == kind and row is not None and row.name == name

    await demo.until(there)


async def test_a_place_is_kept_and_gone_to_from_another_cluster(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as demo:
        await demo.until(lambda: "checkout" in demo.names)
        demo.table.select("shop", "checkout")
        await demo.pilot.press("B")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.until_shown("+ keep prod-eu deployments shop checkout")
        await demo.pilot.press("enter")
        await demo.until_shown("Kept as prod-eu deployments shop checkout")
        await demo.command("ctx staging")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.explorer.agent.name == "staging")
        await demo.pilot.press("B")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.pilot.press(*"checkout", "enter")
        await stands(demo, "prod-eu", "deployments.apps", "checkout")
    async with app_on_demo(tmp_path, context="staging") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        await demo.pilot.press("ctrl+k")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        await demo.pilot.press("B")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        assert "+ keep" not in demo.text()
        await demo.pilot.press("enter")
        await stands(demo, "prod-eu", "deployments.apps", "checkout")


async def test_by_name_it_is_kept_gone_to_and_forgotten(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, fleet=True, command="deploy shop") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.names.count("checkout") == 2)
        await demo.command("bookmark save both")
        await demo.until_shown("Kept as both")
        await demo.command("pods @staging")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.command("bookmark both")
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.names.count("checkout") == 2)
        await demo.command("bookmark remove both")
        await demo.until_shown("Forgot the bookmark both")
        await demo.command("bookmark both")
        await demo.until_shown('There is no bookmark "both"')
