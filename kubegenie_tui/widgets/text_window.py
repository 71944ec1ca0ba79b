"""A window on rows of text: what is out of view costs nothing. Long lines wrap, or go on to the right."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kubegenie_tui.widgets.text_scroller import TextScroller


class TextWindow(TextScroller):
    """Rows by number; a subclass tells how a row looks."""

    DEFAULT_CSS = """
    TextWindow { height: 1fr; background: $background; color: $foreground; }
    TextWindow > .text--thumb { color: $muted; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"text--thumb"}

    def __init__(self, *, wrap: bool = False, id: str | None = None) -> None:
        super().__init__(wrap=wrap, id=id)
        self._styles: dict[str, Style] = {}
        self._base: Style | None = None

    def row_strip(self, line: int, part: int) -> Strip:
        """How a wrapped part of a line looks; for subclasses."""
        return Strip([])

    @property
    def prefix_width(self) -> int:
        """Cells at the left that `row_strip` needs beside the text; for subclasses."""
        return 0

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
        self._styles, self._base = {}, None

    def ink(self, name: str) -> Style:
        """The style of a component class `text--NAME`."""
        if not self._styles:
            names = (each.removeprefix("text--") for each in self._get_component_classes())
            self._styles = {each: self.get_component_rich_style(f"text--{each}", partial=True) for each in names}
        return self._styles[name]

    def render_line(self, y: int) -> Strip:
        """One row of the window."""
        base = self._base = self._base or self.rich_style
        row = self.top + y
        body = self.row_strip(*self.place.at(row)) if row < self.place.rows else Strip([])
        width = max(0, self.size.width - self.EDGE)
        return Strip.join([body.adjust_cell_length(width), Strip(self.edge(y), self.EDGE)]).apply_style(base)

    def edge(self, y: int) -> list[Segment]:
        """The last columns of a row: the thumb, when there is more than fits."""
        return [Segment("▐" if self.in_thumb(y) else " ", self.ink("thumb"))]
