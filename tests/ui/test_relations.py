"""The relations of an object on screen: what is told, and where the keys lead from there."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.relations import RelationsScreen
from kubegenie_tui.widgets.relation_tree import RelationTree
from tests.ui.on_demo import OnDemo, app_on_demo

SHOP: dict[str, Any] = {"context": "prod-eu", "namespace": "shop"}


async def open_on(on: OnDemo, kind: str, name: str, key: str) -> None:
    await on.command(f"{kind} shop")
    await on.until(lambda: name in on.names)
    on.table.select("shop", name)
    await on.until(lambda: on.table.current is not None and on.table.current.name == name)
    await on.pilot.press(key)
    await on.until(lambda: isinstance(on.app.screen, RelationsScreen) and " in " in on.text())


def stand_on(on: OnDemo, name: str) -> None:
    tree = on.app.screen.query_one(RelationTree)
    tree.action_move_end(0)
    while tree.current is not None and tree.current.ref.name != name:
        before = tree.current
        tree.action_move(1)
        assert tree.current is not before, f"{name} is not in the tree"


async def test_relations_of_a_deployment(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await open_on(on, "deploy", "checkout", "x")
        text = on.text()
        for word in ("Owns", "Services", "Config maps", "Secrets", "Autoscalers", "CrashLoopBackOff"):
            assert word in text
        assert "Ingress " in text
        assert "checkout-db" in text


async def test_enter_goes_to_the_object_and_escape_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await open_on(on, "deploy", "checkout", "x")
        stand_on(on, "checkout-config")
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))
        await on.until(lambda: on.table.current is not None and on.table.current.name == "checkout-config")
        await on.pilot.press("escape")
        await on.until(lambda: on.table.current is not None and on.table.current.name == "checkout")


async def test_who_uses_a_secret_and_what_is_behind_a_row(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await open_on(on, "secrets", "checkout-db", "U")
        await on.until_shown("Used by  Secret checkout-db")
        stand_on(on, "checkout")
        await on.pilot.press("y")
        await on.until(lambda: isinstance(on.app.screen, DetailScreen))
        await on.pilot.press("escape")
        await on.until(lambda: isinstance(on.app.screen, RelationsScreen))
        await on.pilot.press("x")
        await on.until_shown("Relations  Deployment checkout")
        await on.pilot.press("escape", "escape")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))


async def test_by_command(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("usedby cm checkout-config")
        await on.until_shown("Used by  ConfigMap checkout-config")
        await on.until_shown("Deployment ")


@pytest.mark.parametrize("typed", ["secret shop/checkout-db", "secret checkout-db -n shop", "secret/checkout-db"])
async def test_by_command_in_the_namespace_that_is_typed(typed: str, tmp_path: Path) -> None:
    where = {"namespace": "shop" if typed.startswith("secret/") else "payments"}
    async with app_on_demo(tmp_path, **SHOP | where) as on:
        await on.until(lambda: on.names)
        await on.command(f"usedby {typed}")
        await on.until_shown("Used by  Secret checkout-db")
        await on.until_shown("Deployment ")


async def test_what_names_no_object_is_not_taken_for_the_one_under_the_cursor(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("usedby checkout-db")
        await on.until_shown('"checkout-db" names no object')
        assert "Used by" not in on.text()


async def test_an_object_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("xray deploy nothing")
        await on.until_shown("✖")
        await on.until_shown("could not be looked at")
        assert isinstance(on.app.screen, RelationsScreen)
