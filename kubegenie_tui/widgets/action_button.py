"""A word to press at the bottom of a dialog; one line high, and its focus shows without colour too."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kubegenie_tui.keys import bindings


class ActionButton(Widget, can_focus=True):
    """`[ Cancel ]`; while it has the focus it is reversed and an arrow points at it."""

    DEFAULT_CSS = """
    ActionButton { width: auto; height: 1; color: $foreground; }
    ActionButton:focus { color: $accent; text-style: bold reverse; }
    ActionButton:disabled { color: $muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("button")

    class Pressed(Message):
        """The person pressed it."""

        def __init__(self, button: "ActionButton") -> None:
            super().__init__()
            self.button = button

        @property
        def control(self) -> "ActionButton":
            """The button that was pressed."""
            return self.button

    def __init__(self, label: str, *, id: str) -> None:
        super().__init__(id=id)
        self._label = label

    def set_label(self, label: str) -> None:
        """Have another word on it."""
        self._label = label
        self.refresh(layout=True)

    def render(self) -> Content:
        """The word between brackets."""
        return Content(f"▸ {self._label} ◂" if self.has_focus else f"[ {self._label} ]")

    def action_press(self) -> None:
        """Say that it was pressed."""
        self.post_message(self.Pressed(self))

    def on_click(self, event: events.Click) -> None:
        """Press it."""
        event.stop()
        self.action_press()

    def on_focus(self) -> None:
        """Show the arrow."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the arrow."""
        self.refresh()
