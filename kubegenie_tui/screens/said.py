"""A text to be read, searched by eye, and copied: what a plugin answers, or why something could not be done."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.plan_notes import refusal_notes
from kubegenie_tui.widgets.text_view import TextView


class SaidScreen(FloatingScreen[None]):
    """Lines in a box."""

    CSS_PATH = "said.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("said")

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        """A text to read.

        Args:
            title: what it is about.
            lines: safe text (`domain.text.plain`).
        """
        super().__init__()
        self._title = title
        self._lines = list(lines)

    def compose(self) -> ComposeResult:
        """The text, its title on the edge."""
        with Vertical(id="said") as box:
            box.border_title = Content(plain(self._title))
            yield TextView()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Let it be read."""
        view = self.query_one(TextView)
        view.set_lines(self._lines)
        view.focus()

    def action_copy_text(self) -> None:
        """Put all of it on the clipboard."""
        self.app.copy_to_clipboard("\n".join(self._lines))
        self.notify(f"Copied {len(self._lines)} lines", markup=False)

    def action_toggle_wrap(self) -> None:
        """Break long lines, or not."""
        view = self.query_one(TextView)
        view.set_wrap(not view.place.wrap)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


class FailureScreen(SaidScreen):
    """What could not be done, why, and what to do next: there until it is closed, however long that took."""

    def __init__(self, title: str, error: KubeGenieError) -> None:
        """A failure to read.

        Args:
            title: what was wanted.
            error: why it was not done.
        """
        super().__init__(title, [f"{note.health.glyph} {plain(note.text)}" for note in refusal_notes(error)])

    def on_mount(self) -> None:
        """Show long sentences whole."""
        self.query_one(TextView).set_wrap(True)
