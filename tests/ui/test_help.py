from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.columns import ColumnsScreen
from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.help import HelpScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.widgets.text_view import TextView
from tests.ui.on_demo import OnDemo, app_on_demo
from tests.ui.stage import Stage, text_of, until


class Logs(Screen[None]):
    """A place with the keys of logs, and of the text in it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("logs")

    def compose(self) -> ComposeResult:
        yield TextView()
        yield Static()


def stage(keymap: dict[str, str]) -> Stage:
    app = Stage(screen=Logs())
    app.set_keymap(keymap)
    return app


def open_help(app: Stage, keymap: dict[str, str]) -> None:
    app.push_screen(HelpScreen(app.screen.active_bindings, keymap, {}))


@pytest.mark.parametrize("size", [(160, 45), (80, 45)])
async def test_the_keys_in_force_come_first_by_place(size: tuple[int, int]) -> None:
    app = stage({})
    async with app.run_test(size=size) as pilot:
        open_help(app, {})
        await until(pilot, lambda: "follow" in text_of(pilot))
        text = text_of(pilot)
        assert text.index("Logs") < text.index("Texts")
        assert "esc  q" in text
        assert "Explorer" not in text.split("when you are there")[0]


async def test_typing_finds_keys_also_of_other_places() -> None:
    app = stage({})
    async with app.run_test(size=(100, 45)) as pilot:
        open_help(app, {})
        await pilot.press(*"faults")
        await until(pilot, lambda: "Explorer, when you are there" in text_of(pilot))
        await until(pilot, lambda: "ctrl+z" in text_of(pilot))
        assert "Logs" not in text_of(pilot)
        await pilot.press(*"zzz")
        await until(pilot, lambda: "no key like that" in text_of(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Logs))


async def test_remapped_keys_are_shown_as_they_are() -> None:
    keymap = {"toggle-follow": "f9"}
    app = stage(keymap)
    async with app.run_test(size=(100, 45)) as pilot:
        open_help(app, keymap)
        await pilot.press(*"follow")
        await until(pilot, lambda: "f9" in text_of(pilot))
        assert "when you are there" not in text_of(pilot)


async def test_it_scrolls_while_the_line_has_the_keys() -> None:
    app = stage({})
    async with app.run_test(size=(80, 24)) as pilot:
        open_help(app, {})
        await until(pilot, lambda: "Logs" in text_of(pilot))
        await pilot.press("pagedown", "pagedown")
        await until(pilot, lambda: "Logs" not in text_of(pilot))


async def in_force(demo: OnDemo, *words: str) -> None:
    """The help tells of these first, and what is below has its keys again when it is left."""
    below = demo.app.screen
    await demo.pilot.press("f1")
    await demo.until(lambda: isinstance(demo.app.screen, HelpScreen) and "close" in demo.text())
    told = demo.text().split("when you are there")[0]
    assert all(word in told for word in words), told
    assert "Explorer" not in told
    await demo.pilot.press("f1")
    await demo.until(lambda: demo.app.screen is below)


async def test_what_floats_is_explained_too(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop", command="deployments") as demo:
        await demo.until(lambda: "checkout" in demo.names)
        await demo.pilot.press("full_stop")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await in_force(demo, "List to pick from")
        await demo.pilot.press("escape", "s")
        await demo.until(lambda: isinstance(demo.app.screen, FormScreen))
        await in_force(demo, "Form", "next field")
        await demo.pilot.press("5", "enter")
        await demo.until(lambda: isinstance(demo.app.screen, PlanScreen) and demo.app.screen.has_class("-deciding"))
        await in_force(demo, "Plan", "apply")
        await demo.pilot.press("question_mark")
        await demo.until(lambda: isinstance(demo.app.screen, HelpScreen))
        await demo.pilot.press("escape", "escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
        await demo.pilot.press("w")
        await demo.until(lambda: isinstance(demo.app.screen, ColumnsScreen))
        await in_force(demo, "Choosing columns")
        await demo.pilot.press("escape")
        await demo.command("edit")
        await demo.until(lambda: isinstance(demo.app.screen, EditorScreen))
        await in_force(demo, "Editor", "ctrl+s")
