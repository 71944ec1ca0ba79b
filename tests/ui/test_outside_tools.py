"""A model that wants to call a tool of somebody else's server: the person says yes or no in the chat."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.genie import outside
from kubegenie_tui.paths import settings_file, write_private
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.ui.test_genie import ask

SERVER = Path(__file__).parents[1] / "unit" / "mcp" / "outside_server.py"
PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}
CLOSE = Turn(calls=(Call("tickets_close", {"number": 7}),))


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first start of the server takes what it takes."""
    monkeypatch.setattr(outside, "PATIENCE_SECONDS", 60.0)


@asynccontextmanager
async def app_with_tickets(tmp_path: Path) -> AsyncIterator[tuple[OnDemo, ModelServer]]:
    """The app with a scripted model that closes a ticket, on a server that is asked about."""
    model = ModelServer(in_order(CLOSE, Turn("I see.")))
    await model.start()
    command = json.dumps([sys.executable, str(SERVER)])
    text = f'[model]\nbase_url = "{model.base_url}"\nname = "scripted"\n[mcp.tickets]\ncommand = {command}\n'
    write_private(settings_file(), text.encode())
    try:
        async with app_on_demo(tmp_path, (200, 60), **PODS) as demo:
            yield demo, model
    finally:
        await model.stop()


def answer_of(model: ModelServer) -> str:
    """The result in the last request that has one: what the model can do is asked without."""
    told = [[each for each in request.json["messages"] if each["role"] == "tool"] for request in model.requests]
    [result] = next(filter(None, reversed(told)))
    return str(result["content"])


async def test_with_a_yes_it_is_called(tmp_path: Path) -> None:
    async with app_with_tickets(tmp_path) as (demo, model):
        await ask(demo, "close the ticket")
        await demo.until_shown("2  call tickets_close, this once")
        await demo.until_shown('"number": 7')
        assert len(model.requests) == 1
        await demo.pilot.press("2")
        await demo.until_shown("I see.")
        assert "closed 7" in answer_of(model)


async def test_with_a_no_it_is_not(tmp_path: Path) -> None:
    async with app_with_tickets(tmp_path) as (demo, model):
        await ask(demo, "close the ticket")
        await demo.until_shown("2  call tickets_close, this once")
        await demo.pilot.press("1")
        await demo.until_shown("I see.")
        assert "the person does not want tickets_close to be called" in answer_of(model)


async def test_a_turn_that_is_stopped_asks_no_more(tmp_path: Path) -> None:
    async with app_with_tickets(tmp_path) as (demo, model):
        await ask(demo, "close the ticket")
        await demo.until_shown("2  call tickets_close, this once")
        await demo.pilot.press("escape")
        await demo.until_shown("stopped after")
        await demo.pilot.press("2")
        await demo.pilot.pause()
        assert len(model.requests) == 1
