"""The tree of kinds at the left: groups that open, kinds with their live counts."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.kind_groups import KindGroup, plural_title
from kubegenie_tui.key_sharing import MOVING_KEYS
from kubegenie_tui.keys import bindings

Line = KindGroup | Kind


class ResourceTree(Widget, can_focus=True):
    """Draws the lines in view only; a cluster with 200 CRDs costs nothing extra."""

    DEFAULT_CSS = """
    ResourceTree { width: 29; background: $background; color: $foreground; }
    ResourceTree > .tree--group { text-style: bold; }
    ResourceTree > .tree--muted { color: $muted; }
    ResourceTree > .tree--current { color: $accent; text-style: bold; }
    ResourceTree > .tree--cursor { background: $cursor; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tree--group", "tree--muted", "tree--current", "tree--cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("tree"), *bindings("table", MOVING_KEYS)]

    class Chosen(Message):
        """The person chose a kind."""

        def __init__(self, kind: Kind) -> None:
            super().__init__()
            self.kind = kind

    class Unfolded(Message):
        """Other kinds are in the tree now: their counts are wanted."""

        def __init__(self, kinds: Sequence[Kind]) -> None:
            super().__init__()
            self.kinds = kinds

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane")
        self._groups: tuple[KindGroup, ...] = ()
        self._open = {"Workloads"}
        self.counts: Mapping[str, int | None] = {}
        self._current = ""
        self._cursor = 0
        self._top = 0
        self._lines: list[Line] = []

    def set_groups(self, groups: tuple[KindGroup, ...]) -> None:
        """The kinds of the cluster; what was open stays open."""
        if groups != self._groups:
            self._groups = groups
            self._rebuild()

    def set_counts(self, counts: Mapping[str, int | None]) -> None:
        """Live counts by kind id; None where the person may not list."""
        if counts != self.counts:
            self.counts = dict(counts)
            self.refresh()

    def set_current(self, kind: Kind) -> None:
        """The kind in the table; its group is opened and the cursor put on it."""
        self._current = kind.id
        title = next((group.title for group in self._groups if kind in group.kinds), "")
        if title and title not in self._open:
            self._open.add(title)
            self._rebuild()
        found = [index for index, line in enumerate(self._lines) if isinstance(line, Kind) and line.id == kind.id]
        if found:
            self._cursor = found[0]
        self._keep_in_view()
        self.refresh()

    def _rebuild(self) -> None:
        at = self._lines[self._cursor] if self._cursor < len(self._lines) else None
        self._lines = []
        for group in self._groups:
            self._lines.append(group)
            if group.title in self._open:
                self._lines += group.kinds
        self._cursor = self._lines.index(at) if at in self._lines else min(self._cursor, len(self._lines) - 1)
        self._cursor = max(0, self._cursor)
        self.refresh()
        self.announce()

    def announce(self) -> None:
        """Tell which kinds are in the tree."""
        self.post_message(self.Unfolded([line for line in self._lines if isinstance(line, Kind)]))

    def action_move(self, lines: int) -> None:
        """Move the cursor."""
        self._cursor = max(0, min(self._cursor + lines, len(self._lines) - 1))
        self._keep_in_view()
        self.refresh()

    def action_move_page(self, pages: int) -> None:
        """Move by windows."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_move_end(self, end: int) -> None:
        """Go to the first line (0) or the last (1)."""
        self.action_move(len(self._lines) if end else -len(self._lines))

    def action_fold(self, unfold: bool) -> None:
        """Open or close the group under the cursor."""
        line = self._lines[self._cursor] if self._lines else None
        if isinstance(line, Kind):
            line = next(group for group in self._groups if line in group.kinds)
        if line is not None and unfold is not (line.title in self._open):
            self._open ^= {line.title}
            if not unfold:
                self._cursor = self._lines.index(line)
            self._rebuild()

    def action_choose(self) -> None:
        """Open the kind, or open or close the group."""
        line = self._lines[self._cursor] if self._lines else None
        if isinstance(line, Kind):
            self.post_message(self.Chosen(line))
        elif line is not None:
            self.action_fold(line.title not in self._open)

    def on_click(self, event: events.Click) -> None:
        """As Enter on that line."""
        if (index := self._top + event.y) < len(self._lines):
            self._cursor = index
            self.action_choose()

    def on_mouse_scroll_down(self) -> None:
        """Three lines down."""
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        """Three lines up."""
        self.action_move(-3)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._keep_in_view()
        self.refresh()

    def watch_has_focus(self, focused: bool) -> None:
        """The cursor's line tells whether keys come here."""
        super().watch_has_focus(focused)
        self.refresh(Region(0, self._cursor - self._top, self.size.width, 1))

    def _keep_in_view(self) -> None:
        height = self.size.height
        if not height:
            return
        self._top = max(0, min(self._top, self._cursor, max(0, len(self._lines) - height)))
        self._top = max(self._top, self._cursor - height + 1)

    def render_line(self, y: int) -> Strip:
        """One line: a group or a kind with its count."""
        base, index, width = self.rich_style, self._top + y, self.size.width
        if index >= len(self._lines):
            return Strip.blank(width, base)
        left, right, ink = self._texts(self._lines[index])
        at_cursor = index == self._cursor and self.has_focus
        ground = base + self._ink("tree--cursor") if at_cursor else base
        room = max(1, width - len(right) - 2)
        text = (left[: room - 1] + "…" if len(left) > room else left.ljust(room)) + " "
        segments = [Segment(text, ground + self._ink(ink)), Segment(f"{right} ", ground + self._ink("tree--muted"))]
        return Strip(segments).adjust_cell_length(width, ground)

    def _ink(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True) if name else Style.null()

    def _texts(self, line: Line) -> tuple[str, str, str]:
        if isinstance(line, KindGroup):
            return f" {'▾' if line.title in self._open else '▸'} {line.title}", "", "tree--group"
        count = self.counts.get(line.id, "")
        right = "–" if count is None else f"{count}"
        if line.id == self._current:
            return f"  ▌{plural_title(line)}", right, "tree--current"
        return f"   {plural_title(line)}", right, ""
