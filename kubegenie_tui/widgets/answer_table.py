"""A table as plain columns: no boxes, one line a row, the first columns first."""

from collections.abc import Sequence

from textual.content import Content

GAP = 2
NARROWEST = 8
"""A column that would get narrower than this is left out instead."""
MORE = 4
"""Cells for the count of columns left out."""


def table_lines(rows: Sequence[Sequence[Content]], room: int) -> list[Content]:
    """A line for each row, the first of which is the head, in this many cells.

    Of columns that find no room the head says how many they are.
    """
    natural = natural_widths(rows)
    widths = fitted(natural, room)
    head, *lines = [_line(cells, widths) for cells in rows]
    more = len(natural) - len(widths)
    head = Content.assemble(head, f"{' ' * GAP}+{more}" if more else "")
    return [head.stylize("bold $muted"), *lines]


def natural_widths(lines: Sequence[Sequence[Content]]) -> list[int]:
    """The widest cell of each column."""
    count = max(map(len, lines))
    return [max((line[index].cell_length for line in lines if index < len(line)), default=0) for index in range(count)]


def fitted(widths: Sequence[int], room: int) -> list[int]:
    """Widths of the columns that fit into `room` with the gaps: the first, which names, gives way down to half of it.

    The last of them may be cut; the rest are left out, with room kept for their count.
    """
    whole = _from_the_first(widths, room)
    return whole if len(whole) == len(widths) else _from_the_first(widths, room - MORE)


def _from_the_first(widths: Sequence[int], room: int) -> list[int]:
    fitting = [max(1, min(widths[0], room // 2))]
    for width in widths[1:]:
        left = room - sum(fitting) - GAP * len(fitting)
        if left < max(1, min(width, NARROWEST)):
            break
        fitting.append(max(1, min(width, left)))
    left = room - sum(fitting) - GAP * (len(fitting) - 1)
    fitting[0] = max(1, min(widths[0], fitting[0] + left))
    return fitting


def _line(cells: Sequence[Content], widths: Sequence[int]) -> Content:
    parts = [cell.truncate(width, ellipsis=True, pad=True) for cell, width in zip(cells, widths, strict=False)]
    if parts:
        parts[0] = _named(cells[0], widths[0])
    return Content(" " * GAP).join(parts)


def _named(cell: Content, width: int) -> Content:
    """A name gives way in the middle: its end tells it from others."""
    over = len(cell) - width
    if over > 0 and cell.cell_length == len(cell) and width > GAP:
        at = (width + 1) // 2
        cell = Content.assemble(cell[: at - 1], "…", cell[at + over :])
    return cell.truncate(width, ellipsis=True, pad=True)
