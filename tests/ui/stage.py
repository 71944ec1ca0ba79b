"""A bare app to put one widget or one screen on, with our theme and a record of what was posted."""

import time
from collections.abc import Callable

from textual.app import ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from kubegenie_tui.plain_app import PlainApp
from kubegenie_tui.theme import THEMES

PATIENCE = 20.0
"""Seconds after which something that is waited for will not come."""


class Stage(PlainApp[None]):
    """Shows the widgets, or the screen, it is given."""

    def __init__(self, *widgets: Widget, screen: Screen[None] | None = None, theme: str = "dark") -> None:
        super().__init__()
        for each in THEMES.values():
            self.register_theme(each)
        self.theme = THEMES[theme].name
        self._widgets = widgets
        self._screen_shown = screen
        self.posted: list[Message] = []
        self.clipboard_texts: list[str] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    async def on_mount(self) -> None:
        if self._screen_shown is not None:
            await self.push_screen(self._screen_shown)

    async def _on_message(self, message: Message) -> None:
        self.posted.append(message)
        await super()._on_message(message)

    def copy_to_clipboard(self, text: str) -> None:
        self.clipboard_texts.append(text)

    def heard(self, kind: type[Message]) -> list[Message]:
        """The messages of a kind that came up to the app."""
        return [message for message in self.posted if isinstance(message, kind)]


def lines_of(widget: Widget) -> list[str]:
    """What stands on the rows of a widget, without trailing blanks."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


async def until(pilot: Pilot[None], true: Callable[[], object]) -> None:
    """Let the app go on until something is true; fail when it does not become so in time."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"it never became true; the screen was\n{text_of(pilot)}"
        await pilot.pause(0.005)


def text_of(pilot: Pilot[None]) -> str:
    """The whole screen, without trailing blanks."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
