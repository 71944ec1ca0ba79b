"""A window on rows of text: what is out of view costs nothing. Scrolling by keys, wheel and thumb; wrapping."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.strip import Strip
from textual.widget import Widget

from kubegenie_tui.keys import bindings
from kubegenie_tui.widgets.text_layout import TextLayout


class TextWindow(Widget, can_focus=True):
    """Rows by number; a subclass tells how a row looks."""

    DEFAULT_CSS = """
    TextWindow { height: 1fr; background: $background; color: $foreground; }
    TextWindow > .text--thumb { color: $muted; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"text--thumb"}
    BINDINGS: ClassVar[list[BindingType]] = bindings("text")
    EDGE: ClassVar[int] = 1
    """Columns at the right: the thumb, and what a subclass draws beside it."""

    def __init__(self, *, wrap: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.place = TextLayout()
        """Which line stands on which row."""
        self.place.wrap = wrap
        self.top = 0
        """The row at the top of the window."""
        self.left = 0
        """Cells scrolled sideways."""
        self._styles: dict[str, Style] = {}
        self._thumb_held = False

    def row_strip(self, line: int, part: int) -> Strip:
        """How a wrapped part of a line looks; for subclasses."""
        return Strip([])

    @property
    def prefix_width(self) -> int:
        """Cells at the left that `row_strip` needs beside the text; for subclasses."""
        return 0

    # Scrolling

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

    # Fitting

    def set_wrap(self, wrap: bool) -> None:
        """Let long lines go on in the next row, or scroll sideways; the line at the top stays there."""
        self.place.wrap, self.left = wrap, 0
        self._arrange()

    def on_resize(self) -> None:
        """Fit the text into the new window."""
        self.fit()

    def fit(self) -> None:
        """Bring the rows up to date after the room for text changed; the line at the top stays there."""
        room = max(1, self.size.width - self.prefix_width - self.EDGE)
        if room != self.place.room and self.place.wrap:
            self._arrange(room)
        else:
            self.place.room = room
            self.scroll_to_row(self.top)

    def _arrange(self, room: int = 0) -> None:
        line = self.place.at(min(self.top, self.place.rows - 1))[0] if self.place.rows else 0
        self.place.room = room or self.place.room
        self.place.arrange()
        self.scroll_to_row(self.place.row_of(line))

    # Painting

    def notify_style_update(self) -> None:
        """Take the inks of another theme at the next paint."""
        super().notify_style_update()
        self._styles = {}

    def ink(self, name: str) -> Style:
        """The style of a component class `text--NAME`."""
        if not self._styles:
            names = (each.removeprefix("text--") for each in self._get_component_classes())
            self._styles = {each: self.get_component_rich_style(f"text--{each}", partial=True) for each in names}
        return self._styles[name]

    def render_line(self, y: int) -> Strip:
        """One row of the window."""
        base, row = self.rich_style, self.top + y
        body = self.row_strip(*self.place.at(row)) if row < self.place.rows else Strip([])
        width = max(0, self.size.width - self.EDGE)
        return Strip.join([body.adjust_cell_length(width), Strip(self.edge(y), self.EDGE)]).apply_style(base)

    def edge(self, y: int) -> list[Segment]:
        """The last columns of a row: the thumb, when there is more than fits."""
        return [Segment("▐" if self.in_thumb(y) else " ", self.ink("thumb"))]

    def in_thumb(self, y: int) -> bool:
        """Whether the thumb covers this row of the window; it does not show when everything is in view."""
        height, last_top = self.size.height, self.last_top
        length = max(1, height * height // max(1, self.place.rows))
        start = round(self.top / last_top * (height - length)) if last_top else 0
        return last_top > 0 and start <= y < start + length
