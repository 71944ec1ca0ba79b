"""What an answer ends with, in the chat: plans to open and sentences to ask, picked by number or by a click."""

from pathlib import Path

from kubegenie_tui.domain.conversation import (
    Finished,
    Link,
    LinksOffered,
    NextOffered,
    PlanProposed,
    ShowRequested,
    TextDelta,
)
from kubegenie_tui.domain.plan import Plan, Tier
from kubegenie_tui.widgets.chat_choices import Choices
from tests.ui.played_chat import Chat, chat_on_stage
from tests.ui.stage import until

WHY, LOGS = "why is service db failing in shop?", "show me the logs of web-7c9f4d8b5f-x2xkq in shop"
LINK = Link("secret shop/db", ShowRequested("secrets", "shop", "", "db", "detail"))
DO = "kubegenie do scale deployments.apps/web replicas=5 -n shop --context prod-eu"
TWO = (
    PlanProposed(Plan("Roll deployment shop/web back to revision 3", "prod-eu", ()), Tier.DISRUPTIVE, DO),
    PlanProposed(Plan("Patch service shop/db", "prod-eu", ()), Tier.REVERSIBLE, DO),
)
OFFERED = (*TWO, NextOffered((WHY, LOGS)), LinksOffered((LINK,)), Finished("built-in"))


async def shown(chat: Chat, words: str) -> None:
    await until(chat.pilot, lambda: words in chat.text())


async def answered(chat: Chat) -> None:
    await chat.ask("what is wrong?")
    await shown(chat, "5  → secret shop/db")
    await until(chat.pilot, lambda: not chat.pane.is_working)


async def test_a_sentence_is_asked_by_its_number(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, (TextDelta("Two faults."), *OFFERED), (Finished("built-in"),)) as chat:
        await answered(chat)
        for words in ("1  review and apply", "2  review and apply", "Next, by number or click", f"3  › {WHY}"):
            assert words in chat.text()
        await chat.pilot.press("3")
        await until(chat.pilot, lambda: len(chat.genie.asked) == 2)
        assert chat.genie.asked[1][0] == WHY
        await shown(chat, f"› {WHY}")
        assert chat.pane.talk.numbers == set()


async def test_a_sentence_is_asked_by_a_click(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, OFFERED, (Finished("built-in"),)) as chat:
        await answered(chat)
        choices = next(each for each in chat.pane.query(Choices) if 4 in each.numbers)
        await chat.pilot.click(choices, offset=(8, 1))
        await until(chat.pilot, lambda: len(chat.genie.asked) == 2)
        assert chat.genie.asked[1][0] == LOGS


async def test_two_plans_and_two_sentences_fit_a_small_terminal(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, OFFERED, size=(80, 24)) as chat:
        await answered(chat)
        lines = [line.strip() for line in chat.text().splitlines()]
        starts = ("› what is wrong?", "1  review", "2  review", f"3  › {WHY}", f"4  › {LOGS}", "5  →")
        assert [each for each in starts if not any(line.startswith(each) for line in lines)] == []


async def test_they_can_be_picked_again_on_another_day_until_something_else_is_asked(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, (TextDelta("Two faults."), *OFFERED)) as chat:
        await answered(chat)
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, f"3  › {WHY}")
        assert "Two faults." in chat.text()
        assert chat.text().count(WHY) == 1
        assert "- Next:" not in chat.text()
        await chat.pilot.press("4")
        await until(chat.pilot, lambda: chat.genie.asked)
        assert chat.genie.asked[0][0] == LOGS
        told = chat.genie.asked[0][2][-1].text
        assert f"- Next: {WHY}\n- Next: {LOGS}" in told
    async with chat_on_stage(tmp_path, ()) as chat:
        await shown(chat, f"› {LOGS}")
        assert chat.pane.talk.numbers == set()
