"""A field of a form where one of a few words is chosen with the arrows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings

GAP = 2


class ChoiceEntry(Widget, can_focus=True):
    """Shows all words in one line when there is room, else the chosen one and how many there are."""

    DEFAULT_CSS = """
    ChoiceEntry { height: 1; background: $background; }
    ChoiceEntry:focus { background: $cursor; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("choice")

    def __init__(self, options: Sequence[str], value: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._options = tuple(options)
        self._at = self._options.index(value) if value in self._options else 0

    @dataclass
    class Chosen(Message):
        """Another word was chosen."""

        value: str

    @property
    def value(self) -> str:
        """The chosen word."""
        return self._options[self._at]

    def action_choose(self, step: int) -> None:
        """Take the next word (1) or the one before (-1); after the last comes the first."""
        self._take((self._at + step) % len(self._options))

    def on_click(self, event: events.Click) -> None:
        """Take the word under the mouse; when only one is in view, the next."""
        if not self._fits:
            self.action_choose(1)
            return
        end = 0
        for at, option in enumerate(self._options):
            end += cell_len(plain(option)) + 2 + GAP
            if event.x < end:
                self._take(at)
                return

    def _take(self, at: int) -> None:
        self._at = at
        self.refresh()
        self.post_message(self.Chosen(self.value))

    @property
    def _fits(self) -> bool:
        return sum(cell_len(plain(option)) + 2 + GAP for option in self._options) <= self.size.width

    def render(self) -> Content:
        """The words, the chosen one with a full mark."""
        if not self._fits:
            count = f"  {self._at + 1} of {len(self._options)}"
            chosen = Content(f"‹ {plain(self.value)} ›").truncate(max(1, self.size.width - len(count)), ellipsis=True)
            return Content.assemble(chosen, (count, "$muted"))
        words = (
            Content.styled(f"● {plain(option)}", "bold") if at == self._at else Content(f"○ {plain(option)}")
            for at, option in enumerate(self._options)
        )
        return Content(" " * GAP).join(words)
