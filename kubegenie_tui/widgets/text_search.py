"""Finding text in many lines: the lines that match, in slices so that typing never waits."""

import re
import time
from asyncio import sleep
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

from kubegenie_tui.domain.errors import UsageError

SLICE = 0.004
"""Seconds of searching between two looks at the keyboard."""
_EVERY = 200


class TextSearch:
    """One query and the lines that match it.

    Lower case finds either case. A query that begins with `~` is a regular expression.
    """

    def __init__(self) -> None:
        self.query = ""
        self.matches: list[int] = []
        """Indices of the lines that match, in order."""
        self.complete = True
        """False while lines are still being looked at."""
        self._pattern: re.Pattern[str] | None = None

    def set_query(self, query: str) -> None:
        """Look for something else, or with an empty query for nothing.

        Raises:
            UsageError: not a regular expression.
        """
        self._pattern = _compile(query) if query.removeprefix("~") else None
        self.query, self.matches, self.complete = query, [], True

    @property
    def active(self) -> bool:
        """Whether anything is looked for."""
        return self._pattern is not None

    def hit(self, line: str) -> bool:
        """Whether a line matches."""
        return self._pattern is not None and self._pattern.search(line) is not None

    def spans(self, line: str, start: int, end: int) -> list[tuple[int, int]]:
        """The matches within a part of a line."""
        if self._pattern is None:
            return []
        return [
            match.span() for match in self._pattern.finditer(line, max(0, start - len(self.query)), end) if match[0]
        ]

    async def scan(self, lines: Sequence[str], tell: Callable[[], None]) -> None:
        """Look at all lines; `tell` is called after each slice and at the end."""
        self.complete = False
        deadline = time.perf_counter() + SLICE
        for index in range(len(lines)):
            if index < len(lines) and self.hit(lines[index]):
                self.matches.append(index)
            if index % _EVERY == 0 and time.perf_counter() > deadline:
                tell()
                await sleep(0)
                deadline = time.perf_counter() + SLICE
        self.complete = True
        tell()

    def extend(self, first: int, lines: Sequence[str]) -> list[int]:
        """New lines came, the first of them at index `first`; the answer is which of them match."""
        found = [first + offset for offset, line in enumerate(lines) if self.hit(line)]
        self.matches += found
        return found

    def drop(self, count: int) -> None:
        """The first lines are gone."""
        self.matches = [index - count for index in self.matches if index >= count]

    def beyond(self, line: int, step: int) -> int | None:
        """The next match after a line (`step` 1) or before it (-1), going round at the end; None when there is none."""
        if not self.matches:
            return None
        position = bisect_right(self.matches, line) if step > 0 else bisect_left(self.matches, line) - 1
        return self.matches[position % len(self.matches)]


def _compile(query: str) -> re.Pattern[str]:
    text = query.removeprefix("~")
    flags = re.IGNORECASE if text == text.lower() else re.NOFLAG
    try:
        return re.compile(text if query.startswith("~") else re.escape(text), flags)
    except (re.error, RecursionError) as error:
        raise UsageError(f"{text} is not a regular expression", str(error), "without ~ it is plain text") from error
