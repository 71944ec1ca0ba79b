"""How wide the content of each column is: measured on a sample, and only ever growing, so that columns do not jump."""

from collections.abc import Collection, Sequence
from itertools import islice

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Cell, Column, Measure, Row
from kubegenie_tui.domain.table_layout import Reader, format_cell

SAMPLE = 200
"""Rows of a batch that are measured; names are measured in all of them."""

_STATES = (Measure.STATUS, Measure.RATIO)
"""Columns with the glyph of the row's health; without one the name has it."""


class TableWidths:
    """The widest content seen, by column title."""

    def __init__(self) -> None:
        self.natural: dict[str, int] = {}

    def measure(self, rows: Collection[Row], columns: Sequence[tuple[Column, Reader]], now: float) -> bool:
        """Take in rows; True when any column grew."""
        before = dict(self.natural)
        some = list(islice(rows, SAMPLE))
        in_name = not any(column.measure in _STATES for column, _ in columns)
        in_name = in_name and any(row.health >= Health.PAUSED for row in rows)
        for column, read in columns:
            if column.title == "NAME":
                widest = max((len(row.name) for row in rows), default=0)
            else:
                widest = max([_length(column, read(row), now) for row in some], default=0)
            glyph = 2 if column.measure in _STATES or (in_name and column.title == "NAME") else 0
            self.natural[column.title] = max(widest + glyph, self.natural.get(column.title, 0))
        return self.natural != before


def _length(column: Column, cell: Cell, now: float) -> int:
    return len(cell) if cell and type(cell) is str else len(format_cell(column, cell, now))
