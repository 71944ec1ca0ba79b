"""Short texts laid out to the width they have: words wrap with the indent of their column, parts carry their ink."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.strip import Strip

from kubegenie_tui.widgets.text_runs import Span
from kubegenie_tui.widgets.text_view import TextView


class Styled(NamedTuple):
    """A line and its inks."""

    text: str
    spans: tuple[Span, ...] = ()


class StyledLinesView(TextView):
    """A view whose lines depend on the width; a subclass composes them."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._styled: list[Styled] = []
        self._composed_for = 0

    def compose_lines(self, width: int) -> Iterator[Styled]:
        """The lines at this width; for subclasses."""
        yield from ()

    def recompose_lines(self) -> None:
        """Lay the lines out again."""
        self._composed_for = self.place.room
        self._styled = list(self.compose_lines(self.place.room))
        self.set_lines([line.text for line in self._styled])

    def fit(self) -> None:
        """Lay the lines out for another width."""
        super().fit()
        if self._composed_for != self.place.room:
            self.recompose_lines()

    def spans(self, line: int) -> Sequence[Span]:
        """The inks of a line."""
        return self._styled[line].spans

    def row_strip(self, line: int, part: int) -> Strip:
        """A row; nothing for lines that are still to be laid out."""
        return super().row_strip(line, part) if line < len(self._styled) else Strip([])


def column(text: str, width: int) -> str:
    """Text cut or filled to exactly so many cells; what is cut shows it."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


def wrapped(text: str, width: int) -> list[str]:
    """Text in pieces of at most `width` cells, broken between words where that is possible."""
    width = max(width, 2)
    pieces: list[str] = []
    piece, room = "", width
    for word in text.split(" "):
        size = cell_len(word)
        if piece and size + 1 <= room:
            piece, room = f"{piece} {word}", room - size - 1
            continue
        if piece:
            pieces.append(piece)
        *whole, piece = _chopped(word, width) if size > width else (word,)
        pieces += whole
        room = width - cell_len(piece)
    return [*pieces, piece]


def _chopped(word: str, width: int) -> list[str]:
    pieces, piece, room = [], "", width
    for character in word:
        size = cell_len(character)
        if size > room:
            pieces.append(piece)
            piece, room = "", width
        piece, room = piece + character, room - size
    return [*pieces, piece]
