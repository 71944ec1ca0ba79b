from typing import ClassVar

import pytest
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.help import HelpScreen
from kubegenie_tui.widgets.text_view import TextView
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
    app.push_screen(HelpScreen(app.screen.active_bindings, keymap))


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
        assert "ctrl+z" in text_of(pilot)
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
