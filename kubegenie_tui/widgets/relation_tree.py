"""The relations of an object as a tree: a title for each relation, and its objects with how they are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.relations.link import Branch, Twig
from kubegenie_tui.domain.text import plain, shorten_middle
from kubegenie_tui.keys import bindings
from kubegenie_tui.theme import HEALTH_CLASS
from kubegenie_tui.widgets.styled_lines import column

INKS = ("good", "accent", "warn", "bad", "muted", "title", "cursor", "cursor-away")
_KIND_WIDTH = 24
"""Cells for a kind at most."""
_AFTER_NAME = 28
"""Cells for status and field, at least."""


class Line(NamedTuple):
    """A line of the tree: a title, or an object."""

    title: str = ""
    twig: Twig | None = None
    depth: int = 0


class RelationTree(Widget, can_focus=True):
    """Draws the lines in view; the cursor stands on objects only."""

    DEFAULT_CSS = """
    RelationTree { height: 1fr; background: $background; color: $foreground; }
    RelationTree > .relation--good { color: $success; }
    RelationTree > .relation--accent { color: $accent; }
    RelationTree > .relation--warn { color: $warning; }
    RelationTree > .relation--bad { color: $error; }
    RelationTree > .relation--muted { color: $muted; }
    RelationTree > .relation--title { color: $accent; text-style: bold; }
    RelationTree > .relation--cursor { background: $cursor; }
    RelationTree > .relation--cursor-away { background: $panel; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"relation--{ink}" for ink in INKS}
    BINDINGS: ClassVar[list[BindingType]] = bindings("table")

    class Opened(Message):
        """The person wants to go to the object under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane")
        self._lines: list[Line] = []
        self._cursor = 0
        self._top = 0
        self._left = 0
        self._words: Mapping[str, str] = {}
        self._kind_width = self._name_width = 0
        """Cells that the longest takes; a name with what it is moved in."""

    @property
    def current(self) -> Twig | None:
        """The object under the cursor."""
        return self._lines[self._cursor].twig if self._cursor < len(self._lines) else None

    def show(self, branches: Sequence[Branch], words: Mapping[str, str]) -> None:
        """Show these; the cursor stays on its object when that is among them. `words`: what kinds are called, by id."""
        self._words = words
        held = self.current.ref if self.current else None
        self._lines = [line for branch in branches for line in _branch(branch)]
        twigs = [(line.twig, line.depth) for line in self._lines if line.twig]
        self._kind_width = min(_KIND_WIDTH, max((cell_len(self._word(twig)) for twig, _ in twigs), default=0))
        self._name_width = max((cell_len(_name(twig)) + 2 * depth for twig, depth in twigs), default=0)
        same = (at for at, line in enumerate(self._lines) if line.twig is not None and line.twig.ref == held)
        self._cursor = next(same, 0)
        self.action_move(0)

    def action_move(self, rows: int) -> None:
        """Move by rows; titles are passed over."""
        step = -1 if rows < 0 else 1
        at = max(0, min(self._cursor + rows, len(self._lines) - 1))
        for candidate in (*range(at, len(self._lines) if step > 0 else -1, step), *range(at, -1, -1)):
            if 0 <= candidate < len(self._lines) and self._lines[candidate].twig is not None:
                self._cursor = candidate
                break
        self._keep_in_view()
        self.refresh()

    def action_move_page(self, pages: int) -> None:
        """Move by windows."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_move_end(self, end: int) -> None:
        """Go to the first object (0) or the last (1)."""
        self._cursor = len(self._lines) - 1 if end else 0
        self.action_move(0)

    def action_scroll_columns(self, cells: int) -> None:
        """Shift sideways, to read where a long field stands."""
        self._left = max(0, min(self._left + cells, 120))
        self.refresh()

    def on_mouse_scroll_down(self) -> None:
        """Three rows down."""
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        """Three rows up."""
        self.action_move(-3)

    def on_click(self, event: events.Click) -> None:
        """Stand on the line; a double click opens."""
        at = self._top + event.y
        if at < len(self._lines) and self._lines[at].twig is not None:
            self._cursor = at
            self.refresh()
            if event.chain == 2:
                self.post_message(self.Opened())

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._keep_in_view()
        self.refresh()

    def watch_has_focus(self, focused: bool) -> None:
        """The cursor's line tells whether keys come here."""
        super().watch_has_focus(focused)
        self.refresh()

    def _keep_in_view(self) -> None:
        height = self.size.height
        if height:
            before = 1 if self._cursor and self._lines[self._cursor - 1].twig is None else 0
            self._top = max(0, min(self._top, self._cursor - before, max(0, len(self._lines) - height)))
            self._top = max(self._top, self._cursor - height + 1)

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        at, width, base = self._top + y, self.size.width, self.rich_style
        if at >= len(self._lines):
            return Strip.blank(width, base)
        line = self._lines[at]
        if at == self._cursor:
            base += self._ink("cursor" if self.has_focus else "cursor-away")
        parts = [(f" {line.title}", "title")]
        if line.twig is not None:
            room = max(16, min(self._name_width, width - self._kind_width - _AFTER_NAME))
            kind = column(self._word(line.twig), self._kind_width)
            parts = _twig_parts(line.twig, kind, line.depth, room)
        segments = [Segment(text, base + self._ink(ink)) for text, ink in parts]
        whole = Strip(segments)
        return whole.crop(self._left, max(whole.cell_length, self._left)).adjust_cell_length(width, base)

    def _word(self, twig: Twig) -> str:
        return plain(self._words.get(twig.ref.kind, twig.ref.kind))

    def _ink(self, name: str) -> Style:
        return self.get_component_rich_style(f"relation--{name}", partial=True) if name else Style.null()


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
