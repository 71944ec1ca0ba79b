"""A pattern looked for in a long text one stretch after another, so that others have their turn between two."""

import re
from collections.abc import Iterator

STRETCH = 65_536
"""Characters between two pauses."""
BEYOND = 16_384
"""Characters behind a stretch that what begins in it may take up; what takes more is looked for in all of the text."""


def found_in(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str] | None]:
    """What `finditer` finds, and None behind each stretch but the last: a pause."""
    at = 0
    for end in range(STRETCH, len(text) + STRETCH, STRETCH):
        while (match := _next(text, pattern, at, end)) is not None:
            yield match
            at = match.end()
        at = max(at, end)
        if end < len(text):
            yield None


def _next(text: str, pattern: re.Pattern[str], at: int, end: int) -> re.Match[str] | None:
    """The first match that begins from `at` on and before `end`."""
    edge = min(end + BEYOND, len(text))
    match = pattern.search(text, at, edge) if at < end else None
    if match is not None and match.end() == edge < len(text):
        match = pattern.search(text, match.start())
    return match if match is not None and match.start() < end else None
