"""Markdown laid out to a width, line by line: a hundred items of a list cost a hundred lines, not five hundred widgets.

What each construct means is CommonMark's matter (https://spec.commonmark.org) and, for tables and struck text, GFM's;
the parser knows it. Foreign text: HTML stays text, and of a link the address is shown, since nothing opens it.
"""

import re
from collections.abc import Callable

from textual.content import Content
from textual.highlight import highlight

from kubegenie_tui.widgets.answer_nodes import Node
from kubegenie_tui.widgets.answer_table import table_lines

_BULLETS = ("• ", "◦ ", "· ")
_INKS = {"strong": "bold", "em": "italic", "s": "strike"}
_NARROWEST = 8
"""Cells that a text gets however deep it is indented."""


def laid_out(node: Node, width: int, depth: int = 0) -> list[Content]:
    """The lines of one block, none wider than `width` cells; `depth` of the lists around it."""
    width = max(width, _NARROWEST)
    draw = _DRAWN.get(node.type)
    return draw(node, width, depth) if draw is not None else _stacked(node.children, width, depth)


def code_lines(text: str, language: str, width: int) -> list[Content]:
    """Code on a ground of its own; long lines are folded, for what is cut off cannot be copied."""
    coloured = highlight(text.rstrip("\n"), language=language) if language else Content(text.rstrip("\n"))
    folded = [part for line in coloured.split(allow_blank=True) for part in line.expand_tabs().fold(width - 2)]
    return [_filled(line.pad(1, 1), width).stylize_before("on $panel") for line in folded]


def table_rows(node: Node) -> list[list[Content]]:
    """The cells of each row, the head first."""
    rows = [row for part in node.children for row in part.children]
    return [[inline(cell.children[0]) for cell in row.children] for row in rows]


def inline(node: Node) -> Content:
    """Running text with its inks, not wrapped."""
    parts = [_spoken(child) for child in node.children]
    return parts[0] if len(parts) == 1 else Content("").join(parts)


def _spoken(node: Node) -> Content:
    match node.type:
        case "text":
            return Content(re.sub(r"\s+", " ", node.token.content))
        case "softbreak":
            return Content(" ")
        case "hardbreak":
            return Content("\n")
        case "code_inline":
            return Content.styled(node.token.content, "$accent")
        case "strong" | "em" | "s":
            return inline(node).stylize(_INKS[node.type])
        case "link" | "image":
            return _addressed(node)
    return Content(node.token.content)


def _addressed(node: Node) -> Content:
    """`the manual (https://kubernetes.io/docs)`, or the address alone where that is the text."""
    words, address = inline(node), str(node.token.attrs.get("href") or node.token.attrs.get("src") or "")
    if not address or words.plain in address:
        return words or Content(address)
    return Content.assemble(words, (f" ({address})", "$muted"))


def _paragraph(node: Node, width: int, _: int) -> list[Content]:
    return inline(node.children[0]).wrap(width)


def _heading(node: Node, width: int, _: int) -> list[Content]:
    return [line.stylize("bold $accent") for line in inline(node.children[0]).wrap(width)]


def _rule(_: Node, width: int, __: int) -> list[Content]:
    return [Content.styled("─" * width, "$rule")]


def _code(node: Node, width: int, _: int) -> list[Content]:
    return code_lines(node.token.content, node.token.info.split(" ")[0] if node.type == "fence" else "", width)


def _quote(node: Node, width: int, depth: int) -> list[Content]:
    bar = Content.styled("▏ ", "$rule")
    return [bar + line for line in _stacked(node.children, width - 2, depth)]


def _list(node: Node, width: int, depth: int) -> list[Content]:
    signs = _signs(node, depth)
    room = max(map(len, signs), default=0)
    lines: list[Content] = []
    for sign, item in zip(signs, node.children, strict=True):
        inside = [line for child in item.children for line in laid_out(child, width - room, depth + 1)] or [Content("")]
        heads = [Content.styled(sign.rjust(room), "$muted"), *[Content(" " * room)] * (len(inside) - 1)]
        lines += [head + line for head, line in zip(heads, inside, strict=True)]
    return lines


def _signs(node: Node, depth: int) -> list[str]:
    if node.type == "bullet_list":
        return [_BULLETS[min(depth, len(_BULLETS) - 1)]] * len(node.children)
    first = int(node.token.attrs.get("start", 1))
    return [f"{number}. " for number in range(first, first + len(node.children))]


def _table(node: Node, width: int, _: int) -> list[Content]:
    return table_lines(table_rows(node), width)


def _stacked(nodes: list[Node], width: int, depth: int) -> list[Content]:
    """Blocks below each other, a blank line between them."""
    lines: list[Content] = []
    for node in nodes:
        lines += [*([Content("")] if lines else []), *laid_out(node, width, depth)]
    return lines


def _filled(line: Content, width: int) -> Content:
    return line.pad_right(max(0, width - line.cell_length))


_DRAWN: dict[str, Callable[[Node, int, int], list[Content]]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "hr": _rule,
    "fence": _code,
    "code_block": _code,
    "blockquote": _quote,
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
}
