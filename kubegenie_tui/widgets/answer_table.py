"""A Markdown table as plain columns: no boxes, one line a row, and no tooltip that would read a cell as markup."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets._markdown import MarkdownBlock, MarkdownTable

GAP = 2
NARROWEST = 8
"""A column that would get narrower than this is left out instead."""
MORE = 4
"""Cells for the count of columns left out."""


class AnswerTable(MarkdownTable):
    """Takes the place of Textual's table; grows while it streams in."""

    DEFAULT_CSS = """
    AnswerTable { margin-bottom: 1; height: auto; }
    AnswerTable:light { background: transparent; }
    """

    def compose(self) -> ComposeResult:
        """The columns."""
        yield Columns(*self._get_headers_and_rows())

    async def _update_from_block(self, block: MarkdownBlock) -> None:
        if isinstance(block, AnswerTable):
            self.query_one(Columns).set_cells(*block._get_headers_and_rows())
        else:
            await MarkdownBlock._update_from_block(self, block)


class Columns(Widget):
    """Draws cells side by side, the first columns first; of those that find no room it says how many they are."""

    DEFAULT_CSS = "Columns { height: auto; width: 1fr; }"

    def __init__(self, headers: Sequence[Content], rows: Sequence[Sequence[Content]]) -> None:
        super().__init__()
        self._lines: list[Sequence[Content]] = [headers, *rows]

    def set_cells(self, headers: Sequence[Content], rows: Sequence[Sequence[Content]]) -> None:
        """Draw these from now on."""
        self._lines = [headers, *rows]
        self.refresh(layout=True)

    def get_content_height(self, *_: object) -> int:
        """One line a row."""
        return len(self._lines)

    def render(self) -> Content:
        """All lines."""
        return self.lines(self.size.width)

    def lines(self, room: int) -> Content:
        """All lines, in this many cells."""
        natural = natural_widths(self._lines)
        widths = fitted(natural, room)
        head, *rows = [_line(cells, widths) for cells in self._lines]
        more = len(natural) - len(widths)
        head = Content.assemble(head, f"{' ' * GAP}+{more}" if more else "")
        return Content("\n").join([head.stylize("bold $muted"), *rows])


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
