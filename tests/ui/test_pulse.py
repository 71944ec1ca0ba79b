"""The pulse of a cluster and of all of them, on screen."""

from pathlib import Path

from kubegenie_tui.domain.pulse import top_consumers
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet_pulse import FleetPulseScreen
from kubegenie_tui.screens.pulse import PulseScreen
from tests.ui.on_demo import OnDemo, app_on_demo


def cells(on: OnDemo, name: str) -> dict[str, object]:
    row = next(row for row in on.table.live.rows.values() if row.name == name)
    return {column.title: cell for column, cell in zip(on.table.live.columns, row.cells, strict=True)}


async def test_of_a_cluster(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop") as on:
        await on.until(lambda: on.names)
        await on.command("pulse")
        await on.until(lambda: isinstance(on.app.screen, PulseScreen) and "Most CPU" in on.text())
        await on.until(lambda: on.names and cells(on, "Pods")["FAILING"])
        pods = cells(on, "Pods")
        assert pods["TOTAL"] == sum(int(str(pods[word])) for word in ("OK", "IDLE", "MOVING", "WARNING", "FAILING"))
        await on.until(lambda: "%" in on.text())
        on.table.select("", "Deployments")
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen))
        await on.until(lambda: on.explorer.kind is not None and on.explorer.kind.id == "deployments.apps")


async def test_nothing_is_watched_once_it_is_closed(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop") as on:
        await on.until(lambda: on.names)
        agent = on.explorer.agent
        before = agent._watches.held
        await on.command("pulse")
        await on.until(lambda: isinstance(on.app.screen, PulseScreen) and len(agent._watches.held) > len(before) + 3)
        await on.pilot.press("escape")
        await on.until(lambda: agent._watches.held == before)


async def test_of_all_clusters_and_from_there_of_one(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as on:
        await on.until(lambda: "prod-eu" in on.names)
        await on.pilot.press("p")
        await on.until(lambda: isinstance(on.app.screen, FleetPulseScreen) and "prod-eu" in on.names)
        await on.until(lambda: cells(on, "prod-eu")["CPU"])
        assert cells(on, "prod-eu")["WARNINGS"]
        await on.until(lambda: cells(on, "prod-eu")["WORKLOADS"])
        well, _, total = str(cells(on, "prod-eu")["WORKLOADS"]).partition("/")
        assert 0 < int(well) < int(total)
        on.table.select("", "prod-eu")
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, PulseScreen))
        await on.pilot.press("escape")
        await on.until(lambda: isinstance(on.app.screen, FleetPulseScreen))


async def test_the_largest_of_all_clusters_though_nobody_looks_at_their_pods(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as on:
        await on.until(lambda: "prod-eu" in on.names)
        await on.pilot.press("p")
        await on.until(lambda: isinstance(on.app.screen, FleetPulseScreen) and "Most memory" in on.text())
        screen = on.app.screen
        assert isinstance(screen, FleetPulseScreen)

        def told() -> str:
            return on.text().partition("Most memory")[2]

        await on.until(lambda: "prod-eu " in told() and "staging " in told())
        agent = screen._watches["prod-eu"].agent
        assert "pods" not in {scope.kind_id for scope in agent._watches.held}
        [(largest, _)] = top_consumers(agent.usage, 1, 1)
        assert f"prod-eu {largest}"[:12] in told()
        await on.pilot.press("escape")
        await on.until(lambda: not agent._usage._scopes())
