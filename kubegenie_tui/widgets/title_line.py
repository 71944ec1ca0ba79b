"""The line on top of a pane: what it shows at the left, how that is at the right, or its views to choose from."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

GAP = 2


class TitleLine(Widget):
    """The right part stays whole, the left one is cut."""

    DEFAULT_CSS = """
    TitleLine { height: 1; padding: 0 1; color: $foreground; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._left = Content()
        self._right = Content()

    def set_parts(self, left: Content, right: Content) -> None:
        """Show these from now on."""
        if not (left.is_same(self._left) and right.is_same(self._right)):
            self._left, self._right = left, right
            self.refresh()

    def render(self) -> Content:
        """The whole line."""
        right = self._right
        room = max(0, self.size.width - cell_len(right.plain) - GAP)
        return Content.assemble(self._left.truncate(room, ellipsis=True, pad=True), " " * GAP, right)


class TabLine(TitleLine):
    """Views at the right: the one that is shown is bold and underlined, a click chooses another."""

    class Chosen(Message):
        """A view was clicked."""

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self) -> None:
        super().__init__()
        self._tabs: Sequence[tuple[str, str]] = ()

    def set_tabs(self, title: Content, tabs: Sequence[tuple[str, str]], active: str) -> None:
        """Show these from now on.

        Args:
            title: what the pane is about.
            tabs: each its id and its words.
            active: id of the one that is shown.
        """
        self._tabs = tabs
        self.set_parts(title, Content(" " * GAP).join([_word(label, tab == active) for tab, label in tabs]))

    def on_click(self, event: events.Click) -> None:
        """Choose the view under the mouse."""
        end = self.content_size.width + self.styles.padding.left
        for tab, label in reversed(self._tabs):
            start = end - cell_len(label)
            if start <= event.x < end:
                self.post_message(self.Chosen(tab))
                return
            end = start - GAP


def _word(label: str, active: bool) -> Content:
    return Content.styled(label, "bold underline $accent" if active else "$muted")
