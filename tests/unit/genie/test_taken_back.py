"""What a model says without having looked, which it could not: shown as it comes, taken back, and kept nowhere."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.demo.model_script import EXCUSE, Call, Fault, Turn
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.conversation import Finished, Noted, TextDelta, TokensCounted
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.genie.context.window import Window
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.loop import Loop
from kubegenie_tui.genie.session import ChatSession, Spoken
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from kubegenie_tui.store.store import Store
from tests.unit.genie.model_and_cluster import Agents, talk
from tests.unit.genie.proposing.conftest import Looking, changes, looking
from tests.unit.genie.proposing.test_by_model import shop
from tests.unit.genie.test_genie import PROD, clusters, staging_world
from tests.unit.genie.test_rungs import LOOK, asked, looks_then_proposes
from tests.unit.genie.test_session import ANSWER, TURN, Played, ask, said
from tests.unit.llm.resting import Resting
from tests.unit.llm.test_ladder import Notes

__all__ = ["changes", "clusters", "looking", "staging_world"]


async def test_what_a_model_says_that_ignores_tools_is_taken_back_and_all_tokens_are_counted(
    looking: Looking,
) -> None:
    ignored: dict[str, Any] = {"ignores": frozenset({"tools"})}
    async with talk(looks_then_proposes, shop(), backing={"notes": Notes()}, **ignored) as made:
        await asked(looking, made)
        texts = [event for event in made.events if isinstance(event, TextDelta)]
        [anew] = [place for place, event in enumerate(texts) if event.is_anew]
        assert "".join(event.text for event in texts[:anew]) == EXCUSE
        assert all(event.in_doubt for event in texts[:anew])
        assert not any(event.in_doubt for event in texts[anew:])
        [noted] = [event for event in made.events if isinstance(event, Noted)]
        assert noted.text == "asked again in another way: it was given a tool to call, and did not call it"
        assert EXCUSE not in str(made.sent())
        number = len(made.model.requests)
        assert made.events[-1] == Finished("scripted", number * 100, number * 20)


async def test_what_it_is_asked_on_the_side_teaches_nothing_of_the_window() -> None:
    def counting(heard: dict[str, Any]) -> Turn:
        size = len(str(heard["messages"])) + len(str(heard["tools"]))
        if "`ready`" in str(heard["messages"]):
            return Turn(calls=(Call("ready", {"word": "yes"}),), input_tokens=size // 5)
        return Turn("Hello.", input_tokens=size // 2)

    window = Window()
    async with talk(counting, backing={"notes": Notes()}) as made:
        events = [event async for event in Loop(made.backend, made.scope, window).run("hello?", ())]
        assert isinstance(events[-1], Finished)
        assert "`ready`" in str(made.sent())
        assert window.tokens_of(1_000) == pytest.approx(500, rel=0.1)


@pytest.mark.parametrize("hides", [False, True], ids=["as they are", "names hidden"])
async def test_of_a_model_that_then_fails_nothing_stands_and_the_built_in_engine_answers(
    clusters: Agents, hides: bool
) -> None:
    def failing(heard: dict[str, Any]) -> Turn:
        if "`ready`" in str(heard["messages"]):
            return Turn(calls=(Call("ready", {"word": "yes"}),))
        overloaded = Fault("status", 503, "overloaded")
        return Turn(calls=(LOOK,), fault=overloaded if "response_format" in heard else None)

    server = ModelServer(failing, ignores=frozenset({"tools"}))
    await server.start()
    given = ModelSettings(hide_names=hides)
    backend = OpenAIBackend(server.base_url, "", "scripted", settings=given, notes=Notes(), rest=Resting())
    try:
        events = [event async for event in Genie(clusters, lambda _: backend).ask("why is checkout failing?", PROD)]
    finally:
        await backend.close()
        await server.stop()
    texts = [event for event in events if isinstance(event, TextDelta)]
    [anew] = [place for place, event in enumerate(texts) if event.is_anew]
    assert "".join(event.text for event in texts[:anew]) == EXCUSE
    assert all(event.in_doubt for event in texts[:anew])
    spoken = Spoken()
    for event in events:
        spoken.take(event)
    assert EXCUSE not in spoken.text
    assert spoken.text.startswith("*The model server asks to wait · overloaded")
    assert 'Secret "checkout-db" has no key "url"' in spoken.text
    assert isinstance(events[-1], Finished)


async def test_what_is_taken_back_is_not_kept_and_its_tokens_are_counted(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    doubted = (TextDelta("I cannot ", in_doubt=True), TextDelta("look.", in_doubt=True), TokensCounted(100, 20))
    again = (TextDelta("", is_anew=True), Noted("asked again"), *ANSWER[:-1], Finished("gpt-x", 300, 60))
    session = ChatSession(Played(*doubted, *again), store.conversations)
    await ask(session, "how many pods?")
    assert said(session.messages) == TURN
    assert session.tokens == 360
    [kept] = await store.conversations.recent()
    assert said(await store.conversations.messages(kept.id)) == TURN
    await store.close()


def test_words_in_doubt_that_a_call_follows_stand_whatever_is_taken_back_later() -> None:
    spoken = Spoken()
    for event in (
        TextDelta("I look.", in_doubt=True),
        TextDelta("\n\n"),
        TextDelta("Never mind.", in_doubt=True),
        TextDelta("", is_anew=True),
        TextDelta("Two."),
    ):
        spoken.take(event)
    assert spoken.text.split() == ["I", "look.", "Two."]
