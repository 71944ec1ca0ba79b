"""Which columns a table has, and in which order: all of them in a list, those that are shown marked and on top."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.key_footer import KeyFooter


class ColumnsScreen(FloatingScreen[tuple[str, ...] | None]):
    """Gives back the titles that were chosen, none for those of the kind, None when it was left."""

    CSS_PATH = "columns.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("columns")

    def __init__(self, title: str, titles: Sequence[str], shown: Sequence[str]) -> None:
        """A list that waits.

        Args:
            title: words on the border.
            titles: every column there is.
            shown: those that are shown now, in order.
        """
        super().__init__()
        self._title = title
        self._order = [*shown, *(each for each in titles if each not in shown)]
        self._shown = set(shown)
        self._options = OptionList(markup=False, compact=True)

    def compose(self) -> ComposeResult:
        """The list and its keys."""
        with Vertical() as box:
            box.border_title = Content(plain(self._title))
            yield self._options
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin on top."""
        self._fill(0)
        self._options.focus()

    def _fill(self, at: int) -> None:
        self._options.clear_options()
        self._options.add_options([Option(self._line(title)) for title in self._order])
        self._options.highlighted = at

    def _line(self, title: str) -> Content:
        if title in self._shown:
            return Content.assemble(("✓ ", "$success"), plain(title))
        return Content.styled(f"  {plain(title)}", "$muted")

    def action_toggle_column(self) -> None:
        """Show the column, or hide it."""
        at = self._options.highlighted
        if at is not None:
            self._shown ^= {self._order[at]}
            self._fill(at)

    def action_move_column(self, step: int) -> None:
        """Change places with the neighbour."""
        at = self._options.highlighted
        if at is not None and 0 <= at + step < len(self._order):
            self._order[at], self._order[at + step] = self._order[at + step], self._order[at]
            self._fill(at + step)

    def action_take_columns(self) -> None:
        """Show these from now on; without any, those of the kind."""
        self._give(tuple(title for title in self._order if title in self._shown))

    def action_reset_columns(self) -> None:
        """Show those of the kind."""
        self._give(())

    def action_leave(self) -> None:
        """Change nothing."""
        self._give(None)

    def _give(self, columns: tuple[str, ...] | None) -> None:
        if self.is_current:
            self.dismiss(columns)
