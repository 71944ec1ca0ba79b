"""Several clusters in one table, by keys and commands, on the demo."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet import FleetScreen
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.widgets.log_view import LogView
from tests.ui.on_demo import OnDemo, app_on_demo

ALL: dict[str, Any] = {"fleet": True, "command": "pods"}


def clusters_shown(demo: OnDemo) -> set[str]:
    return {row.cluster for row in demo.table.view.window(0, len(demo.table.view))}


async def until_fleet(demo: OnDemo, *clusters: str) -> None:
    def stands() -> bool:
        return isinstance(demo.app.screen, FleetScreen) and clusters_shown(demo) == set(clusters)

    await demo.until(stands)


THREE = ("prod-eu", "staging", "edge-paris")


async def test_all_clusters_from_the_command_line(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **ALL) as demo:
        await until_fleet(demo, *THREE)
        await demo.until_shown("rack-7 unreachable")
        assert demo.server is not None
        pods = sum(len(list(demo.server.cluster(name).collection("pods").ordered())) for name in THREE)
        await demo.until(lambda: len(demo.names) == pods)


async def test_a_kind_that_only_a_cluster_knows_is_waited_for(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, fleet=True, command="certificates") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and "shop-tls" in demo.names)
        assert clusters_shown(demo) == {"prod-eu"}
        await demo.until_shown("staging serves no certificates")


async def test_a_kind_that_no_cluster_has_is_told_and_pods_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubegenie_tui.agents.fleet.DISCOVERY_SECONDS", 0.5)
    async with app_on_demo(tmp_path, fleet=True, command="certificats") as demo:
        await demo.until_shown("Waiting for the clusters to tell of certificats")
        await demo.until_shown('None of these clusters has a kind named "certificats"')
        await demo.until_shown("did you mean certificates?")
        await until_fleet(demo, *THREE)


async def test_marked_clusters_open_as_one(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "prod-eu" in demo.names)
        demo.table.select("", "prod-eu")
        await demo.pilot.press("m")
        demo.table.select("", "staging")
        await demo.pilot.press("m")
        await demo.until_shown("2 marked")
        await demo.pilot.press("enter")
        await until_fleet(demo, "prod-eu", "staging")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))


async def test_from_an_explorer_and_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="staging", command="pods") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        explorer = demo.app.screen
        await demo.command("fleet pods @prod-eu @staging")
        await until_fleet(demo, "prod-eu", "staging")
        await demo.command("fleet deploy @prod-eu @staging")
        await demo.until(lambda: "checkout" in demo.names)
        await demo.pilot.press("escape")
        await demo.until(lambda: demo.names and "checkout" not in demo.names)
        await demo.pilot.press("escape")
        await demo.until(lambda: demo.app.screen is explorer)


async def test_kind_scope_and_filter_are_those_of_all(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **ALL) as demo:
        await until_fleet(demo, *THREE)
        await demo.command("fleet deploy @prod-eu @staging")
        await until_fleet(demo, "prod-eu", "staging")
        await demo.command("deploy shop /checkout")
        await demo.until(lambda: demo.names == ["checkout", "checkout"])
        await demo.command("ns all")
        await demo.until(lambda: len(demo.names) > 20)
        await demo.pilot.press("ctrl+z")
        await demo.until_shown("faults only")
        await demo.pilot.press("escape")
        await demo.command("po @staging")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        assert demo.explorer.agent.name == "staging"


@pytest.mark.parametrize(("key", "screen"), [("d", DetailScreen), ("y", DetailScreen), ("l", LogsScreen)])
async def test_keys_act_in_the_cluster_of_the_row(tmp_path: Path, key: str, screen: type) -> None:
    async with app_on_demo(tmp_path, **ALL) as demo:
        await until_fleet(demo, *THREE)
        row = next(row for row in demo.table.view.window(0, 200) if row.cluster == "staging")
        demo.table.move_to(demo.table.view.index_of(demo.table.view.identity(row)) or 0)
        await demo.pilot.press(key)
        await demo.until(lambda: isinstance(demo.app.screen, screen))
        await demo.until_shown("KubeGenie  staging")


@pytest.mark.parametrize(("key", "shown"), [("u", "Undo on staging"), ("h", "compare with now"), ("K", "Deployment")])
async def test_what_is_opened_of_a_row_is_of_its_cluster(tmp_path: Path, key: str, shown: str) -> None:
    async with app_on_demo(tmp_path, fleet=True, command="deployments") as demo:
        await until_fleet(demo, *THREE)
        row = next(row for row in demo.table.view.window(0, 200) if row.cluster == "staging")
        demo.table.move_to(demo.table.view.index_of(demo.table.view.identity(row)) or 0)
        await demo.pilot.press(key)
        await demo.until(lambda: not isinstance(demo.app.screen, FleetScreen))
        await demo.until_shown(shown)
        await demo.until_shown("staging")


async def test_enter_leads_behind_the_row_in_its_cluster(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, fleet=True, command="deploy /^checkout$") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.names == ["checkout"] * 2)
        await demo.pilot.press("down")
        assert demo.table.current is not None
        assert demo.table.current.cluster == "staging"
        await demo.pilot.press("enter")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        assert demo.explorer.agent.name == "staging"
        assert all(name.startswith("checkout-") for name in demo.names)


async def test_marks_tell_the_clusters_apart(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, fleet=True, command="deploy /^checkout$") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.names == ["checkout"] * 2)
        await demo.pilot.press("m")
        screen = demo.app.screen
        assert isinstance(screen, FleetScreen)
        assert [row.cluster for row in screen.pane.chosen()] == ["prod-eu"]
        assert [ref.name for ref in screen.focus_now().marked] == []
        await demo.pilot.press("k")
        assert [ref.cluster for ref in screen.focus_now().marked] == ["prod-eu"]
        await demo.pilot.press("j", "m")
        assert len(screen.pane.chosen()) == 2
        assert screen.focus_now().marked == ()


async def test_logs_of_several_clusters_are_one_and_a_cluster_that_fails_says_so_in_it(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, fleet=True, command="deploy /^checkout$") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.names == ["checkout"] * 2)
        await demo.pilot.press("ctrl+a", "l")
        await demo.until(lambda: isinstance(demo.app.screen, LogsScreen))
        await demo.until_shown("2 deployments in 2 clusters")
        view = demo.app.screen.query_one(LogView)
        await demo.until(lambda: {source.cluster for source in view.sources} == {"prod-eu", "staging"})
        await demo.until(lambda: len({view.sources[origin].cluster for origin in view.store.origins}) == 2)
        await demo.pilot.press("slash", *"cluster:staging", "enter", "ampersand")
        await demo.until_shown("shown of")
        assert {view.sources[view.store[line].origin].cluster for line in view.place.shown or ()} == {"staging"}
        await demo.pilot.press("escape", "escape")
        assert demo.server is not None
        demo.server.inject(Fault(path="/deployments/", cluster="staging", status=403, count=-1))
        await demo.pilot.press("l")
        await demo.until_shown("staging: ")
        view = demo.app.screen.query_one(LogView)
        await demo.until(
            lambda: {view.sources[origin].cluster for origin in view.store.origins} == {"prod-eu", "staging"}
        )
        assert [
            view.store[line].text[:1] for line, origin in enumerate(view.store.origins) if not view.sources[origin].pod
        ] == ["✖"]


async def test_one_that_fails_and_one_that_hangs_change_nothing_for_the_others(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "prod-eu" in demo.names)
        assert demo.server is not None
        demo.server.inject(Fault(path="/pods", cluster="staging", status=500, count=-1))
        demo.server.inject(Fault(path="/pods", cluster="edge-paris", delay=600, count=-1))
        await demo.command("fleet")
        await until_fleet(demo, "prod-eu")
        await demo.until_shown("staging failing 500")
        await demo.until_shown("rack-7 unreachable")
        await demo.until_shown("edge-paris loading …")
        demo.server.faults.clear()
        await until_fleet(demo, *THREE)
