import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import (
    Aftermath,
    ChatEvent,
    ChoicesOffered,
    Conversation,
    Failed,
    Finished,
    Focus,
    LookUp,
    Message,
    Outcome,
    PlanProposed,
    Proposal,
    Record,
    Symptom,
    TextDelta,
    TokensCounted,
    ToolFinished,
    ToolStarted,
    Usage,
)
from kubegenie_tui.domain.errors import StoreError, UsageError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Plan, Step, Tier, Verb
from kubegenie_tui.genie.context.digest import open_plans
from kubegenie_tui.genie.context.kept import Kept
from kubegenie_tui.genie.proposing.keeping import is_keepable
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.session import TITLE_CHARACTERS, ChatSession, Sessions, title_of
from kubegenie_tui.genie.session_parts import Results
from kubegenie_tui.store.store import Store

FOCUS = Focus("prod-eu", "shop", "pods")


class Played:
    """Answers with what it was told to, and notes what it was asked."""

    def __init__(self, *events: ChatEvent) -> None:
        self.events: Sequence[ChatEvent] = events
        self.asked: list[tuple[str, Focus, Sequence[Message]]] = []
        self.closed = 0
        self.hold: asyncio.Event | None = None
        self.long: Sequence[str] = ()
        """Results of which a part is told."""
        self.kept = Kept()

    async def ask(
        self, text: str, focus: Focus, history: Sequence[Message], *, kept: Kept | None = None
    ) -> AsyncIterator[ChatEvent]:
        self.asked.append((text, focus, tuple(history)))
        self.kept = kept or Kept()
        for long in self.long:
            self.kept.cut(long)
        try:
            for event in self.events:
                yield event
            if self.hold is not None:
                await self.hold.wait()
        finally:
            self.closed += 1

    def keepable(self, plan: Plan) -> bool:
        return is_keepable(plan, Redactor())

    def heard(self, text: str) -> None:
        """Nothing is to be kept secret."""

    def masked(self, text: str) -> str:
        return Redactor().text(text)

    async def masked_long(self, text: str) -> str:
        return await Redactor().long_text(text)


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


ROLL_BACK = Plan("Roll back deployment shop/checkout", "prod-eu", ())
BROKEN = Symptom("missing-secret-key", ObjectRef("secrets", "checkout-db", "shop"), "checkout crashes")
DIAGNOSED = (
    ToolFinished("1", "diagnose", True, "1 problem", "checkout", 3.0, "diagnose", '{"namespace": "shop"}', (BROKEN,)),
    TextDelta("The key is missing."),
    PlanProposed(ROLL_BACK, Tier.DISRUPTIVE, "kubegenie do rollback deployment/checkout"),
    Finished("gpt-x", 70, 30),
)


async def test_a_turn_is_recorded_with_what_it_looked_up_proposed_and_took(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    clock = iter(range(100))
    session = ChatSession(Played(*DIAGNOSED), store.conversations, now=lambda: float(next(clock)))
    await ask(session, "why?")
    assert session.conversation is not None
    await session.note(Outcome(ROLL_BACK.title, False, "Left without a yes"), session.conversation)
    asked, looked, answered, ended = await store.conversations.messages(session.conversation.id)
    assert [asked, looked, answered, ended] == session.messages
    assert asked.record == Record(focus=FOCUS)
    call = LookUp("diagnose", '{"namespace": "shop"}', True, "1 problem", 3.0, (BROKEN,))
    assert looked.record == Record(look_up=call)
    proposed = Proposal(ROLL_BACK.title, "prod-eu", 2, "kubegenie do rollback deployment/checkout")
    assert answered.record == Record(proposals=(proposed,), usage=Usage("gpt-x", 70, 30, 3.0))
    assert ended.record == Record(outcome=Outcome(ROLL_BACK.title, False, "Left without a yes"))
    assert ended.text == f"Not made: {ROLL_BACK.title}. Left without a yes"
    assert session.symptoms_in("prod-eu") == (BROKEN,)
    assert session.symptoms_in("staging") == ()
    assert session.tokens == 100
    await store.close()


async def test_every_change_that_one_answer_proposes_is_recorded(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    plans = [Plan(title, "prod-eu", ()) for title in ("Cordon node node-2", "Scale deployment shop/checkout")]
    events: list[ChatEvent] = [TextDelta("One. "), PlanProposed(plans[0]), TextDelta("Two."), PlanProposed(plans[1])]
    session = ChatSession(Played(*events, Finished("built-in")), store.conversations)
    await ask(session, "both")
    assert session.conversation is not None
    answered = (await store.conversations.messages(session.conversation.id))[-1]
    assert answered.record is not None
    assert [each.title for each in answered.record.proposals] == [plan.title for plan in plans]
    assert open_plans(session.messages) == [plan.title for plan in plans]
    await session.note(Outcome(plans[0].title, True, "Done."), session.conversation)
    assert open_plans(session.messages) == [plans[1].title]
    await store.close()


def everything_in(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.iterdir())


async def test_no_credential_is_recorded_whatever_field_it_stands_in(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    events = (
        ToolFinished("1", token, True, token, token, 3.0, token, f'{{"a": "{token}"}}', (Symptom(token, BROKEN.root),)),
        PlanProposed(Plan(token, token, ()), None, f"kubegenie do env TOKEN={token}"),
        PlanProposed(Plan("Patch", "prod-eu", (Step(Verb.PATCH, BROKEN.root, {"data": {"a": token}}),))),
        PlanProposed(Plan("Label", "prod-eu", (Step(Verb.PATCH, BROKEN.root, {"metadata": {"labels": {token: ""}}}),))),
        ChoicesOffered(token, (BROKEN.root,)),
        Finished(token),
    )
    session = ChatSession(Played(*events), store.conversations)
    async for _ in session.ask(token, Focus("prod-eu", token, token, ObjectRef("pods", token), token)):
        pass
    await session.note(Outcome(token, True, token), session.conversation)
    await session.note(Aftermath(token, "well", (Note(Health.OK, token),), token), session.conversation)
    await store.close()
    assert token.encode() not in everything_in(tmp_path)
    assert all(message.record is not None for message in session.messages)


async def test_a_failed_and_a_stopped_turn_are_recorded_as_such(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    session = ChatSession(Played(TextDelta("So"), Failed("Gone")), store.conversations)
    await ask(session, "why?")
    async with closing(session.ask("why?", FOCUS)) as events:
        async for _ in events:
            break
    ends = [m.record.usage.ended for m in session.messages if m.record is not None and m.record.usage is not None]
    assert ends == ["failed", "stopped"]
    await store.close()


async def test_what_a_turn_took_is_recorded_however_it_ends(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    counted = (TokensCounted(70, 30, 0.5), TokensCounted(170, 40, 1.5))
    instead = (TextDelta("All well."), Finished("built-in"))
    endings: tuple[tuple[ChatEvent, ...], ...] = (
        (),
        (Failed("Gone"),),
        instead,
        (Finished("gpt-x", 170, 40, cost=1.5),),
    )
    for ending in endings:
        session = ChatSession(Played(*counted, *ending), store.conversations)
        await ask(session, "why?")
        assert session.conversation is not None
        kept = (await store.conversations.messages(session.conversation.id))[-1].record
        assert kept is not None
        assert kept.usage is not None
        assert (kept.usage.input_tokens, kept.usage.output_tokens, kept.usage.cost) == (170, 40, 1.5)
        assert kept.usage.ended == {(): "stopped", endings[1]: "failed"}.get(ending, "answered")
        assert (session.tokens, session.cost) == (210, 1.5)
    await store.close()


async def test_a_branch_goes_on_from_a_message_and_leaves_the_rest_behind(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    genie = Played(*ANSWER)
    session = ChatSession(genie, store.conversations)
    with pytest.raises(UsageError, match="no conversation"):
        await session.branch()
    await ask(session, "how many pods?")
    await ask(session, "and now?")
    before = session.conversation
    branched = await session.branch(session.messages[2])
    assert before is not None
    assert (branched.branched_from, branched.title, branched.messages) == (before.id, before.title, 3)
    await ask(session, "what if?")
    assert said(genie.asked[-1][2]) == TURN
    assert [each.messages for each in await store.conversations.recent()] == [6, 6]
    assert len(await store.conversations.messages(before.id)) == 6
    await store.close()


class Full:
    """A memory whose disk is full."""

    @property
    def results(self) -> Results:
        raise StoreError("The disk is full")

    async def create(self, title: str, cluster: str) -> Conversation:
        raise StoreError("The disk is full")

    async def append(self, conversation_id: int, message: Message) -> Message:
        raise StoreError("The disk is full")

    async def messages(self, conversation_id: int) -> list[Message]:
        return []

    async def opened(self, conversation_id: int) -> None:
        raise StoreError("The disk is full")

    async def branch(self, conversation_id: int, title: str, last: int | None = None) -> Conversation:
        raise StoreError("The disk is full")


async def test_a_full_disk_stops_no_answer() -> None:
    session = ChatSession(Played(*ANSWER), Full())
    assert await ask(session, "how many pods?") == list(ANSWER)
    assert str(session.not_kept) == "The disk is full"
    assert said(session.messages) == TURN


async def test_others_have_their_turn_while_a_long_result_is_masked() -> None:
    log = "GET /cart 200 in 12 ms, request 550e8400-e29b-41d4-a716-446655440000\n" * 20_000
    session = ChatSession(Played(ToolFinished("1", "logs web", True, "", log, 3.0)), Full())
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    await ask(session, "show me the logs")
    other.cancel()
    assert session.messages[1].text == log
    assert turns > 10


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
