"""An app to whose terminal only text gets, whatever a cluster, a model, a file or a paste holds.

Those who draw foreign text make it plain themselves; here is the last gate, also for what Textual draws on its own.
"""

import os
from codecs import getincrementaldecoder
from collections.abc import Sequence
from itertools import chain
from selectors import EVENT_READ, SelectSelector
from types import MappingProxyType
from typing import TypeVar

from rich.segment import Segment
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import Keymap
from textual.color import Color
from textual.constants import ESCAPE_DELAY
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import ANSIToTruecolor, LineFilter, Monochrome, NoColor
from textual.notifications import SeverityLevel

from kubegenie_tui.domain.text import plain, plain_lines

Result = TypeVar("Result")
_IDLE = 0.1
"""Seconds between two looks at whether the app has ended."""
_MOST_READ = 4_096
"""Bytes at once."""


class OnlyText(LineFilter):
    """Leaves out what a terminal would obey, reorder or hide."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, those that are not plain made so."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [Segment(plain(text), style) for text, style, _ in segments]


class TerminalDriver(LinuxDriver):
    """Textual's own, but for a terminal that closed, and for how long Esc takes."""

    def run_input_thread(self) -> None:
        """Read what is typed; an Esc counts as soon as the time for the rest of a sequence is over.

        Textual's own thread looks for that ten times a second, so that each Esc takes 100 ms whatever ESCDELAY says.
        """
        parser, decode = XTermParser(self._debug), getincrementaldecoder("utf-8")().decode
        wait = _IDLE
        with SelectSelector() as selector:
            selector.register(self.fileno, EVENT_READ)
            while not self.exit_event.is_set():
                data = os.read(self.fileno, _MOST_READ) if selector.select(wait) else None
                if data == b"":  # nobody types any more: the terminal closed
                    self.exit_event.wait(_IDLE)
                typed = decode(data) if data else ""
                wait = ESCAPE_DELAY if typed else _IDLE
                for event in chain(parser.feed(typed) if typed else (), parser.tick()):
                    self.process_message(event)

    def write(self, data: str) -> None:
        """Write, unless the thread that does it has met the closed terminal: nobody would empty its queue."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)


class PlainApp(App[Result]):
    """An app with the gate."""

    CSS = """
    OptionList { border: none; height: auto; background: $background; padding: 0; }
    OptionList:focus { background-tint: $background 0%; }
    OptionList > .option-list--option-highlighted, OptionList:focus > .option-list--option-highlighted {
        background: $cursor; color: $foreground; text-style: none;
    }
    OptionList:nocolor > .option-list--option-highlighted { text-style: underline; }
    """
    _gate = OnlyText()
    _colourless = NoColor()
    own_keys: Keymap = MappingProxyType({})
    """The person's own keys, by binding id."""

    def set_keymap(self, keymap: Keymap) -> None:
        """Take them, for bindings and for widgets that look out for a key by themselves."""
        self.own_keys = keymap
        super().set_keymap(keymap)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those of the terminal, then the gate; none of our themes mixes the terminal's own colours with others.

        The terminal's own colours have no shades of grey: Textual, which asks too early for the theme, blackens them.
        """
        ours = [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]
        if self.native_ansi_color:
            ours = [self._colourless if isinstance(each, Monochrome) else each for each in ours]
        return [*ours, self._gate]

    def get_driver_class(self) -> type[Driver]:
        """Ours where Textual would take its own for a terminal."""
        found = super().get_driver_class()
        return TerminalDriver if issubclass(TerminalDriver, found) else found

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something in a corner; it may quote a cluster, so it is never markup."""
        super().notify(plain_lines(message), title=title, severity=severity, timeout=timeout, markup=False)
