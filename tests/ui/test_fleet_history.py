"""Back and forward in a table over several clusters, by keys and commands, and after a restart, on the demo."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.domain.row import Row
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet import FleetScreen
from kubegenie_tui.screens.fleet_half import FleetHalf
from tests.ui.on_demo import OnDemo, app_on_demo

DEPLOYMENTS: dict[str, Any] = {"fleet": True, "command": "deploy shop @prod-eu @staging"}


def fleet_of(demo: OnDemo) -> FleetScreen:
    assert isinstance(demo.app.screen, FleetScreen)
    return demo.app.screen


def at(demo: OnDemo, kind: str, namespace: str = "shop") -> bool:
    """Whether rows of this kind in this scope are shown of both clusters."""
    if not isinstance(demo.app.screen, FleetScreen):
        return False
    half = demo.app.screen.half
    shown = (half.kind.plural if half.kind else "", half.pane.namespace)
    return shown == (kind, namespace) and clusters_in(half) == {"prod-eu", "staging"}


def clusters_in(half: FleetHalf) -> set[str]:
    view = half.pane.table.view
    return {row.cluster for row in view.window(0, len(view))}


def told(row: Row | None) -> tuple[str, str]:
    return (row.cluster, row.name) if row else ("", "")


async def test_back_forward_and_the_last_place(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await demo.until(lambda: at(demo, "deployments"))
        await demo.command("svc")
        await demo.until(lambda: at(demo, "services"))
        await demo.command("ns all")
        await demo.until(lambda: at(demo, "services", ""))
        await demo.pilot.press("left_square_bracket", "left_square_bracket")
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("left_square_bracket")
        await demo.until_shown("There is no place to go to")
        await demo.pilot.press("right_square_bracket")
        await demo.until(lambda: at(demo, "services"))
        await demo.pilot.press("minus")
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("minus")
        await demo.until(lambda: at(demo, "services"))


async def test_escape_leads_back_to_filter_order_and_row_and_then_out(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "staging" in demo.names)
        await demo.command("fleet deploy shop @prod-eu @staging")
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("N", "slash", *"checkout", "enter")
        await demo.until(lambda: set(demo.names) == {"checkout"} and at(demo, "deployments"))
        await demo.pilot.press("down")
        second = told(demo.table.current)
        assert second == ("staging", "checkout")
        await demo.command("svc")
        await demo.until(lambda: at(demo, "services"))
        assert demo.table.filter_text == ""
        await demo.pilot.press("slash", *"front", "enter")
        await demo.until(lambda: set(demo.names) == {"frontend"})
        await demo.pilot.press("escape")
        await demo.until(lambda: at(demo, "services") and len(set(demo.names)) > 1)
        await demo.pilot.press("escape")
        await demo.until(lambda: at(demo, "deployments"))
        assert set(demo.names) == {"checkout"}
        assert demo.table.view.sort_by == "NAME"
        await demo.until(lambda: told(demo.table.current) == second)
        await demo.pilot.press("escape", "escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))


async def test_who_comes_again_to_the_same_place_has_gone_no_step(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "staging" in demo.names)
        for cluster in ("prod-eu", "staging"):
            demo.table.select("", cluster)
            await demo.pilot.press("m")
        await demo.pilot.press("enter")
        await demo.until(lambda: at(demo, "pods", ""))
        fleet = fleet_of(demo)
        await demo.pilot.press("down", "escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "staging" in demo.names)
        await demo.pilot.press("enter")
        await demo.until(lambda: demo.app.screen is fleet and at(demo, "pods", ""))
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))


async def test_other_clusters_begin_a_history_of_their_own(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="staging", command="pods") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        explorer = demo.app.screen
        await demo.command("fleet deploy shop @edge-paris @staging")
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.names)
        await demo.command("svc")
        await demo.command("fleet deploy shop @prod-eu @staging")
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("left_square_bracket")
        await demo.until_shown("There is no place to go to")
        await demo.pilot.press("escape")
        await demo.until(lambda: demo.app.screen is explorer)


async def test_each_half_and_each_tab_has_its_own_also_after_a_restart(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("vertical_line")
        await demo.until(lambda: len(fleet_of(demo).halves) == 2 and fleet_of(demo).half is fleet_of(demo).halves[1])
        await demo.until(lambda: at(demo, "deployments"))
        await demo.command("svc")
        await demo.until(lambda: at(demo, "services"))
        await demo.command("sts")
        await demo.until(lambda: at(demo, "statefulsets"))
        await demo.pilot.press("left_square_bracket")
        await demo.until(lambda: at(demo, "services"))
        await demo.pilot.press("o")
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("left_square_bracket")
        await demo.until_shown("There is no place to go to")
        await demo.command("cm")
        await demo.until(lambda: at(demo, "configmaps"))
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and len(demo.app.screen.halves) == 2)
        await demo.until(lambda: at(demo, "configmaps") and fleet_of(demo).table.has_focus)
        await demo.pilot.press("left_square_bracket")
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("o")
        await demo.until(lambda: at(demo, "services"))
        await demo.pilot.press("right_square_bracket")
        await demo.until(lambda: at(demo, "statefulsets"))
        await demo.pilot.press("left_square_bracket", "left_square_bracket")
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("n")
        await demo.until(lambda: len(demo.app.open_tabs) == 2 and at(demo, "deployments"))


async def test_a_tab_that_is_left_and_returned_to_has_gone_no_step(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await demo.until(lambda: at(demo, "deployments"))
        await demo.command("svc")
        await demo.until(lambda: at(demo, "services"))
        await demo.command("tab pods @staging")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        await demo.pilot.press("left_curly_bracket")
        await demo.until(lambda: at(demo, "services"))
        await demo.pilot.press("left_square_bracket")
        await demo.until(lambda: at(demo, "deployments"))


async def test_a_kind_that_never_came_was_a_step_that_leads_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubegenie_tui.agents.fleet.DISCOVERY_SECONDS", 600.0)
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "staging" in demo.names)
        assert demo.server is not None
        demo.server.inject(Fault(path="/apis", delay=600, count=-1))
        await demo.command("fleet svc shop @prod-eu @staging")
        await demo.until(lambda: at(demo, "services"))
        await demo.command("fleet gadgets @prod-eu @staging")
        await demo.until(lambda: fleet_of(demo).current_place().kind == "gadgets")
        await demo.pilot.press("left_square_bracket")
        await demo.until(lambda: fleet_of(demo).current_place().kind == "services" and at(demo, "services"))
        await demo.pilot.press("right_square_bracket")
        await demo.until(lambda: fleet_of(demo).current_place().kind == "gadgets")
