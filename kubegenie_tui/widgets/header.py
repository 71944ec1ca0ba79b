"""The line on top: where we are on the left, what needs attention and the time on the right."""

import time

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

LOOK_SECONDS = 2.0
"""Between two looks at the clock."""


class StatusHeader(Widget):
    """Two texts and the time on one line; what is on the right stays whole, the left text is cut."""

    DEFAULT_CSS = """
    StatusHeader { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    def __init__(self, *, demo: bool = False) -> None:
        super().__init__()
        self._demo = demo
        self._left = Content.styled("KubeGenie", "bold")
        self._right = Content()
        self._time = _time()

    def on_mount(self) -> None:
        """Keep the time true."""
        self.set_interval(LOOK_SECONDS, self._look)

    def set_parts(self, left: Content, right: Content | None = None) -> None:
        """Show these from now on; without a right one, the time alone."""
        right = right or Content()
        if not (left.is_same(self._left) and right.is_same(self._right)):
            self._left, self._right = left, right
            self.refresh()

    def render(self) -> Content:
        """The whole line."""
        parts = [self._right, Content(self._time)]
        if self._demo:
            parts.append(Content.styled(" DEMO ", "bold reverse $warning"))
        right = Content("  ").join(part for part in parts if part)
        room = max(0, self.size.width - cell_len(right.plain) - 1)
        return Content.assemble(self._left.truncate(room, ellipsis=True, pad=True), " ", right)

    def _look(self) -> None:
        now = _time()
        if now != self._time:
            self._time = now
            self.refresh()


def _time() -> str:
    return time.strftime("%H:%M", time.localtime(time.time()))
