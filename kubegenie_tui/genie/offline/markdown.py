"""Words of the cluster set in Markdown: never taken for markup, never a link."""

import re
from collections.abc import Iterable, Sequence

from kubegenie_tui.domain.text import plain

_MARKS = re.compile(r"([\\`*_\[\]<>|#~!&])")
_LONGEST_CELL = 80


def words(text: str) -> str:
    """Foreign text on one line with no meaning to Markdown."""
    return _MARKS.sub(r"\\\1", plain(text).strip())


def code(text: str) -> str:
    """Foreign text as code on one line."""
    safe = plain(text).strip()
    if "`" not in safe:
        return f"`{safe}`" if safe else "``—``"
    return f"`` {safe.replace('``', '` `')} ``"


def codes(texts: Sequence[str]) -> str:
    """Two foreign texts or more as code: `a`, `b` and `c`."""
    *first, last = map(code, texts)
    return f"{', '.join(first)} and {last}"


def block(lines: Iterable[str], language: str = "") -> str:
    """Foreign lines as a block of code."""
    safe = [line.replace("```", "` ` `") for line in lines]
    return "\n".join([f"```{language}", *safe, "```"])


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [_line(titles), "|" + " --- |" * len(titles)]
    return "\n".join([*lines, *(_line(row) for row in rows)])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(words(cell[:_LONGEST_CELL]) or "–" for cell in cells) + " |"


def kind_word(kind_id: str) -> str:
    """One object of a kind in a sentence: `pod`, `ingress`, `networkpolicy`."""
    plural = kind_id.partition(".")[0]
    if plural.endswith("ies"):
        return f"{plural.removesuffix('ies')}y"
    return plural.removesuffix("es") if plural.endswith(("sses", "xes")) else plural.removesuffix("s")


def sentence(text: str) -> str:
    """A half sentence with a capital and a full stop; cluster text in it is made harmless."""
    safe = words(text).strip()
    if not safe:
        return ""
    return safe[0].upper() + safe[1:] + ("" if safe.endswith((".", "?", "…")) else ".")
