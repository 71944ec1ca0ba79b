"""The relations of an object as a tree: a title for each relation, and its objects with how they are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.relations.link import Branch, Twig
from kubegenie_tui.domain.text import plain, shorten_middle
from kubegenie_tui.theme import HEALTH_CLASS
from kubegenie_tui.widgets.cursor_lines import CursorLines, Parts
from kubegenie_tui.widgets.styled_lines import column

_KIND_WIDTH = 24
"""Cells for a kind at most."""
_AFTER_NAME = 28
"""Cells for status and field, at least."""


class Line(NamedTuple):
    """A line of the tree: a title, or an object."""

    title: str = ""
    twig: Twig | None = None
    depth: int = 0


class RelationTree(CursorLines):
    """Draws the lines in view; the cursor stands on objects only."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._words: Mapping[str, str] = {}
        self._kind_width = self._name_width = 0
        """Cells that the longest takes; a name with what it is moved in."""

    @property
    def current(self) -> Twig | None:
        """The object under the cursor."""
        return self._lines[self.cursor].twig if self.cursor < len(self._lines) else None

    def show(self, branches: Sequence[Branch], words: Mapping[str, str]) -> None:
        """Show these; the cursor stays on its object when that is among them. `words`: what kinds are called, by id."""
        self._words = words
        held = self.current.ref if self.current else None
        self._lines = [line for branch in branches for line in _branch(branch)]
        twigs = [(line.twig, line.depth) for line in self._lines if line.twig]
        self._kind_width = min(_KIND_WIDTH, max((cell_len(self._word(twig)) for twig, _ in twigs), default=0))
        self._name_width = max((cell_len(_name(twig)) + 2 * depth for twig, depth in twigs), default=0)
        same = (at for at, line in enumerate(self._lines) if line.twig is not None and line.twig.ref == held)
        self.stand(next(same, 0))

    def count(self) -> int:
        """Titles and objects."""
        return len(self._lines)

    def is_stop(self, at: int) -> bool:
        """Objects alone."""
        return self._lines[at].twig is not None

    def line_parts(self, at: int, width: int) -> Parts:
        """A title, or an object."""
        line = self._lines[at]
        if line.twig is None:
            return [(f" {line.title}", "title")]
        room = max(16, min(self._name_width, width - self._kind_width - _AFTER_NAME))
        return _twig_parts(line.twig, column(self._word(line.twig), self._kind_width), line.depth, room)

    def _word(self, twig: Twig) -> str:
        return plain(self._words.get(twig.ref.kind, twig.ref.kind))


def _branch(branch: Branch) -> Iterator[Line]:
    direction = "← " if branch.incoming else ""
    yield Line(title=f"{direction}{branch.relation.value}  {len(branch.twigs)}")
    for twig in branch.twigs:
        yield from _twig(twig, 1)


def _twig(twig: Twig, depth: int) -> Iterator[Line]:
    yield Line(twig=twig, depth=depth)
    for below in twig.twigs:
        yield from _twig(below, depth + 1)


def _name(twig: Twig) -> str:
    where = f"{plain(twig.ref.namespace)}/" if twig.ref.namespace else ""
    return f"{where}{plain(twig.ref.name)}"


def _twig_parts(twig: Twig, kind: str, depth: int, room: int) -> list[tuple[str, str]]:
    """Glyph, kind, name in a column of so much room, status and the field that tells of it, each with its ink."""
    missing = twig.there is False
    glyph = Health.BAD.glyph if missing else twig.health.glyph if twig.there else " "
    ink = "bad" if missing else HEALTH_CLASS[twig.health]
    indent = "  " * depth
    room -= len(indent)
    name = shorten_middle(_name(twig), room)
    status = "does not exist" if missing else plain(twig.status)
    return [
        (f" {indent}{glyph} ", ink),
        (f"{kind} ", "muted"),
        (name + " " * max(0, room - cell_len(name)) + "  ", ""),
        (f"{status:18} " if status else " " * 19, ink),
        (plain(twig.how), "muted"),
    ]
