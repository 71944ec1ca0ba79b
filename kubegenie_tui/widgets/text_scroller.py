"""Moving over rows of text: by keys, by the wheel, by the thumb at the right edge."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.widget import Widget

from kubegenie_tui.keys import bindings
from kubegenie_tui.widgets.text_layout import TextLayout


class TextScroller(Widget, can_focus=True):
    """Knows which row is at the top; a subclass paints."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("text")
    EDGE: ClassVar[int] = 1
    """Columns at the right: the thumb, and what a subclass draws beside it."""

    def __init__(self, *, wrap: bool = False, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane")
        self.place = TextLayout()
        """Which line stands on which row."""
        self.place.wrap = wrap
        self.top = 0
        """The row at the top of the window."""
        self.left = 0
        """Cells scrolled sideways."""
        self._thumb_held = False

    @property
    def last_top(self) -> int:
        """The row at the top when the end is in view."""
        return max(0, self.place.rows - self.size.height)

    def scroll_to_row(self, row: int) -> None:
        """Put this row at the top, as far as there is text."""
        self.top = max(0, min(row, self.last_top))
        self.refresh()

    def action_scroll_rows(self, rows: int) -> None:
        """Scroll by rows."""
        self.scroll_to_row(self.top + rows)

    def action_scroll_pages(self, pages: int) -> None:
        """Scroll by windows; a row of the last one stays in view."""
        self.scroll_to_row(self.top + pages * max(1, self.size.height - 1))

    def action_scroll_far(self, end: int) -> None:
        """Go to the first row (0) or the last (1)."""
        self.left = 0
        self.scroll_to_row(self.last_top if end else 0)

    def action_scroll_sideways(self, cells: int) -> None:
        """Scroll to the left or the right."""
        if not self.place.wrap:
            beyond = max(0, self.place.widest - self.place.room)
            self.left = max(0, min(self.left + cells, beyond))
            self.refresh()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Three rows down."""
        event.stop()
        self.action_scroll_rows(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Three rows up."""
        event.stop()
        self.action_scroll_rows(-3)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the thumb."""
        if event.x >= self.size.width - self.EDGE:
            event.stop()
            self._thumb_held = True
            self.capture_mouse()
            self.on_mouse_move(event)

    def on_mouse_move(self, event: events.MouseEvent) -> None:
        """Follow the hand that holds the thumb."""
        if self._thumb_held:
            self.scroll_to_row(round(event.y / max(1, self.size.height - 1) * self.last_top))

    def on_mouse_up(self) -> None:
        """Let the thumb go."""
        if self._thumb_held:
            self._thumb_held = False
            self.release_mouse()

    def in_thumb(self, y: int) -> bool:
        """Whether the thumb covers this row of the window; it does not show when everything is in view."""
        height, last_top = self.size.height, self.last_top
        length = max(1, height * height // max(1, self.place.rows))
        start = round(self.top / last_top * (height - length)) if last_top else 0
        return last_top > 0 and start <= y < start + length
