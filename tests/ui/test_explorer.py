from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.domain.live import Phase
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.widgets.resource_tree import ResourceTree
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


async def opened(demo: OnDemo) -> None:
    """The explorer stands, with rows."""
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)


async def test_clusters_are_listed_with_their_health_and_enter_opens_one(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        await demo.until_shown("unreachable")
        await demo.until_shown("v1.37")
        await demo.until_shown("DEMO")
        assert set(demo.names) >= {"prod-eu", "staging", "rack-7"}
        demo.table.select("", "prod-eu")
        await demo.pilot.press("enter")
        await opened(demo)
        await demo.until_shown("Workloads")
        assert demo.explorer.agent.name == "prod-eu"


async def test_the_tree_counts_in_the_namespace_in_view(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        assert demo.server is not None
        tree = demo.app.screen.query_one(ResourceTree)
        for line, namespace in (("pods -n shop", "shop"), ("ns payments", "payments"), ("pods -A", "")):
            await demo.command(line)
            there = len(list(demo.server.cluster("prod-eu").list("pods", namespace)))
            await demo.until(lambda there=there: tree.counts.get("pods") == there)  # type: ignore[misc]


async def test_the_tree_counts_live_and_opens_custom_resources(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.until_shown("cert-manager.io")
        tree = demo.app.screen.query_one(ResourceTree)
        await demo.until(lambda: "StatefulSets" in demo.text() and tree.counts.get("deployments.apps"))
        await demo.command("certificates")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "certificates")
        await demo.until_shown("SECRET")
        await demo.until_shown("Certificates")


async def test_commands_namespaces_and_the_way_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.command("deploy")
        await demo.until(lambda: "checkout" in demo.names)
        assert demo.explorer.pane.namespace == "shop"
        await demo.pilot.press("0")
        await demo.until(lambda: len({row.namespace for row in demo.table.live.rows.values()}) > 1)
        await demo.pilot.press("escape")
        await demo.until(lambda: demo.explorer.pane.namespace == "shop")
        await demo.pilot.press("escape")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "pods")
        await demo.command("nosuchkind")
        await demo.until_shown("no kind named")


async def test_enter_drills_down_and_escape_returns_to_the_same_row(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.command("deploy")
        await demo.until(lambda: "checkout" in demo.names)
        demo.table.select("shop", "checkout")
        await demo.pilot.press("enter")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "pods")
        await demo.until(lambda: demo.names and all(name.startswith("checkout-") for name in demo.names))
        await demo.pilot.press("escape", "escape")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "deployments")
        await demo.until(lambda: demo.table.current and demo.table.current.name == "checkout")


async def test_filter_as_typed(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.until(lambda: demo.table.live.state.phase is Phase.LIVE)
        total = len(demo.names)
        await demo.pilot.press("slash", *"cart")
        await demo.until(lambda: 0 < len(demo.names) < total)
        assert all(name.startswith("cart") for name in demo.names)
        await demo.pilot.press("enter")
        assert demo.table.has_focus
        await demo.pilot.press("escape")
        assert len(demo.names) == total


async def test_switching_clusters_keeps_the_place_in_each(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("down", "down", "down")
        name = demo.table.current.name if demo.table.current else ""
        await demo.command("ctx staging")
        await demo.until(lambda: demo.explorer.agent.name == "staging" and demo.names)
        await demo.pilot.press("ctrl+n")
        await demo.until(lambda: demo.explorer.agent.name == "prod-eu")
        assert demo.table.current is not None
        assert demo.table.current.name == name
        assert demo.explorer.pane.namespace == "shop"


async def test_an_object_opens_in_each_of_its_views(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        for key, words in (("d", "Container"), ("y", "apiVersion: v1"), ("e", "vents")):
            await demo.pilot.press(key)
            await demo.until(lambda: isinstance(demo.app.screen, DetailScreen))
            await demo.until_shown(words)
            await demo.until_shown("DEMO")
            await demo.pilot.press("escape")
            await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.pilot.press("l")
        await demo.until(lambda: isinstance(demo.app.screen, LogsScreen))
        await demo.until_shown("DEMO")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))


@pytest.mark.parametrize(("size", "rows"), [((160, 45), 41), ((80, 24), 20)])
async def test_rows_are_what_people_came_for(tmp_path: Path, size: tuple[int, int], rows: int) -> None:
    options: dict[str, Any] = {**PODS, "namespace": ""}
    async with app_on_demo(tmp_path, size, **options) as demo:
        await opened(demo)
        await demo.until(lambda: len(demo.names) > rows)
        assert demo.table.viewport.page >= rows
        shown = sum(row.name[-5:] in demo.text() for row in demo.table.viewport.rows(demo.table.view))
        assert shown >= rows


async def test_panes_are_toggled_by_a_key(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (120, 40), **PODS) as demo:
        await opened(demo)
        await demo.until_shown("Workloads")
        await demo.pilot.press("ctrl+b")
        assert demo.app.screen.query_one(ResourceTree).has_focus
        await demo.pilot.press("ctrl+b")
        await demo.until(lambda: "Workloads" not in demo.text())
        assert demo.table.has_focus
        await demo.pilot.press("ctrl+t")
        await demo.until_shown("Owner")
        await demo.pilot.press("ctrl+t")
        await demo.until(lambda: "Owner" not in demo.text())
        await demo.pilot.press("ctrl+g")
        await demo.until_shown("Genie")


async def test_the_place_is_kept_for_the_next_start(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.command("statefulsets")
        await demo.until(lambda: "redis" in demo.names)
        demo.table.select("shop", "redis")
        await demo.pilot.press("ctrl+k")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        demo.table.select("", "prod-eu")
        await demo.pilot.press("enter")
        await opened(demo)
        assert demo.explorer.kind is not None
        assert demo.explorer.kind.plural == "statefulsets"
        await demo.until(lambda: demo.table.current and demo.table.current.name == "redis")


async def test_a_cluster_that_is_down_says_so_where_the_person_looks(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="rack-7") as demo:
        await demo.until_shown("✖")
        await demo.until_shown("refused")


async def test_marks_and_copying(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("m", "m")
        await demo.until_shown("2 marked")
        assert [ref.name for ref in demo.explorer.focus_now().marked] == [
            row.name for row in demo.explorer.pane.chosen()
        ]
        await demo.pilot.press("c")
        await demo.until_shown("Copied 2 names")
        await demo.pilot.press("ctrl+backslash")
        await demo.until(lambda: "marked" not in demo.text())


async def test_faults_only(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **{**PODS, "namespace": ""}) as demo:
        await opened(demo)
        await demo.pilot.press("ctrl+z")
        await demo.until_shown("faults only")
        assert 0 < len(demo.names) < len(demo.table.live.rows)
        await demo.pilot.press("escape")
        await demo.until(lambda: len(demo.names) == len(demo.table.live.rows))


async def test_a_custom_resource_is_the_first_thing_shown(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="", command="certificates") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "certificates")
        await demo.until_shown("SECRET")
        demo.explorer.keep_place()
        await demo.settled()
    async with app_on_demo(tmp_path, context="prod-eu") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "certificates")
        await demo.until_shown("SECRET")


async def test_a_kind_that_is_not_served_is_said_at_the_start(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="certifcates") as demo:
        await demo.until_shown("certificates?")
        assert demo.explorer.kind
        assert demo.explorer.kind.plural == "pods"


async def test_the_header_fits_a_terminal_that_was_made_narrow_below_a_dialog(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="pods") as demo:
        await demo.until_shown(" 12 nodes ")
        await demo.pilot.press("question_mark")
        await demo.until_shown("type to find a key")
        await demo.pilot.resize_terminal(80, 24)
        await demo.until(lambda: " nodes " not in demo.text() and "shop" in demo.text().partition("\n")[0])
