"""What can be picked in a conversation of an earlier day, and by numbers of more than one digit."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.content import Content

from kubegenie_tui.domain.conversation import (
    ChoicesOffered,
    Finished,
    Link,
    LinksOffered,
    Outcome,
    PlanProposed,
    Record,
    ShowRequested,
    TextDelta,
    ToolFinished,
    Usage,
)
from kubegenie_tui.domain.conversation import Message as Said
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Tier, Verb
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.screens.messages import DetailRequested, PlanRequested
from kubegenie_tui.store.conversations import Conversations
from kubegenie_tui.widgets.chat_choices import Choices
from kubegenie_tui.widgets.chat_turn import Turn
from tests.ui.played_chat import Chat, chat_on_stage
from tests.ui.stage import until

COMMAND = "kubegenie do scale deployments.apps/web replicas=5 -n shop --context prod-eu"
LINK = Link("secret shop/db", ShowRequested("secrets", "shop", "", "db", "detail"))
PODS = tuple(ObjectRef("pods", f"web-{number}", "shop") for number in range(12))


def proposed(title: str, command: str = COMMAND) -> PlanProposed:
    return PlanProposed(Plan(title, "prod-eu", ()), Tier.DISRUPTIVE, command)


async def shown(chat: Chat, words: str) -> None:
    await until(chat.pilot, lambda: words in chat.text())


async def asked(directory: Path, *events: TextDelta | PlanProposed | LinksOffered | ChoicesOffered) -> None:
    """A conversation of yesterday with one question."""
    async with chat_on_stage(directory, (*events, Finished("gpt-x"))) as chat:
        await chat.ask("scale web")
        await until(chat.pilot, lambda: bool(chat.genie.asked) and not chat.pane.is_working)


async def test_after_a_restart_a_proposal_is_made_anew_and_a_link_leads_where_it_led(tmp_path: Path) -> None:
    await asked(tmp_path, TextDelta("It is slow."), proposed("Scale it"), LinksOffered((LINK,)))
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "1  review and apply")
        assert "Scale it  W2 disruptive" in chat.text()
        assert "Proposed, not made" not in chat.text()
        await shown(chat, "2  → secret shop/db")
        await chat.pilot.press("2")
        await until(chat.pilot, lambda: chat.app.heard(DetailRequested))
        await chat.pilot.press("1")
        await until(chat.pilot, lambda: chat.app.heard(PlanRequested))
        [wanted] = chat.app.heard(PlanRequested)
        assert isinstance(wanted, PlanRequested)
        assert wanted.plan.conversation == (await chat.store.conversations.recent())[0].id
        [kept] = chat.genie.made_anew
        assert (kept.title, kept.command) == ("Scale it", COMMAND)


async def test_why_a_proposal_cannot_be_made_anew_is_said_below_it(tmp_path: Path) -> None:
    await asked(tmp_path, proposed("Lost one"))
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "1  review and apply")
        await chat.pilot.press("1")
        await shown(chat, "○ Lost one · the object is gone")
        assert not chat.app.heard(PlanRequested)


async def test_what_was_not_kept_whole_or_was_made_cannot_be_picked(tmp_path: Path) -> None:
    masked = "kubegenie do env deployments.apps/web TOKEN=[redacted-1234abcd] --context prod-eu"
    await asked(tmp_path, proposed("Patch it", ""), proposed("Set it", masked), proposed("Scale it"))
    async with chat_on_stage(tmp_path, ()) as chat:
        [talk] = await chat.store.conversations.recent()
        outcome = Record(outcome=Outcome("Scale it", True, "all of it was made"))
        message = Said("assistant", "Made: Scale it. all of it was made", 9e9, record=outcome)
        await chat.store.conversations.append(talk.id, message)
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "✓ all of it was made")
        assert "Proposed, not made: Patch it" in chat.text()
        assert "Proposed, not made: Set it" in chat.text()
        assert chat.text().count("review and apply") == 1
        await chat.pilot.press("1")
        assert chat.pane.input.text == "1"


async def test_steps_that_were_kept_are_opened_again_and_those_that_were_not_have_to_be_asked_for(
    tmp_path: Path,
) -> None:
    plan = Plan("Patch it", "prod-eu", (Step(Verb.PATCH, PODS[0], {"spec": {"a": 1}}),))
    await asked(tmp_path, PlanProposed(plan, Tier.REVERSIBLE), proposed("Set it", ""))
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "1  review and apply")
        assert "Patch it  W1 reversible" in chat.text()
        lost = "Proposed, not made: Set it (its steps were not kept, so it cannot be opened again: ask for it anew)"
        assert lost in " ".join(chat.text().split())
        await chat.pilot.press("1")
        await until(chat.pilot, lambda: chat.app.heard(PlanRequested))
        assert [each.plan for each in chat.genie.made_anew] == [plan]


async def test_choices_of_the_last_turn_alone_are_open(tmp_path: Path) -> None:
    await asked(tmp_path, ChoicesOffered("Which one?", PODS[:2]))
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "2  pods shop/web-1")
        assert chat.pane.talk.numbers == {1, 2}
        await chat.pilot.press("2")
        await until(chat.pilot, lambda: chat.genie.asked)
        assert chat.genie.asked[0][1].selected == PODS[1]
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "2  pods shop/web-1")
        await until(chat.pilot, lambda: chat.pane.talk.numbers == set())


async def test_a_number_of_two_digits_is_typed_and_sent(tmp_path: Path) -> None:
    script = (ChoicesOffered("Which one?", PODS), Finished("x"))
    async with chat_on_stage(tmp_path, script, (Finished("y"),)) as chat:
        await chat.ask("restart it")
        await shown(chat, " 12 pods shop/web-11")
        await chat.pilot.press("1", "2")
        assert chat.pane.input.text == "12"
        await chat.pilot.press("enter")
        await until(chat.pilot, lambda: len(chat.genie.asked) == 2)
        assert chat.genie.asked[1][1].selected == PODS[11]


async def test_a_number_that_no_longer_one_begins_with_picks_at_once(tmp_path: Path) -> None:
    script = (ChoicesOffered("Which one?", PODS), Finished("x"))
    async with chat_on_stage(tmp_path, script, (Finished("y"),)) as chat:
        await chat.ask("restart it")
        await shown(chat, " 12 pods shop/web-11")
        await chat.pilot.press("2")
        await until(chat.pilot, lambda: len(chat.genie.asked) == 2)
        assert chat.genie.asked[1][1].selected == PODS[1]


async def test_a_place_that_comes_while_the_lines_before_are_being_laid_out_is_seen(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ()) as chat:
        choices = Choices([Content("review and apply")], [proposed("Scale it")])
        await chat.pane.talk.add(turn := Turn("scale web"))
        await turn.mount(choices)
        chat.app.screen._refresh_layout()
        choices.lead_to((LINK,))
        await shown(chat, "2  → secret shop/db")


async def test_look_ups_and_the_end_of_a_turn_are_shown_as_they_were(tmp_path: Path) -> None:
    looked = (
        ToolFinished("1", "list pods", True, "2 of 48 pods", "web 1/1", 38.0),
        ToolFinished("2", "get pods ghost", False, "There is no pod ghost", "error", 1200.0),
    )
    script = (*looked, TextDelta("It is slow."), Finished("gpt-x", 1200, 34, cost=0.02))
    async with chat_on_stage(tmp_path, script) as chat:
        await chat.ask("why?")
        await shown(chat, "gpt-x · 1,200 + 34 tokens · $0.02 · ")
        then = drawn(chat)
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "gpt-x · 1,200 + 34 tokens · $0.02 · ")
        assert drawn(chat) == then
        assert any("✓ list pods  2 of 48 pods" in line and "38 ms" in line for line in then)
        assert any("✖ get pods ghost  There is no pod ghost" in line and "1.2 s" in line for line in then)


def drawn(chat: Chat) -> list[str]:
    """What is drawn of look-ups, and how the turn ended, without its seconds."""
    lines = [line.strip() for line in chat.text().splitlines()]
    return [line.rpartition(" · ")[0] or line for line in lines if line.startswith(("✓", "✖", "gpt-x"))]


async def test_a_turn_that_was_stopped_and_one_that_failed_end_as_they_did(tmp_path: Path) -> None:
    usages = (Usage(seconds=3.25, ended="stopped"), Usage(seconds=1.0, ended="failed"))
    async with chat_on_stage(tmp_path, ()) as chat:
        talk = await chat.store.conversations.create("why?", "prod-eu")
        for number, usage in enumerate(usages):
            await chat.store.conversations.append(talk.id, Said("user", f"why {number}?", 2.0 * number))
            said = Said("assistant", f"so far {number}", 2.0 * number + 1, record=Record(usage=usage))
            await chat.store.conversations.append(talk.id, said)
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "so far 1")
        lines = [line.strip() for line in chat.text().splitlines() if line.strip()]
        assert lines[lines.index("so far 0") + 1] == "○ stopped after 3.2 s"
        assert sum("stopped after" in line for line in lines) == 1


async def test_of_a_look_up_that_was_kept_without_a_record_nothing_is_claimed(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ()) as chat:
        talk = await chat.store.conversations.create("why?", "prod-eu")
        for message in (Said("user", "why?", 1.0), Said("tool", "web 1/1", 2.0, "list pods")):
            await chat.store.conversations.append(talk.id, message)
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "· list pods")
        assert "✓" not in chat.text()


def late(does: Callable[..., Awaitable[Any]], go: asyncio.Event) -> Callable[..., Awaitable[Any]]:
    """The same, once it may."""

    async def held(*args: Any, **options: Any) -> Any:
        await go.wait()
        return await does(*args, **options)

    return held


async def test_a_question_asked_before_the_earlier_conversation_was_read_goes_on_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(tmp_path, TextDelta("It is slow."))
    go = asyncio.Event()
    monkeypatch.setattr(Conversations, "recent", late(Conversations.recent, go))
    async with chat_on_stage(tmp_path, (TextDelta("Still slow."), Finished("gpt-y"))) as chat:
        await chat.ask("and now?")
        go.set()
        await shown(chat, "Still slow.")
        text = chat.text()
        assert text.index("It is slow.") < text.index("› and now?") < text.index("Still slow.")
        assert [message.text for message in chat.genie.asked[0][2]] == ["scale web", "It is slow."]
        assert len(await chat.store.conversations.recent()) == 1


async def test_a_question_asked_while_a_new_conversation_is_begun_is_shown_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(tmp_path, TextDelta("It is slow."))
    go = asyncio.Event()
    monkeypatch.setattr(ChatSession, "begin", late(ChatSession.begin, go))
    async with chat_on_stage(tmp_path, (TextDelta("All is well."), Finished("gpt-y"))) as chat:
        await shown(chat, "It is slow.")
        await chat.pilot.press("ctrl+l")
        await chat.ask("and now?")
        go.set()
        await shown(chat, "All is well.")
        assert "› and now?" in chat.text()
        assert "It is slow." not in chat.text()
        assert chat.genie.asked[0][2] == ()
