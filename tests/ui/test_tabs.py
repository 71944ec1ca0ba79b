"""Tabs by keys, commands and mouse, and after a restart, on the demo."""

from pathlib import Path
from typing import Any

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet import FleetScreen
from kubegenie_tui.widgets.tab_strip import TabStrip
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


async def opened(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)


def at(demo: OnDemo, kind: str) -> bool:
    screen = demo.app.screen
    return isinstance(screen, ExplorerScreen) and screen.kind is not None and screen.kind.plural == kind


def held_of(agent: ClusterAgent) -> set[str]:
    return {str(scope) for scope in agent._watches.held}


async def test_a_tab_is_opened_left_returned_to_and_closed(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        assert not demo.app.screen.query(TabStrip)
        first = demo.app.screen
        await demo.pilot.press("down", "down")
        cursor = demo.table.current
        await demo.pilot.press("n")
        await demo.until(lambda: demo.app.screen is not first and at(demo, "pods"))
        await demo.until(lambda: demo.table.current and cursor and demo.table.current.name == cursor.name)
        await demo.command("deploy")
        await demo.until_shown("▌2 prod-eu deployments shop")
        await demo.until_shown("1 prod-eu pods shop")
        await demo.pilot.press("left_curly_bracket")
        await demo.until(lambda: demo.app.screen is first and "▌1 prod-eu pods shop" in demo.text())
        assert demo.table.current is cursor
        await demo.pilot.press("right_curly_bracket")
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("Q")
        await demo.until(lambda: demo.app.screen is first and not demo.app.screen.query(TabStrip))
        await demo.pilot.press("Q")
        await demo.until_shown("There is only this tab")


async def test_a_hidden_tab_holds_no_lease(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        agent = demo.explorer.agent
        await demo.command("tab deploy")
        await demo.until(lambda: at(demo, "deployments") and demo.names)
        assert "deployments.apps in shop" in held_of(agent)
        assert "pods in shop" not in held_of(agent)
        await demo.command("tab 1")
        await demo.until(lambda: at(demo, "pods"))
        await demo.until(lambda: "deployments.apps in shop" not in held_of(agent))


async def test_a_title_is_clicked(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (80, 24), **PODS) as demo:
        await opened(demo)
        await demo.command("tab deploy @staging")
        await demo.until(lambda: at(demo, "deployments") and demo.explorer.agent.name == "staging")
        await demo.until_shown("▌2 staging deployments")
        await demo.pilot.click(TabStrip, offset=(4, 0))
        await demo.until(lambda: at(demo, "pods") and demo.explorer.agent.name == "prod-eu")


async def test_tabs_come_back_after_a_restart_and_one_of_a_cluster_that_is_gone_says_so(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.command("tab pods @staging")
        await demo.until(lambda: demo.explorer.agent.name == "staging" and demo.names)
        await demo.command("tab fleet deploy @prod-eu @staging")
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.names)
        await demo.command("tab 1")
        await opened(demo)
        await demo.command("svc")
        await demo.until(lambda: at(demo, "services") and demo.names)
        await demo.pilot.press("down")
        cursor = demo.table.current
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: at(demo, "services") and demo.names)
        assert len(demo.app.open_tabs) == 3
        assert len([tab for tab in demo.app.open_tabs if tab.stands]) == 1
        await demo.until(lambda: demo.table.current and cursor and demo.table.current.name == cursor.name)
        await demo.pilot.press("left_square_bracket")
        await demo.until(lambda: at(demo, "pods"))
        await demo.pilot.press("left_curly_bracket")
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and "checkout" in demo.names)
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path, without=("staging",)) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and "checkout" in demo.names)
        await demo.until_shown("There is no cluster staging any more")
        assert [tab.kept.title for tab in demo.app.open_tabs if tab.kept] == [
            "prod-eu pods shop",
            "prod-eu deployments",
        ]


def fleet_of(demo: OnDemo) -> FleetScreen:
    assert isinstance(demo.app.screen, FleetScreen)
    return demo.app.screen


async def in_fleet(demo: OnDemo) -> FleetScreen:
    await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and "checkout" in demo.names)
    return fleet_of(demo)


async def test_a_table_over_several_clusters_comes_back_though_it_is_the_only_tab(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and demo.names)
        await demo.command("fleet deploy shop @prod-eu @staging")
        fleet = await in_fleet(demo)
        await demo.pilot.press("A", "slash", *"out", "enter")
        await demo.until(lambda: demo.names and all("out" in name for name in demo.names))
        names = demo.names
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path) as demo:
        again = await in_fleet(demo)
        assert again.fleet.clusters == fleet.fleet.clusters == ("prod-eu", "staging")
        await demo.until(lambda: demo.names == names)
        assert demo.table.view.sort_by == "AGE"
        await demo.pilot.press("escape", "escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and demo.names)


async def test_a_table_over_several_clusters_that_was_asked_for_is_not_kept(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, fleet=True, command="deploy") as demo:
        await in_fleet(demo)
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and demo.names)


async def test_what_the_command_line_asks_for_comes_before_the_tabs_of_the_last_time(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.command("tab deploy")
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path, context="staging") as demo:
        await opened(demo)
        assert demo.explorer.agent.name == "staging"
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: at(demo, "deployments"))
        await demo.pilot.press("Q")
        await demo.until(lambda: at(demo, "pods"))
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: at(demo, "pods") and demo.explorer.agent.name == "prod-eu")
        assert len(demo.app.open_tabs) == 1


async def test_the_only_tab_comes_back_where_it_was(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "prod-eu" in demo.names)
        await demo.command("pods @prod-eu")
        await opened(demo)
        await demo.command("deploy shop /out")
        await demo.until(lambda: at(demo, "deployments") and demo.names and all("out" in name for name in demo.names))
        names = demo.names
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path, context="staging") as demo:
        await opened(demo)
        assert demo.explorer.agent.name == "staging"
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: at(demo, "deployments") and demo.names == names)
        assert (demo.explorer.agent.name, demo.table.filter_text) == ("prod-eu", "out")
        assert "tab_control" not in vars(demo.app)
        await demo.pilot.press("ctrl+k")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and demo.names)


async def test_the_only_tab_of_a_cluster_that_is_gone_is_told_of_once(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "staging" in demo.names)
        await demo.command("pods @staging")
        await opened(demo)
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path, without=("staging",)) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and demo.names)
        await demo.until_shown("There is no cluster staging any more")
        await demo.pilot.press("ctrl+q")
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and demo.names)


async def test_a_tab_left_for_long_fetches_its_rows_anew_and_is_as_it_was(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("A", "slash", *"frontend", "enter", "down", "down")
        await demo.until(lambda: demo.names and all("frontend" in name for name in demo.names))
        names, cursor, agent = demo.names, demo.table.current, demo.explorer.agent
        await demo.command("tab deploy @staging")
        await demo.until(lambda: demo.explorer.agent.name == "staging" and demo.names)
        agent._watches.close()
        await demo.pilot.press("left_curly_bracket")
        await demo.until(lambda: demo.explorer.agent is agent and demo.names == names)
        assert demo.table.view.sort_by == "AGE"
        await demo.until(lambda: demo.table.current and cursor and demo.table.current.name == cursor.name)
        assert "pods in shop" in held_of(agent)


async def test_marked_rows_of_a_fleet_are_marked_when_it_is_looked_at_again(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, fleet=True, command="deploy") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.names)
        await demo.until_shown("rack-7 unreachable")
        fleet = demo.app.screen
        await demo.pilot.press("m", "m")
        await demo.until_shown("2 marked")
        assert isinstance(fleet, FleetScreen)
        held = [name for name in fleet.fleet.agents if name != "rack-7"]
        await demo.command("tab pods @prod-eu")
        await opened(demo)
        assert not any(held_of(fleet.fleet.agents[name]) & {"deployments.apps"} for name in held)
        await demo.command("tab 1")
        await demo.until(lambda: demo.app.screen is fleet)
        await demo.until_shown("2 marked")
        assert all("deployments.apps" in held_of(fleet.fleet.agents[name]) for name in held)


async def test_a_tab_needs_something_in_view(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and demo.names)
        await demo.command("tab pods")
        await demo.until_shown("Open a cluster first")
        await demo.command("tab 7")
        await demo.until_shown("There is no tab 7")
