"""Finding text in many lines: the lines that match, in slices so that typing never waits."""

import time
from abc import ABC, abstractmethod
from array import array
from asyncio import sleep
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any, Protocol

from kubegenie_tui.domain.expression import Expression, TooSlow

SLICE = 0.002
"""Seconds of searching between two looks at the keyboard."""
REST = 0.001
"""Seconds of such a look: a key takes many turns of the loop until it is answered, and none should wait for a slice."""
TELL = 0.05
"""Seconds between two words about what was found so far."""
_EVERY = 25


class Lines(Protocol):
    """Lines by index, wherever they are kept."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Any: ...


class Search(ABC):
    """One query and the lines that match it."""

    def __init__(self) -> None:
        self.query = ""
        self.matches = array("i")
        """Indices of the lines that match, in order."""
        self.complete = True
        """False while lines are still being looked at."""
        self.fault = ""
        """Why nothing is looked for any more: the expression finds no end."""
        self._at = 0
        """The line that is looked at next."""

    def set_query(self, query: str) -> None:
        """Look for something else, or with an empty query for nothing.

        Raises:
            UsageError: a query that cannot be understood.
        """
        self.understand(query)
        self.query, self.matches, self.complete, self.fault = query, array("i"), True, ""

    @abstractmethod
    def understand(self, query: str) -> None:
        """Take another query.

        Raises:
            UsageError: it cannot be understood; the one before then stands.
        """

    @property
    @abstractmethod
    def active(self) -> bool:
        """Whether anything is looked for."""

    def spans(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """What is to be highlighted within a part of a text, in order."""
        try:
            return self.found_in(text, start, end)
        except TooSlow as error:
            self._give_up(error)
            return []

    def hit(self, line: Any) -> bool:
        """Whether a line matches."""
        try:
            return self.matches_line(line)
        except TooSlow as error:
            self._give_up(error)
            return False

    @abstractmethod
    def found_in(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """What matches within a part of a text, in order.

        Raises:
            TooSlow: the expression finds no end.
        """

    @abstractmethod
    def matches_line(self, line: Any) -> bool:
        """Whether a line matches.

        Raises:
            TooSlow: the expression finds no end.
        """

    def _give_up(self, error: TooSlow) -> None:
        """Look for nothing any more."""
        self.set_query("")
        self.fault = str(error)

    async def scan(self, lines: Lines, tell: Callable[[], None]) -> None:
        """Look at all lines, those that come meanwhile too; `tell` is called now and then, and at the end."""
        self.complete, self._at = False, 0
        told = time.perf_counter()
        deadline = told + SLICE
        while (index := self._at) < len(lines) and not self.fault:
            self._at = index + 1
            if self.hit(lines[index]):
                self.matches.append(index)
            if index % _EVERY == 0 and (moment := time.perf_counter()) > deadline:
                if moment > told + TELL:
                    told = moment
                    tell()
                await sleep(REST)
                deadline = time.perf_counter() + SLICE
        self.complete = True
        tell()

    def drop(self, count: int) -> None:
        """The first lines are gone."""
        gone = bisect_left(self.matches, count)
        self.matches = array("i", [index - count for index in self.matches[gone:]])
        self._at = max(0, self._at - count)

    def rank(self, line: int) -> int:
        """Which match this line is, 1 for the first; 0 when it is none."""
        position = bisect_left(self.matches, line)
        return position + 1 if position < len(self.matches) and self.matches[position] == line else 0

    def beyond(self, line: int, step: int) -> int | None:
        """The next match after a line (`step` 1) or before it (-1), going round at the end; None when there is none."""
        if not self.matches:
            return None
        position = bisect_right(self.matches, line) if step > 0 else bisect_left(self.matches, line) - 1
        return self.matches[position % len(self.matches)]


class TextSearch(Search):
    """A text, or after `~` a regular expression; lower case finds either case."""

    def __init__(self) -> None:
        super().__init__()
        self._wanted: Expression | None = None

    def understand(self, query: str) -> None:
        """Take another query.

        Raises:
            UsageError: not a regular expression.
        """
        text = query.removeprefix("~")
        ignore_case, to_the_letter = text == text.lower(), text == query
        self._wanted = Expression(text, ignore_case=ignore_case, to_the_letter=to_the_letter) if text else None

    @property
    def active(self) -> bool:
        """Whether anything is looked for."""
        return self._wanted is not None

    def matches_line(self, line: str) -> bool:
        """Whether a line matches."""
        return self._wanted is not None and self._wanted.search(line)

    def found_in(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """The matches within a part of a line."""
        return list(self._wanted.spans(text, max(0, start - len(self.query)), end)) if self._wanted else []
