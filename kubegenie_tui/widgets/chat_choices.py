"""Numbered lines to pick from: by a key from 1 to 9, by a longer number and enter, or by a click."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kubegenie_tui.domain.conversation import Link, LinksOffered, PlanProposed, Proposal
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain

Meant = PlanProposed | Proposal | ObjectRef | Link | LinksOffered | str
"""What a line stands for: a plan to review, now or of an earlier day, an object that is meant, a place, more places,
words.
"""
MOST = 60
"""Lines of one list."""
SHOWN = 5
"""Places that are shown before more are asked for."""
LAST_KEY = 9
"""The last number that has a key of its own."""


class Choices(Widget):
    """Draws the lines; who hears of the pick knows what to do with what is meant."""

    DEFAULT_CSS = """
    Choices { width: 1fr; margin-bottom: 1; }
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
        self.styles.height = len(self.lines)
        self.refresh()

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

    def proposes(self, title: str) -> bool:
        """Whether it leads to a kept proposal of this title."""
        return any(isinstance(each, Proposal) and each.title == title for each in self._meant)

    @property
    def numbers(self) -> range:
        """The numbers of the lines."""
        return range(self._first, self._first + len(self.lines))

    def pick(self, number: int) -> bool:
        """Pick the line of a number; False when there is none."""
        if not self.is_open or number not in self.numbers:
            return False
        meant = self._meant[number - self._first]
        if isinstance(meant, LinksOffered):
            self._unfold(number - self._first, meant)
        else:
            self.post_message(self.Picked(self, meant))
        return True

    def lead_to(self, links: Sequence[Link]) -> None:
        """The first places, and a line that stands for the others."""
        shown = links if len(links) <= SHOWN + 1 else links[:SHOWN]
        self.extend([_place(link) for link in shown], shown)
        if rest := tuple(links[len(shown) :]):
            self.extend([Content.styled(f"… {len(rest)} more places", "$muted")], [LinksOffered(rest)])

    def _unfold(self, place: int, more: LinksOffered) -> None:
        """Show other places where a line stood for them."""
        self.lines, self._meant = self.lines[:place], self._meant[:place]
        self.extend([_place(link) for link in more.links], more.links)

    def render(self) -> Content:
        """One line each, cut to the width."""
        room = max(1, self.size.width - 4)
        styles = ("bold $accent", "$foreground") if self.is_open else ("$muted", "$muted")
        return Content("\n").join(
            [
                Content.assemble((f" {number:<3}", styles[0]), line.truncate(room, ellipsis=True))
                for number, line in zip(self.numbers, self.lines, strict=True)
            ]
        )

    def on_click(self, event: events.Click) -> None:
        """Pick the line under the mouse."""
        self.pick(self._first + event.y)


def _place(link: Link) -> Content:
    return Content.assemble(("→ ", "$accent"), plain(link.words))
