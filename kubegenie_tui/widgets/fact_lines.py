"""Lines of a label and words on it: words that do not fit go on below words, not below the label."""

from collections.abc import Iterable, Iterator

from textual.content import Content
from textual.widgets import Static

LEAST = 20
"""Cells of words below which they go on below the label."""


class FactLines(Static):
    """As high as its lines are at the width it has."""

    DEFAULT_CSS = "FactLines { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._label = 0
        self._lines: list[Content] = []
        self._laid_out_for = 0

    def set_lines(self, lines: Iterable[Content], label: int = 0) -> None:
        """Show these; each begins with a label of so many cells, or with none."""
        self._lines, self._label = list(lines), label
        self._lay_out()

    def on_resize(self) -> None:
        """Lay the lines out for another width."""
        if self._laid_out_for != self.size.width:
            self._lay_out()

    def _lay_out(self) -> None:
        self._laid_out_for = self.size.width
        room = self.size.width - self._label
        if not self._label or room < LEAST:
            self.update(Content("\n").join(self._lines))
        else:
            self.update(Content("\n").join(part for line in self._lines for part in self._parts(line, room)))

    def _parts(self, line: Content, room: int) -> Iterator[Content]:
        if line.cell_length <= self._label:
            yield line
            return
        label, words = line.divide([self._label])
        first, *others = words.wrap(room)
        yield label + first
        for each in others:
            yield Content(" " * self._label) + each
