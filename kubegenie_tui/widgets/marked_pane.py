"""A pane whose title shows whether the keys go to it."""

from textual import events, on
from textual.containers import Vertical


class MarkedPane(Vertical):
    """Has the class `-focused` while something in it has the focus: a rule for `:focus-within` would be seen late."""

    DEFAULT_CSS = "MarkedPane.-focused > TitleLine { color: $accent; }"

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _mark(self) -> None:
        self.set_class(self.has_focus_within, "-focused")
