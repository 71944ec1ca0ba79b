"""From a key, the menu or a typed word to the plan that the app shows."""

import re
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Verb
from kubegenie_tui.navigation import Navigation
from kubegenie_tui.screens import key_rights, messages, operation_control
from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.fleet import FleetScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.relations import RelationsScreen
from kubegenie_tui.screens.shell import ShellScreen
from kubegenie_tui.widgets.relation_tree import RelationTree
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.ui.played_cluster import PlayedCluster

DEPLOYMENTS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "deployments"}


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """What was asked of the app, which shows none of it."""
    asked: list[Plan] = []
    original = Navigation.post_message

    def keep(self: Navigation, message: Any) -> bool:
        if isinstance(message, messages.PlanRequested):
            asked.append(message.plan)
            return True
        return original(self, message)

    for place in (ExplorerScreen, FleetScreen, DetailScreen, RelationsScreen):
        monkeypatch.setattr(place, "post_message", keep)
    return asked


async def opened(demo: OnDemo, name: str = "checkout") -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and name in demo.names)
    demo.table.select("shop", name)
    await demo.pilot.pause()


async def test_a_typed_word_makes_a_plan_of_the_row_under_the_cursor(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.command("scale 5")
        await demo.until(lambda: plans)
        assert plans[0].title.startswith("Scale deployment shop/checkout from ")
        assert [step.body for step in plans[0].steps] == [{"spec": {"replicas": 5}}]
        await demo.command("cordon")
        await demo.until_shown("A Deployment cannot do that")


async def test_a_key_asks_for_what_is_not_known(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.pilot.press("s")
        await demo.until(lambda: isinstance(demo.app.screen, FormScreen))
        await demo.pilot.press("7", "enter")
        await demo.until(lambda: plans)
        assert plans[0].title.endswith("to 7")


async def test_marked_rows_are_one_plan(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.pilot.press("g", "m", "m", "ctrl+d")
        await demo.until(lambda: plans)
        assert plans[0].title == "Delete 2 deployments"
        assert [step.verb for step in plans[0].steps] == [Verb.DELETE] * 2


async def test_the_menu_names_what_fits_with_its_key(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.pilot.press("full_stop")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.until_shown("pause the rollout")
        shown = demo.text()
        assert "ctrl+d" in shown
        assert re.search(r"scale +s\b", shown)
        assert "cordon" not in shown
        await demo.pilot.press(*"restart", "enter")
        await demo.until(lambda: plans)
        assert plans[0].title == "Restart deployment shop/checkout"


async def test_the_menu_opens_what_is_not_an_operation_too(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **(DEPLOYMENTS | {"command": "pods"})) as demo:
        await opened(demo, "redis-0")
        await demo.pilot.press("full_stop")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        for words, key in (("edit", "E"), ("open a shell", "s"), ("attach", "a"), ("copy files", "t")):
            assert re.search(rf"{words} +{key}\b", demo.text())
        await demo.pilot.press(*"forward", "enter")
        await demo.until_shown("Forward a port to pod shop/")


async def test_the_object_that_is_shown_is_operated_on_by_menu_and_keys(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.pilot.press("d")
        await demo.until(lambda: isinstance(demo.app.screen, DetailScreen))
        await demo.pilot.press("full_stop")
        await demo.until_shown("What to do with deployment shop/checkout")
        await demo.pilot.press(*"pause", "enter")
        await demo.until(lambda: plans)
        assert plans[-1].title == "Pause the rollout of deployment shop/checkout"
        await demo.pilot.press("r")
        await demo.until(lambda: len(plans) > 1)
        assert plans[-1].title == "Restart deployment shop/checkout"
        await demo.pilot.press("t")
        await demo.until_shown("A Deployment cannot do that")


async def test_the_object_under_the_cursor_of_relations_is_operated_on(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.pilot.press("x")
        await demo.until(lambda: isinstance(demo.app.screen, RelationsScreen) and demo.app.screen.object_at_hand())
        tree = demo.app.screen.query_one(RelationTree)
        while tree.current is not None and tree.current.ref.kind != "pods":
            tree.action_move(1)
        assert tree.current is not None
        pod = tree.current.ref.name
        await demo.pilot.press("ctrl+d")
        await demo.until(lambda: plans)
        assert plans[-1].title == f"Delete pod shop/{pod}"
        await demo.pilot.press("full_stop")
        await demo.until_shown(f"What to do with pod shop/{pod}")
        await demo.pilot.press("escape")
        while tree.current is not None and tree.current.status != "Running":
            tree.action_move(1)
        await demo.pilot.press("s")
        await demo.until(lambda: isinstance(demo.app.screen, ShellScreen))


async def test_one_key_does_what_each_kind_needs(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS | {"command": "cronjobs -A"}) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        await demo.pilot.press("s")
        await demo.until(lambda: plans)
        assert plans[0].title.startswith("Suspend cronjob ")
        await demo.pilot.press("t")
        await demo.until(lambda: len(plans) > 1)
        assert plans[1].title.startswith("Run cronjob ")


async def test_rows_of_several_clusters_are_a_plan_each(tmp_path: Path, plans: list[Plan]) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.command("fleet deployments @prod-eu @staging")
        await demo.until(lambda: isinstance(demo.app.screen, FleetScreen) and demo.table.live.rows)
        await demo.until(lambda: len({row.cluster for row in demo.table.live.rows.values()}) == 2)
        await demo.pilot.press("ctrl+a", "r")
        await demo.until(lambda: len(plans) == 2)
        assert {plan.cluster for plan in plans} == {"prod-eu", "staging"}


async def test_a_debug_container_is_entered_as_soon_as_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[Any] = []

    def keep(self: ExplorerScreen, message: Any) -> bool:
        if isinstance(message, messages.PlanRequested | messages.ViewRequested):
            posted.append(message)
            return True
        return original(self, message)

    async def runs(agent: object, ref: ObjectRef, container: str) -> None:
        """It runs already."""

    original = ExplorerScreen.post_message
    monkeypatch.setattr(ExplorerScreen, "post_message", keep)
    monkeypatch.setattr(operation_control, "until_it_runs", runs)
    async with app_on_demo(tmp_path, **DEPLOYMENTS | {"command": "pods"}) as demo:
        await opened(demo, "redis-0")
        await demo.command("debug --image=busybox:1.37")
        await demo.until(lambda: posted)
        plan, told = posted[0].plan, posted[0].told
        (container,) = plan.steps[0].body["spec"]["ephemeralContainers"]
        told(False, "refused", 0)
        told(True, "done", 1)
        await demo.until(lambda: len(posted) > 1)
        assert (posted[1].view, posted[1].ref.name, posted[1].argument) == ("attach", "redis-0", container["name"])
        assert len(posted) == 2
        assert posted[0].leads == f"goes into {container['name']}"


async def test_a_container_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation_control, "LOOK_SECONDS", 0)
    cluster: Any = PlayedCluster()
    ref = ObjectRef("pods", "web", "shop")
    for state, said in (
        ({"terminated": {"reason": "Completed"}}, "debug of pods shop/web has ended · Completed"),
        ({"waiting": {"reason": "ImagePullBackOff"}}, "does not start · ImagePullBackOff"),
    ):
        status = {"ephemeralContainerStatuses": [{"name": "debug", "state": state}]}
        cluster.put("pods", {"metadata": {"name": "web", "namespace": "shop"}, "status": status})
        with pytest.raises(UsageError, match=said):
            await operation_control.until_it_runs(cluster, ref, "debug")


async def test_keys_that_would_be_refused_are_muted_in_the_footer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def allowed(self: ClusterAgent, verb: str, kind: Kind, namespace: str = "", subresource: str = "") -> Any:
        refused = kind.id == "deployments.apps" or (subresource == "log" and namespace == "data")
        return (False, f"you may not {verb} {kind.plural}/{subresource or 'x'}") if refused else (True, "")

    monkeypatch.setattr(ClusterAgent, "allowed", allowed)
    monkeypatch.setattr(key_rights, "SETTLE", 0.01)
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.until_shown(". do: you may not patch deployments/x")
        assert "l logs  " in demo.text()
        await demo.command("pods data")
        await demo.until_shown("l logs: you may not get pods/log")
        assert ". do  " in demo.text()


async def test_what_a_person_may_not_do_is_muted_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def allowed(self: ClusterAgent, verb: str, kind: Kind, namespace: str = "", subresource: str = "") -> Any:
        if verb == "delete":
            return False, f"you may not delete {kind.plural} in {namespace}"
        return None if subresource == "scale" else (True, "")

    monkeypatch.setattr(ClusterAgent, "allowed", allowed)
    monkeypatch.setattr(operation_control, "RIGHTS_SECONDS", 0.01)
    async with app_on_demo(tmp_path, **DEPLOYMENTS) as demo:
        await opened(demo)
        await demo.pilot.press("full_stop")
        await demo.until_shown("you may not delete deployments in shop")
        assert "ctrl+d" not in demo.text()
        assert re.search(r"scale +s\b", demo.text())


async def test_where_nothing_may_be_changed_what_changes_is_muted(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **DEPLOYMENTS | {"command": "pods", "read_only": True}) as demo:
        await opened(demo, "redis-0")
        await demo.until_shown(". do: prod-eu is read-only here")
        await demo.pilot.press("full_stop")
        await demo.until_shown("What to do with")
        menu = {line.strip(" │") for line in demo.text().splitlines() if "read-only here" in line}
        told = {re.sub(r" .*", "", line) for line in (re.sub(r".*│ ", "", each) for each in menu)}
        assert {"delete", "label", "edit", "open", "attach", "copy"} <= told
        assert "forward" not in told


async def test_a_shell_that_a_person_may_not_open_is_muted_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is asked about what is opened as well, and waited for."""
    monkeypatch.setattr(operation_control, "RIGHTS_SECONDS", 30)
    async with app_on_demo(tmp_path, **DEPLOYMENTS | {"command": "pods"}) as demo:
        await opened(demo, "redis-0")
        await demo.command("as viewer")
        await demo.until_shown("prod-eu as viewer")
        await demo.command("pods shop")
        await demo.until(lambda: demo.names)
        await demo.pilot.press("full_stop")
        await demo.until_shown("you may not create pods/exec in shop")
        assert "you may not create pods/attach in shop" in demo.text()
        assert "you may not create pods/portforward in shop" in demo.text()
