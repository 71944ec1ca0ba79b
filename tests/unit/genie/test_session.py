import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    Conversation,
    Failed,
    Finished,
    Focus,
    Message,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.session import TITLE_CHARACTERS, ChatSession, Sessions, title_of
from kubegenie_tui.store.store import Store

FOCUS = Focus("prod-eu", "shop", "pods")


class Played:
    """Answers with what it was told to, and notes what it was asked."""

    def __init__(self, *events: ChatEvent) -> None:
        self.events: Sequence[ChatEvent] = events
        self.asked: list[tuple[str, Focus, Sequence[Message]]] = []
        self.closed = 0
        self.hold: asyncio.Event | None = None

    async def ask(self, text: str, focus: Focus, history: Sequence[Message]) -> AsyncIterator[ChatEvent]:
        self.asked.append((text, focus, tuple(history)))
        try:
            for event in self.events:
                yield event
            if self.hold is not None:
                await self.hold.wait()
        finally:
            self.closed += 1

    def masked(self, text: str) -> str:
        return Redactor().text(text)


ANSWER = (
    ToolStarted("1", "list pods"),
    ToolFinished("1", "list pods", True, "2 of 2 pods", "checkout\nweb", 3.0),
    TextDelta("Two "),
    TextDelta("pods."),
    Finished("built-in"),
)


async def ask(session: ChatSession, text: str) -> list[ChatEvent]:
    return [event async for event in session.ask(text, FOCUS)]


def said(messages: Sequence[Message]) -> list[tuple[str, str, str]]:
    return [(message.role, message.text, message.tool) for message in messages]


TURN = [("user", "how many pods?", ""), ("tool", "checkout\nweb", "list pods"), ("assistant", "Two pods.", "")]


async def test_a_turn_is_passed_on_and_kept_in_a_conversation_named_by_its_first_question(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    session = ChatSession(Played(*ANSWER), store.conversations)
    assert session.conversation is None
    assert await ask(session, "how many pods?") == list(ANSWER)
    await ask(session, "and now?")
    [kept] = await store.conversations.recent()
    assert (kept.title, kept.cluster, kept.messages) == ("how many pods?", "prod-eu", 6)
    assert said(await store.conversations.messages(kept.id))[:3] == TURN
    await store.close()


async def test_after_a_restart_it_goes_on_with_what_was_said(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    await ask(ChatSession(Played(*ANSWER), store.conversations), "how many pods?")
    await store.close()

    store = await Store.open(tmp_path / "kubegenie.db")
    genie = Played(TextDelta("Still two."))
    session = ChatSession(genie, store.conversations)
    [kept] = await store.conversations.recent()
    await session.reopen(kept)
    await ask(session, "still?")
    assert said(genie.asked[0][2]) == TURN
    assert len(await store.conversations.recent()) == 1
    await session.begin()
    await ask(session, "something else")
    assert genie.asked[1][2] == ()
    assert [each.title for each in await store.conversations.recent()] == ["something else", "how many pods?"]
    await store.close()


async def test_what_was_said_before_a_stop_is_kept_and_the_genie_let_go(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    genie = Played(TextDelta("Half an ans"))
    genie.hold = asyncio.Event()
    session = ChatSession(genie, store.conversations)
    heard = asyncio.Event()

    async def listen() -> None:
        async with closing(session.ask("why?", FOCUS)) as events:
            async for _ in events:
                heard.set()

    turn = asyncio.create_task(listen())
    await heard.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert genie.closed == 1
    assert said(session.messages) == [("user", "why?", ""), ("assistant", "Half an ans", "")]
    [kept] = await store.conversations.recent()
    assert kept.messages == 2
    await store.close()


async def test_a_failure_is_part_of_what_was_said(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    session = ChatSession(
        Played(TextDelta("So"), Failed("The model is gone", "refused", "start it")), store.conversations
    )
    await ask(session, "why?")
    assert session.messages[-1].text == "So\n\nThe model is gone · refused · start it"
    await store.close()


async def test_a_pasted_token_is_not_kept(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    session = ChatSession(Played(), store.conversations)
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    await ask(session, f"why is token {token} refused?")
    [kept] = await store.conversations.recent()
    assert token not in kept.title
    assert token not in (await store.conversations.messages(kept.id))[0].text
    await store.close()


class Full:
    """A memory whose disk is full."""

    async def create(self, title: str, cluster: str) -> Conversation:
        raise StoreError("The disk is full")

    async def append(self, conversation_id: int, message: Message) -> Message:
        raise StoreError("The disk is full")

    async def messages(self, conversation_id: int) -> list[Message]:
        return []


async def test_a_full_disk_stops_no_answer() -> None:
    session = ChatSession(Played(*ANSWER), Full())
    assert await ask(session, "how many pods?") == list(ANSWER)
    assert str(session.not_kept) == "The disk is full"
    assert said(session.messages) == TURN


async def test_a_question_stops_the_one_that_still_runs_wherever_that_was_asked(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    genie = Played(TextDelta("Half"))
    hold = genie.hold = asyncio.Event()
    session = ChatSession(genie, store.conversations)
    heard = asyncio.Event()

    async def listen() -> None:
        async with closing(session.ask("first", FOCUS)) as events:
            async for _ in events:
                heard.set()

    first = asyncio.create_task(listen())
    await heard.wait()
    genie.hold, before = None, session.version
    await ask(session, "second")
    with pytest.raises(asyncio.CancelledError):
        await first
    assert not hold.is_set()
    assert [message.text for message in session.messages] == ["first", "Half", "second", "Half"]
    assert session.version > before
    await store.close()


async def test_each_cluster_has_its_own_conversation(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    sessions = Sessions(Played(*ANSWER), store.conversations)
    await ask(sessions.of("prod-eu"), "how many pods?")
    assert sessions.of("prod-eu").messages
    assert not sessions.of("staging").messages
    assert sessions.of("prod-eu") is sessions.of("prod-eu")
    await store.close()


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("why?", "why?"),
        ("\n  a   b \nsecond line", "a b"),
        ("x" * 100, "x" * (TITLE_CHARACTERS - 1) + "…"),
    ],
)
def test_titles(question: str, title: str) -> None:
    assert title_of(question) == title
