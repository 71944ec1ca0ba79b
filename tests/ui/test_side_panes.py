"""The panes around the table on the demo's clusters: the genie beside it, the object below it."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.domain.health import Health
from kubegenie_tui.screens.chat import ChatScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.widgets.chat_input import ChatInput
from kubegenie_tui.widgets.chat_pane import ChatPane
from kubegenie_tui.widgets.detail_view import DetailView
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.resource_tree import ResourceTree
from kubegenie_tui.widgets.text_view import TextView
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path / "home"))


async def opened(demo: OnDemo, *, genie: bool = True) -> None:
    """Rows are there, and the genie beside them."""
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
    if genie:
        await demo.until_shown("1  what is wrong in shop?")


async def ask(demo: OnDemo, text: str) -> None:
    demo.app.screen.query_one(ChatInput).insert(text)
    await demo.pilot.press("enter")


async def test_space_asks_about_the_row_and_escape_leads_back_to_the_table(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        rows = demo.table.view.window(0, len(demo.table.view))
        failing = next(row.name for row in rows if row.name.startswith("checkout-") and row.health is Health.BAD)
        demo.table.select("shop", failing)
        await demo.pilot.press("space")
        await demo.until(lambda: isinstance(demo.app.focused, ChatInput))
        await demo.until_shown(f"ask about {failing}")
        await ask(demo, "why is this failing?")
        await demo.until_shown("built-in ·")
        await demo.until_shown("checkout-db")
        await demo.pilot.press("escape")
        assert isinstance(demo.app.focused, ResourceTable)


async def test_an_answer_with_rows_leads_the_explorer_there(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("ctrl+g")
        await ask(demo, "show deployments in payments")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "deployments")
        assert demo.explorer.pane.namespace == "payments"


async def test_logs_of_a_pod_are_opened_by_asking(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("ctrl+g")
        await ask(demo, "show me the logs of the newest checkout pod")
        await demo.until(lambda: isinstance(demo.app.screen, LogsScreen))
        await demo.until_shown("Logs checkout-")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))


async def test_the_conversation_goes_on_full_screen_and_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("ctrl+g")
        await ask(demo, "how many pods are not ready?")
        await demo.until_shown("built-in ·")
        await demo.pilot.press("ctrl+o")
        await demo.until(lambda: isinstance(demo.app.screen, ChatScreen))
        await demo.until_shown("› how many pods are not ready?")
        await ask(demo, "why is checkout failing?")
        await demo.until_shown("DATABASE_URL")
        await demo.until(lambda: not demo.app.screen.query_one(ChatPane).is_working)  # Esc would stop the answer
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.until_shown("✓ diagnose deployment checkout")


async def test_the_object_below_follows_the_cursor_once_it_rests(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        asked: list[str] = []
        get = demo.explorer.agent.get

        async def counted(kind: object, name: str, namespace: str = "") -> object:
            asked.append(name)
            return await get(kind, name, namespace)  # type: ignore[arg-type]  # passed through

        demo.explorer.agent.get = counted  # type: ignore[method-assign, assignment]  # counts what is fetched
        await demo.pilot.press("ctrl+t")
        await demo.until_shown(f"Pod shop/{demo.names[0]}")
        asked.clear()
        await demo.pilot.press(*["down"] * 10)
        tenth = demo.names[10]
        await demo.until_shown(f"Pod shop/{tenth}  ")
        await demo.until(lambda: asked and asked[-1] == tenth)
        assert len(asked) < 5
        await demo.pilot.press("ctrl+t")
        await demo.until(lambda: not demo.app.screen.query_one(DetailView).is_on_screen)
        assert isinstance(demo.app.focused, ResourceTable)
        await demo.pilot.press("down", "ctrl+t")
        await demo.until_shown(f"Pod shop/{demo.names[11]}")


async def test_tab_goes_round_the_panes_that_are_shown(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("ctrl+t")
        await demo.until_shown("Owner")
        round_trip = []
        for _ in range(4):
            await demo.pilot.press("tab")
            round_trip.append(type(demo.app.focused))
        assert issubclass(round_trip[0], TextView)
        assert round_trip[1:] == [ChatInput, ResourceTree, ResourceTable]
        await demo.pilot.press("tab", "y")
        await demo.until_shown("apiVersion: v1")
        await demo.pilot.press("escape")
        assert isinstance(demo.app.focused, ResourceTable)


async def test_at_80_columns_the_genie_takes_the_whole_width(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (80, 24), **PODS) as demo:
        await opened(demo, genie=False)
        await demo.pilot.press("ctrl+g")
        await demo.until_shown("what is wrong in shop?")
        assert demo.app.screen.query_one(ChatPane).size.width >= 78
        await demo.until(lambda: isinstance(demo.app.focused, ChatInput))
        await demo.pilot.press("ctrl+g")
        await demo.until(lambda: demo.names[0] in demo.text())
        assert isinstance(demo.app.focused, ResourceTable)


async def test_a_colon_where_no_question_was_begun_is_a_command_and_the_footer_names_no_key_that_is_text(
    tmp_path: Path,
) -> None:
    async with app_on_demo(tmp_path, (160, 45), **PODS) as demo:
        await opened(demo, genie=True)
        assert "/ filter" in demo.text().splitlines()[-1]
        await demo.pilot.press("tab")
        await demo.until(lambda: isinstance(demo.app.focused, ChatInput))
        await demo.until(lambda: "/ filter" not in demo.text().splitlines()[-1])
        await demo.pilot.press("w", "h", "y", ":")
        assert demo.app.screen.query_one(ChatInput).text == "why:"
        await demo.pilot.press(*["backspace"] * 4, ":", *"deploy", "enter")
        await demo.until_shown("Deployments  ")
        assert demo.app.screen.query_one(ChatInput).text == ""


async def test_panes_that_found_no_room_are_back_on_a_wide_terminal(tmp_path: Path) -> None:
    for size, shown in (((80, 24), False), ((160, 45), True)):
        async with app_on_demo(tmp_path, size=size, **PODS) as demo:
            await opened(demo, genie=shown)
            assert demo.explorer.has_class("-tree") is shown
            await demo.pilot.press("ctrl+k")
            await demo.settled()
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("ctrl+b", "ctrl+b")
        assert not demo.explorer.has_class("-tree")
        await demo.pilot.press("ctrl+k")
        await demo.settled()
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        assert not demo.explorer.has_class("-tree")


async def test_on_a_narrow_terminal_escape_leads_from_the_genie_back_to_the_rows(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, size=(80, 24), **PODS) as demo:
        await opened(demo, genie=False)
        await demo.pilot.press("space")
        await demo.until(lambda: isinstance(demo.app.focused, ChatInput))
        await demo.until(lambda: not demo.table.is_on_screen)
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.focused, ResourceTable))
        assert demo.table.is_on_screen
        await demo.until_shown(demo.names[0])


async def test_a_terminal_that_becomes_narrow_shows_the_rows_that_have_the_keys(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.resize_terminal(80, 24)
        await demo.pilot.pause()
        assert demo.table.is_on_screen
        assert not demo.app.screen.query_one(ChatPane).display
        await demo.pilot.press("ctrl+g")
        await demo.until(lambda: isinstance(demo.app.focused, ChatInput))
        await demo.until(lambda: not demo.table.is_on_screen)
