"""Two tables over several clusters in one tab, each with a place of its own, by keys and commands, on the demo."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.screens import messages
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet import FleetScreen
from kubegenie_tui.screens.fleet_half import FleetHalf
from kubegenie_tui.widgets.fleet_pane import FleetPane
from tests.ui.on_demo import OnDemo, app_on_demo

DEPLOYMENTS: dict[str, Any] = {"fleet": True, "command": "deploy shop @prod-eu @staging"}


def fleet_of(demo: OnDemo) -> FleetScreen:
    assert isinstance(demo.app.screen, FleetScreen)
    return demo.app.screen


def names(half: FleetHalf) -> list[str]:
    view = half.pane.table.view
    return [row.name for row in view.window(0, len(view))]


def over(half: FleetHalf) -> set[str]:
    """The clusters whose rows a half shows."""
    view = half.pane.table.view
    return {row.cluster for row in view.window(0, len(view))}


def shows(half: FleetHalf) -> str:
    """The kind and the scope of a half."""
    return f"{half.kind.plural if half.kind else '-'} {half.pane.namespace}"


def both(demo: OnDemo) -> list[str]:
    return [shows(half) for half in demo.app.screen.halves] if isinstance(demo.app.screen, FleetScreen) else []


async def opened(demo: OnDemo, *kinds: str) -> FleetScreen:
    """The fleet stands, and its halves show rows of these kinds."""
    await demo.until(lambda: both(demo) == list(kinds) and all(map(names, fleet_of(demo).halves)))
    return fleet_of(demo)


async def split(demo: OnDemo) -> tuple[FleetScreen, FleetHalf, FleetHalf]:
    fleet = await opened(demo, "deployments shop")
    await demo.pilot.press("vertical_line")
    await opened(demo, "deployments shop", "deployments shop")
    await demo.until(lambda: fleet.half is fleet.halves[1] and fleet.table.has_focus)
    await demo.until(lambda: all(over(half) == {"prod-eu", "staging"} for half in fleet.halves))
    return fleet, fleet.halves[0], fleet.halves[1]


def held_of(agent: ClusterAgent) -> set[str]:
    return {str(scope) for scope in agent._watches.held}


async def test_each_half_has_kind_scope_filter_and_order_of_its_own(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        fleet, first, second = await split(demo)
        await demo.until_shown("2 clusters Deployments")
        before = names(first)
        await demo.pilot.press("A", "slash", *"checkout", "enter")
        await demo.until(lambda: names(second) == ["checkout", "checkout"])
        assert names(first) == before
        await demo.command("sts")
        await opened(demo, "deployments shop", "statefulsets shop")
        await demo.pilot.press("o")
        await demo.until(lambda: fleet.half is first and first.pane.table.has_focus)
        await demo.pilot.press("slash", *"front", "enter", "N")
        await demo.until(lambda: "frontend" in names(first) and len(names(first)) < len(before))
        await demo.command("ns all")
        await opened(demo, "deployments ", "statefulsets shop")
        orders = [half.pane.table.view.sort_by for half in fleet.halves]
        assert orders == ["NAME", "AGE"]
        assert second.pane.table.filter_text == ""


async def test_a_click_and_tab_give_the_keys_to_the_other_half(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        fleet, first, second = await split(demo)
        await demo.pilot.click(first.pane.table, offset=(20, 2))
        await demo.until(lambda: fleet.half is first and first.pane.table.has_focus)
        await demo.pilot.press("tab")
        await demo.until(lambda: fleet.half is second and second.pane.table.has_focus)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """What was asked of the app, which shows none of it."""
    asked: list[Plan] = []
    original = FleetScreen.post_message

    def keep(self: FleetScreen, message: Any) -> bool:
        if isinstance(message, messages.PlanRequested):
            asked.append(message.plan)
            return True
        return original(self, message)

    monkeypatch.setattr(FleetScreen, "post_message", keep)
    return asked


async def test_operations_are_about_the_rows_of_the_half_with_the_keys(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        _, _, second = await split(demo)
        await demo.command("sts /redis")
        await demo.until(lambda: shows(second) == "statefulsets shop" and "redis" in names(second))
        await demo.pilot.press("o", "ctrl+a", "o", "r")
        await demo.until(lambda: plans)
        assert {step.ref.kind for plan in plans for step in plan.steps} == {"statefulsets.apps"}
        assert {step.ref.name for plan in plans for step in plan.steps} == {"redis"}
        plans.clear()
        await demo.pilot.press("o", "r")
        await demo.until(lambda: len(plans) == 2)
        assert {step.ref.kind for plan in plans for step in plan.steps} == {"deployments.apps"}
        assert {plan.cluster for plan in plans} == {"prod-eu", "staging"}


async def test_a_half_that_is_closed_lets_go_of_its_clusters(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        fleet, first, second = await split(demo)
        await demo.command("sts")
        await opened(demo, "deployments shop", "statefulsets shop")
        agents = dict(second.fleet.agents)
        assert all("statefulsets.apps in shop" in held_of(agent) for agent in agents.values())
        rows, told = second.fleet.rows, [len(agent._kinds._listeners) for agent in agents.values()]
        await demo.pilot.press("Q")
        await demo.until(lambda: fleet.halves == [first] and first.pane.table.has_focus)
        await demo.until(lambda: len(demo.app.screen.query(FleetPane)) == 1)
        assert not any("statefulsets.apps in shop" in held_of(agent) for agent in agents.values())
        assert all("deployments.apps in shop" in held_of(agent) for agent in agents.values())
        assert [len(agent._kinds._listeners) for agent in agents.values()] == [count - 1 for count in told]
        assert not rows._leaving
        assert not rows._listeners
        await demo.pilot.press("o")
        await demo.until_shown("There is one table only")


async def test_a_half_is_led_to_other_clusters_and_the_other_one_stays(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        fleet = await opened(demo, "deployments shop")
        await demo.command("split pods @staging")
        await opened(demo, "deployments shop", "pods shop")
        first, second = fleet.halves
        await demo.until(lambda: (over(first), over(second)) == ({"prod-eu", "staging"}, {"staging"}))
        await demo.until_shown("staging Pods")
        await demo.command("fleet svc @prod-eu @edge-paris")
        await opened(demo, "deployments shop", "services shop")
        assert fleet.halves[0] is first
        assert second not in fleet.halves
        assert fleet.fleet.clusters == ("prod-eu", "edge-paris")
        await demo.pilot.press("greater_than_sign")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        assert not any(held_of(agent) & {"deployments.apps in shop"} for agent in first.fleet.agents.values())
        await demo.command("fleet deploy shop @prod-eu @staging")
        await demo.until(lambda: demo.app.screen is fleet and fleet.half is first)
        await opened(demo, "deployments shop", "services shop")


async def test_who_goes_on_while_a_kind_is_waited_for_is_not_led_to_it_later(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "staging" in demo.names)
        assert demo.server is not None
        demo.server.inject(Fault(path="/apis", cluster="staging", delay=600, count=-1))
        await demo.command("fleet svc shop @staging")
        fleet = await opened(demo, "services shop")
        await demo.command("split fleet gadgets @staging")
        await demo.until(lambda: len(fleet.halves) == 2 and fleet.current_place().kind == "gadgets")
        await demo.until(lambda: waiting(demo))
        second = fleet.kept().second
        assert second is not None
        assert (second.clusters, second.place, second.fleet) == (("staging",), Place("gadgets", "shop"), True)
        await demo.command("pods")
        await opened(demo, "services shop", "pods shop")
        await demo.until(lambda: not waiting(demo))


def waiting(demo: OnDemo) -> bool:
    return any(worker.group == "await-kind" and worker.is_running for worker in demo.app.workers)


async def test_both_halves_come_back_after_a_restart(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (80, 24), **DEPLOYMENTS) as demo:
        fleet, first, second = await split(demo)
        regions = [half.pane.region for half in fleet.halves]
        assert [region.width for region in regions] == [80, 80]
        assert regions[0].bottom <= regions[1].y
        await demo.pilot.press("A", "slash", *"front", "enter")
        await demo.until(lambda: "frontend" in names(second) and len(names(second)) < len(names(first)))
        before = names(second)
        await demo.pilot.press("o")
        await demo.until(lambda: fleet.half is first)
        await demo.command("fleet pods -n payments @prod-eu @edge-paris")
        await opened(demo, "pods payments", "deployments shop")
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path, (200, 45)) as demo:
        fleet = await opened(demo, "pods payments", "deployments shop")
        assert [half.fleet.clusters for half in fleet.halves] == [("prod-eu", "edge-paris"), ("prod-eu", "staging")]
        await demo.until(lambda: fleet.half is fleet.halves[0] and fleet.table.has_focus)
        second = fleet.halves[1]
        await demo.until(lambda: names(second) == before)
        assert second.pane.table.view.sort_by == "AGE"
        regions = [half.pane.region for half in fleet.halves]
        assert regions[0].y == regions[1].y
        assert regions[0].right <= regions[1].x
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path, without=("staging",)) as demo:
        await demo.until_shown("There is no cluster staging any more")
        fleet = await opened(demo, "pods payments", "deployments shop")
        assert over(fleet.halves[1]) == {"prod-eu"}


async def test_a_split_in_a_tab_that_is_left_holds_nothing_and_is_as_it_was(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        fleet, first, second = await split(demo)
        await demo.command("sts")
        await opened(demo, "deployments shop", "statefulsets shop")
        await demo.pilot.press("m")
        marks = set(second.pane.table.marks)
        await demo.command("tab svc @edge-paris")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        held = {"deployments.apps in shop", "statefulsets.apps in shop"}
        assert not any(held_of(agent) & held for agent in first.fleet.agents.values())
        await demo.pilot.press("left_curly_bracket")
        await demo.until(lambda: demo.app.screen is fleet)
        await opened(demo, "deployments shop", "statefulsets shop")
        assert all(held_of(agent) >= held for agent in first.fleet.agents.values())
        assert second.pane.table.marks == marks
        assert fleet.half is second
