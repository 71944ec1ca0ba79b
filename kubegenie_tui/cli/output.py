"""Answers on standard output: aligned text for people, JSON for programs. Foreign text is made safe on the way."""

import sys
import time
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

from kubegenie_tui.domain.row import Column, Row
from kubegenie_tui.domain.table_layout import format_cell, place
from kubegenie_tui.domain.table_view import TableView
from kubegenie_tui.domain.text import plain

GAP = "   "
NO_LIMIT = 1_000_000
"""Cells: text is never cut to a terminal's width, for a pipe has none."""


def write_json(value: Any) -> None:
    """One JSON document, indented."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def write_json_line(value: Any) -> None:
    """One JSON document on one line, at once."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
    sys.stdout.flush()


def write_rows(columns: tuple[Column, ...], rows: Iterable[Row], hidden: Collection[str] = ()) -> None:
    """Rows as the app's tables show them, by namespace and name; `hidden` titles are left out."""
    view = TableView(columns)
    for _ in view.arrange({row.uid: row for row in rows}):
        pass
    shown = place(view.titled_columns(), {}, NO_LIMIT, hidden=hidden)
    now = time.time()
    lines = ([format_cell(at.column, at.read(row), now) for at in shown] for row in view.window(0, len(view)))
    right = {index for index, at in enumerate(shown) if at.right_aligned}
    write_table([at.column.title for at in shown], lines, right)


def write_table(titles: Sequence[str], lines: Iterable[Sequence[str]], right: Collection[int] = ()) -> None:
    """Lines under titles, each column as wide as its widest cell; those of `right` are right-aligned."""
    cells = [list(titles), *([plain(cell) for cell in line] for line in lines)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(titles))]
    for line in cells:
        padded = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        sys.stdout.write(GAP.join(padded).rstrip() + "\n")
