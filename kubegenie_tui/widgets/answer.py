"""What the genie says, as Markdown that is drawn while it comes.

Imported with the first answer: nothing before it needs a parser.
"""

import asyncio
from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget

from kubegenie_tui.domain.text import plain_lines
from kubegenie_tui.widgets.answer_blocks import LONGEST, Blocks

if TYPE_CHECKING:
    from textual.content import Content
    from textual.geometry import Size
    from textual.timer import Timer

MOST_SAID = 100_000
"""Characters of one answer that are shown; a model that does not stop must not stop the terminal."""
FRAME = 0.05
"""Seconds between two looks at what has come."""
KEPT = 256
"""Painted rows: more than a screen has."""


class Answer(Widget):
    """Lines of a text that grows; only those on the screen are drawn."""

    DEFAULT_CSS = "Answer { height: auto; width: 1fr; padding-bottom: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._blocks = Blocks()
        self._lines: list[Content] = []
        self._laid_out_for = 0
        self._strips: dict[int, tuple[Content, Strip]] = {}
        """By row, what was painted last, and what of."""
        self._pending = ""
        self._room = MOST_SAID
        self._clock: Timer | None = None

    def say(self, text: str) -> None:
        """More of the answer."""
        if self._room <= 0:
            return
        kept = plain_lines(text)[: self._room]
        self._room -= len(kept)
        self._pending += kept if self._room > 0 else f"{kept} …"
        if self._clock is None:
            self._clock = self.set_interval(FRAME, self._draw_more)
            self._draw_more()

    async def end(self) -> None:
        """The answer is complete: show all of it, drawn once: nothing else has to wait for its frame."""
        rest, self._pending = self._pending, ""
        for start in range(0, len(rest), LONGEST):
            self._blocks.take(rest[start : start + LONGEST])
            if self._laid_out_for:
                self._blocks.lines(self._laid_out_for)
            await asyncio.sleep(0)
        if self._clock is not None:
            self._clock.stop()
        self._blocks.end()
        self._lay_out()

    def _draw_more(self) -> None:
        """Take as much of what has come as a frame has time for."""
        if self._pending:
            piece, self._pending = self._pending[:LONGEST], self._pending[LONGEST:]
            self._blocks.take(piece)
            self._lay_out()

    def _lay_out(self) -> None:
        """Draw the lines that are others now; as long as there are no more of them, all else stays where it is."""
        before, width = self._lines, self._laid_out_for
        self._laid_out_for = 0
        lines = self._lines_at(width)
        if not width or len(lines) != len(before):
            self.refresh(layout=True)
            return
        other = [at for at, (old, new) in enumerate(zip(before, lines, strict=True)) if not old.is_same(new)]
        if other:
            self.refresh(Region(0, other[0], width, other[-1] + 1 - other[0]))

    def _lines_at(self, width: int) -> "list[Content]":
        if width and self._laid_out_for != width:
            self._lines, self._laid_out_for = self._blocks.lines(width), width
        return self._lines

    def get_content_height(self, container: "Size", viewport: "Size", width: int) -> int:
        """One row a line."""
        return len(self._lines_at(width))

    def render_line(self, y: int) -> Strip:
        """A line, with what of it the mouse has selected."""
        width, lines = self.size.width, self._lines_at(self.size.width)
        if y >= len(lines):
            return Strip.blank(width, self.visual_style.rich_style)
        if (selection := self.text_selection) is not None:
            return self._painted(_marked(lines[y], selection.get_span(y), self._ink_of_selection), y)
        if (kept := self._strips.get(y)) is None or kept[0] is not lines[y]:
            if len(self._strips) >= KEPT:
                self._strips.clear()
            kept = self._strips[y] = (lines[y], self._painted(lines[y], y))
        return kept[1]

    def _painted(self, line: "Content", y: int) -> Strip:
        strips = Visual.to_strips(self, line, self.size.width, 1, self.visual_style, apply_selection=False, pad=True)
        return strips[0].apply_offsets(0, y)

    @property
    def _ink_of_selection(self) -> Style:
        return Style.from_styles(self.screen.get_component_styles("screen--selection"))

    def notify_style_update(self) -> None:
        """Paint anew in other colours."""
        super().notify_style_update()
        self._strips.clear()

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """The words that are selected."""
        return selection.extract("\n".join(line.plain for line in self._lines)), "\n"


def _marked(line: "Content", span: tuple[int, int] | None, ink: Style) -> "Content":
    """A line with a part of it selected; an end below zero is that of the line."""
    return line.stylize(ink, span[0], len(line) if span[1] < 0 else span[1]) if span is not None else line
