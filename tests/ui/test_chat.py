import asyncio
from pathlib import Path

from textual.widgets import OptionList

from kubegenie_tui.domain.conversation import (
    ChoicesOffered,
    Failed,
    Finished,
    Link,
    LinksOffered,
    Message,
    Noted,
    PlanProposed,
    ShowRequested,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.screens.chat_control import examples
from kubegenie_tui.screens.messages import DetailRequested, ExplorerRequested, LogsRequested
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.widgets.chat_talk import RECALLED
from kubegenie_tui.widgets.chat_tool import ToolCall
from tests.ui.played_chat import FOCUS, Chat, chat_on_stage
from tests.ui.stage import until

LISTED = ToolFinished("1", "list pods", True, "2 of 48 pods", "checkout [/b] 0/1\nweb 1/1", 38.0)
ANSWER = (
    ToolStarted("1", "list pods"),
    LISTED,
    TextDelta("**Root cause.** The key `url` "),
    TextDelta("is missing on node <none>."),
    Finished("gpt-x", 1200, 34),
)


async def shown(chat: Chat, words: str) -> None:
    await until(chat.pilot, lambda: words in chat.text())


async def test_a_question_brings_look_ups_an_answer_and_the_engine(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ANSWER) as chat:
        await shown(chat, "Genie ▸ shop / Pods")
        await shown(chat, "ask about checkout-58d1b-q7wzn")
        await chat.ask("why is checkout failing?")
        await shown(chat, "gpt-x · 1,200 + 34 tokens")
        await shown(chat, "built-in · 1,234 tokens")
        text = chat.text()
        assert "› why is checkout failing?" in text
        assert "✓ list pods  2 of 48 pods" in text
        assert "38 ms" in text
        assert "Root cause. The key url is missing on node <none>." in text
        assert chat.genie.asked[0][:2] == ("why is checkout failing?", FOCUS)
        await until(chat.pilot, lambda: not chat.pane.is_working)


async def test_a_long_line_of_a_log_is_read_to_its_end(tmp_path: Path) -> None:
    lines = f"The last line:\n\n```\n{'request ' * 60}the-end\n```\n"
    async with chat_on_stage(tmp_path, (TextDelta(lines), Finished("built-in"))) as chat:
        await chat.ask("logs of web")
        await shown(chat, "the-end")


async def test_results_unfold_by_key_and_by_click(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ANSWER) as chat:
        await chat.ask("why?")
        await shown(chat, "gpt-x")
        await chat.pilot.press("ctrl+e")
        await shown(chat, "checkout [/b] 0/1")
        await chat.pilot.press("ctrl+e")
        await until(chat.pilot, lambda: "checkout [/b] 0/1" not in chat.text())
        await chat.pilot.click(ToolCall)
        await shown(chat, "checkout [/b] 0/1")


async def test_thinking_is_said_until_something_comes(tmp_path: Path) -> None:
    go = asyncio.Event()
    async with chat_on_stage(tmp_path, (go, TextDelta("Here."), Finished("built-in"))) as chat:
        await chat.ask("why?")
        await shown(chat, "◐ thinking")
        go.set()
        await shown(chat, "Here.")
        await shown(chat, "built-in ·")
        assert "thinking" not in chat.text()


async def test_what_is_taken_back_goes_and_the_answer_stands_once(tmp_path: Path) -> None:
    go, on = asyncio.Event(), asyncio.Event()
    doubted = (TextDelta("I cannot ", in_doubt=True), TextDelta("look.", in_doubt=True), go)
    again = (TextDelta("", is_anew=True), Noted("asked again in another way"), on)
    async with chat_on_stage(tmp_path, (*doubted, *again, *ANSWER)) as chat:
        await chat.ask("why?")
        await shown(chat, "I cannot look.")
        go.set()
        await shown(chat, "asked again in another way")
        await shown(chat, "◐ thinking")
        assert "I cannot" not in chat.text()
        on.set()
        await shown(chat, "gpt-x · 1,200 + 34 tokens")
        await until(chat.pilot, lambda: not chat.pane.is_working)
        assert chat.text().count("Root cause.") == 1
        assert [each.text.count("I cannot") for each in chat.sessions.of("prod-eu").messages] == [0, 0, 0]
    async with chat_on_stage(tmp_path) as chat:
        [kept] = await chat.store.conversations.recent()
        messages = await chat.store.conversations.messages(kept.id)
        assert [each.text for each in messages if each.role == "assistant"] == [
            "**Root cause.** The key `url` is missing on node <none>."
        ]


async def test_sending_while_it_works_interrupts_and_asks(tmp_path: Path) -> None:
    never = asyncio.Event()
    async with chat_on_stage(tmp_path, (TextDelta("Old"), never), (TextDelta("New."), Finished("built-in"))) as chat:
        await chat.ask("first")
        await shown(chat, "Old")
        await chat.ask("second")
        await shown(chat, "New.")
        await shown(chat, "stopped after")
        [kept] = await chat.store.conversations.recent()
        texts = [message.text for message in await chat.store.conversations.messages(kept.id)]
        await until(chat.pilot, lambda: not chat.pane.is_working)
        assert texts[:3] == ["first", "Old", "second"]


async def test_choices_are_picked_by_number_and_ask_again_about_that_object(tmp_path: Path) -> None:
    refs = (ObjectRef("deployments.apps", "checkout", "shop"), ObjectRef("pods", "checkout-1", "shop"))
    offer = (ChoicesOffered("Which one?", refs), Finished("built-in"))
    async with chat_on_stage(tmp_path, offer, ANSWER) as chat:
        await chat.ask("why is checkout failing?")
        await shown(chat, "2  pods shop/checkout-1")
        await shown(chat, "built-in ·")
        await chat.pilot.press("2")
        await shown(chat, "gpt-x")
        text, focus, _ = chat.genie.asked[1]
        assert text == "why is checkout failing?"
        assert (focus.selected, focus.namespace, focus.kind) == (refs[1], "shop", "pods")
        await chat.pilot.press("1")
        assert chat.pane.input.text == "1"


async def test_a_picked_answer_to_a_question_of_the_model_is_the_next_message(tmp_path: Path) -> None:
    asked = ChoicesOffered("Which [b]one[/b]?\x1b[2J", answers=("the [red]web", "the api"))
    async with chat_on_stage(tmp_path, (asked, Finished("gpt-x")), (asked, Finished("gpt-y")), ANSWER) as chat:
        await chat.ask("restart it")
        await shown(chat, "Which [b]one[/b]?")
        await shown(chat, "1  the [red]web")
        await shown(chat, "gpt-x ·")
        await chat.pilot.press("1")
        await shown(chat, "gpt-y ·")
        await chat.ask("neither, the db")
        await until(chat.pilot, lambda: len(chat.genie.asked) == 3 and not chat.pane.is_working)
        assert [text for text, _, _ in chat.genie.asked] == ["restart it", "the [red]web", "neither, the db"]
        assert chat.genie.asked[1][2][-1].text.endswith("1. the [red]web\n2. the api")


async def test_two_answers_in_one_turn_are_numbered_through(tmp_path: Path) -> None:
    refs = (ObjectRef("pods", "api-1", "shop"), ObjectRef("pods", "api-2", "shop"), ObjectRef("pods", "web-1", "shop"))
    show = ShowRequested("nodes", name="node-1", view="detail")
    offers = (
        ChoicesOffered("Which api?", refs[:2]),
        ChoicesOffered("Which web?", refs[2:]),
        LinksOffered((Link("node node-1", show),)),
        Finished("built-in"),
    )
    async with chat_on_stage(tmp_path, offers, ANSWER) as chat:
        await chat.ask("why do they fail?")
        await shown(chat, "built-in ·")
        for line in (" 1  pods shop/api-1", " 2  pods shop/api-2", " 3  pods shop/web-1", " 4  → node node-1"):
            assert line in chat.text()
        await chat.pilot.press("4")
        await until(chat.pilot, lambda: chat.app.heard(DetailRequested))
        await chat.pilot.press("2")
        await shown(chat, "gpt-x")
        assert chat.genie.asked[1][1].selected == refs[1]


async def test_a_proposal_stands_with_why_and_what_is_expected_as_plain_text(tmp_path: Path) -> None:
    plan = Plan("Scale it", "prod-eu", (), why="[red]it is slow[/red]\x1b[2J", expect="five pods are [ready")
    async with chat_on_stage(tmp_path, (PlanProposed(plan), Finished("gpt-x"))) as chat:
        await chat.ask("scale it")
        await shown(chat, "gpt-x ·")
        assert "Why: [red]it is slow[/red]" in chat.text()
        assert "Expected: five pods are [ready" in chat.text()


async def test_the_greeting_offers_questions_about_what_is_seen(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ANSWER) as chat:
        await shown(chat, "Ask about what you see.")
        for question in examples(FOCUS):
            assert question in chat.text()
        await chat.pilot.press("3")
        await shown(chat, "gpt-x")
        assert chat.genie.asked[0][0] == "show me the logs of checkout-58d1b-q7wzn"
        assert "Ask about what you see." not in chat.text()


async def test_an_answer_may_lead_to_rows_logs_or_an_object(tmp_path: Path) -> None:
    async with chat_on_stage(
        tmp_path,
        (ShowRequested("pods", "shop", filter="!ready"),),
        (ShowRequested("pods", "shop", name="api-1", view="logs"),),
        (ShowRequested("pods", "shop", name="api-1", view="detail"),),
    ) as chat:
        for question in ("rows", "logs", "detail"):
            await chat.ask(question)
            await until(chat.pilot, lambda: not chat.pane.is_working)
        await until(chat.pilot, lambda: chat.app.heard(DetailRequested))
        ref = ObjectRef("pods", "api-1", "shop", "prod-eu")
        [rows], [logs], [detail] = (
            chat.app.heard(kind) for kind in (ExplorerRequested, LogsRequested, DetailRequested)
        )
        assert isinstance(rows, ExplorerRequested)
        assert (rows.cluster, rows.kind_name, rows.scope, rows.filter) == ("prod-eu", "pods", "shop", "!ready")
        assert isinstance(logs, LogsRequested)
        assert logs.ref == ref
        assert isinstance(detail, DetailRequested)
        assert detail.ref == ref


async def test_what_an_answer_rests_on_is_a_key_away(tmp_path: Path) -> None:
    links = (
        Link("secret shop/checkout-db  data.url", ShowRequested("secrets", "shop", "", "checkout-db", "detail")),
        Link("log of pod shop/api-1  [/b] FATAL", ShowRequested("pods", "shop", "[/b] FATAL", "api-1", "logs")),
    )
    async with chat_on_stage(tmp_path, (*ANSWER[:-1], LinksOffered(links), ANSWER[-1])) as chat:
        await chat.ask("why?")
        await shown(chat, "gpt-x")
        assert " 1  → secret shop/checkout-db  data.url" in chat.text()
        assert " 2  → log of pod shop/api-1  [/b] FATAL" in chat.text()
        await chat.pilot.press("1", "2")
        await until(chat.pilot, lambda: chat.app.heard(LogsRequested))
        [detail], [logs] = chat.app.heard(DetailRequested), chat.app.heard(LogsRequested)
        assert isinstance(detail, DetailRequested)
        assert detail.ref == ObjectRef("secrets", "checkout-db", "shop", "prod-eu")
        assert isinstance(logs, LogsRequested)
        assert (logs.ref.name, logs.find) == ("api-1", r"/\[\/b\]\ FATAL/")
        assert len(chat.genie.asked) == 1


async def test_more_places_than_are_shown_are_one_key_away(tmp_path: Path) -> None:
    shows = [ShowRequested("pods", "shop", name=f"api-{number}", view="detail") for number in range(1, 9)]
    links = tuple(Link(f"pod shop/{show.name}", show) for show in shows)
    async with chat_on_stage(tmp_path, (*ANSWER[:-1], LinksOffered(links), ANSWER[-1])) as chat:
        await chat.ask("why?")
        await shown(chat, "gpt-x")
        assert " 5  → pod shop/api-5" in chat.text()
        assert " 6  … 3 more places" in chat.text()
        assert "api-6" not in chat.text()
        await chat.pilot.press("6")
        await shown(chat, "8  → pod shop/api-8")
        assert "more places" not in chat.text()
        await chat.pilot.press("8")
        await until(chat.pilot, lambda: chat.app.heard(DetailRequested))
        [detail] = chat.app.heard(DetailRequested)
        assert isinstance(detail, DetailRequested)
        assert detail.ref.name == "api-8"


async def test_errors_are_said_where_the_answer_would_stand(tmp_path: Path) -> None:
    async with chat_on_stage(
        tmp_path,
        (TextDelta("Half"), Failed("The model hung up", "connection reset", "ask again")),
        (ModelError("No key", "401", "set OPENAI_API_KEY"),),
        (ValueError("[/boom]"),),
    ) as chat:
        await chat.ask("one")
        await shown(chat, "✖ The model hung up")
        assert "Half" in chat.text()
        assert "ask again" in chat.text()
        await chat.ask("two")
        await shown(chat, "set OPENAI_API_KEY")
        await chat.ask("three")
        await shown(chat, "ValueError: [/boom]")


async def test_lines_history_and_growth_of_the_entry(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ()) as chat:
        entry = chat.pane.input
        assert entry.size.height == 1
        await chat.pilot.press("a", "ctrl+j", "b")
        assert entry.text == "a\nb"
        await until(chat.pilot, lambda: entry.size.height == 2)
        await chat.pilot.press(*["ctrl+j"] * 8)
        await until(chat.pilot, lambda: entry.size.height == 5)
        await chat.pilot.press("enter")
        await until(chat.pilot, lambda: chat.genie.asked)
        assert chat.genie.asked[0][0] == "a\nb"
        await chat.ask("second")
        await chat.pilot.press("up")
        assert entry.text == "second"
        await chat.pilot.press("up")
        assert entry.text == "a\nb"
        await chat.pilot.press("down")
        assert entry.text == "second"
        await chat.pilot.press("down")
        assert entry.text == ""


async def test_nothing_is_asked_without_words(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ()) as chat:
        await chat.ask("  \n ")
        await chat.pilot.pause()
        assert not chat.genie.asked


async def test_a_conversation_is_reopened_after_a_restart_with_its_history(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ANSWER) as chat:
        await chat.ask("why is checkout failing?")
        await shown(chat, "gpt-x")
        await chat.pilot.press("ctrl+l")
        await shown(chat, "Ask about what you see.")
        await chat.ask("how many pods?")
        await until(chat.pilot, lambda: not chat.pane.is_working)

    async with chat_on_stage(tmp_path, ANSWER) as chat:
        await shown(chat, "› how many pods?")
        await chat.pilot.press("ctrl+r")
        await until(chat.pilot, lambda: isinstance(chat.app.screen, PickerScreen))
        await until(chat.pilot, lambda: chat.app.screen.query_one(OptionList).option_count == 2)
        await chat.pilot.press(*"failing", "enter")
        await until(chat.pilot, lambda: not isinstance(chat.app.screen, PickerScreen))
        await shown(chat, "› why is checkout failing?")
        await shown(chat, "✓ list pods  2 of 48 pods")
        assert "how many pods?" not in chat.text()
        await chat.pilot.press("ctrl+e")
        await shown(chat, "web 1/1")
        await chat.ask("and now?")
        await until(chat.pilot, lambda: chat.genie.asked)
        assert [message.role for message in chat.genie.asked[0][2]] == ["user", "tool", "assistant"]
        assert len(await chat.store.conversations.recent()) == 2


async def test_of_a_long_conversation_the_end_is_drawn(tmp_path: Path) -> None:
    async with chat_on_stage(tmp_path, ()) as chat:
        kept = await chat.store.conversations.create("long", "prod-eu")
        for number in range(RECALLED + 8):
            await chat.store.conversations.append(kept.id, Message("user", f"question {number}", float(number)))
    async with chat_on_stage(tmp_path, (), size=(100, 60)) as chat:
        await shown(chat, f"question {RECALLED + 7}")
        assert "8 earlier questions are kept but not shown" in chat.text()
        assert "question 7" not in chat.text()


async def test_it_stays_at_the_end_until_the_person_reads_back(tmp_path: Path) -> None:
    go = asyncio.Event()
    lines = "".join(f"- line {number}\n" for number in range(80))
    long = (TextDelta(lines), go, TextDelta("- the end\n"), Finished("x"))
    async with chat_on_stage(tmp_path, long, (TextDelta("short\n\n" * 9), Finished("the last"))) as chat:
        await chat.ask("list")
        await shown(chat, "line 79")
        await chat.pilot.press("pageup", "pageup")
        await until(chat.pilot, lambda: "line 79" not in chat.text())
        at = chat.pane.talk.scroll_y
        go.set()
        await until(chat.pilot, lambda: not chat.pane.is_working)
        await chat.pilot.pause()
        assert chat.pane.talk.scroll_y == at
        await chat.ask("again")
        await shown(chat, "the last ·")
