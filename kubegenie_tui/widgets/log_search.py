"""The query language of logs, asked of every line of a log."""

import time
from array import array
from collections.abc import Callable, Sequence

from kubegenie_tui.domain.log_filter import LogFilter
from kubegenie_tui.domain.log_line import LogLine
from kubegenie_tui.domain.log_source import LogSource
from kubegenie_tui.widgets.text_search import Search

_UNKNOWN = LogSource("", "", "")


class LogSearch(Search):
    """Looks for lines of a log."""

    def __init__(self, sources: Sequence[LogSource], now: Callable[[], float] = time.time) -> None:
        """Nothing is looked for yet.

        Args:
            sources: by the number that lines carry; may grow.
            now: seconds since the epoch.
        """
        super().__init__()
        self.raw = False
        """Whether JSON lines are shown, and so searched, as they were written."""
        self._sources = sources
        self._now = now
        self._filter = LogFilter()

    def understand(self, query: str) -> None:
        """Take another query.

        Raises:
            UsageError: it cannot be understood.
        """
        self._filter = LogFilter(query, self._now())

    @property
    def active(self) -> bool:
        """Whether anything is looked for."""
        return bool(self._filter)

    def matches_line(self, line: LogLine) -> bool:
        """Whether a line matches."""
        source = self._sources[line.origin] if line.origin < len(self._sources) else _UNKNOWN
        return self._filter.matches(line, source, self.text_of(line))

    def text_of(self, line: LogLine) -> str:
        """What is shown of a line."""
        return line.source or line.text if self.raw else line.text

    def found_in(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """What of a text is to be highlighted."""
        return self._filter.spans(text, start, end)

    def extend(self, first: int, lines: Sequence[LogLine]) -> Sequence[int]:
        """New lines came, the first of them at index `first`; which of them match, once all before were looked at."""
        if not self.active or not self.complete:
            return ()
        found = array("i", [first + offset for offset, line in enumerate(lines) if self.hit(line)])
        if self.fault:
            return ()
        self.matches.extend(found)
        return found
