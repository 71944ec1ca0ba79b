"""Changes that the genie proposes in the app on the demo's clusters: looked at, said yes or no to, remembered."""

from pathlib import Path
from typing import Any

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.screens.chat import ChatScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.plan_dialog import Phase
from kubegenie_tui.widgets.chat_pane import ChatPane
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.ui.test_genie import ask

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}
TITLE = "Scale deployment shop/checkout from 3 to 5"


def replicas(demo: OnDemo, name: str = "checkout") -> int:
    assert demo.server is not None
    found = demo.server.worlds["prod-eu"].cluster.get("deployments.apps", name, "shop")
    assert found is not None
    return int(found["spec"]["replicas"])


def node(demo: OnDemo) -> dict[str, Any]:
    assert demo.server is not None
    found = demo.server.worlds["prod-eu"].cluster.get("nodes", "node-2")
    assert found is not None
    return found


async def review(demo: OnDemo, wish: str) -> None:
    """Ask for a change, and choose to look at the plan."""
    await ask(demo, wish)
    await demo.until_shown("review and apply")
    await demo.until_shown("W1 reversible")
    await demo.pilot.press("1")
    await demo.asked_to_decide()
    await demo.until_shown("asked by genie")
    await demo.pilot.pause()


def said(demo: OnDemo) -> list[Message]:
    return demo.app.services.sessions.of("prod-eu").messages


async def told(demo: OnDemo, words: str) -> None:
    await demo.until(lambda: demo.app.screen.query(ChatPane))
    await demo.until_shown(words)
    await demo.until(lambda: words in said(demo)[-1].text)


async def test_a_proposal_is_reviewed_applied_and_remembered(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await review(demo, "cordon node-2")
        await demo.pilot.press("y")
        await demo.until(lambda: isinstance(demo.app.screen, PlanScreen) and demo.app.screen.phase is Phase.OVER)
        assert node(demo)["spec"]["unschedulable"] is True
        await demo.pilot.press("escape")
        await told(demo, "Done in ")
        assert said(demo)[-1].text.startswith("Made: Cordon node node-2. Done in ")
        await demo.until_shown("✓ Done in ")
        await demo.until_shown("looking what becomes of it")
        await demo.until_shown("node node-2")
        await demo.pilot.press("1")
        assert demo.app.screen.query_one(ChatPane).input.text == "1"


async def test_what_the_person_leaves_is_not_made_and_can_be_looked_at_again(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await review(demo, "scale checkout to 5")
        await demo.pilot.press("escape")
        await told(demo, "Left without a yes; nothing was changed")
        assert replicas(demo) == 3
        assert said(demo)[-2].text.endswith(f"Proposed, not made: {TITLE}")
        assert said(demo)[-1].text.startswith(f"Not made: {TITLE}.")
        await demo.pilot.press("1")
        await demo.until(lambda: isinstance(demo.app.screen, PlanScreen))


async def test_a_change_that_goes_on_in_the_background_is_not_told_as_left(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await review(demo, "scale checkout to 5")
        await demo.pilot.press("escape")
        await told(demo, "Left without a yes; nothing was changed")
        await demo.pilot.press("1")
        await demo.asked_to_decide()
        await demo.pilot.press("y")
        await demo.until(lambda: replicas(demo) == 5)
        await demo.pilot.press("b")
        await demo.until_shown("◐ Open: not decided, or not ended yet")
        assert "Left without a yes" not in demo.text()


def proposed(demo: OnDemo) -> list[str]:
    """What the last turn proposed, as it is recorded when the turn ends."""
    record = said(demo)[-1].record
    return [each.title for each in record.proposals] if record else []


async def decide(demo: OnDemo, words: str) -> None:
    """Say yes to the plan that is shown, wait until it is made, and go back to the chat."""
    await demo.pilot.press("1")
    await demo.asked_to_decide()
    await demo.until_shown(words)
    await demo.pilot.press("y")
    await demo.until(lambda: isinstance(demo.app.screen, PlanScreen) and demo.app.screen.phase is Phase.OVER)
    await demo.pilot.press("escape")
    await told(demo, "Done in ")
    assert said(demo)[-1].text.startswith(f"Made: {words}. ")


BOTH = "cordon node-2 and scale checkout to 5"


async def test_two_changes_of_one_sentence_are_each_reviewed_by_their_own_key(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await ask(demo, BOTH)
        await demo.until_shown("2  review and apply")
        await demo.until(lambda: proposed(demo) == ["Cordon node node-2", TITLE])
        await demo.pilot.press("2")
        await demo.asked_to_decide()
        screen = demo.app.screen
        assert isinstance(screen, PlanScreen)
        assert screen.plan.title == TITLE
        await demo.pilot.press("escape")
        await told(demo, "Left without a yes; nothing was changed")
        await decide(demo, "Cordon node node-2")
        assert node(demo)["spec"]["unschedulable"] is True
        assert replicas(demo) == 3
        lines = demo.text().splitlines()
        ends = ("1  review", "✓ Done in", "2  review", "○ Left without a yes")
        first, made, second, left = (next(at for at, line in enumerate(lines) if words in line) for words in ends)
        assert (made, left) == (first + 2, second + 2)


async def test_standing_yeses_make_the_changes_of_one_sentence_one_after_the_other(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await demo.until(lambda: demo.names)
        await demo.command("mode auto")
        await ask(demo, BOTH)
        await demo.until(lambda: isinstance(demo.app.screen, PlanScreen) and demo.app.screen.phase is Phase.OVER)
        assert node(demo)["spec"]["unschedulable"] is True
        assert replicas(demo) == 3
        await demo.pilot.press("escape")
        await demo.until(lambda: replicas(demo) == 5)
        assert any(message.text.startswith("Made: Cordon node node-2. ") for message in said(demo))


async def test_undo_that_takes_back_what_was_made_here_by_its_own_record(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await ask(demo, "undo that")
        await demo.until_shown("Nothing was changed in this conversation")
        await demo.until_shown("built-in ·")
        await ask(demo, "cordon node-2")
        await demo.until_shown("review and apply")
        await decide(demo, "Cordon node node-2")
        assert node(demo)["spec"]["unschedulable"] is True
        await ask(demo, "please undo that")
        await demo.until(lambda: said(demo)[-1].text.endswith("Proposed, not made: Undo: Cordon node node-2"))
        await decide(demo, "Undo: Cordon node node-2")
        assert "unschedulable" not in node(demo)["spec"]
        latest, first = await (await demo.app.services.changes()).undo.recent("prod-eu")
        assert (latest.title, latest.undone) == ("Undo: Cordon node node-2", False)
        assert (first.title, first.undone) == ("Cordon node node-2", True)


async def test_a_patch_can_be_opened_again_wherever_the_conversation_is_shown(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await ask(demo, 'patch deployment checkout with {"spec": {"minReadySeconds": 7}}')
        await demo.until_shown("review and apply")
        await demo.until(lambda: proposed(demo) == ["Patch deployment shop/checkout"])
        await demo.pilot.press("ctrl+o")
        await demo.until(lambda: isinstance(demo.app.screen, ChatScreen))
        await demo.until_shown("1  review and apply")
        await demo.pilot.press("1")
        await demo.asked_to_decide()
        await demo.until_shown("minReadySeconds: 7")
        await demo.until_shown("asked by genie")


async def test_a_read_only_cluster_is_offered_nothing(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), read_only=True, **PODS) as demo:
        await ask(demo, "scale checkout to 5")
        await demo.until_shown("is read-only here")
        await demo.until_shown("built-in ·")
        assert "review and apply" not in demo.text()


async def test_a_cause_leads_to_the_plan_that_ends_it(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
        await ask(demo, "why is checkout failing?")
        await demo.until_shown("review and apply")
        await demo.pilot.press("1")
        await demo.asked_to_decide()
        await demo.until_shown("Roll deployment shop/checkout back to revision")
        await demo.until_shown("W2 disruptive")
