"""How one row becomes one line: cells in columns, and colour only where something is wrong."""

from collections.abc import Mapping

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
_TELLING_END = frozenset({"NAME", "FIELD"})
"""Columns whose texts are told apart by their ends."""


class RowPainter:
    """Paints with the styles it is given; knows nothing of where the line stands.

    Runs of one style become one segment, and every style is whole: nothing is left to combine at paint time.
    """

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self._inks: Mapping[str, Style] = {}
        self._whole: dict[tuple[str, str, bool], Style] = {}

    @property
    def is_inked(self) -> bool:
        """Whether it has styles to paint with."""
        return bool(self._inks)

    def ink(self, inks: Mapping[str, Style]) -> None:
        """Paint with these from now on: one for each of INKS, and `base`; none to ask for others."""
        self._inks, self._whole = inks, {}

    @property
    def width(self) -> int:
        """Cells of a whole line, in view or not; every line has just these."""
        return GUTTER + sum(placed.width for placed in self.placed) + GAP * max(0, len(self.placed) - 1)

    def header(self, orders: Mapping[str, bool]) -> list[Segment]:
        """The line of titles; those sorted by carry an arrow, down for the greatest first."""
        run = _Run(" " * GUTTER, self._style("header"))
        for placed in self.placed:
            descending = orders.get(placed.column.title)
            arrow = "" if descending is None else "↓" if descending else "↑"
            run.add(self._title(placed, arrow), self._style("sorted" if arrow else "header"))
        return run.segments()

    def _title(self, placed: Placed, arrow: str) -> str:
        title, last = placed.column.title, placed is self.placed[-1]
        within = len(title) < placed.width and (last or not placed.right_aligned)
        if within:
            title, arrow = title + arrow, ""
        return _fit(title, placed) + ("" if last else arrow.ljust(GAP))

    def row(self, row: Row, now: float, *, cursor: str, marked: bool, changed: frozenset[int]) -> list[Segment]:
        """One object.

        Args:
            row: the object.
            now: seconds since the epoch, for its age.
            cursor: the ink of the cursor's line (`cursor`, `cursor-away`), or empty.
            marked: whether the person marked it.
            changed: indices of the cells that changed just now.
        """
        run = _Run("▌", self._style("accent", cursor)) if cursor else _Run(" ", self._style(""))
        run.add("•" if marked else " ", self._style("mark" if marked else "", cursor))
        bearer = self._bearer(row) if row.health >= Health.PAUSED else None
        last = self.placed[-1] if self.placed else None
        for placed in self.placed:
            text = format_cell(placed.column, placed.read(row), now)
            ink = self._ink(placed, row, text, bearer, marked)
            if placed is bearer:
                text = f"{row.health.glyph} {text}"
            emphasised = bool(changed) and self._changed(placed, row, changed)
            fitted = _fit(plain(text), placed)
            run.add(fitted if placed is last else fitted + _GAP_TEXT, self._style(ink, cursor, emphasised))
        return run.segments()

    def blank(self) -> Style:
        """The style of a line without a row."""
        return self._style("")

    def _style(self, ink: str, cursor: str = "", emphasised: bool = False) -> Style:
        key = (ink, cursor, emphasised)
        style = self._whole.get(key)
        if style is None:
            parts = [self._inks[part] for part in (ink, "changed" if emphasised else "", cursor) if part]
            style = self._whole[key] = Style.combine([self._inks["base"], *parts])
        return style

    def _bearer(self, row: Row) -> Placed | None:
        """The column that shows what is wrong: the status, else the ratio, else the name."""
        for measure in (Measure.STATUS, Measure.RATIO):
            for placed in self.placed:
                if placed.column.measure is measure:
                    return placed
        return next((placed for placed in self.placed if placed.column.title == "NAME"), None)

    def _ink(self, placed: Placed, row: Row, text: str, bearer: Placed | None, marked: bool) -> str:
        if placed is bearer:
            return HEALTH_CLASS[row.health]
        if marked and placed.column.title == "NAME":
            return "mark"
        if row.health is Health.IDLE or text == "–" or (placed.column.measure is Measure.COUNT and text == "0"):
            return "muted"
        return ""

    def _changed(self, placed: Placed, row: Row, changed: frozenset[int]) -> bool:
        cell = placed.read(row)
        return any(index < len(row.cells) and row.cells[index] is cell for index in changed)


class _Run:
    """Segments being collected, neighbours of one style joined."""

    def __init__(self, text: str, style: Style) -> None:
        self._done: list[Segment] = []
        self._texts = [text]
        self._style = style

    def add(self, text: str, style: Style) -> None:
        if style is not self._style:
            self._done.append(Segment("".join(self._texts), self._style))
            self._texts, self._style = [], style
        self._texts.append(text)

    def segments(self) -> list[Segment]:
        return [*self._done, Segment("".join(self._texts), self._style)]


def line(segments: list[Segment], cells: int, left: int, width: int) -> Strip:
    """Segments of so many cells cut to the window `left` … `left + width`; the gutter always stays."""
    if cells <= width:
        return Strip(
            [*segments, Segment(" " * (width - cells), segments[-1].style)] if cells < width else segments, width
        )
    strip = Strip(segments, cells)
    if left:
        strip = Strip.join([strip.crop(0, GUTTER), strip.crop(GUTTER + left, left + width)])
    return strip.adjust_cell_length(width, segments[-1].style)


def _fit(text: str, placed: Placed) -> str:
    width = placed.width
    if text.isascii():
        if len(text) > width:
            return shorten_middle(text, width) if placed.column.title in _TELLING_END else f"{text[: width - 1]}…"
        return text.rjust(width) if placed.right_aligned else text.ljust(width)
    if (spare := width - cell_len(text)) < 0:
        return set_cell_size(text, width - 1) + "…"
    return f"{' ' * spare}{text}" if placed.right_aligned else f"{text}{' ' * spare}"
