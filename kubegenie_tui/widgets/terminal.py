"""A terminal in the app: shows what a program in a pod writes and sends it what is typed."""

import asyncio
import functools
import time
from collections.abc import Collection, Iterable
from typing import NamedTuple

from pyte.modes import LNM
from pyte.screens import Char
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from kubegenie_tui.widgets.key_taker import KeyTaker
from kubegenie_tui.widgets.terminal_keys import sequence_of
from kubegenie_tui.widgets.terminal_memory import Line, TerminalMemory

SLICE_SECONDS = 0.006
"""How long what came is worked on before a key press gets its turn."""
PIECE_BYTES = 1024
MOST_BEHIND = 1 << 18
"""Bytes that may wait to be shown."""
_HIDDEN_CURSOR = 25 << 5
_COLOURS = {"brown": "yellow", "brightbrown": "bright_yellow", "bfightmagenta": "bright_magenta"}


class Terminal(KeyTaker):
    """All keys go to the program, but those that leave or look back."""

    DEFAULT_CSS = """
    Terminal { width: 1fr; height: 1fr; background: $background; color: $foreground; }
    """

    class Typed(Message):
        """Something for the program."""

        def __init__(self, data: bytes) -> None:
            super().__init__()
            self.data = data

    class Resized(Message):
        """The terminal has another size."""

        def __init__(self, columns: int, lines: int) -> None:
            super().__init__()
            self.columns = columns
            self.lines = lines

    class Left(Message):
        """The person wants to go."""

    class Scrolled(Message):
        """Other lines are shown."""

    def __init__(
        self, *, leave: Collection[str], ended: Collection[str], back: Collection[str], on: Collection[str]
    ) -> None:
        """An empty terminal.

        Args:
            leave: keys that leave.
            ended: keys that leave too once the program has ended.
            back: keys that look at earlier lines.
            on: keys that look at later lines again.
        """
        super().__init__()
        self._leave, self._leave_ended, self._back, self._on = leave, ended, back, on
        self.memory = TerminalMemory(80, 24, lambda text: self._send(text))
        self.above = 0
        """How many lines above the newest ones are shown."""
        self.ended = False
        """Whether there is no program any more."""
        self.room = asyncio.Event()
        """Set while more may come; else the program has to wait."""
        self.room.set()
        self._waiting = bytearray()

    # From the program

    def take(self, data: bytes) -> None:
        """Show what came, as soon as there is time."""
        if not self._waiting:
            self.call_later(self._work)
        self._waiting += data
        if len(self._waiting) > MOST_BEHIND:
            self.room.clear()

    def break_lines(self) -> None:
        """Let a newline go to the beginning of the next line, for a program that knows of no terminal (LNM)."""
        self.memory.set_mode(LNM)

    def _work(self) -> None:
        until = time.perf_counter() + SLICE_SECONDS
        before, cursor = len(self.memory.above), self.memory.cursor.y
        while self._waiting and time.perf_counter() < until:
            piece = bytes(self._waiting[:PIECE_BYTES])
            del self._waiting[:PIECE_BYTES]
            self.memory.take(piece)
        if self.above:
            self.above = min(self.above + len(self.memory.above) - before, len(self.memory.above))
            self.refresh()
        else:
            self._refresh_lines(self.memory.dirty | {cursor, self.memory.cursor.y})
        self.memory.dirty.clear()
        if len(self._waiting) <= MOST_BEHIND:
            self.room.set()
        if self._waiting:
            self.call_later(self._work)

    def _refresh_lines(self, lines: Iterable[int]) -> None:
        width, height = self.size
        self.refresh(*(Region(0, y, width, 1) for y in lines if 0 <= y < height))

    # To the program

    def on_key(self, event: events.Key) -> None:
        """Send it, unless it is for us."""
        event.stop()
        event.prevent_default()
        if event.key in self._leave or (self.ended and event.key in self._leave_ended):
            self.post_message(self.Left())
        elif event.key in self._back or event.key in self._on:
            self.scroll_lines((self.size.height - 1) * (1 if event.key in self._back else -1))
        elif typed := sequence_of(event.key, event.character, application=self.memory.application_keys):
            self.scroll_lines(-self.above)
            self._send(typed)

    def on_paste(self, event: events.Paste) -> None:
        """Send what was pasted; a program that asked for it is told so. No paste can end that by itself."""
        event.stop()
        text = event.text.replace("\x1b", "").replace("\r\n", "\r").replace("\n", "\r")
        self._send(f"\x1b[200~{text}\x1b[201~" if self.memory.bracketed_paste else text)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look back."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look on."""
        event.stop()
        self.scroll_lines(-3)

    def scroll_lines(self, lines: int) -> None:
        """Look at lines further above."""
        above = max(0, min(self.above + lines, len(self.memory.above)))
        if above != self.above:
            self.above = above
            self.refresh()
            self.post_message(self.Scrolled())

    def _send(self, text: str) -> None:
        if not self.ended:
            self.post_message(self.Typed(text.encode("utf-8", "replace")))

    def on_resize(self, event: events.Resize) -> None:
        """Take the new size, and tell."""
        columns, lines = max(event.size.width, 1), max(event.size.height, 1)
        self.memory.resize(lines, columns)
        self.post_message(self.Resized(columns, lines))

    # Drawing

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All there is."""
        return container.width

    def render_line(self, y: int) -> Strip:
        """One line, of the screen or from above it."""
        memory = self.memory
        at = y - self.above
        line: Line = memory.buffer[at] if at >= 0 else memory.above[len(memory.above) + at]
        shows_cursor = self.has_focus and not self.ended and _HIDDEN_CURSOR in memory.mode
        cursor = memory.cursor.x if shows_cursor and at == memory.cursor.y else -1
        return Strip(_segments(line, self.size.width, cursor, memory.default_char), self.size.width).apply_style(
            self.rich_style
        )


class _Ink(NamedTuple):
    fg: str
    bg: str
    bold: bool
    italics: bool
    underscore: bool
    strikethrough: bool
    reverse: bool


def _segments(line: Line, width: int, cursor: int, empty: Char) -> list[Segment]:
    segments: list[Segment] = []
    text, ink = "", None
    for x in range(width):
        char = line.get(x, empty)
        own = _Ink(*char[1:7], reverse=char.reverse != (x == cursor))
        if own != ink and text:
            segments.append(Segment(text, _style(ink)))
            text = ""
        text, ink = text + char.data, own
    if text:
        segments.append(Segment(text, _style(ink)))
    return segments


@functools.lru_cache(maxsize=4096)
def _style(ink: _Ink | None) -> Style:
    assert ink is not None
    return Style(
        color=_colour(ink.fg),
        bgcolor=_colour(ink.bg),
        bold=ink.bold or None,
        italic=ink.italics or None,
        underline=ink.underscore or None,
        strike=ink.strikethrough or None,
        reverse=ink.reverse or None,
    )


def _colour(name: str) -> str | None:
    if name == "default":
        return None
    if len(name) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in name):
        return f"#{name}"
    return _COLOURS.get(name) or name.replace("bright", "bright_", 1)
