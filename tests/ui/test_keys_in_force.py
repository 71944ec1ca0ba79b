"""What the clash check takes for the keys of a place is what Textual has in force there, on the demo."""

from pathlib import Path

from kubegenie_tui.key_sharing import keys_in_force
from kubegenie_tui.screens.access import AccessScreen
from kubegenie_tui.screens.agents import AgentsScreen
from kubegenie_tui.screens.audit import AuditScreen
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.columns import ColumnsScreen
from kubegenie_tui.screens.definition import DefinitionScreen
from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet import FleetScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.forwards import ForwardsScreen
from kubegenie_tui.screens.helm import HelmScreen
from kubegenie_tui.screens.help import HelpScreen
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.screens.operators import OperatorsScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.problems import ProblemsScreen
from kubegenie_tui.screens.pulse import PulseScreen
from kubegenie_tui.screens.relations import RelationsScreen
from kubegenie_tui.screens.rollout import RolloutScreen
from kubegenie_tui.screens.timeline import TimelineScreen
from kubegenie_tui.widgets.resource_tree import ResourceTree
from kubegenie_tui.widgets.search_bar import SearchBar
from tests.ui.on_demo import OnDemo, app_on_demo

BY_KEY = {
    "d": ("detail", DetailScreen),
    "l": ("logs", LogsScreen),
    "x": ("relations", RelationsScreen),
    "h": ("rollout", RolloutScreen),
    "H": ("timeline", TimelineScreen),
    "K": ("definition", DefinitionScreen),
    "w": ("columns", ColumnsScreen),
    "full_stop": ("picker", PickerScreen),
    "s": ("form", FormScreen),
    "r": ("plan", PlanScreen),
    "f1": ("help", HelpScreen),
}
BY_COMMAND = {
    "helm": ("helm", HelmScreen),
    "problems": ("problems", ProblemsScreen),
    "can": ("access", AccessScreen),
    "pulse": ("pulse", PulseScreen),
    "operators": ("operators", OperatorsScreen),
    "agents": ("agents", AgentsScreen),
    "audit": ("audit", AuditScreen),
    "forwards": ("forwards", ForwardsScreen),
}


def unknown(demo: OnDemo, place: str) -> set[str]:
    """Keys that work now, of which the check knows nothing in this place."""
    known = {key.id for keys in keys_in_force(place) for key in keys}
    return {active.binding.id for active in demo.app.screen.active_bindings.values() if active.binding.id} - known


async def stands(demo: OnDemo, screen: type) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, screen) and demo.app.screen.focused is not None)


async def test_every_key_in_force_is_known_to_the_clash_check(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="deploy /^checkout$") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names == ["checkout"])
        assert unknown(demo, "explorer") == set()
        for key, (place, screen) in BY_KEY.items():
            await demo.pilot.press(key)
            await stands(demo, screen)
            assert (place, unknown(demo, place)) == (place, set())
            await demo.pilot.press("escape")
            await stands(demo, ExplorerScreen)
        for line, (place, screen) in BY_COMMAND.items():
            await demo.command(line)
            await stands(demo, screen)
            assert (place, unknown(demo, place)) == (place, set())
            await demo.pilot.press("escape")
            await stands(demo, ExplorerScreen)


async def test_those_of_the_tree_and_of_a_search_are(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="deploy /^checkout$") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names == ["checkout"])
        demo.explorer.query_one(ResourceTree).focus()
        await demo.until(lambda: isinstance(demo.app.focused, ResourceTree))
        assert unknown(demo, "tree") == set()
        demo.table.focus()
        await demo.pilot.press("y")
        await stands(demo, DetailScreen)
        await demo.pilot.press("slash")
        await demo.until(lambda: demo.app.screen.query_one(SearchBar).has_focus_within)
        assert unknown(demo, "search") == set()


async def test_those_of_a_fleet_and_of_the_clusters_are(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, fleet=True, command="deploy shop @prod-eu @staging") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.names)
        assert unknown(demo, "fleet") == set()
        active = demo.app.screen.active_bindings
        assert {active[key].binding.id for key in ("o", "j", "greater_than_sign", "left_square_bracket")} == {
            "other-half",
            "cursor-down",
            "open-in-cluster",
            "place-before",
        }
        await demo.pilot.press("escape")
        await stands(demo, ClustersScreen)
        assert unknown(demo, "clusters") == set()
