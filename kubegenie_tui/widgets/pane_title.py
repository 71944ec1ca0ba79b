"""The title on a pane's top edge; its colour tells where the keys go."""

from textual.content import Content
from textual.widget import Widget


class PaneTitle(Widget):
    """One line; accent while its pane has the focus, amber while what it shows is stale."""

    DEFAULT_CSS = """
    PaneTitle { height: 1; padding: 0 1; color: $muted; text-style: bold; }
    PaneTitle.-focused { color: $accent; }
    PaneTitle.-stale { color: $warning; }
    """

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._content = Content(text)

    def set_content(self, content: Content) -> None:
        """Show this from now on."""
        if not content.is_same(self._content):
            self._content = content
            self.refresh()

    def render(self) -> Content:
        """The title, cut to the line."""
        return self._content.truncate(max(1, self.size.width), ellipsis=True)
