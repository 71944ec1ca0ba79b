"""Regular expressions that a person or a model writes: none holds the app up, however it is written.

Python's own `re` tries every way to match, and some expressions have more ways than there are atoms; nothing else runs
meanwhile. The `regex` library reads the same language and gives up after a given time.
"""

import re
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

from kubegenie_tui.domain.errors import UsageError

LONGEST_SEARCH = 0.004
"""Seconds of one search in one text; an ordinary one takes some microseconds."""
_LARGEST = 5_000
"""Characters of an expression, and its parts with counted repetitions written out: so long it takes to be read."""
_TRIES = 20
_SHOWN = 200
"""Characters of an expression that are told back."""
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(?P<least>\d{0,9}),?(?P<most>\d{0,9})\}|.", re.DOTALL)


Found = TypeVar("Found")


class TooSlow(UsageError):
    """An expression that finds no end."""


class Expression:
    """A regular expression, ready to be searched for."""

    def __init__(self, text: str, *, ignore_case: bool = False, to_the_letter: bool = False) -> None:
        """Understand an expression.

        Args:
            text: as `re` and `regex` take it.
            ignore_case: whether either case is found.
            to_the_letter: whether the text itself is looked for: no sign in it has a meaning.

        Raises:
            UsageError: it is no regular expression, or too large.
        """
        self.text = text
        flags = re.IGNORECASE if ignore_case else 0
        self._pattern = re.compile(re.escape(text), flags) if to_the_letter else _compiled(text, flags)
        self._limit: dict[str, Any] = {} if to_the_letter else {"timeout": LONGEST_SEARCH, "concurrent": False}

    def search(self, text: str) -> bool:
        """Whether it matches somewhere in a text.

        Raises:
            TooSlow: it was not known after 4 ms.
        """
        return self.first(text) is not None

    def first(self, text: str) -> re.Match[str] | None:
        """Where it matches in a text first.

        Raises:
            TooSlow: it was not known after 4 ms.
        """
        if not self._limit:
            return self._pattern.search(text)
        return self._in_time(lambda: self._pattern.search(text, **self._limit))

    def spans(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where it matches in a part of a text, each from and to; empty matches are left out.

        Raises:
            TooSlow: it was not known after 4 ms.
        """
        found = self._in_time(lambda: [*self._pattern.finditer(text, start, end, **self._limit)])
        yield from (match.span() for match in found if match[0])

    def _in_time(self, search: Callable[[], Found]) -> Found:
        """What a search finds. The library counts what other threads do meanwhile, so that a quick one is tried again.

        Raises:
            TooSlow: it was not known after 4 ms of this thread's own.
        """
        for _ in range(_TRIES):
            began = time.thread_time()
            try:
                return search()
            except TimeoutError:
                if time.thread_time() - began >= LONGEST_SEARCH / 2:
                    break
        raise self._too_slow()

    def _too_slow(self) -> TooSlow:
        return TooSlow(
            f"`{self.text[:_SHOWN]}` takes too long to match",
            "there are too many ways to try",
            "use fewer of `*` and `+`, and none within another: `(a+)+` finds what `a+` finds",
        )


@lru_cache(maxsize=64)
def _compiled(text: str, flags: int) -> Any:
    import regex

    if len(text) > _LARGEST or _size(text) > _LARGEST:
        raise UsageError(f"`{text[:_SHOWN]}` is too large for a regular expression", "its repetitions count together")
    try:
        return regex.compile(text, flags)
    except (regex.error, RecursionError, OverflowError) as error:
        raise UsageError(f"`{text[:_SHOWN]}` is not a regular expression", str(error)) from error


def _size(text: str) -> int:
    """Parts of an expression, counted repetitions written out, those within others too."""
    groups, last = [0], 0
    for part in _PART.finditer(text):
        if part[0] == "(":
            groups.append(0)
            last = 0
        elif part[0] == ")" and len(groups) > 1:
            last = groups.pop() + 1
            groups[-1] += last
        elif part["least"] is not None:
            count = max(int(part["least"] or 0), int(part["most"] or 0), 1)
            more = last * (min(count, _LARGEST) - 1)
            groups[-1], last = groups[-1] + more, last + more
        else:
            last = 1
            groups[-1] += 1
    return sum(groups)
