"""A Markdown table as plain columns: no boxes, one line a row, and no tooltip that would read a cell as markup."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets._markdown import MarkdownBlock, MarkdownTable

GAP = 2
NARROWEST = 4


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
    """Draws cells side by side; the widest columns give way first."""

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
        widths = fitted(natural_widths(self._lines), self.size.width)
        head, *rows = [_line(cells, widths) for cells in self._lines]
        return Content("\n").join([head.stylize("bold $muted"), *rows])


def natural_widths(lines: Sequence[Sequence[Content]]) -> list[int]:
    """The widest cell of each column."""
    count = max(map(len, lines))
    return [max((line[index].cell_length for line in lines if index < len(line)), default=0) for index in range(count)]


def fitted(widths: Sequence[int], room: int) -> list[int]:
    """Widths that fit into `room` with the gaps, as long as no column gets too narrow."""
    fitting = list(widths)
    while sum(fitting) + GAP * (len(fitting) - 1) > room and max(fitting) > NARROWEST:
        fitting[fitting.index(max(fitting))] -= 1
    return fitting


def _line(cells: Sequence[Content], widths: Sequence[int]) -> Content:
    parts = [cell.truncate(width, ellipsis=True, pad=True) for cell, width in zip(cells, widths, strict=False)]
    return Content(" " * GAP).join(parts)
