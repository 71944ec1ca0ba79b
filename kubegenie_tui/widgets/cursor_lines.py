"""Lines of which some can be stood on: a tree that is drawn as far as it is in view, by a subclass line by line."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from kubegenie_tui.keys import bindings

INKS = ("good", "accent", "warn", "bad", "muted", "title", "cursor", "cursor-away")
Parts = Sequence[tuple[str, str]]
"""Texts, each with its ink; none for plain text."""
FURTHEST = 120
"""Cells that lines can be shifted by."""


class CursorLines(Widget, can_focus=True):
    """Draws the lines in view, and keeps the cursor on what can be stood on."""

    DEFAULT_CSS = """
    CursorLines { height: 1fr; background: $background; color: $foreground; }
    CursorLines > .line--good { color: $success; }
    CursorLines > .line--accent { color: $accent; }
    CursorLines > .line--warn { color: $warning; }
    CursorLines > .line--bad { color: $error; }
    CursorLines > .line--muted { color: $muted; }
    CursorLines > .line--title { color: $accent; text-style: bold; }
    CursorLines > .line--cursor { background: $cursor; }
    CursorLines > .line--cursor-away { background: $panel; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"line--{ink}" for ink in INKS}
    BINDINGS: ClassVar[list[BindingType]] = bindings("table")

    class Opened(Message):
        """The person wants to go to what is under the cursor."""

    class Moved(Message):
        """The cursor stands on something else, or on the same with other words."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane")
        self.cursor = 0
        self._top = 0
        self._left = 0

    def count(self) -> int:
        """How many lines there are; for subclasses."""
        return 0

    def is_stop(self, at: int) -> bool:
        """Whether the cursor can stand on a line; for subclasses."""
        return True

    def line_parts(self, at: int, width: int) -> Parts:
        """A line in so much room; for subclasses."""
        return ()

    def stand(self, at: int) -> None:
        """Put the cursor on a line, or on the next that can be stood on."""
        self.cursor = at
        self.action_move(0)

    def action_move(self, rows: int) -> None:
        """Move by rows; what cannot be stood on is passed over."""
        step = -1 if rows < 0 else 1
        at = max(0, min(self.cursor + rows, self.count() - 1))
        for candidate in (*range(at, self.count() if step > 0 else -1, step), *range(at, -1, -1)):
            if 0 <= candidate < self.count() and self.is_stop(candidate):
                self.cursor = candidate
                break
        self._keep_in_view()
        self.refresh()
        self.post_message(self.Moved())

    def action_move_page(self, pages: int) -> None:
        """Move by windows."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_move_end(self, end: int) -> None:
        """Go to the first line (0) or the last (1)."""
        self.stand(self.count() - 1 if end else 0)

    def action_scroll_columns(self, cells: int) -> None:
        """Shift sideways, to read where a line is long."""
        self._left = max(0, min(self._left + cells, FURTHEST))
        self.refresh()

    def on_mouse_scroll_down(self) -> None:
        """Three rows down."""
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        """Three rows up."""
        self.action_move(-3)

    def on_click(self, event: events.Click) -> None:
        """Stand on the line; a double click opens."""
        at = self._top + event.y
        if at < self.count() and self.is_stop(at):
            self.stand(at)
            if event.chain == 2:
                self.post_message(self.Opened())

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._keep_in_view()
        self.refresh()

    def watch_has_focus(self, focused: bool) -> None:
        """The cursor's line tells whether keys come here."""
        super().watch_has_focus(focused)
        self.refresh()

    def _keep_in_view(self) -> None:
        height = self.size.height
        if height:
            before = 1 if self.cursor and not self.is_stop(self.cursor - 1) else 0
            self._top = max(0, min(self._top, self.cursor - before, max(0, self.count() - height)))
            self._top = max(self._top, self.cursor - height + 1)

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        at, width, base = self._top + y, self.size.width, self.rich_style
        if at >= self.count():
            return Strip.blank(width, base)
        if at == self.cursor:
            base += self._ink("cursor" if self.has_focus else "cursor-away")
        segments = [Segment(text, base + self._ink(ink)) for text, ink in self.line_parts(at, width)]
        whole = Strip(segments)
        return whole.crop(self._left, max(whole.cell_length, self._left)).adjust_cell_length(width, base)

    def _ink(self, name: str) -> Style:
        return self.get_component_rich_style(f"line--{name}", partial=True) if name else Style.null()
