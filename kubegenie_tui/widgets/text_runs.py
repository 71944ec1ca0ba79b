"""A row of text as runs of one style each: spans of ink below, matches and selection laid over."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.style import Style


class Span(NamedTuple):
    """A part of a line in an ink of its own; spans of a line are in order and do not overlap."""

    start: int
    end: int
    ink: str
    """Component class without its prefix."""


Run = tuple[int, int, Style]
"""First character, the one after the last, style."""


def runs_of(spans: Sequence[Span], start: int, end: int, ink: Callable[[str], Style]) -> list[Run]:
    """Spans cut to the characters from `start` to `end`, with the plain text between them."""
    runs: list[Run] = []
    at = start
    for span in spans:
        first, last = max(span.start, at), min(span.end, end)
        if first >= last:
            continue
        if at < first:
            runs.append((at, first, Style.null()))
        runs.append((first, last, ink(span.ink)))
        at = last
    if at < end:
        runs.append((at, end, Style.null()))
    return runs


def overlay(runs: Sequence[Run], start: int, end: int, style: Style) -> list[Run]:
    """Runs with another style on top from `start` to `end`."""
    covered: list[Run] = []
    for first, last, below in runs:
        middle = (max(first, start), min(last, end))
        if middle[0] >= middle[1]:
            covered.append((first, last, below))
            continue
        pieces = ((first, middle[0], below), (*middle, below + style), (middle[1], last, below))
        covered += [piece for piece in pieces if piece[0] < piece[1]]
    return covered
