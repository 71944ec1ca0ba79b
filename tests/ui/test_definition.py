"""A kind on screen: its definition, its fields to unfold, an example, and the way to a new object."""

from pathlib import Path
from typing import Any

from kubegenie_tui.screens.definition import LABEL, DefinitionScreen
from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from tests.ui.on_demo import OnDemo, app_on_demo

SHOP: dict[str, Any] = {"context": "prod-eu", "namespace": "shop"}
DATABASES = "databases.platform.northwind.example"


async def explained(on: OnDemo, line: str) -> None:
    await on.until(lambda: on.names)
    await on.command(line)
    await on.until(lambda: isinstance(on.app.screen, DefinitionScreen) and on.names)


async def test_a_definition_with_its_fields_and_their_help(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await explained(on, f"crd {DATABASES}")
        assert "v1 served, stored · v1alpha1 not served, deprecated" in on.text()
        await on.until_shown("2 in 1 namespace: data 2")
        await on.command("explain db")  # from a place above, back in it
        await on.until(lambda: isinstance(on.app.screen, DefinitionScreen) and on.names)
        await on.pilot.press("slash", *"engine", "enter")
        await on.until(lambda: "The database program." in on.text())
        await on.until_shown("postgres, mysql, valkey")
        assert [line for line in on.text().splitlines() if "  spec.engine " in line]  # those above it are out of view
        await on.pilot.press("escape")
        await on.until(lambda: "▾ spec" in on.text() and "  spec.engine " not in on.text().partition("▔")[0])


async def test_fields_are_folded_and_the_cursor_stays(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await explained(on, "explain db")
        await on.pilot.press("down", "down", "down", "enter")
        await on.until(lambda: "▸ spec" in on.text())
        assert "storage" not in on.text()
        await on.pilot.press("o")
        await on.until(lambda: "storage" in on.text())


async def test_an_example_a_new_object_and_the_objects(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await explained(on, "explain db")
        await on.pilot.press("y")
        await on.until_shown("engine: postgres")
        await on.pilot.press("escape", "n")
        await on.until(lambda: isinstance(on.app.screen, EditorScreen))
        await on.until_shown("engine: postgres")
        await on.pilot.press("escape")
        await on.until(lambda: isinstance(on.app.screen, DefinitionScreen))
        await on.pilot.press("i")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen) and "orders" in on.names)


async def test_the_definition_under_the_cursor(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("crd")
        await on.until(lambda: DATABASES in on.names)
        on.table.select("", DATABASES)
        await on.pilot.press("K")
        await on.until_shown("what a Database is")


async def test_without_a_kind_it_is_asked_for(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("explain nosuch")
        await on.until_shown('no kind named "nosuch"')


async def test_at_80_columns_what_goes_on_stands_below_its_words_and_nothing_is_cut(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (80, 24), **SHOP) as on:
        await explained(on, "crd db")
        lines = [line.rstrip() for line in on.text().split("\n")]
        at = next(at for at, line in enumerate(lines) if "may still be stored" in line)
        assert lines[at + 1] == f"{'':{LABEL + 1}}is taken away"
