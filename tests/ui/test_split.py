"""Two tables in one tab, each with a place of its own, by keys and commands, and after a restart, on the demo."""

from pathlib import Path
from typing import Any

from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.half import Half
from kubegenie_tui.widgets.detail_view import DetailView
from kubegenie_tui.widgets.table_pane import TablePane
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


async def opened(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)


def shows(half: Half) -> str:
    """The cluster, the kind and the scope of a half."""
    return f"{half.agent.name} {half.kind.plural if half.kind else '-'} {half.pane.namespace}"


def both(demo: OnDemo) -> list[str]:
    return [shows(half) for half in demo.explorer.halves]


async def test_each_half_has_a_place_of_its_own_and_one_has_the_keys(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("vertical_line")
        await demo.until(
            lambda: both(demo) == ["prod-eu pods shop"] * 2 and demo.explorer.halves[1].pane.table.has_focus
        )
        await demo.command("deploy")
        await demo.until(lambda: both(demo) == ["prod-eu pods shop", "prod-eu deployments shop"])
        first, second = demo.explorer.halves
        await demo.pilot.press("o")
        await demo.until(lambda: demo.explorer.half is first and first.pane.table.has_focus)
        await demo.pilot.press("0")
        await demo.until(lambda: both(demo) == ["prod-eu pods ", "prod-eu deployments shop"])
        await demo.pilot.press("o", "left_square_bracket")
        await demo.until(lambda: both(demo) == ["prod-eu pods ", "prod-eu pods shop"])
        await demo.pilot.press("Q")
        await demo.until(lambda: demo.explorer.halves == [first] and first.pane.table.has_focus)
        assert len(demo.app.screen.query(TablePane)) == 1
        assert not {
            scope for scope in first.agent._watches.held if scope.namespace == "shop" and scope.kind_id == "pods"
        }
        await demo.pilot.press("vertical_line")
        await demo.until(lambda: len(demo.explorer.halves) == 2 and demo.explorer.half is not first)
        await demo.pilot.press("vertical_line")
        await demo.until(lambda: len(demo.explorer.halves) == 1 and demo.explorer.half is not first)
        assert second not in demo.explorer.halves


async def test_a_click_and_tab_give_the_keys_to_a_half_and_a_closed_one_hears_nothing_more(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("vertical_line")
        await demo.until(lambda: len(demo.explorer.halves) == 2 and demo.explorer.halves[1].pane.table.has_focus)
        first, second = demo.explorer.halves
        await demo.until(lambda: len(second.pane.table.view))
        await demo.pilot.click(first.pane.table, offset=(20, 2))
        await demo.until(lambda: demo.explorer.half is first and first.pane.table.has_focus)
        await demo.pilot.press("tab")
        await demo.until(lambda: demo.explorer.half is second and second.pane.table.has_focus)
        live = first.pane.table.live
        assert second.pane.table.live is live
        heard = len(live._listeners)  # type: ignore[attr-defined]
        await demo.pilot.press("Q")
        await demo.until(lambda: demo.explorer.halves == [first] and len(demo.app.screen.query(TablePane)) == 1)
        assert len(live._listeners) == heard - 1  # type: ignore[attr-defined]


async def test_halves_of_two_clusters_with_the_object_below(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.command("split deploy -A @staging")
        await demo.until(lambda: both(demo) == ["prod-eu pods shop", "staging deployments "])
        await demo.until(lambda: len(demo.explorer.half.pane.table.view))
        await demo.until_shown("staging Deployments")
        await demo.until_shown("prod-eu Pods")
        await demo.pilot.press("ctrl+t")
        for _ in range(2):
            row = demo.explorer.table.current
            assert row is not None
            detail = demo.app.screen.query_one(DetailView)
            await demo.until(lambda row=row, detail=detail: row.name in text_of(detail))  # type: ignore[misc]
            await demo.pilot.press("o")
        await demo.command("ctx prod-eu")
        await demo.until(lambda: demo.explorer.agent.name == "prod-eu")


async def test_halves_are_below_each_other_where_there_is_no_room_and_come_back_after_a_restart(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (80, 24), **PODS) as demo:
        await opened(demo)
        await demo.command("split deploy @staging")
        await demo.until(lambda: both(demo)[1] == "staging deployments ")
        first, second = (half.pane.region for half in demo.explorer.halves)
        assert first.width == second.width == 80
        assert first.bottom <= second.y
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path, (200, 45)) as demo:
        await opened(demo)
        await demo.until(lambda: both(demo) == ["prod-eu pods shop", "staging deployments "])
        await demo.until(lambda: demo.explorer.half is demo.explorer.halves[1] and demo.explorer.table.has_focus)
        first, second = (half.pane.region for half in demo.explorer.halves)
        assert first.y == second.y
        assert first.right <= second.x
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path, without=("staging",)) as demo:
        await opened(demo)
        await demo.until_shown("There is no cluster staging any more")
        assert both(demo) == ["prod-eu pods shop"]


def text_of(detail: DetailView) -> str:
    return "\n".join(
        widget.render_line(y).text for widget in detail.query("*") for y in range(min(3, widget.size.height))
    )
