"""A read-only text of any length: search with highlights, mouse selection, copy; every view of text stands on it."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import work
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from kubegenie_tui.widgets.text_runs import Span, overlay, runs_of
from kubegenie_tui.widgets.text_search import Lines, Search, TextSearch
from kubegenie_tui.widgets.text_window import TextWindow

INKS = ("muted", "accent", "good", "warn", "bad", "strong", "key", "number", "match", "match-current")
"""Component classes that spans may name, without their prefix."""


class TextView(TextWindow):
    """Lines to read. They must be safe text (`domain.text.plain`)."""

    DEFAULT_CSS = """
    TextView > .text--muted { color: $muted; }
    TextView > .text--accent { color: $accent; }
    TextView > .text--good { color: $success; }
    TextView > .text--warn { color: $warning; }
    TextView > .text--bad { color: $error; }
    TextView > .text--strong { text-style: bold; }
    TextView > .text--key { color: $accent; }
    TextView > .text--number { color: $mark; }
    TextView > .text--match { color: $warning; text-style: bold underline; }
    TextView > .text--match-current { color: $warning; text-style: bold reverse; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"text--{ink}" for ink in INKS}
    ALLOW_SELECT = True

    class Searched(Message):
        """Another query, more matches, or another match is the current one."""

        def __init__(self, view: "TextView", at: int) -> None:
            super().__init__()
            self.view = view
            self.at = at
            """1 for the first match, 0 for none."""

        @property
        def control(self) -> "TextView":
            """The view that was searched."""
            return self.view

    def __init__(self, *, wrap: bool = False, id: str | None = None) -> None:
        super().__init__(wrap=wrap, id=id)
        self.lines: list[str] = []
        self.find: Search = self.new_search()
        self.match = -1
        """The line of the current match, -1 for none."""

    def new_search(self) -> Search:
        """What looks for matches; for subclasses whose lines are more than text."""
        return TextSearch()

    def set_lines(self, lines: Sequence[str]) -> None:
        """Show this text from now on, at the place where the window is."""
        self.lines = list(lines)
        self.place.shown = None
        self.place.measure(self.lines)
        self.scroll_to_row(self.top)
        self.match = -1
        if self.find.active:
            self.search(self.find.query)

    def text_at(self, line: int) -> str:
        """The text of a line; for subclasses that keep it elsewhere."""
        return self.lines[line]

    def spans(self, line: int) -> Sequence[Span]:
        """The inks of a line; for subclasses."""
        return ()

    def prefix(self, line: int, part: int) -> list[Segment]:
        """What stands at the left of a row and is not scrolled sideways, `prefix_width` cells; for subclasses."""
        return []

    def copied(self) -> str:
        """The whole text as it should reach the clipboard; for subclasses."""
        return "\n".join(self.lines)

    # Searching

    def search(self, query: str) -> None:
        """Look for something else; empty for nothing. The first match at or below the top comes into view.

        Raises:
            UsageError: not a regular expression.
        """
        self.find.set_query(query)
        self.match = -1
        self.refresh()
        if self.find.active:
            self._scan()
        else:
            self.tell_search()

    @work(group="scan", exclusive=True)
    async def _scan(self) -> None:
        await self.find.scan(self.searched(), self.tell_search)

    def searched(self) -> Lines:
        """What is looked through; for subclasses that keep their lines elsewhere."""
        return self.lines

    def tell_search(self) -> None:
        """Say how many matches there are, and stand on one when there is none yet."""
        matches = self.find.matches
        if self.match < 0 and matches and self.place.rows:
            top = self.place.at(self.top)[0]
            if self.find.complete or matches[-1] >= top:
                self._stand_on(self.find.beyond(top - 1, 1))
        self.post_message(self.Searched(self, self.find.rank(self.match)))

    def action_next_match(self, step: int) -> None:
        """Go to the next match (1) or the one before (-1)."""
        self._stand_on(self.find.beyond(self.match, step))
        self.tell_search()

    def _stand_on(self, line: int | None) -> None:
        if line is None:
            return
        self.match = line
        self.refresh()
        row = self.place.row_of(line)
        if not self.top <= row < self.top + self.size.height:
            self.scroll_to_row(row - self.size.height // 3)
        if not self.place.wrap:
            self._bring_sideways(line)

    def _bring_sideways(self, line: int) -> None:
        text, room = self.text_at(line), self.place.room
        start, end = next(iter(self.find.spans(text, 0, len(text))), (0, 0))
        if not self.left <= start <= end <= self.left + room:
            self.left = max(0, start - room // 3) if end > room else 0

    # Painting and copying

    def row_strip(self, line: int, part: int) -> Strip:
        """The prefix and the text of a row."""
        return Strip.join([Strip(self.prefix(line, part)), self._text_strip(line, part)])

    def _text_strip(self, line: int, part: int) -> Strip:
        text, room = self.text_at(line), self.place.room
        start, end, cut = self.place.window(text, part, self.left)
        runs = runs_of(self.spans(line), start, min(end, len(text)), self.ink)
        for first, last in self.find.spans(text, start, end):
            runs = overlay(runs, first, last, self.ink("match-current" if line == self.match else "match"))
        if (selection := self.text_selection) and (span := selection.get_span(line)):
            last = len(text) if span[1] == -1 else span[1]
            runs = overlay(runs, span[0], last, self.screen.get_component_rich_style("screen--selection"))
        strip = Strip([Segment(text[first:last], style) for first, last, style in runs]).apply_offsets(start, line)
        return (strip.crop(cut) if cut else strip).adjust_cell_length(room)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under the mouse's selection; offsets are (character, line)."""
        return selection.extract("\n".join(self.lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show the selection."""
        self.refresh()
