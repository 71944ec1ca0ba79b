"""A small list that floats above a screen: type to narrow it, Enter takes, Esc leaves."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.hanging import Hanging
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.line_input import LineInput


class Choice(NamedTuple):
    """One thing to pick."""

    id: str
    content: Content
    """How it is shown; its plain text is what typing looks through."""
    indent: int = 0
    """Cells of its first column, below which nothing goes on that does not fit a line."""


NAME_ROOM = 34
"""Cells of the longest name that words are lined up behind."""


class Named(NamedTuple):
    """Something that is picked by its name."""

    id: str
    name: str
    words: str = ""
    """What else is said of it, muted."""


def named_choices(found: Sequence[Named]) -> list[Choice]:
    """Choices with their words in one column behind the names."""
    widths = [cell_len(each.name) for each in found if each.words]
    room = max((width for width in widths if width <= NAME_ROOM), default=0)
    return [Choice(each.id, _named(each, room), _indent(each, room)) for each in found]


def _indent(each: Named, room: int) -> int:
    """Words go on below words, unless the name is longer than most."""
    return room + 2 if each.words and cell_len(each.name) <= room else 0


def _named(each: Named, room: int) -> Content:
    blanks = " " * max(0, room - cell_len(each.name))
    return Content.assemble(each.name, (f"{blanks}  {each.words}" if each.words else "", "$muted"))


class PickerScreen(FloatingScreen[str | None]):
    """Gives back the id of what was picked, None for nothing."""

    DEFAULT_CSS = """
    PickerScreen { align: center middle; background: $background 40%; }
    PickerScreen > Vertical {
        width: 80%; max-width: 90; height: auto; max-height: 80%;
        border: round $accent; border-title-color: $accent; background: $background; padding: 0 1;
    }
    PickerScreen LineInput { margin-bottom: 1; }
    PickerScreen OptionList { max-height: 20; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("picker")
    LEAVE: ClassVar[str] = "close"
    """What Escape does, in a word."""

    def __init__(
        self, title: str, choices: Sequence[Choice], *, current: str = "", nothing: str = "", typed: str = ""
    ) -> None:
        """A list that waits.

        Args:
            title: words on the border.
            choices: what can be picked, the best first.
            current: id of the one to begin on.
            nothing: what to say when there is nothing to pick.
            typed: what to narrow it by at first.
        """
        super().__init__()
        self._title = title
        self._choices = choices
        self._current = current
        self._nothing = nothing
        self._typed = typed
        self._shown: Sequence[Choice] = choices
        self._entry = LineInput(typed, placeholder="type to narrow", compact=True, select_on_focus=False)
        self._options = OptionList(markup=False, compact=True)

    def compose(self) -> ComposeResult:
        """A line to type in above the list, the keys below."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield self._entry
            yield self._options
        yield KeyFooter({"close-picker": self.LEAVE})

    def on_mount(self) -> None:
        """Show all there is."""
        self._fill(self._typed)
        self._entry.focus()

    def offer(self, choices: Sequence[Choice]) -> None:
        """Let these be picked from now on; what is typed stays, and where the person moved to."""
        at = self._options.highlighted
        held = self._shown[at].id if at and at < len(self._shown) else ""
        self._choices = choices
        self._fill(self._entry.value)
        ids = [each.id for each in self._shown]
        if held in ids:
            self._options.highlighted = ids.index(held)

    def _fill(self, text: str) -> None:
        words = text.lower().split()
        ranked = [
            (rank, each) for each in self._choices if (rank := _far(words, each.content.plain.lower())) is not None
        ]
        shown = self._shown = [each for _, each in sorted(ranked, key=lambda pair: pair[0])]
        self._options.clear_options()
        self._options.add_options(
            [Option(Hanging((each.content, each.indent)) if each.indent else each.content) for each in shown]
        )
        if not shown:
            nothing = Content.styled((not self._choices and self._nothing) or "nothing like that", "$muted")
            self._options.add_option(Option(nothing, disabled=True))
            return
        ids = [each.id for each in shown]
        self._options.highlighted = ids.index(self._current) if self._current in ids else 0

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    def action_take(self) -> None:
        """Pick the one that is stood on."""
        if self._shown and self._options.highlighted is not None:
            self._give(self._shown[self._options.highlighted].id)

    @on(OptionList.OptionSelected)
    def _take_clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._give(self._shown[event.option_index].id)

    def _give(self, choice: str | None) -> None:
        if self.is_current:
            self.dismiss(choice)

    def action_move(self, step: int) -> None:
        """Another choice, without leaving the line."""
        if step > 0:
            self._options.action_cursor_down()
        else:
            self._options.action_cursor_up()

    def action_leave(self) -> None:
        """Pick nothing."""
        self._give(None)


def _far(words: Sequence[str], text: str) -> int | None:
    """How far a text is from what was typed, None when a word of that is missing."""
    if not all(word in text for word in words):
        return None
    found = text.split()
    return sum(_distance(word, text, found) for word in words)


def _distance(word: str, text: str, found: Sequence[str]) -> int:
    """A whole word is nearest, then the beginning of the text, then that of a word, then anything else."""
    near = (word in found, text.startswith(word), any(each.startswith(word) for each in found), True)
    return near.index(True)
