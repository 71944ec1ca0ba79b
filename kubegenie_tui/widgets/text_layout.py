"""Which part of which line stands on which row: scrolling and wrapping without a look at lines that are out of view."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import MutableSequence, Sequence
from itertools import accumulate

from rich.cells import cell_len

LONG = 4096
"""From so many characters on, a line that is not ASCII is not measured: each character gets two cells of room."""


def line_width(text: str) -> int:
    """Cells of a line; negative for a line with characters that may not be one cell wide."""
    if text.isascii():
        return len(text)
    return -cell_len(text) if len(text) <= LONG else -2 * len(text)


class TextLayout:
    """Lines by index, rows by number from 0. All that is kept of a line is its width."""

    def __init__(self) -> None:
        self.room = 80
        """Cells for text on a row."""
        self.wrap = False
        self.widths = array("i")
        self.shown: MutableSequence[int] | None = None
        """Indices of the lines that are shown; None for all."""
        self._ends = array("q")
        """Wrapped only: the row after each shown line, counted from the first line there ever was."""
        self._first_row = 0
        """Wrapped only: how many rows were dropped."""
        self._distinct: set[int] = set()
        """The widths there are or were."""

    def measure(self, lines: Sequence[str]) -> None:
        """Start over with these lines."""
        self.take_widths(array("i", map(line_width, lines)))

    def take_widths(self, widths: "array[int]") -> None:
        """Start over with lines of these widths, and go on to count in the same array."""
        self.widths, self._distinct = widths, set(widths)
        self.arrange()

    def extend(self, widths: Sequence[int], shown: Sequence[int]) -> None:
        """More lines at the end, of which those at the indices `shown` are to be seen."""
        first = len(self.widths)
        self.widths.extend(widths)
        self._distinct.update(widths)
        if self.shown is not None:
            self.shown.extend(shown)
            widths = [widths[index - first] for index in shown]
        if self.wrap:
            self._ends.extend(_ends(widths, self.room, self._ends[-1] if self._ends else self._first_row))

    def drop(self, count: int) -> int:
        """Forget the first `count` lines; the answer is how many rows they took."""
        before, gone = self.rows, count
        del self.widths[:count]
        if self.shown is not None:
            gone = bisect_left(self.shown, count)
            self.shown = array("i", [index - count for index in self.shown[gone:]])
        if self.wrap and gone:
            self._first_row = self._ends[gone - 1]
            del self._ends[:gone]
        return before - self.rows

    def arrange(self) -> None:
        """Bring the rows up to date after room, wrap or shown changed."""
        self._ends, self._first_row = array("q"), 0
        if self.wrap:
            widths = self.widths if self.shown is None else [self.widths[index] for index in self.shown]
            self._ends = array("q", _ends(widths, self.room, 0))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        if self.wrap:
            return self._ends[-1] - self._first_row if self._ends else 0
        return len(self.widths) if self.shown is None else len(self.shown)

    @property
    def widest(self) -> int:
        """Cells of the widest line, as far as scrolling sideways is concerned."""
        return max(map(self._reach, self._distinct), default=0)

    def at(self, row: int) -> tuple[int, int]:
        """The line on a row and which of its wrapped parts it is."""
        position, part = row, 0
        if self.wrap:
            row += self._first_row
            position = bisect_right(self._ends, row)
            part = row - (self._ends[position - 1] if position else self._first_row)
        return (position if self.shown is None else self.shown[position]), part

    def row_of(self, line: int) -> int:
        """The first row of a line; of the next shown one when it is not shown."""
        position = line if self.shown is None else bisect_right(self.shown, line - 1)
        if not self.wrap:
            return position
        return self._ends[position - 1] - self._first_row if 0 < position <= len(self._ends) else 0

    def window(self, text: str, part: int, left: int) -> tuple[int, int, int]:
        """Which characters of a line stand on a row.

        Args:
            text: the line.
            part: the wrapped part.
            left: cells scrolled sideways.

        Returns:
            First character, the one after the last, and cells to cut at the left of what that gives.
        """
        if text.isascii():
            start = part * self.room if self.wrap else left
            return start, start + self.room, 0
        if len(text) > LONG:
            start = part * (_pair_room(self.room) // 2) if self.wrap else left
            return start, start + (_pair_room(self.room) // 2 if self.wrap else self.room), 0
        if self.wrap:
            first = part * _pair_room(self.room)
            return _index_at(text, first), _index_at(text, first + _pair_room(self.room)), 0
        return 0, len(text), left

    def _reach(self, width: int) -> int:
        if width >= 0:
            return width
        return -width if width >= -2 * LONG else -width // 2 + self.room


def _pair_room(room: int) -> int:
    """An even number of cells, one less than the room, so that a wide character that begins in it always fits."""
    return max(2, (room - 1) // 2 * 2)


def _ends(widths: Sequence[int], room: int, start: int) -> list[int]:
    """The row after each line; the lines are many, their distinct widths few."""
    pair = _pair_room(room)
    heights = {width: (-(-width // room) if width >= 0 else -(width // pair)) or 1 for width in set(widths)}
    return list(accumulate(map(heights.__getitem__, widths), initial=start))[1:]


def _index_at(text: str, cells: int) -> int:
    """The first character that begins at or after this cell."""
    position = 0
    for index, character in enumerate(text):
        if position >= cells:
            return index
        position += cell_len(character)
    return len(text)
