"""Lines with a first column, such as an age, whose words go on below words and not below that."""

from typing import TYPE_CHECKING

from textual.content import Content
from textual.visual import RenderOptions, Visual

if TYPE_CHECKING:
    from textual.css.styles import RulesMap
    from textual.strip import Strip
    from textual.style import Style


class Hanging(Visual):
    """Lines that are indented wherever they are wrapped, however wide they are shown."""

    def __init__(self, *lines: tuple[Content, int]) -> None:
        """Each with the cells of its first column, which must hold no wide characters."""
        self._shown = lines

    def _lines(self, width: int) -> Content:
        return Content("\n").join([each for line, indent in self._shown for each in _wrapped(line, indent, width)])

    def render_strips(self, width: int, height: int | None, style: "Style", options: RenderOptions) -> "list[Strip]":
        """As Content."""
        return self._lines(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: "RulesMap", container_width: int) -> int:
        """As Content."""
        return max((line.get_optimal_width(rules, container_width) for line, _ in self._shown), default=0)

    def get_height(self, rules: "RulesMap", width: int) -> int:
        """As Content."""
        return self._lines(width).get_height(rules, width)


def hanging(words: Content, indent: int = 2) -> Hanging:
    """Lines whose first column is a glyph, such as those of an error: nothing goes on below that."""
    return Hanging(*((line, indent) for line in words.split("\n", allow_blank=True)))


def _wrapped(line: Content, indent: int, width: int) -> list[Content]:
    first, *rest = line[indent:].wrap(max(2, width - indent)) or [Content()]
    return [line[:indent] + first, *(Content(" " * indent) + each for each in rest)]
