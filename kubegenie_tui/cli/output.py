"""Answers on standard output: aligned text for people, JSON for programs. Foreign text is made safe on the way."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from kubegenie_tui.domain.text import plain

GAP = "   "


def write_json(value: Any) -> None:
    """One JSON document, indented."""
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def write_json_line(value: Any) -> None:
    """One JSON document on one line, at once."""
    import msgspec

    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def write_table(titles: Sequence[str], lines: Iterable[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
    """Lines under titles, each column as wide as its widest cell; `right` names the columns that are right-aligned."""
    cells = [list(titles), *([plain(cell) for cell in line] for line in lines)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(titles))]
    for line in cells:
        padded = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        sys.stdout.write(GAP.join(padded).rstrip() + "\n")
