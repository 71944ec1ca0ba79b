"""A Markdown text that grows: only its last block is ever read again, and none gets longer than a moment of work."""

from collections.abc import Sequence

from textual.content import Content

from kubegenie_tui.widgets.answer_lines import code_lines, laid_out, table_rows
from kubegenie_tui.widgets.answer_nodes import Node, nodes_of
from kubegenie_tui.widgets.answer_table import table_lines

LONGEST = 1_000
"""Characters of a block that are still read again with every word; what is above them stays as it is."""
LONGEST_PARAGRAPH = 2_000
"""The same of a paragraph, where it is seen that the rest of it begins anew."""
MOST_ROWS = 200
"""Rows of a table that share the widths of its columns; more of them are a table of their own."""

MOST_REPEATED = 100
"""Characters of a line that the rest of a block begins with: less than what is left behind each time."""


class Block:
    """One construct at the top of the text, whole or still growing."""

    def __init__(self, node: Node, *, goes_on: bool = False, above: Sequence[Sequence[Content]] = ()) -> None:
        """A block as far as it was read.

        Args:
            node: what was read of it.
            goes_on: whether it is the rest of the block above, and follows it without a blank line.
            above: of a table, the rows that were read before, its head among them.
        """
        self.node = node
        self.goes_on = goes_on
        self.above = above
        self._is_whole = False
        self._width = 0
        self._lines: list[Content] = []

    def lines(self, width: int) -> list[Content]:
        """Its lines at this width; code is coloured when it is whole."""
        if self._width != width:
            self._lines, self._width = self._laid_out(width), width
        return self._lines

    def _laid_out(self, width: int) -> list[Content]:
        if self.node.type == "fence" and not self._is_whole:
            return code_lines(self.node.token.content, "", width)
        return table_lines(self.rows, width) if self.above else laid_out(self.node, width)

    @property
    def rows(self) -> list[Sequence[Content]]:
        """All rows of a table."""
        rows = table_rows(self.node)
        return [*self.above, *rows[1:]] if self.above else [*rows]

    def end(self) -> None:
        """Nothing is added any more."""
        self._is_whole = True
        if self.node.type == "fence":
            self._width = 0


class Blocks:
    """Takes the text in pieces of any size."""

    def __init__(self) -> None:
        self.all: list[Block] = []
        self._growing: list[Block] = []
        self._tail = ""
        """The text of the block that grows, and of nothing before it."""
        self._goes_on = False
        self._above: Sequence[Sequence[Content]] = ()

    def take(self, piece: str) -> None:
        """More of the text; `LONGEST` characters at a time take a few milliseconds."""
        for start in range(0, len(piece), LONGEST):
            self._tail += piece[start : start + LONGEST]
            self._read()
            while len(self._tail) > self._longest:
                self._begin_anew()

    def end(self) -> None:
        """The text is complete."""
        for block in self._growing:
            block.end()
        self._growing = []

    def lines(self, width: int) -> list[Content]:
        """All of it."""
        lines: list[Content] = []
        for block in self.all:
            lines += [*([Content("")] if lines and not block.goes_on else []), *block.lines(width)]
        return lines

    @property
    def _longest(self) -> int:
        return LONGEST_PARAGRAPH if self._growing and self._growing[-1].node.type == "paragraph" else LONGEST

    def _read(self) -> None:
        """Read what grows again.

        Whole are the blocks above the last one that begins in a line which has ended: what is still a word may turn
        out to be one more item of the list above it.
        """
        nodes = nodes_of(self._tail)
        blocks = [Block(node) for node in nodes]
        if blocks:
            blocks[0].goes_on, blocks[0].above = self._goes_on, self._above
        del self.all[len(self.all) - len(self._growing) :]
        self.all += blocks
        ended = self._tail.count("\n")
        whole = max((index for index, node in enumerate(nodes) if node.first_line < ended), default=0)
        for block in blocks[:whole]:
            block.end()
        self._growing = blocks[whole:]
        if whole:
            self._goes_on, self._above = False, ()
            self._tail = "".join(self._tail.splitlines(keepends=True)[nodes[whole].first_line :])

    def _begin_anew(self) -> None:
        """Let the block that grows be, and go on with the rest of it as one of the same sort."""
        head, rest = _parted(self._tail, self._longest)
        begun = _begun(self._growing[-1].node) if self._growing else ""
        self._tail = head
        self._read()
        last = self._growing[-1] if self._growing else None
        if last is not None and last.node.type == "table" and len(rows := last.rows) < MOST_ROWS:
            self.all.pop()
            self._above = rows
        else:
            self._goes_on, self._above = True, ()
        self.end()
        self._tail = begun + rest
        self._read()


def _parted(text: str, longest: int) -> tuple[str, str]:
    """Text in two: at the end of a line if there is one, preferably before one that is not indented, or of a word."""
    least = longest // 2
    ends = [at + 1 for at in range(least, longest) if text[at] == "\n"]
    flush = [at for at in ends if text[at : at + 1] not in (" ", "\t", "")]
    space = text.rfind(" ", least, longest) + 1
    at = (flush or ends or [space or longest])[-1]
    return text[:at], text[at:]


def _begun(node: Node) -> str:
    """What the rest of a block begins with: a fence with its first line, a table with its head."""
    if node.type == "fence":
        return f"{node.token.markup[:MOST_REPEATED]}{node.token.info[:MOST_REPEATED]}\n"
    if node.type != "table":
        return ""
    head = node.children[0].children[0].children
    titles = " | ".join(cell.children[0].token.content for cell in head)
    return f"| {titles} |\n{'|---' * len(head)}|\n" if len(titles) < MOST_REPEATED else ""
