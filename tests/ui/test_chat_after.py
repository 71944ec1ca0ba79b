"""What the chat tells below a proposal once it was made: how that ended, and what became of its objects."""

import asyncio
from pathlib import Path

from kubegenie_tui.domain.conversation import (
    Aftermath,
    Finished,
    Link,
    LookUp,
    Message,
    PlanProposed,
    ShowRequested,
    Symptom,
    TextDelta,
    ToolFinished,
)
from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Plan, Step, Tier, Verb
from kubegenie_tui.screens.messages import DetailRequested, PlanRequested
from tests.ui.played_chat import Chat, chat_on_stage
from tests.ui.stage import until

TITLE = "Scale deployment shop/web from 3 to 5"
WEB = ObjectRef("deployments.apps", "web", "shop")
CRASH = Symptom("crash-loop", WEB, "web crashes")
PLAN = Plan(TITLE, "prod-eu", (Step(Verb.PATCH, WEB, {}),), expect="five pods are ready")
COMMAND = "kubegenie do scale deployments.apps/web replicas=5 -n shop --context prod-eu"
SCRIPT = (PlanProposed(PLAN, Tier.REVERSIBLE, COMMAND), Finished("gpt-x"))
LINK = Link("deployment shop/web", ShowRequested(WEB.kind, "shop", "", "web", "detail", "prod-eu"))
UNDER_WAY = Aftermath(TITLE, "under way", (Note(Health.PROGRESSING, "web: 2 of 5 pods ready"),), seconds=4.0)
WELL = Aftermath(
    TITLE,
    "well",
    (Note(Health.OK, "web: 5 of 5 pods ready"), Note(Health.OK, "gone: web crashes")),
    "five pods are ready",
    16.0,
    (LINK,),
)


async def shown(chat: Chat, words: str) -> None:
    await until(chat.pilot, lambda: words in chat.text())


async def make(chat: Chat) -> None:
    """Let it be proposed, look at the plan, and say yes there."""
    await chat.ask("scale web to 5")
    await shown(chat, "1  review and apply")
    await until(chat.pilot, lambda: not chat.pane.is_working)
    await chat.pilot.press("1")
    await until(chat.pilot, lambda: chat.app.heard(PlanRequested))
    wanted = chat.app.heard(PlanRequested)[-1]
    assert isinstance(wanted, PlanRequested)
    assert wanted.told is not None
    wanted.told(True, "Done in 1.2s", 7)


async def kept(chat: Chat) -> list[Message]:
    [talk] = await chat.store.conversations.recent()
    return await chat.store.conversations.messages(talk.id)


async def until_kept(chat: Chat, state: str) -> list[Message]:
    """The conversation once it tells that it was looked after."""
    while True:
        messages = await kept(chat)
        if any(each.record and each.record.aftermath and each.record.aftermath.state == state for each in messages):
            return messages
        await chat.pilot.pause(0.01)


async def test_what_becomes_of_a_change_is_told_below_it_kept_and_known_to_the_next_turn(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, SCRIPT, (TextDelta("Yes."), Finished("gpt-x"))) as chat:
        rest = asyncio.Event()
        chat.genie.looks = (UNDER_WAY, rest, WELL)
        await make(chat)
        await shown(chat, "◐ looking what becomes of it, 4 s")
        assert "✓ Done in 1.2s" in chat.text()
        assert "2 of 5 pods ready" in chat.text()
        rest.set()
        await shown(chat, "✓ all is well after 16 s")
        for words in ("● web: 5 of 5 pods ready", "● gone: web crashes", "promised, not checked: five pods are ready"):
            assert words in chat.text()
        assert "2 of 5 pods ready" not in chat.text()
        await shown(chat, "2  → deployment shop/web")
        await chat.pilot.press("2")
        await until(chat.pilot, lambda: chat.app.heard(DetailRequested))
        assert (await until_kept(chat, "well"))[-1].text == WELL.text
        await chat.ask("did it help?")
        await shown(chat, "Yes.")
        told = chat.genie.asked[-1][2][-1]
        assert (told.text, told.is_of_app) == (WELL.text, True)
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "✓ all is well after 16 s")
        assert "✓ Done in 1.2s" in chat.text()
        assert "promised, not checked: five pods are ready" in chat.text()
        assert TITLE not in chat.text().partition("✓ all is well")[2]


async def test_the_finding_that_a_proposal_answers_is_asked_about(tmp_path: Path) -> None:
    looked = ToolFinished("1", "diagnose web", True, "1 problem", "…", 3.0, findings=(CRASH,))
    async with chat_on_stage(tmp_path, (looked, *SCRIPT)) as chat:
        chat.genie.looks = (WELL,)
        await make(chat)
        await until(chat.pilot, lambda: chat.genie.looked_after_for)
        [(plan, answers, known)] = chat.genie.looked_after_for
        assert (plan.title, answers, tuple(known)) == (TITLE, CRASH, (CRASH,))
        await shown(chat, "✓ all is well after 16 s")
        records = [message.record for message in await until_kept(chat, "well")]
        assert [each.proposals[0].answers for each in records if each and each.proposals] == [CRASH]
        assert LookUp in [type(each.look_up) for each in records if each]


async def test_looking_can_be_stopped_and_what_was_seen_until_then_is_kept(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, SCRIPT, (TextDelta("Not yet."), Finished("gpt-x"))) as chat:
        assert "stop looking" not in chat.text()
        chat.genie.looks = (UNDER_WAY, asyncio.Event())
        await make(chat)
        await shown(chat, "◐ looking what becomes of it, 4 s")
        await shown(chat, "stop looking")
        await chat.ask("is it ready?")
        await shown(chat, "Not yet.")
        assert not chat.genie.looks_closed
        await chat.pilot.press("ctrl+x")
        await shown(chat, "○ stopped looking after 4 s")
        await until(chat.pilot, lambda: chat.genie.looks_closed == 1)
        await until(chat.pilot, lambda: "stop looking " not in chat.text())
        assert "web: 2 of 5 pods ready" in chat.text()
        await until_kept(chat, "stopped")
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "○ stopped looking after 4 s")


async def test_a_conversation_that_was_drawn_anew_meanwhile_shows_it_all_the_same(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, SCRIPT) as chat:
        rest = asyncio.Event()
        chat.genie.looks = (UNDER_WAY, rest, WELL)
        await make(chat)
        await shown(chat, "◐ looking what becomes of it, 4 s")
        await until(chat.pilot, lambda: chat.genie.looked_after_for)
        await chat.pane.recall(await kept(chat))
        await until(chat.pilot, lambda: "looking what becomes" not in chat.text())
        rest.set()
        await shown(chat, "✓ all is well after 16 s")
        assert chat.text().count("all is well") == 1


async def test_nothing_is_left_running_when_the_app_ends(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, SCRIPT) as chat:
        chat.genie.looks = (UNDER_WAY, asyncio.Event())
        await make(chat)
        await shown(chat, "◐ looking what becomes of it, 4 s")
    assert chat.genie.looks_closed == 1
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, "✓ Done in 1.2s")
        assert "looking what becomes of it" not in chat.text()


async def test_what_cannot_be_looked_at_is_said(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, SCRIPT) as chat:
        chat.genie.looks = (ClusterError("prod-eu does not answer", "no route"),)
        await make(chat)
        await shown(chat, "◐ not at rest yet after 0 s")
        assert "prod-eu does not answer · no route" in chat.text()


async def test_what_was_not_made_is_not_looked_after(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, SCRIPT) as chat:
        await make_nothing(chat)
        await shown(chat, "○ Left without a yes")
        assert not chat.genie.looked_after_for


async def make_nothing(chat: Chat) -> None:
    await chat.ask("scale web to 5")
    await shown(chat, "1  review and apply")
    await chat.pilot.press("1")
    await until(chat.pilot, lambda: chat.app.heard(PlanRequested))
    wanted = chat.app.heard(PlanRequested)[-1]
    assert isinstance(wanted, PlanRequested)
    assert wanted.told is not None
    wanted.told(False, "Left without a yes", 0)
