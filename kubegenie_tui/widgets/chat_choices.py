"""Numbered lines to pick from: a key from 1 to 9, or a click."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class Choices(Widget):
    """Draws the lines; who asked for them knows what they mean."""

    DEFAULT_CSS = """
    Choices { height: auto; width: 1fr; margin-bottom: 1; }
    Choices.-closed { opacity: 60%; }
    """

    class Picked(Message):
        """One was picked."""

        def __init__(self, choices: "Choices", index: int) -> None:
            super().__init__()
            self.choices = choices
            self.index = index

    def __init__(self, lines: Sequence[Content]) -> None:
        super().__init__()
        self.lines = lines[:9]

    def extend(self, lines: Sequence[Content]) -> None:
        """More lines below."""
        self.lines = [*self.lines, *lines][:9]
        self.refresh(layout=True)

    def close(self) -> None:
        """The time to pick is over."""
        self.add_class("-closed")

    def reopen(self) -> None:
        """They can be picked again."""
        self.remove_class("-closed")

    @property
    def is_open(self) -> bool:
        """Whether one can be picked."""
        return not self.has_class("-closed")

    def pick(self, index: int) -> bool:
        """Pick a line, counted from 0; False when there is none."""
        if not self.is_open or not 0 <= index < len(self.lines):
            return False
        self.post_message(self.Picked(self, index))
        return True

    def render(self) -> Content:
        """One line each, cut to the width."""
        room = max(1, self.size.width - 4)
        numbers = ("bold $accent", "$foreground") if self.is_open else ("$muted", "$muted")
        return Content("\n").join(
            [
                Content.assemble((f" {number}  ", numbers[0]), line.truncate(room, ellipsis=True))
                for number, line in enumerate(self.lines, 1)
            ]
        )

    def get_content_height(self, *_: object) -> int:
        """As many rows as lines."""
        return len(self.lines)

    def on_click(self, event: events.Click) -> None:
        """Pick the line under the mouse."""
        self.pick(event.y)
