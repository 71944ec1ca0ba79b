"""Markdown as a tree without ways back up: one with them would leave circles behind with every word of an answer."""

from collections.abc import Sequence
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_WITHOUT_LINKS = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["link", "image"])
_MOST_BRACKETS = 100
"""Opening brackets of a text that may still be links: for each that nothing closes all that follows is read."""


class Node(NamedTuple):
    """A construct, and what is inside of it; running text is the one child `inline` of its block."""

    type: str
    """As the parser calls it, without `_open`: paragraph, bullet_list, strong, text."""
    token: Token
    """That begins it."""
    children: "list[Node]"

    @property
    def first_line(self) -> int:
        """0-based line of the text that it begins in."""
        return self.token.map[0] if self.token.map else 0


def nodes_of(text: str) -> list[Node]:
    """The blocks of a text."""
    parser = _PARSER if text.count("[") <= _MOST_BRACKETS else _WITHOUT_LINKS
    return _nested(parser.parse(text))


def _nested(tokens: Sequence[Token]) -> list[Node]:
    open_blocks: list[list[Node]] = [[]]
    for token in tokens:
        if token.nesting < 0:
            open_blocks.pop()
            continue
        inside = _nested(token.children) if token.children else []
        open_blocks[-1].append(Node(token.type.removesuffix("_open"), token, inside))
        if token.nesting > 0:
            open_blocks.append(inside)
    return open_blocks[0]
