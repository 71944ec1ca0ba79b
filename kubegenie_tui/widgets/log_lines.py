"""How the lines of a log look: where each came from, when, how serious it is, and what of it was looked for."""

import time
from array import array
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Offset
from textual.selection import Selection

from kubegenie_tui.domain.log_line import Level, LogLine, clock
from kubegenie_tui.domain.log_source import LogSource, short_names
from kubegenie_tui.domain.text import plain, shorten_middle
from kubegenie_tui.log_store import LogStore
from kubegenie_tui.theme import SOURCE_INKS
from kubegenie_tui.widgets.log_search import LogSearch
from kubegenie_tui.widgets.text_layout import line_width
from kubegenie_tui.widgets.text_runs import Span
from kubegenie_tui.widgets.text_search import Lines
from kubegenie_tui.widgets.text_view import TextView

MOST_COPIED = 1_000_000
"""Characters after which no more lines are taken for the clipboard."""
LONGEST_NAME = 24
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


class LogLines(TextView):
    """Lines that lie on disk; those in view are read and laid out."""

    DEFAULT_CSS = """
    LogLines > .text--dimmed { color: $muted; text-style: dim; }
    LogLines > .text--mark { color: $mark; text-style: bold; }
    """ + "".join(
        f"LogLines > .text--source-{number} {{ color: $source-{number}; text-style: $source-{number}-style; }}"
        for number in range(SOURCE_INKS)
    )
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text--dimmed",
        "text--mark",
        *(f"text--source-{number}" for number in range(SOURCE_INKS)),
    }
    EDGE: ClassVar[int] = 2

    def __init__(self, *, id: str | None = None, now: Callable[[], float] = time.time) -> None:
        self.store = LogStore()
        self.sources: list[LogSource] = []
        """By the number that lines carry."""
        self.find: LogSearch
        self._now = now
        super().__init__(id=id)
        self.times = False
        """Whether each line begins with its time."""
        self.marks: list[int] = []
        """The marked lines, counted from the first line there ever was."""
        self._names: list[str] = []
        """What stands at the left of the lines of each source; empty while there is one."""
        self._other_widths = array("i")
        """How wide the lines are in the form in which they are not shown."""
        self._map: list[int] = []
        """The worst level behind each row of the right edge."""

    def new_search(self) -> LogSearch:
        """Looks by the query language of logs."""
        return LogSearch(self.sources, self._now)

    def searched(self) -> Lines:
        """The lines on disk."""
        return self.store

    def text_at(self, line: int) -> str:
        """The text of a line in the form that is shown."""
        return self.find.text_of(self.store[line])

    @property
    def raw(self) -> bool:
        """Whether JSON lines are shown as they were written."""
        return self.find.raw

    # What changes how every line looks

    def set_sources(self, sources: Sequence[LogSource]) -> None:
        """These are the sources, by the number that lines carry."""
        self.sources[:] = sources
        names = short_names(sources) if len(sources) > 1 else []
        self._names = [shorten_middle(plain(name), LONGEST_NAME) for name in names]
        self.fit()

    def set_times(self, times: bool) -> None:
        """Show the time before each line, or not."""
        self.times = times
        self.fit()

    def set_raw(self, raw: bool) -> None:
        """Show JSON lines as they were written, or as message and fields; the line at the top stays there."""
        line = self.place.at(min(self.top, self.place.rows - 1))[0] if self.place.rows else 0
        if raw != self.raw:
            widths, self._other_widths = self._other_widths, self.place.widths
            self.find.raw = raw
            self.place.take_widths(widths)
            self.scroll_to_row(self.place.row_of(line))
            self.search(self.find.query)

    def measure(self, lines: Sequence[LogLine], shown: Callable[[Sequence[int]], None]) -> None:
        """Take the widths of new lines in both forms, and hand on those of the form that is shown."""
        texts = [line_width(line.text) for line in lines]
        sources = [line_width(line.source) if line.source else width for line, width in zip(lines, texts, strict=True)]
        self._other_widths.extend(texts if self.raw else sources)
        shown(sources if self.raw else texts)

    # Copying

    def copied(self) -> str:
        """The marked lines, or else those that are shown, as they were written; the last ones when they are many."""
        chosen = [number - self.store.dropped for number in self.marks] or self.place.shown or range(len(self.store))
        texts: list[str] = []
        size = 0
        for index in reversed(chosen):
            line = self.store[index]
            texts.append(line.source or line.text)
            size += len(texts[-1]) + 1
            if size > MOST_COPIED:
                break
        return "\n".join(reversed(texts))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under the mouse's selection; only its lines are read."""
        first, last = selection.start or Offset(0, 0), selection.end or Offset(0, len(self.store))
        top = max(0, first.y)
        texts = [self.text_at(line) for line in range(top, min(last.y + 1, len(self.store)))]
        inner = Selection(Offset(first.x, first.y - top), Offset(last.x, last.y - top))
        return inner.extract("\n".join(texts)), "\n"

    # Painting

    @property
    def name_width(self) -> int:
        """Cells of the longest name of a source; 0 while there is one source."""
        longest = max(map(cell_len, self._names), default=0)
        return min(longest, max(6, self.size.width // 6))

    @property
    def prefix_width(self) -> int:
        """Source, time and level."""
        source = self.name_width + 2 if self._names else 0
        return source + (TIME_WIDTH + 1 if self.times else 0) + LEVEL_WIDTH

    def prefix(self, line: int, part: int) -> list[Segment]:
        """Source, time and level on the first row of a line; its source on the others."""
        record = self.store[line]
        source = self._source(record.origin, part)
        if part:
            rest = self.prefix_width - sum(segment.cell_length for segment in source)
            return [*source, Segment(" " * rest)]
        marked = self.store.dropped + line in self.marks
        mark = Segment("◆" if marked else "▸" if line == self.match else " ", self.ink("mark"))
        level = [mark, Segment(f"{record.level.letter} ", self.ink(INKS[record.level]) + self.ink("strong"))]
        if not self.times:
            return [*source, *level]
        time = clock(record.stamp) if record.stamp else ""
        return [*source, Segment(f" {time:{TIME_WIDTH}}", self.ink("muted")), *level]

    def _source(self, origin: int, part: int) -> list[Segment]:
        if not self._names:
            return []
        width = self.name_width
        name = "" if part or origin >= len(self._names) else shorten_middle(self._names[origin], width)
        return [Segment(f"▌{set_cell_size(name, width)} ", self.ink(f"source-{origin % SOURCE_INKS}"))]

    def spans(self, line: int) -> Sequence[Span]:
        """Errors in their colour, what only debugs muted, fields of JSON muted; dimmed what was not looked for."""
        record = self.store[line]
        text = self.find.text_of(record)
        if self.find.active and not self.find.hit(record):
            return [Span(0, len(text), "dimmed")]
        end = record.fields_at if record.fields_at >= 0 and text is record.text else len(text)
        message = "bad" if record.level >= Level.ERROR else "muted" if Level.NONE < record.level <= Level.DEBUG else ""
        head = [Span(0, end, message)] if message else []
        return [*head, Span(end, len(text), "muted")]

    def edge(self, y: int) -> list[Segment]:
        """The worst level of the lines behind this row, and the thumb."""
        if not self._map:
            self._map = _worst(self.store.levels, max(1, self.size.height))
        level = Level(self._map[y]) if y < len(self._map) else Level.NONE
        return [Segment(_MARKS.get(level, " "), self.ink(INKS[level])), *super().edge(y)]


def _worst(levels: bytearray, rows: int) -> list[int]:
    """The highest level of each of `rows` equal parts."""
    count = len(levels)
    bounds = [row * count // rows for row in range(rows + 1)]
    return [max(levels[start:end], default=0) for start, end in pairwise(bounds)]
