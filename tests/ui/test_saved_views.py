"""Namespace sets, saved views and the history of places, by keys and commands, on the demo."""

from pathlib import Path
from typing import Any

from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet import FleetScreen
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


def spaces(demo: OnDemo) -> set[str]:
    return {row.namespace for row in demo.table.view.window(0, len(demo.table.view))}


async def until_pods(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and len(demo.names) > 5)


async def test_several_namespaces_are_one_scope(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        await demo.command("ns shop,payments")
        await demo.until(lambda: spaces(demo) == {"shop", "payments"})
        await demo.until_shown("shop,payments")
        await demo.command("deploy")
        await demo.until(lambda: "checkout" in demo.names and spaces(demo) == {"shop", "payments"})
        await demo.until_shown("NAMESPACE")


async def test_a_set_is_saved_and_there_after_a_restart(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        await demo.command("nsset web shop,payments")
        await demo.until(lambda: spaces(demo) == {"shop", "payments"})
        await demo.until_shown("+web")
        await demo.until_shown("NAMESPACE")
        await demo.command("ns shop")
        await demo.until(lambda: spaces(demo) == {"shop"} and "NAMESPACE" not in demo.text())
    async with app_on_demo(tmp_path, **{**PODS, "namespace": "accounts"}) as demo:
        await until_pods(demo)
        assert spaces(demo) == {"accounts"}
        await demo.command("ns +web")
        await demo.until(lambda: spaces(demo) == {"shop", "payments"})
        await demo.pilot.press("0")
        await demo.until(lambda: len(spaces(demo)) > 3)
        await demo.pilot.press("2")
        await demo.until(lambda: spaces(demo) == {"shop", "payments"})
        await demo.command("nsset remove web")
        await demo.until_shown("Forgot the set web")
        await demo.command("ns +web")
        await demo.until_shown('There is no set of namespaces named "web"')


async def test_a_set_works_for_several_clusters(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, fleet=True, command="pods shop,payments") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and spaces(demo) == {"shop", "payments"})


async def test_a_view_brings_back_kind_scope_filter_and_order(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        await demo.command("deploy -A /check")
        await demo.until(lambda: demo.names and all("check" in name for name in demo.names))
        await demo.pilot.press("A")
        await demo.command("view save checks")
        await demo.until_shown("Saved this view as checks")
        shown = demo.names
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        await demo.command("view checks")
        await demo.until(lambda: demo.names == shown)
        assert demo.explorer.kind is not None
        assert demo.explorer.kind.id == "deployments.apps"
        assert demo.table.view.sort_by == "AGE"
        await demo.command("view nothing")
        await demo.until_shown('There is no view named "nothing"')


async def test_a_view_brings_back_columns_wide_mode_filters_and_several_orders(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        await demo.command("sort STATUS,-AGE")
        demo.table.choose_columns(("NAME", "NODE", "STATUS", "AGE"))
        await demo.pilot.press("ctrl+w", "slash", *"STATUS", "colon", *"Running", "space", *"front", "enter")
        await demo.until(lambda: demo.names and all("front" in name for name in demo.names))
        await demo.command("view save told")
        await demo.until_shown("Saved this view as told")
        seen, shown = look(demo), demo.names
    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        assert look(demo) != seen
        assert demo.table.chosen == ()
        await demo.command("view told")
        await demo.until(lambda: demo.names == shown)
        assert look(demo) == seen
        await demo.command("deploy")
        await demo.until(lambda: "checkout" in demo.names)
        assert demo.table.chosen == ()
        await demo.command("view told")
        await demo.until(lambda: demo.names == shown)
        assert look(demo) == seen


def look(demo: OnDemo) -> tuple[object, ...]:
    """What a view brings back of a table, besides its rows."""
    table = demo.table
    orders = (table.view.sort_by, table.view.descending, table.view.then)
    return table.chosen, table.shown_titles(), table.wide, table.filter_text, orders


async def test_back_forward_and_the_last_place_also_after_a_restart(tmp_path: Path) -> None:
    def at(demo: OnDemo, kind: str) -> bool:
        return demo.explorer.kind is not None and demo.explorer.kind.id == kind

    async with app_on_demo(tmp_path, **PODS) as demo:
        await until_pods(demo)
        await demo.command("deploy")
        await demo.until(lambda: at(demo, "deployments.apps"))
        await demo.command("svc")
        await demo.until(lambda: at(demo, "services"))
        await demo.pilot.press("left_square_bracket", "left_square_bracket")
        await demo.until(lambda: at(demo, "pods"))
        await demo.pilot.press("right_square_bracket")
        await demo.until(lambda: at(demo, "deployments.apps"))
        await demo.pilot.press("minus")
        await demo.until(lambda: at(demo, "pods"))
        await demo.pilot.press("minus")
        await demo.until(lambda: at(demo, "deployments.apps"))
        await demo.pilot.press("ctrl+k")
        await demo.until(lambda: not isinstance(demo.app.screen, ExplorerScreen))
    async with app_on_demo(tmp_path, context="prod-eu") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and at(demo, "deployments.apps"))
        await demo.pilot.press("left_square_bracket")
        await demo.until(lambda: at(demo, "pods"))
