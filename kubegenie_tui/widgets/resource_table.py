"""The virtual table: it knows all rows and draws only the lines in view, so that 50,000 rows cost what 50 do."""

import time
from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.strip import Strip

from kubegenie_tui.domain.row import Measure
from kubegenie_tui.domain.table_layout import NOTHING, format_cell
from kubegenie_tui.keys import bindings
from kubegenie_tui.widgets.row_painter import GUTTER, INKS, line
from kubegenie_tui.widgets.table_rows import TableRows

NUMBERS = (Measure.COUNT, Measure.CPU, Measure.BYTES, Measure.RATIO, Measure.NUMBER)


class ResourceTable(TableRows):
    """Draws rows, moves through them by key and mouse, and sorts by a click on a title."""

    DEFAULT_CSS = """
    ResourceTable { height: 1fr; background: $background; color: $foreground; }
    ResourceTable > .table--header { color: $muted; text-style: bold; }
    ResourceTable > .table--sorted { color: $accent; text-style: bold; }
    ResourceTable > .table--muted { color: $muted; }
    ResourceTable > .table--good { color: $success; }
    ResourceTable > .table--accent { color: $accent; }
    ResourceTable > .table--warn { color: $warning; }
    ResourceTable > .table--bad { color: $error; }
    ResourceTable > .table--mark { color: $mark; text-style: bold; }
    ResourceTable > .table--cursor { background: $cursor; }
    ResourceTable > .table--cursor-away { background: $panel; }
    ResourceTable > .table--changed { text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"table--{ink}" for ink in INKS}
    BINDINGS: ClassVar[list[BindingType]] = bindings("table")

    def sort(self, title: str, descending: bool | None = None, *, further: bool = False) -> None:
        """Sort by a column, numbers from the greatest; by the same column again the other way round.

        Args:
            title: of the column.
            descending: the greatest first; None for the way that fits.
            further: only among rows that are alike in the columns sorted by until now.
        """
        before = dict(self.view.orders)
        if descending is None:
            known = {column.title: column for column, _ in self.view.titled_columns()}
            fits = title in known and known[title].measure in NUMBERS
            descending = not before[title] if title in before and (further or self.view.sort_by == title) else fits
        self.order({**before, title: descending} if further else {title: descending} if title else {})

    def order(self, orders: Mapping[str, bool]) -> None:
        """Sort by these columns, the first first: each title with whether the greatest comes first."""
        self.view.set_orders(tuple(orders.items()))
        self._arrange()

    def shown_titles(self) -> tuple[str, ...]:
        """Titles of the columns that have room now, in order."""
        return tuple(placed.column.title for placed in self._painter.placed)

    def cut(self, title: str) -> str:
        """What stands under that title in the row under the cursor, where it cannot be read whole; else nothing."""
        if (row := self.current) is None:
            return ""
        [(column, read)] = [each for each in self.view.titled_columns() if each[0].title == title]
        text = format_cell(column, read(row), time.time())
        width = next((placed.width for placed in self._painter.placed if placed.column.title == title), 0)
        return text if text != NOTHING and cell_len(text) > width else ""

    def move_to(self, index: int) -> None:
        """Put the cursor on a line; beyond an end means that end."""
        cursor, top = self.viewport.cursor, self.viewport.top
        self.viewport.move_to(self.view, index)
        self._shown = self.viewport.rows(self.view)
        if self.viewport.top != top:
            self.refresh()
        else:
            self._refresh_line(cursor - top)
            self._refresh_line(self.viewport.cursor - top)
        self._tell()

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.move_to(self.viewport.cursor + rows)

    def action_move_page(self, pages: int) -> None:
        """Move cursor and view by pages."""
        self.viewport.top += pages * self.viewport.page
        self.move_to(self.viewport.cursor + pages * self.viewport.page)
        self.refresh()

    def action_move_end(self, end: int) -> None:
        """Go to the first row (0) or the last (1)."""
        self.move_to(len(self.view) - 1 if end else 0)

    def action_scroll_columns(self, cells: int) -> None:
        """Shift the columns sideways."""
        beyond = max(0, self._painter.width - self.size.width)
        self._left = max(0, min(self._left + cells, beyond))
        self.refresh()

    def on_mouse_scroll_down(self) -> None:
        """Three rows down."""
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        """Three rows up."""
        self.action_move(-3)

    def on_click(self, event: events.Click) -> None:
        """Stand on the row; sort by the column; a double click opens."""
        if event.y == 0:
            self._sort_at(event.x + self._left - GUTTER, further=event.shift)
        elif (index := self.viewport.top + event.y - 1) < len(self.view):
            self.move_to(index)
            if event.chain == 2:
                self.post_message(self.Opened())

    def _sort_at(self, x: int, *, further: bool) -> None:
        for placed in self._painter.placed:
            x -= placed.width + 2
            if x < 0:
                self.sort(placed.column.title, further=further)
                return

    # Painting

    def notify_style_update(self) -> None:
        """Take the inks of another theme at the next paint."""
        super().notify_style_update()
        self._painter.ink({})

    def on_resize(self) -> None:
        """Show what fits now."""
        self.viewport.resize(self.view, self.size.height - 1)
        self._place()

    def watch_has_focus(self, focused: bool) -> None:
        """The cursor's line tells whether keys come here."""
        super().watch_has_focus(focused)
        self._refresh_line(self.viewport.cursor - self.viewport.top)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the window. Textual's own way serves borders, tints and opacity too, which a table has none of."""
        background = self.background_colors[1]
        strips = [self.render_line(y) for y in crop.line_range]
        for each in self.get_line_filters():
            strips = [strip.apply_filter(each, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """One line of the window: the titles, a row, or nothing."""
        if not self._painter.is_inked:
            inks = {ink: self.get_component_rich_style(f"table--{ink}", partial=True) for ink in INKS}
            self._painter.ink({**inks, "base": self.rich_style})
        if y == 0:
            segments = self._painter.header(dict(self.view.orders)) if self.live.rows else []
        else:
            segments = self._row_segments(y - 1)
        if not segments:
            return Strip.blank(self.size.width, self._painter.blank())
        return line(segments, self._painter.width, self._left, self.size.width)

    def _row_segments(self, y: int) -> list[Segment]:
        if y >= len(self._shown):
            return []
        row = self._shown[y]
        known = self.view.identity(row)
        at_cursor = y == self.viewport.cursor - self.viewport.top
        return self._painter.row(
            row,
            time.time(),
            cursor=("cursor" if self.has_focus else "cursor-away") if at_cursor else "",
            marked=known in self.marks,
            changed=self._emphasis.of(known) if self._emphasis else frozenset(),
        )
