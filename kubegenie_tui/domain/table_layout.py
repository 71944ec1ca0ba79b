"""Which columns fit: the width decides, by priority; names are cut in the middle before a telling column is dropped."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from kubegenie_tui.domain.quantity import format_age, format_bytes, format_cpu
from kubegenie_tui.domain.row import Cell, Column, Measure, Row

GAP = 2
"""Blank cells between two columns."""
WIDEST = 48
"""No column but the name's is wider, unless the table is in wide mode."""
SHORTEST_NAME = 24
"""The name is cut down to this before columns of priority 1 are dropped, and below it only afterwards."""
SHORTEST_STATUS = 14
"""A state is cut down to this before the name is cut below SHORTEST_NAME."""

NOTHING = "–"
"""A cell of which nothing is known, as it is written."""
Reader = Callable[[Row], Cell]


class Placed(msgspec.Struct, frozen=True):
    """A column that is shown."""

    column: Column
    read: Reader
    width: int

    @property
    def right_aligned(self) -> bool:
        """Numbers stand right, words left."""
        return self.column.measure not in (Measure.TEXT, Measure.STATUS)


def place(
    columns: Sequence[tuple[Column, Reader]],
    natural: Mapping[str, int],
    available: int,
    *,
    hidden: Collection[str] = (),
    wide: bool = False,
    chosen: Sequence[str] = (),
) -> list[Placed]:
    """The columns to show in `available` cells, in order, each with its width.

    Args:
        columns: every column, name and age among them.
        natural: width of the widest content by title; titles are never cut.
        available: cells; in wide mode it is not kept to.
        hidden: titles that are not wanted now.
        wide: show all, as wide as they are.
        chosen: titles of the only ones to show, in order; none for those that each kind has by itself.
    """
    wanted = [(column, read) for column, read in columns if column.title not in hidden]
    if chosen:
        wanted = _in_chosen_order(wanted, chosen)
    else:
        wanted = _in_reading_order(column for column in wanted if wide or column[0].priority < 9)
    widths = {column.title: _width(column, natural, wide) for column, _ in wanted}
    if not wide:
        _fit(wanted, widths, natural, available)
        _spread(wanted, widths, natural, available)
    return [Placed(column, read, widths[column.title]) for column, read in wanted]


def format_cell(column: Column, cell: Cell, now: float) -> str:
    """A cell as it is written; an empty dash where nothing is known."""
    match cell, column.measure:
        case None | "", _:
            return NOTHING
        case int() | float(), Measure.AGE:
            return format_age(now - cell) if cell else "–"
        case int() | float(), Measure.CPU:
            return format_cpu(cell)
        case int() | float(), Measure.BYTES:
            return format_bytes(cell)
        case _:
            return str(cell)


def _in_reading_order(columns: Iterable[tuple[Column, Reader]]) -> list[tuple[Column, Reader]]:
    """Age stands after what matters and before the details."""
    known = list(columns)
    return sorted(known, key=lambda item: (item[0].priority >= 2, item[0].title == "AGE"))


def _in_chosen_order(columns: list[tuple[Column, Reader]], chosen: Sequence[str]) -> list[tuple[Column, Reader]]:
    """What was chosen is not dropped before anything else of it is."""
    known = {
        column.title: (msgspec.structs.replace(column, priority=min(column.priority, 1)), read)
        for column, read in columns
    }
    return [known[title] for title in chosen if title in known]


def _width(column: Column, natural: Mapping[str, int], wide: bool) -> int:
    content = max(natural.get(column.title, 0), column.width)
    limit = 1_000 if wide or column.title == "NAME" else WIDEST
    return max(len(column.title), min(content, limit))


def _fit(
    wanted: list[tuple[Column, Reader]], widths: dict[str, int], natural: Mapping[str, int], available: int
) -> None:
    def excess() -> int:
        return sum(widths[column.title] + GAP for column, _ in wanted) - GAP - available

    for least in (2, 1):
        while excess() > 0 and (drop := _least_wanted(wanted, least)) is not None:
            del wanted[drop]
        shortest = SHORTEST_NAME if least == 2 else 8
        if widths.get("NAME", 0) > shortest:
            _shrink_reserve(wanted, widths, natural, excess())
            _shrink_words(wanted, widths, excess())
            if least == 1:
                _shrink_status(wanted, widths, excess())
            _shrink_name(widths, excess(), shortest)
        _shrink_words(wanted, widths, excess())


def _spread(
    wanted: list[tuple[Column, Reader]], widths: dict[str, int], natural: Mapping[str, int], available: int
) -> None:
    """Give what room is left to the columns that were held to WIDEST, the last first: it holds the longest words."""
    left = available - sum(widths[column.title] + GAP for column, _ in wanted) + GAP
    for column, _ in reversed(wanted):
        more = max(0, min(left, natural.get(column.title, 0) - widths[column.title]))
        widths[column.title] += more
        left -= more


def _least_wanted(wanted: Sequence[tuple[Column, Reader]], least: int) -> int | None:
    candidates = [(column.priority, index) for index, (column, _) in enumerate(wanted) if column.priority >= least]
    return max(candidates)[1] if candidates else None


def _shrink_reserve(
    wanted: Sequence[tuple[Column, Reader]], widths: dict[str, int], natural: Mapping[str, int], excess: int
) -> None:
    """What is kept free for content to come goes before a name is cut."""
    for column, _ in wanted:
        needed = max(natural.get(column.title, column.width), len(column.title))
        less = max(0, min(excess, widths[column.title] - needed))
        widths[column.title] -= less
        excess -= less


def _shrink_name(widths: dict[str, int], excess: int, shortest: int) -> None:
    if excess > 0:
        widths["NAME"] = max(shortest, widths["NAME"] - excess)


def _shrink_status(wanted: Sequence[tuple[Column, Reader]], widths: dict[str, int], excess: int) -> None:
    """Where a name would hardly be told from another, the end of a long state goes first."""
    for column, _ in wanted:
        if column.measure is Measure.STATUS:
            less = max(0, min(excess, widths[column.title] - max(SHORTEST_STATUS, column.width)))
            widths[column.title] -= less
            excess -= less


def _shrink_words(wanted: Sequence[tuple[Column, Reader]], widths: dict[str, int], excess: int) -> None:
    """Words give way down to the narrowest width that is useful, the last first."""
    for column, _ in reversed(wanted):
        if excess > 0 and column.measure is Measure.TEXT and column.width:
            less = max(0, min(excess, widths[column.title] - max(column.width, len(column.title))))
            widths[column.title] -= less
            excess -= less
