"""Log lines as they come: follows the end, colours levels, and shows at the right edge where the trouble is."""

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from textual.message import Message

from kubegenie_tui.domain.log_line import Level, LogLine, clock
from kubegenie_tui.widgets.text_runs import Span
from kubegenie_tui.widgets.text_view import TextView

MOST_LINES = 50_000
"""Lines that are kept; a tenth more may come before the oldest are dropped."""
TIME_WIDTH = 13
LEVEL_WIDTH = 3
INKS = {
    Level.NONE: "muted",
    Level.TRACE: "muted",
    Level.DEBUG: "muted",
    Level.INFO: "good",
    Level.WARN: "warn",
    Level.ERROR: "bad",
    Level.FATAL: "bad",
}
_MARKS = {Level.WARN: "▪", Level.ERROR: "■", Level.FATAL: "■"}


class LogView(TextView):
    """The lines of one container."""

    EDGE: ClassVar[int] = 2

    class FollowChanged(Message):
        """The view began or stopped to follow the end."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.records: list[LogLine] = []
        self.following = True
        self.times = False
        """Whether each line begins with its time."""
        self.hiding = False
        """Whether only lines that match the search are shown."""
        self.dropped = 0
        """How many lines were dropped to make room."""
        self._levels = bytearray()
        self._map: list[int] = []
        """The worst level behind each row of the right edge."""

    def append(self, records: Sequence[LogLine]) -> None:
        """More lines at the end."""
        first = len(self.lines)
        texts = [record.text for record in records]
        self.records += records
        self.lines += texts
        self._levels.extend(record.level for record in records)
        found = self.find.extend(first, texts) if self.find.complete else []
        self.place.extend(texts, found if self.hiding else range(first, first + len(texts)))
        if not self.find.complete:
            self.search(self.find.query)
        if len(self.lines) > MOST_LINES * 1.1:
            self._drop(len(self.lines) - MOST_LINES)
        self._map = []
        if self.following:
            self.scroll_to_row(self.last_top)
        self.refresh()
        if found:
            self.tell_search()

    def clear(self) -> None:
        """Forget all lines and follow what will come."""
        self.records, self._levels, self._map = [], bytearray(), []
        self.dropped, self.following, self.hiding = 0, True, False
        self.set_lines([])

    def _drop(self, count: int) -> None:
        del self.records[:count], self.lines[:count], self._levels[:count]
        self.dropped += count
        self.find.drop(count)
        self.match = self.match - count if self.match >= count else -1
        self.top = max(0, self.top - self.place.drop(count))

    # Following

    def scroll_to_row(self, row: int) -> None:
        """As every text, and stop following when that leads away from the end."""
        super().scroll_to_row(row)
        if self.following and self.top < self.last_top:
            self.set_following(False)

    def action_scroll_far(self, end: int) -> None:
        """Go to the first row, or to the last and follow from there."""
        super().action_scroll_far(end)
        if end:
            self.set_following(True)

    def set_following(self, following: bool) -> None:
        """Stay at the end, or stay where we are."""
        self.following = following
        if following:
            super().scroll_to_row(self.last_top)
        self.post_message(self.FollowChanged())

    def fit(self) -> None:
        """Fit into another window; who follows stays at the end."""
        following, self.following = self.following, False
        super().fit()
        self._map = []
        if following:
            self.set_following(True)

    def set_wrap(self, wrap: bool) -> None:
        """Wrap or not; who follows stays at the end."""
        following, self.following = self.following, False
        super().set_wrap(wrap)
        if following:
            self.set_following(True)

    # Hiding and times

    def set_hiding(self, hiding: bool) -> None:
        """Show only the lines that match, or all of them."""
        line = self.place.at(self.top)[0] if self.place.rows else 0
        self.hiding = hiding and self.find.active
        self._hide()
        self.top = self.place.row_of(line)
        self.fit()

    def _hide(self) -> None:
        self.place.shown = list(self.find.matches) if self.hiding else None
        self.place.arrange()

    def search(self, query: str) -> None:
        """As every text; with nothing to look for, every line is shown again."""
        super().search(query)
        if self.hiding and not self.find.active:
            self.set_hiding(False)

    def tell_search(self) -> None:
        """Say how many matches there are, and hide what is to be hidden."""
        if self.hiding and len(self.find.matches) != len(self.place.shown or ()):
            self._hide()
        super().tell_search()

    def set_times(self, times: bool) -> None:
        """Show the time before each line, or not."""
        self.times = times
        self.fit()

    def copied(self) -> str:
        """The shown lines as they were written."""
        shown = self.place.shown
        return "\n".join(record.source or record.text for record in self._picked(shown))

    def _picked(self, shown: list[int] | None) -> Sequence[LogLine]:
        return self.records if shown is None else [self.records[index] for index in shown]

    # Painting

    @property
    def prefix_width(self) -> int:
        """Time and level."""
        return (TIME_WIDTH + 1 if self.times else 0) + LEVEL_WIDTH

    def prefix(self, line: int, part: int) -> list[Segment]:
        """Time and level on the first row of a line."""
        record = self.records[line]
        if part:
            return [Segment(" " * self.prefix_width)]
        level = Segment(f" {record.level.letter} ", self.ink(INKS[record.level]) + self.ink("strong"))
        if not self.times:
            return [level]
        time = clock(record.stamp) if record.stamp else ""
        return [Segment(f" {time:{TIME_WIDTH}}", self.ink("muted")), level]

    def spans(self, line: int) -> Sequence[Span]:
        """Errors in their colour, what only debugs muted, fields of JSON muted."""
        record = self.records[line]
        end = record.fields_at if record.fields_at >= 0 else len(record.text)
        message = "bad" if record.level >= Level.ERROR else "muted" if Level.NONE < record.level <= Level.DEBUG else ""
        head = [Span(0, end, message)] if message else []
        return [*head, Span(end, len(record.text), "muted")]

    def edge(self, y: int) -> list[Segment]:
        """The worst level of the lines behind this row, and the thumb."""
        if not self._map:
            self._map = _worst(self._levels, max(1, self.size.height))
        level = Level(self._map[y]) if y < len(self._map) else Level.NONE
        return [Segment(_MARKS.get(level, " "), self.ink(INKS[level])), *super().edge(y)]


def _worst(levels: bytearray, rows: int) -> list[int]:
    """The highest level of each of `rows` equal parts."""
    count = len(levels)
    bounds = [row * count // rows for row in range(rows + 1)]
    return [max(levels[start:end], default=0) for start, end in pairwise(bounds)]
