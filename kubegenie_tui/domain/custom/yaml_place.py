"""Where in an object a cursor stands in its YAML, also while the text is unfinished: found by indentation alone."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

ITEM = "[]"
"""The step from a list to one of its elements."""
_LINE = re.compile(
    r"""^(?P<indent>\s*)(?P<dashes>(?:-\s+)*)(?:(?P<key>"[^"]*"|'[^']*'|[^\s#{}\[\],"'&*!|>%@`][^#{}]*?):(?=\s|$))?(?P<rest>.*)$"""
)
_TYPED = re.compile(r"""^(?P<front>\s*(?:-\s+)*)(?P<word>[\w./-]*)$""")
_VALUE = re.compile(r"""^(?P<front>\s*(?:-\s+)*)(?P<key>[\w./-]+):\s+(?P<word>[^\s{}\[\],#"']*)$""")
_BLOCK = re.compile(r"^\s*[|>][+-]?\d*[+-]?\s*$")


class YamlPlace(NamedTuple):
    """Where a cursor stands."""

    path: tuple[str, ...]
    """The mapping or list around it: `spec`, `containers`, `[]`."""
    key: str
    """The field whose value is being written; empty where a field's name is."""
    word: str
    """What is written of the name or the value up to the cursor."""
    column: int
    """Where the word begins, 0-based."""
    indent: int
    """The column of the names around it."""
    there: frozenset[str]
    """Names that the mapping has already."""


class _Part(NamedTuple):
    """A dash or a key of a line."""

    column: int
    key: str
    """Empty for a dash."""
    rest: str = ""


def place_at(lines: Sequence[str], row: int, column: int) -> YamlPlace | None:
    """Where a cursor stands; None in a comment, in a text of several lines, or in flow style.

    Args:
        lines: of the whole text.
        row: of the cursor, 0-based.
        column: of the cursor, 0-based.
    """
    left = lines[row][:column]
    typed, value = _TYPED.match(left), _VALUE.match(left)
    found = typed or value
    if found is None:
        return None
    key = value["key"] if value is not None and typed is None else ""
    indent = len(found["front"])
    path, there = _above(lines, row, indent, [_Part(at, "") for at in _dashes(found["front"])])
    if path is None:
        return None
    names = there | _beside(lines, row, indent)
    return YamlPlace(tuple(path), key, found["word"], len(left) - len(found["word"]), indent, frozenset(names))


def head_of(lines: Sequence[str], row: int) -> tuple[str, str]:
    """`apiVersion` and `kind` of the document around a row; empty where it has none."""
    first, last = _document(lines, row)
    found: dict[str, str] = {}
    for line in lines[first:last]:
        name, colon, value = line.partition(":")
        if colon and name in ("apiVersion", "kind"):
            found.setdefault(name, value.partition(" #")[0].strip().strip("\"'"))
    return found.get("apiVersion", ""), found.get("kind", "")


def _document(lines: Sequence[str], row: int) -> tuple[int, int]:
    first = next((at + 1 for at in range(row, -1, -1) if lines[at].startswith("---") and at < row), 0)
    last = next((at for at in range(row + 1, len(lines)) if lines[at].startswith("---")), len(lines))
    return first, last


def _parts(line: str) -> list[_Part]:
    """The dashes and the key of a line, from left to right."""
    found = _LINE.match(line)
    if found is None or line.lstrip().startswith("#"):
        return []
    parts = [_Part(at, "") for at in _dashes(f"{found['indent']}{found['dashes']}")]
    if found["key"]:
        parts.append(_Part(len(found["indent"]) + len(found["dashes"]), found["key"].strip("\"'"), found["rest"]))
    return parts


def _dashes(front: str) -> Iterator[int]:
    return (at for at, sign in enumerate(front) if sign == "-")


def _above(lines: Sequence[str], row: int, indent: int, own: list[_Part]) -> tuple[list[str] | None, set[str]]:
    """The way down to a column, and the names that stand above it in the same mapping; no way inside of a text."""
    path: list[str] = []
    there: set[str] = set()
    limit, in_item = indent, False
    first, _ = _document(lines, row)
    for parts in (own, *(_parts(lines[at]) for at in range(row - 1, first - 1, -1))):
        for part in reversed(parts):
            if not part.key and in_item and part.column == limit:
                continue  # an element before this one
            if not part.key and part.column < limit:
                path.insert(0, ITEM)
                limit, in_item = part.column, True
            elif part.key and (part.column < limit or (in_item and part.column == limit)):
                if _BLOCK.match(part.rest):
                    return None, there
                path.insert(0, part.key)
                limit, in_item = part.column, False
            elif part.key and part.column == limit and not path:
                there.add(part.key)
    return path, there


def _beside(lines: Sequence[str], row: int, indent: int) -> set[str]:
    """The names of the same mapping below a row."""
    there: set[str] = set()
    _, last = _document(lines, row)
    for line in lines[row + 1 : last]:
        parts = _parts(line)
        if line.strip() and not line.lstrip().startswith("#") and len(line) - len(line.lstrip()) < indent:
            break
        there |= {part.key for part in parts if part.key and part.column == indent}
    return there
