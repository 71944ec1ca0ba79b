"""Numbered lines to pick from: a key from 1 to 9, or a click, which also picks what comes after the ninth."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kubegenie_tui.domain.conversation import Link, PlanProposed
from kubegenie_tui.domain.object_ref import ObjectRef

Meant = PlanProposed | ObjectRef | Link | str
"""What a line stands for: a plan to review, which object is meant, a place to see, words to say."""
MOST = 9
"""Lines of one list, and the last number that has a key."""


class Choices(Widget):
    """Draws the lines; who hears of the pick knows what to do with what is meant."""

    DEFAULT_CSS = """
    Choices { height: auto; width: 1fr; margin-bottom: 1; }
    Choices.-closed { opacity: 60%; }
    """

    class Picked(Message):
        """One was picked."""

        def __init__(self, choices: "Choices", meant: Meant) -> None:
            super().__init__()
            self.choices = choices
            self.meant = meant

    def __init__(self, lines: Sequence[Content], meant: Sequence[Meant], after: "Choices | None" = None) -> None:
        """Lines, MOST of them at most.

        Args:
            lines: one each.
            meant: what each stands for.
            after: what has the numbers before.
        """
        super().__init__()
        self.lines: list[Content] = []
        self._meant: list[Meant] = []
        self._first: int = after.numbers.stop if after is not None else 1
        self.extend(lines, meant)

    def extend(self, lines: Sequence[Content], meant: Sequence[Meant]) -> None:
        """More lines below."""
        self.lines = [*self.lines, *lines][:MOST]
        self._meant = [*self._meant, *meant][:MOST]
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

    @property
    def numbers(self) -> range:
        """The numbers of the lines."""
        return range(self._first, self._first + len(self.lines))

    def pick(self, number: int) -> bool:
        """Pick the line of a number; False when there is none."""
        if not self.is_open or number not in self.numbers:
            return False
        self.post_message(self.Picked(self, self._meant[number - self._first]))
        return True

    def render(self) -> Content:
        """One line each, cut to the width."""
        room = max(1, self.size.width - 4)
        styles = ("bold $accent", "$foreground") if self.is_open else ("$muted", "$muted")
        keys = [str(number) if number <= MOST else "·" for number in self.numbers]
        return Content("\n").join(
            [
                Content.assemble((f" {key}  ", styles[0]), line.truncate(room, ellipsis=True))
                for key, line in zip(keys, self.lines, strict=True)
            ]
        )

    def get_content_height(self, *_: object) -> int:
        """As many rows as lines."""
        return len(self.lines)

    def on_click(self, event: events.Click) -> None:
        """Pick the line under the mouse."""
        self.pick(self._first + event.y)
