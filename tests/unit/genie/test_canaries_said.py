"""Secrets in what a command writes, in what an answer offers, and in what became of a change: they stay nowhere."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.pod_command import Written
from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.chat_export import exported
from kubegenie_tui.domain.conversation import (
    Aftermath,
    ChatEvent,
    Finished,
    Focus,
    Link,
    LinksOffered,
    Message,
    NextOffered,
    Outcome,
    PlanProposed,
    ShowRequested,
    TextDelta,
    ToolFinished,
)
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Plan
from kubegenie_tui.genie.context.kept import Kept
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.leave import AskedCall, Asker, asker
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import agent_of, serving
from tests.unit.genie.canaries import CANARIES, check, check_files, encoded, planted
from tests.unit.genie.model_and_cluster import FOCUS, Agents


@pytest.fixture
async def agent() -> AsyncIterator[ClusterAgent]:
    async with serving(planted()) as server, agent_of(server, "prod") as made:
        yield made


WROTE = "\n".join(
    [
        f"API_TOKEN={CANARIES['what a command wrote']}",
        f"DB_PASSWORD={CANARIES['a variable']}",
        CANARIES["a Secret"],
        f"  {CANARIES['a later line of a Secret']}",
        f"Authorization: Bearer {CANARIES['a header in a log']}",
        f"pulling with {CANARIES['a password of a registry']}",
        f"{encoded(CANARIES['a Secret read elsewhere'])}",
    ]
)
"""Of `env; cat /secrets/*`: the Secrets of the pod, which nobody has read before."""


async def test_no_canary_of_what_a_command_writes_leaves_or_stays(
    agent: ClusterAgent, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    asked: list[AskedCall] = []

    async def let(call: AskedCall) -> bool:
        asked.append(call)
        return True

    async def execute(*_: object) -> Written:
        return Written(WROTE, 0)

    command = ["sh", "-c", f"psql postgres://app:{CANARIES['a command']}@db/x; env; cat /secrets/*"]
    run = Call("exec", {"pod": "web", "command": command, "why": f"is password={CANARIES['a command']} right?"})
    model = ModelServer(in_order(Turn(calls=(run,)), Turn("It is."), Turn("It is still.")))
    await model.start()
    backend = OpenAIBackend(model.base_url, CANARIES["the key of the model"], "scripted", read_timeout=5)
    store = await Store.open(tmp_path / "kubegenie.db")
    token = asker.set(Asker(let))
    try:
        genie = Genie(Agents({"prod": agent}), lambda _: backend, execute=execute)
        session = ChatSession(genie, store.conversations)
        events = [event for text in ("which?", "still?") async for event in session.ask(text, FOCUS)]
    finally:
        asker.reset(token)
        await backend.close()
        await model.stop()
        await store.close()
    [result] = [event for event in events if isinstance(event, ToolFinished)]
    assert result.ok
    assert "API_TOKEN=[redacted-" in result.result
    assert len(asked) == 1
    check(str(result), "the result of a command")
    assert len(model.requests) == 3
    check(model.outbound.decode(), "what the model was sent")
    check(caplog.text, "a log")
    check_files(tmp_path)


class Telling(Genie):
    """Offers what holds canaries when it is asked to, and else answers."""

    async def ask(
        self,
        text: str,
        focus: Focus,
        history: Sequence[Message] = (),
        beside: str = "",
        kept: Kept | None = None,
    ) -> AsyncIterator[ChatEvent]:
        if text == "offer":
            words = f"log of pod shop/web  password={CANARIES['a place']}"
            filter_text = f"token={CANARIES['a place']}"
            yield TextDelta(f"It says {CANARIES['a token of a known form']}.")
            yield LinksOffered((Link(words, ShowRequested("pods", "shop", filter_text, "web", "logs")),))
            yield NextOffered((f"search logs of web for password={CANARIES['a next step']}",))
            yield PlanProposed(Plan("Restart web", "prod", (), expect=f"no password={CANARIES['an aftermath']}"))
            yield Finished("scripted", 1, 1)
            return
        async for event in super().ask(text, focus, history, beside, kept):
            yield event


async def test_no_canary_stays_of_what_an_answer_offers_and_of_what_became_of_a_change(
    agent: ClusterAgent, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    said = f"password={CANARIES['an aftermath']}"
    web = ObjectRef("pods", "web", "shop")
    link = Link(f"log of pod shop/web  {said}", ShowRequested("pods", "shop", said, "web", "logs", "prod"))
    seen = Aftermath("Restart web", "unwell", (Note(Health.WARN, f"still: web crashes: {said}"),), said, 8.0, (link,))
    model = ModelServer(in_order(Turn("It did not help.")))
    await model.start()
    backend = OpenAIBackend(model.base_url, CANARIES["the key of the model"], "scripted", read_timeout=5)
    store = await Store.open(tmp_path / "kubegenie.db")
    try:
        session = ChatSession(Telling(Agents({"prod": agent}), lambda _: backend), store.conversations)
        assert [event async for event in session.ask("offer", FOCUS)]
        await session.note(Outcome("Restart web", False, f"refused: {said}", "prod"), session.conversation)
        await session.note(seen, session.conversation)
        assert [event async for event in session.ask("did it help?", FOCUS)]
        talk = session.conversation
        assert talk is not None
        messages = await store.conversations.messages(talk.id)
    finally:
        await backend.close()
        await model.stop()
        await store.close()
    [kept] = [each.record.aftermath for each in messages if each.record and each.record.aftermath]
    assert "[redacted-" in kept.notes[0].text
    [offered] = [each.record for each in messages if each.record and each.record.links]
    assert (len(offered.next_steps), len(offered.proposals), web.name in offered.links[0].words) == (1, 1, True)
    assert "did it help?" in model.outbound.decode()
    check(model.outbound.decode(), "what the model was sent")
    check(str(messages), "what is kept")
    check(exported(talk, messages, "markdown") + exported(talk, messages, "json"), "an export")
    check(caplog.text, "a log")
    check_files(tmp_path)
