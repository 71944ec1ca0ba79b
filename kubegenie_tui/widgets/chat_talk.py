"""What was said, turn below turn; stays at the end until the person reads back."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.asked_where import asked_in, back_to, moved_words
from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.chat_choices import Choices
from kubegenie_tui.widgets.chat_tool import ToolCall
from kubegenie_tui.widgets.chat_turn import Turn

RECALLED = 12
"""Turns of a stored conversation that are drawn when it is reopened: the rest costs time and is rarely read."""


class Talk(VerticalScroll, can_focus=False):
    """The greeting, or the turns."""

    DEFAULT_CSS = """
    Talk { height: 1fr; padding: 1 1 0 1; scrollbar-size-vertical: 1; }
    Talk > Vertical { height: auto; min-height: 100%; align-vertical: bottom; }
    Talk .greeting { margin-bottom: 1; }
    Talk .earlier, Talk .moved { color: $muted; margin-bottom: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._turns = Vertical()
        self._unfolded = False

    def compose(self) -> ComposeResult:
        """The turns, at the bottom while there are few."""
        yield self._turns

    def on_mount(self) -> None:
        """Stay at the end."""
        self.anchor()

    async def greet(self, greeting: Content, examples: Sequence[str]) -> None:
        """An empty conversation: who answers, and what could be asked."""
        await self._turns.remove_children()
        choices = Choices([Content(plain(example)) for example in examples], examples)
        choices.add_class("greeting")
        await self._turns.mount(Static(greeting, markup=False, classes="greeting"), choices)

    async def recall(self, messages: Sequence[Message], cluster: str = "") -> None:
        """A conversation of an earlier day; of its last turn can be picked what could be then.

        Between turns it is told where the cluster or the identity changes, `cluster` being that of the next question.
        """
        await self._turns.remove_children()
        starts = [index for index, message in enumerate(messages) if message.role == "user"]
        first = starts[-RECALLED] if len(starts) > RECALLED else 0
        if first:
            words = Content(f"{len(starts) - RECALLED} earlier questions are kept but not shown")
            await self._turns.mount(Static(words, markup=False, classes="earlier"))
        turn, about = Turn(""), ""
        for message in messages[first:]:
            if message.role == "user":
                self._close_choices()
                await self._tell_moved(about, asked_in(message))
                turn, about = Turn(message.text), asked_in(message) or about
            if not turn.is_attached:
                await self._turns.mount(turn)
            if message.role != "user":
                await turn.recall(message)
        await self._tell_moved(about, cluster)
        await self._offer_back(about, cluster)
        self.anchor()

    async def _tell_moved(self, before: str, now: str) -> None:
        if words := moved_words(before, now):
            await self._turns.mount(Static(Content(plain(words)), markup=False, classes="moved"))

    async def _offer_back(self, before: str, now: str) -> None:
        """Let the person go on as whom they asked before."""
        if (link := back_to(before, now)) is not None:
            open_now = [each for each in self.query(Choices) if each.is_open]
            back = Choices([], [], open_now[-1] if open_now else None)
            back.lead_to([link])
            await self._turns.mount(back)

    async def add(self, turn: Turn) -> None:
        """A new question; what could be picked before cannot be any more."""
        await self._turns.query_children(".greeting").remove()
        self._close_choices()
        await self._turns.mount(turn)
        self.anchor()

    def _close_choices(self) -> None:
        for choices in self.query(Choices):
            choices.close()

    @property
    def numbers(self) -> set[int]:
        """What can be picked now."""
        return {number for choices in self.query(Choices) if choices.is_open for number in choices.numbers}

    def pick(self, number: int) -> bool:
        """Pick what has this number, the latest where several have it; False when nothing has."""
        return any(choices.pick(number) for choices in reversed(self.query(Choices)))

    def read(self, pages: int) -> None:
        """Read back, or on."""
        self.scroll_relative(y=pages * max(1, self.size.height - 2), animate=False)

    def toggle_results(self) -> None:
        """Show what the look-ups brought, or hide it."""
        self._unfolded = not self._unfolded
        for call in self.query(ToolCall):
            call.unfold(self._unfolded)
