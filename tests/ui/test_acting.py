"""A cluster as another user, on the demo's clusters."""

from pathlib import Path

import pytest

from kubegenie_tui.widgets.chat_input import ChatInput
from kubegenie_tui.widgets.chat_talk import Talk
from tests.ui.on_demo import OnDemo, app_on_demo


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path / "home"))


async def asked(demo: OnDemo, text: str) -> None:
    await demo.command(f"ask {text}")


async def test_what_is_shown_is_shown_as_that_user_and_as_oneself_again(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="deploy") as demo:
        await demo.until(lambda: "checkout" in demo.names)
        await demo.command("as viewer")
        await demo.until_shown("prod-eu as viewer")
        await demo.until(lambda: "checkout" in demo.names)
        assert demo.explorer.kind
        assert demo.explorer.kind.plural == "deployments"
        await asked(demo, "who am i?")
        await demo.until_shown("viewers")
        await demo.command("as")
        await demo.until(lambda: "as viewer" not in demo.text())
        assert demo.explorer.agent.name == "prod-eu"


async def test_what_that_user_may_not_do_is_refused(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), context="prod-eu", namespace="shop", command="deploy") as demo:
        await demo.until(lambda: "checkout" in demo.names)
        await demo.command("as viewer")
        await demo.until_shown("prod-eu as viewer")
        await demo.until(lambda: "checkout" in demo.names)
        await asked(demo, "label deployment worker round=4")
        await demo.until(lambda: isinstance(demo.app.focused, ChatInput))
        await demo.until_shown("may not")
        assert demo.server is not None
        worker = demo.server.worlds["prod-eu"].cluster.get("deployments.apps", "worker", "shop")
        assert worker is not None
        assert "round" not in worker["metadata"].get("labels", {})


async def test_a_conversation_held_as_that_user_goes_on_as_them(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 60), context="prod-eu", namespace="shop", command="deploy") as demo:
        await demo.until(lambda: "checkout" in demo.names)
        await demo.command("as viewer")
        await demo.until_shown("prod-eu as viewer")
        await demo.until(lambda: "checkout" in demo.names)
        await asked(demo, "who am i?")
        await demo.until_shown("viewers")
        await demo.pilot.press("escape")
        await demo.command("as")
        await demo.until(lambda: "as viewer" not in demo.text())
        await asked(demo, "")
        await demo.until(lambda: isinstance(demo.app.focused, ChatInput))
        await demo.pilot.press("ctrl+r")
        await demo.until_shown("prod-eu as viewer")
        await demo.pilot.pause()
        await demo.pilot.press(*"who", "enter")
        await demo.until_shown("go on as viewer  :as viewer")
        await demo.pilot.press(str(max(demo.app.screen.query_one(Talk).numbers)))
        await demo.until(lambda: demo.explorer.agent.name == "prod-eu as viewer")
        await demo.until_shown("viewers")
        await demo.until(lambda: isinstance(demo.app.focused, ChatInput))
        assert "go on as" not in demo.text()


async def test_it_is_there_again_after_a_restart(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="deploy") as demo:
        await demo.until(lambda: "checkout" in demo.names)
        await demo.command("tab pods")
        await demo.until(lambda: "checkout-db-0" in demo.names)
        await demo.command("as viewer developers")
        await demo.until_shown("prod-eu as viewer (developers)")
        await demo.until(lambda: "checkout-db-0" in demo.names)
    async with app_on_demo(tmp_path) as demo:
        await demo.until_shown("prod-eu as viewer (developers)")
        await demo.until(lambda: "checkout-db-0" in demo.names)


async def test_from_the_command_line(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, user="viewer", context="prod-eu", namespace="shop", command="pods") as demo:
        await demo.until_shown("prod-eu as viewer")
        await demo.until(lambda: demo.names)
