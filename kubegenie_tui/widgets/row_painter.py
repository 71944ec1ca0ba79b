"""How one row becomes one line: cells in columns, and colour only where something is wrong."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Measure, Row
from kubegenie_tui.domain.table_layout import GAP, Placed, format_cell
from kubegenie_tui.domain.text import plain, shorten_middle
from kubegenie_tui.theme import HEALTH_CLASS

GUTTER = 2
"""Cells at the left for the cursor's bar and the mark."""
INKS = ("header", "sorted", "muted", "good", "accent", "warn", "bad", "mark", "cursor", "cursor-away", "changed")
"""Component classes of the table, without their prefix."""

_GAP_TEXT = " " * GAP


class RowPainter:
    """Paints with the styles it is given; knows nothing of where the line stands."""

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self.styles: dict[str, Style] = {ink: Style() for ink in INKS}

    @property
    def width(self) -> int:
        """Cells of a whole line, in view or not."""
        return GUTTER + sum(placed.width + GAP for placed in self.placed)

    def header(self, sort_by: str, descending: bool) -> list[Segment]:
        """The line of titles; the sorted one carries an arrow."""
        segments = [Segment(" " * GUTTER, self.styles["header"])]
        for placed in self.placed:
            title, ink = placed.column.title, "header"
            if title == sort_by:
                title, ink = f"{title}{'↓' if descending else '↑'}", "sorted"
            segments.append(Segment(_fit(title, placed) + _GAP_TEXT, self.styles[ink]))
        return segments

    def row(self, row: Row, now: float, *, cursor: str, marked: bool, changed: frozenset[int]) -> list[Segment]:
        """One object.

        Args:
            row: the object.
            now: seconds since the epoch, for its age.
            cursor: the style of the cursor's line (`cursor`, `cursor-away`), or empty.
            marked: whether the person marked it.
            changed: indices of the cells that changed just now.
        """
        ground = self.styles[cursor] if cursor else Style.null()
        bar = Segment("▌" if cursor else " ", self.styles["accent"] + ground)
        segments = [bar, Segment("•" if marked else " ", self.styles["mark"] + ground)]
        bearer = self._bearer(row)
        for placed in self.placed:
            text = format_cell(placed.column, placed.read(row), now)
            style = self._ink(placed, row, text, bearer, marked)
            if placed is bearer:
                text = f"{row.health.glyph} {text}"
            if changed and self._changed(placed, row, changed):
                style = style + self.styles["changed"]
            segments.append(Segment(_fit(plain(text), placed) + _GAP_TEXT, style + ground))
        return segments

    def _bearer(self, row: Row) -> Placed | None:
        """The column that shows the health: the status, else the ratio, else the name; none when all is well."""
        if row.health < Health.PAUSED:
            return None
        for measure in (Measure.STATUS, Measure.RATIO):
            for placed in self.placed:
                if placed.column.measure is measure:
                    return placed
        return next((placed for placed in self.placed if placed.column.title == "NAME"), None)

    def _ink(self, placed: Placed, row: Row, text: str, bearer: Placed | None, marked: bool) -> Style:
        if placed is bearer:
            return self.styles[HEALTH_CLASS[row.health]]
        if marked and placed.column.title == "NAME":
            return self.styles["mark"]
        if row.health is Health.IDLE or text == "–" or (placed.column.measure is Measure.COUNT and text == "0"):
            return self.styles["muted"]
        return Style.null()

    def _changed(self, placed: Placed, row: Row, changed: frozenset[int]) -> bool:
        cell = placed.read(row)
        return any(index < len(row.cells) and row.cells[index] is cell for index in changed)


def line(segments: Sequence[Segment], left: int, width: int, base: Style) -> Strip:
    """Segments cut to the window `left` … `left + width` and filled with `base`; the gutter always stays."""
    if not left:
        return Strip(segments).adjust_cell_length(width, base).apply_style(base)
    gutter = Strip(segments).crop(0, GUTTER)
    rest = Strip(segments).crop(GUTTER + left, left + width).adjust_cell_length(width - GUTTER, base)
    return Strip.join([gutter, rest]).apply_style(base)


def _fit(text: str, placed: Placed) -> str:
    width = placed.width
    if text.isascii():
        if len(text) > width:
            return shorten_middle(text, width) if placed.column.title == "NAME" else f"{text[: width - 1]}…"
        return text.rjust(width) if placed.right_aligned else text.ljust(width)
    if (spare := width - cell_len(text)) < 0:
        return set_cell_size(text, width - 1) + "…"
    return f"{' ' * spare}{text}" if placed.right_aligned else f"{text}{' ' * spare}"
