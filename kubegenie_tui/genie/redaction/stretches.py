"""A pattern looked for in a long text one stretch after another, so that others have their turn between two."""

import re
from collections.abc import Iterable, Iterator

STRETCH = 65_536
"""Characters between two pauses."""
BEYOND = 16_384
"""Characters behind a stretch that what begins in it may take up; what takes more is looked for in all of the text."""

Range = tuple[int, int]


def found_in(
    text: str, pattern: re.Pattern[str], ranges: Iterable[Range] | None = None
) -> Iterator[re.Match[str] | None]:
    """What `finditer` finds, in all of the text or in some ranges of it, and None now and then: a pause."""
    paused = 0
    for begin, limit in ((0, len(text)),) if ranges is None else ranges:
        at = begin
        for end in range(begin + STRETCH, limit + STRETCH, STRETCH):
            while (match := _next(text, pattern, at, end, limit)) is not None:
                yield match
                at = match.end()
            at = max(at, end)
            if end < limit:
                yield None
        if limit - paused > STRETCH:
            paused = limit
            yield None


def lines_with(hints: Iterable[str], text: str, count: int = 1) -> list[Range]:
    """Where the lines are that have one of some words in them, each with those behind it up to a number of lines."""
    lines: dict[int, int] = {}
    for hint in hints:
        at = text.find(hint)
        while at >= 0:
            end = _end_of_line(text, at)
            begin = text.rfind("\n", 0, at) + 1
            at = text.find(hint, end)
            for _ in range(count - 1):
                end = _end_of_line(text, end + 1)
            lines[begin] = end
    return _joined(sorted(lines.items()))


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _joined(ranges: list[Range]) -> list[Range]:
    joined: list[Range] = []
    for begin, end in ranges:
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _next(text: str, pattern: re.Pattern[str], at: int, end: int, limit: int) -> re.Match[str] | None:
    """The first match that begins from `at` on and before `end`."""
    edge = min(end + BEYOND, limit)
    match = pattern.search(text, at, edge) if at < end else None
    if match is not None and match.end() == edge < limit:
        match = pattern.search(text, match.start(), limit)
    return match if match is not None and match.start() < end else None
