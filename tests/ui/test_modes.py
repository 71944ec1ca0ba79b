"""How far the genie may go: modes for a cluster, and standing yeses, on the demo's clusters."""

from pathlib import Path
from typing import Any

from kubegenie_tui.demo.model_script import Call, Turn
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.plan_dialog import Phase
from kubegenie_tui.widgets.chat_pane import ChatPane
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.ui.test_genie import ask as ask_beside
from tests.ui.test_genie import chat_words
from tests.ui.test_model_endings import app_with_model


async def ask(demo: OnDemo, text: str) -> None:
    await demo.command(f"ask {text}")


async def propose(demo: OnDemo, number: int) -> None:
    await demo.until(lambda: demo.names)
    await ask(demo, f"label deployment worker round={number}")


async def open_plan(demo: OnDemo) -> None:
    await demo.until(lambda: 1 in demo.app.screen.query_one(ChatPane).talk.numbers)  # older ones stand above, closed
    await demo.pilot.press("1")
    await demo.until(lambda: isinstance(demo.app.screen, PlanScreen))


def is_done(demo: OnDemo) -> bool:
    """Whether the plan in view is carried out; the chat beside it tells of the one before."""
    return isinstance(demo.app.screen, PlanScreen) and demo.app.screen.phase is Phase.OVER


async def test_yes_and_do_not_ask_again_until_it_is_taken_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), context="prod-eu", namespace="shop", command="deploy") as demo:
        await propose(demo, 4)
        await open_plan(demo)
        await demo.until_shown("W1 reversible")
        await demo.asked_to_decide()
        await demo.pilot.press("a")
        await demo.until(lambda: is_done(demo))
        await demo.pilot.press("escape")
        await propose(demo, 5)
        await demo.until(lambda: is_done(demo))
        await demo.pilot.press("escape")
        await demo.command("audit")
        await demo.until_shown("key a")
        await demo.until_shown("standing yes 1 to label of deployments.apps in shop")
        await demo.pilot.press("escape")
        await demo.command("approvals")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.until_shown("label of deployments.apps in shop  prod-eu  9 more until")
        await demo.pilot.press("enter")
        await propose(demo, 6)
        await open_plan(demo)
        await demo.until_shown("a apply, and do not ask again")


async def test_a_mode_holds_for_a_cluster(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), context="prod-eu", namespace="shop", command="deploy") as demo:
        await demo.until(lambda: demo.names)
        await demo.command("mode paranoid")
        await propose(demo, 4)
        await open_plan(demo)
        await demo.until_shown("W2 disruptive")
        await demo.until_shown("the genie is in paranoid mode here")
        await demo.pilot.press("escape")
        await demo.command("mode read-only")
        await ask(demo, "scale worker to 5")
        await demo.until_shown("is read-only here")
        await demo.command("mode reckless")
        await demo.until(lambda: any("There is no mode" in note.message for note in demo.app._notifications))
        await demo.command("mode auto")
        await ask(demo, "scale worker to 6")
        await demo.until_shown("By your standing yes to whatever is reversible: 19 more until")


async def test_the_mode_is_chosen_from_a_list_that_says_what_each_means(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), context="prod-eu", namespace="shop", command="deploy") as demo:
        await demo.until(lambda: demo.names)
        await demo.command("mode")
        await demo.until_shown("read-only  it proposes nothing")
        await demo.until_shown("paranoid   everything that it proposes is one tier more careful")
        await demo.pilot.press("escape")
        assert demo.app.services.genie.mode_of("prod-eu") == "ask"


def replicas(demo: OnDemo) -> Any:
    assert demo.server is not None
    found = demo.server.worlds["prod-eu"].cluster.get("deployments.apps", "worker", "shop")
    assert found is not None
    return found["spec"]["replicas"]


def scaling(request: dict[str, Any]) -> Turn:
    """Proposes eight replicas where they are spoken of, else nine; then says so."""
    asked = request["messages"][-1]
    if asked["role"] != "user" or "worker" not in asked["content"]:
        return Turn("I propose it.")
    number = 8 if "to 8" in asked["content"] else 9
    step = {"operation": "scale", "kind": "deployments", "name": "worker", "arguments": {"replicas": number}}
    return Turn(calls=(Call("propose", {"steps": [step]}),))


async def test_mode_auto_asks_about_what_a_model_has_from_the_cluster(tmp_path: Path) -> None:
    async with app_with_model(tmp_path, script=scaling, namespace="shop", command="deploy") as (demo, _):
        await demo.until(lambda: demo.names)
        before = replicas(demo)
        await demo.command("mode auto")
        await ask_beside(demo, "what do you make of worker and its grumbling lately?")
        await demo.until(lambda: "Asked, for your own words do not ask for just this" in chat_words(demo))
        await demo.pilot.press("1")
        await demo.asked_to_decide()
        await demo.until_shown("Asked, for your own words do not ask for just this")
        assert replicas(demo) == before
        await demo.pilot.press("escape")
        await ask_beside(demo, "our customers complain since noon that all is slow, so please scale worker to 8")
        await demo.until_shown("By your standing yes to whatever is reversible: 19 more until")
        await demo.until(lambda: replicas(demo) == 8)
