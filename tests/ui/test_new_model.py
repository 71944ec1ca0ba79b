"""The first answer of a model that was just named: on the screen as it comes, and once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.demo.model_script import EXCUSE, Call, Fault, Turn
from kubegenie_tui.demo.model_server import ModelServer
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.ui.test_genie import ask, chat_words

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}
QUESTION = "is it a good idea to sing to the pods?"


@asynccontextmanager
async def app_with_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: Any, **options: Any
) -> AsyncIterator[tuple[OnDemo, ModelServer]]:
    server = ModelServer(script, **options)
    await server.start()
    monkeypatch.setenv("KUBEGENIE_MODEL_URL", server.base_url)
    try:
        async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
            yield demo, server
    finally:
        await server.stop()


async def test_its_words_are_shown_before_it_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    singing = Turn("Pods have no ears, and so", fault=Fault("silent", after=5))
    async with app_with_model(tmp_path, monkeypatch, lambda _: singing) as (demo, server):
        await ask(demo, QUESTION)
        await demo.until(lambda: "Pods have no ear" in chat_words(demo))
        assert len(server.requests) == 1
        await demo.pilot.press("escape")
        await demo.until_shown("○ stopped after")
        assert server.hung_up.is_set()


def looking(heard: dict[str, Any]) -> Turn:
    last = str(heard["messages"][-1]["content"])
    if "`ready`" in last:
        return Turn(calls=(Call("ready", {"word": "yes"}),))
    return Turn("No: there are 35.") if "35 pods" in last else Turn(calls=(Call("count", {"kind": "pods"}),))


async def test_what_it_says_without_having_looked_gives_way_to_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignored = frozenset({"tools"})
    async with app_with_model(tmp_path, monkeypatch, looking, ignores=ignored) as (demo, server):
        await ask(demo, QUESTION)
        await demo.until(lambda: "No: there are 35." in chat_words(demo) and "scripted ·" in demo.text())
        words, number = chat_words(demo), len(server.requests)
        assert EXCUSE not in words
        assert words.count("No: there are 35.") == 1
        assert "asked again in another way" in words
        assert f"{number * 100:,} + {number * 20:,} tokens" in words
        [talk] = await demo.app.services.store.conversations.recent()
        messages = await demo.app.services.store.conversations.messages(talk.id)
        assert [each.text for each in messages if each.role == "assistant"] == ["No: there are 35."]
