"""What was sent to the model, on screen, to the letter."""

from pathlib import Path
from typing import Any

from kubegenie_tui.demo.model_script import Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.llm.choosing import Models
from kubegenie_tui.screens.said import SaidScreen
from tests.ui.on_demo import OnDemo, app_on_demo

SHOP: dict[str, Any] = {"context": "prod-eu", "namespace": "shop"}


async def said_to(on: OnDemo, words: str) -> None:
    await on.until(lambda: any(words in note.message for note in on.app._notifications))


async def test_without_a_model_nothing_is_sent(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        await on.command("payload")
        await said_to(on, "Nothing is sent to a model")


async def test_the_last_request_is_shown_whole(tmp_path: Path) -> None:
    server = ModelServer(in_order(Turn("hi")))
    await server.start()
    given = ModelSettings(base_url=server.base_url, name="scripted")
    models = Models(given, environ={"OPENAI_API_KEY": "sk-test-key"})
    backend = models.backend("default")
    async with app_on_demo(tmp_path, **SHOP) as on:
        await on.until(lambda: on.names)
        object.__setattr__(on.app.services, "models", models)
        await on.command("payload")
        await said_to(on, "Nothing was sent to scripted yet")
        async for _ in backend.stream([{"role": "user", "content": "why?"}], []):
            pass
        await on.command("payload")
        await on.until(lambda: isinstance(on.app.screen, SaidScreen))
        for words in ("Sent to scripted, to the letter", '"content": "why?"'):
            await on.until_shown(words)
        assert "sk-test-key" not in on.text()
    await server.stop()
