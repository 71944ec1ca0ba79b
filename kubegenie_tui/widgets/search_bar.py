"""The line below a text where a search is typed and its matches are counted."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from kubegenie_tui.keys import bindings
from kubegenie_tui.widgets.line_input import LineInput


class SearchBar(Horizontal):
    """Hidden while nothing is looked for; stays with the count when Enter gave the keys back to the text."""

    DEFAULT_CSS = """
    SearchBar { height: 1; display: none; background: $panel; }
    SearchBar.-open { display: block; }
    SearchBar > #sign { width: 2; padding: 0 0 0 1; color: $accent; text-style: bold; }
    SearchBar > LineInput { width: 1fr; background: $panel; }
    SearchBar > #count { width: auto; padding: 0 1; color: $muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("search")

    class Typed(Message):
        """The query changed."""

        def __init__(self, query: str) -> None:
            super().__init__()
            self.query = query

    class Left(Message):
        """The person is done typing; the query may stand or be cleared."""

    class Stepped(Message):
        """The next match is wanted (1), or the one before (-1)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, hint: str = "find text; ~ before a regular expression") -> None:
        super().__init__()
        self._entry = LineInput(placeholder=hint, compact=True, select_on_focus=True)
        self._count = Static(id="count", markup=False)
        self._words = ""

    def compose(self) -> ComposeResult:
        """Sign, entry, count."""
        yield Static("/", id="sign", markup=False)
        yield self._entry
        yield self._count

    @property
    def is_open(self) -> bool:
        """Whether something is looked for, or about to be."""
        return self.has_class("-open")

    def open(self) -> None:
        """Let the person type."""
        self.add_class("-open")
        self._entry.focus()

    def look_for(self, query: str) -> None:
        """Look for this; the keys stay where they are."""
        self.add_class("-open")
        self._entry.value = query

    def close(self) -> None:
        """Look for nothing any more."""
        self.remove_class("-open")
        self._entry.value = ""

    def tell(self, words: str, *, wrong: bool = False) -> None:
        """Say how many there are, or what is wrong with the query."""
        content = Content.styled(words, "$error") if wrong else Content(words)
        wider = len(words) != len(self._words)
        self._words = words
        self._count.update(content, layout=wider)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not event.value:
            self.close()
        self.post_message(self.Left())

    def action_cancel(self) -> None:
        """Look for nothing, and give the keys back."""
        self.close()
        self.post_message(self.Typed(""))
        self.post_message(self.Left())

    def action_step(self, step: int) -> None:
        """Another match without leaving the line."""
        self.post_message(self.Stepped(step))
