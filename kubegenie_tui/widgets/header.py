"""The line on top: where we are on the left, what needs attention on the right."""

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget


class StatusHeader(Widget):
    """Two texts on one line; the right one stays whole, the left one is cut."""

    DEFAULT_CSS = """
    StatusHeader { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    def __init__(self, *, demo: bool = False) -> None:
        super().__init__()
        self._demo = demo
        self._left = Content.styled("KubeGenie", "bold")
        self._right = Content()

    def set_parts(self, left: Content, right: Content) -> None:
        """Show these from now on."""
        if not (left.is_same(self._left) and right.is_same(self._right)):
            self._left, self._right = left, right
            self.refresh()

    def render(self) -> Content:
        """The whole line."""
        right = self._right
        if self._demo:
            right = Content.assemble(right, "  ", Content.styled(" DEMO ", "bold reverse $warning"))
        room = max(0, self.size.width - cell_len(right.plain) - 1)
        return Content.assemble(self._left.truncate(room, ellipsis=True, pad=True), " ", right)
