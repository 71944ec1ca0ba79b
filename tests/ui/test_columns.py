"""Columns chosen, columns of one's own, an order by several columns, on the demo."""

from pathlib import Path
from typing import Any

from kubegenie_tui.paths import settings_file
from kubegenie_tui.screens.columns import ColumnsScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


def titles(demo: OnDemo) -> list[str]:
    return list(demo.table.shown_titles())


async def until_pods(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and len(demo.names) > 5)


async def test_columns_are_chosen_moved_and_there_after_a_restart(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        await demo.pilot.press("w")
        await demo.until(lambda: isinstance(demo.app.screen, ColumnsScreen))
        await demo.pilot.press("down", "space", "shift+up", "enter")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        assert titles(demo)[0] == "NAME"
        assert "READY" not in titles(demo)
        await demo.until_shown("columns are shown")
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        assert "READY" not in titles(demo)
        await demo.command("deploy")
        await demo.until(lambda: "checkout" in demo.names)
        assert "READY" in titles(demo)
        await demo.command("pods")
        await until_pods(demo)
        await demo.command("columns")
        await demo.until(lambda: isinstance(demo.app.screen, ColumnsScreen))
        await demo.pilot.press("r")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and "READY" in titles(demo))


async def test_columns_of_ones_own_for_built_in_and_custom_kinds(tmp_path: Path) -> None:
    file = settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        '[columns.pods]\nuid = ".metadata.uid"\nimage0 = ".spec.containers[0].image"\n'
        '[columns."databases.platform.northwind.example"]\nmade = ".metadata.generation"\n'
    )
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        assert {"UID", "IMAGE0"} <= {column.title for column, _ in demo.table.view.titled_columns()}
        row = demo.table.view.row(0)
        assert row is not None
        assert row.cells[-2] == row.uid
        await demo.command("databases -A")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "databases" and demo.names)
        assert "MADE" in titles(demo)
        read = {column.title: value for column, value in demo.table.view.titled_columns()}
        first = demo.table.view.row(0)
        assert first is not None
        assert isinstance(read["MADE"](first), int)


async def test_an_order_by_several_columns(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **{**PODS, "namespace": ""}) as demo:
        await until_pods(demo)
        await demo.command("sort stat,-na")
        await demo.until(lambda: demo.table.view.orders == (("STATUS", False), ("NAMESPACE", True)))
        found = [(row.cells[1], row.namespace) for row in demo.table.view.window(0, len(demo.table.view))]
        expected = sorted(sorted(found, key=lambda pair: pair[1], reverse=True), key=lambda pair: str(pair[0]))
        assert found == expected
        await demo.command("sort nonsense")
        await demo.until_shown("There is no column NONSENSE")
