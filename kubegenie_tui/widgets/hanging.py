"""A line with a first column, such as an age, whose words go on below words and not below that."""

from typing import TYPE_CHECKING

from textual.content import Content
from textual.visual import RenderOptions, Visual

if TYPE_CHECKING:
    from textual.css.styles import RulesMap
    from textual.strip import Strip
    from textual.style import Style


class Hanging(Visual):
    """Content that is indented wherever it is wrapped, however wide it is shown."""

    def __init__(self, content: Content, indent: int) -> None:
        """Content and the cells of its first column, which must hold no wide characters."""
        self._column, self._words = content[:indent], content[indent:]
        self._indent = indent

    def _lines(self, width: int) -> Content:
        first, *rest = self._words.wrap(max(2, width - self._indent)) or [Content()]
        return Content("\n").join([self._column + first, *(Content(" " * self._indent) + each for each in rest)])

    def render_strips(self, width: int, height: int | None, style: "Style", options: RenderOptions) -> "list[Strip]":
        """As Content."""
        return self._lines(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: "RulesMap", container_width: int) -> int:
        """As Content."""
        return self._indent + self._words.get_optimal_width(rules, container_width)

    def get_height(self, rules: "RulesMap", width: int) -> int:
        """As Content."""
        return self._lines(width).get_height(rules, width)
