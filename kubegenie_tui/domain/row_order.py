"""What rows are worth in the columns they are sorted by."""

from collections.abc import Callable, Sequence

from kubegenie_tui.domain.row import Cell, Column, Measure, Row

Order = tuple[str, bool]
"""A column's title and whether the greatest comes first."""
Worth = float | str | tuple[float | str, ...]
Rank = Callable[[Row], Worth]
"""What a row is worth; of one type for all rows."""
Titled = tuple[Column, Callable[[Row], Cell]]

_WORDS = frozenset({Measure.TEXT, Measure.STATUS})


class _Mirror(dict[int, int]):
    """Letters to letters in the opposite order."""

    def __missing__(self, letter: int) -> int:
        return 0x10FFFE - letter


_MIRROR = _Mirror()
_LAST = chr(0x10FFFF)
"""Ends a mirrored text: what is longer then comes before what it begins with."""


def ranking(orders: Sequence[Order], titled: Sequence[Titled]) -> tuple[Rank, bool]:
    """The rank by which rows stand in these orders, and whether they stand the other way round.

    A title that is not there means the name.
    """
    known = {column.title: (column, value) for column, value in titled}
    columns = [(*known.get(title, known["NAME"]), descending) for title, descending in orders]
    if len(columns) > 1:
        ranks = [_directed(*each) for each in columns]
        return (lambda row: tuple(rank(row) for rank in ranks)), False
    column, value, descending = columns[0]
    if column.measure in _WORDS:
        return (lambda row: _as_text(value(row))), descending
    return _number(column, value, descending), False


def _directed(column: Column, value: Callable[[Row], Cell], descending: bool) -> Callable[[Row], float | str]:
    """A rank by which the wanted order is ascending."""
    if column.measure not in _WORDS:
        return _number(column, value, descending)
    if descending:
        return lambda row: _as_text(value(row)).translate(_MIRROR) + _LAST
    return lambda row: _as_text(value(row))


def _number(column: Column, value: Callable[[Row], Cell], descending: bool) -> Callable[[Row], float]:
    backwards = descending is not (column.measure is Measure.AGE)
    sign = -1 if backwards else 1
    number = _missing if column.measure is Measure.RATIO else _as_number
    return lambda row: sign * number(value(row))


def _as_text(cell: Cell) -> str:
    """Numbers among words stand by their size."""
    if isinstance(cell, int | float):
        return f"{cell:024.6f}"
    return cell or ""


def _as_number(cell: Cell) -> float:
    if isinstance(cell, int | float):
        return cell
    try:
        return float(cell or "")
    except ValueError:
        return float("-inf")


def _missing(cell: Cell) -> float:
    """How many are missing of `2/3`: what is not complete comes last, or first when descending."""
    ready, slash, wanted = str(cell or "").partition("/")
    return int(wanted) - int(ready) if slash and ready.isdigit() and wanted.isdigit() else 0
