"""Who answers in the chat: chosen by name, from a list, for one conversation."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.demo.model_script import Call, Fault, Script, Turn
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.screens.picker import PickerScreen
from tests.ui.on_demo import OnDemo, app_on_demo

SERVER: dict[str, Any] = {"models": ("scripted", "other"), "told": {"max_model_len": 8192}}


def busy_at_first() -> Script:
    """A model that calls the tool it is asked to call, and else answers."""
    faults = [Fault("status", 429, {"error": {"message": "busy"}}, {"Retry-After": "1"})]

    def say(heard: dict[str, Any]) -> Turn:
        if "`ready`" in str(heard["messages"]):
            return Turn(calls=(Call("ready", {"word": "yes"}),))
        return Turn(fault=faults.pop()) if faults else Turn("All well.", input_tokens=1000, output_tokens=100)

    return say


@pytest.fixture
async def on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OnDemo]:
    """Two models of one server, `small` with a price, and one of a server that is not there."""
    server = ModelServer(busy_at_first(), **SERVER)
    await server.start()
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(
        f'[models.small]\nbase_url = "{server.base_url}"\nname = "scripted"\ninput_price = 10\noutput_price = 100\n'
        '[models.gone]\nbase_url = "http://127.0.0.1:1/v1"\nname = "gone"\n'
    )
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop") as made:
        await made.until(lambda: made.names)
        yield made
    await server.stop()


async def test_the_list_says_what_each_is_and_takes_one_for_this_conversation(on: OnDemo) -> None:
    await on.command("model")
    await on.until(lambda: isinstance(on.app.screen, PickerScreen))
    for words in ("small  scripted  127.0.0.1:", "Nothing listens", "built-in", "small/other"):
        await on.until_shown(words)
    await on.pilot.press(*"small/other", "enter")
    await on.until(lambda: on.app.services.engine("prod-eu") == "other")
    assert on.app.services.engine("prod-us") == "scripted"


async def test_the_list_says_what_a_model_was_seen_to_do(on: OnDemo) -> None:
    await on.app.services.models.backend("small").examine()
    await on.command("model")
    await on.until_shown("8,192 tokens · one call at a time")


async def test_a_name_is_taken_at_once_and_a_wrong_one_is_said(on: OnDemo) -> None:
    await on.command("model gone")
    await on.until(lambda: on.app.services.engine("prod-eu") == "gone")
    await on.command("model huge")
    await on.until(lambda: any("small, gone, built-in" in note.message for note in on.app._notifications))
    await on.command("model built-in")
    await on.until(lambda: on.app.services.engine("prod-eu") == "built-in")


async def test_a_turn_says_who_answered_its_tokens_and_what_they_cost(on: OnDemo) -> None:
    """Those of the question on the side among them."""
    await on.command("ask who are you really?")
    await on.until_shown("waits 1 s: the server asks for patience")
    await on.until_shown("scripted · 1,100 + 120 tokens · $0.02")
    await on.until_shown("scripted · 1,220 tokens · $0.02")
