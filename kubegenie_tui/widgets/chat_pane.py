"""The conversation with the genie: what was said above, the line to type in below. Who answers is its `actions`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import ChatEvent, Link, Message, PlanProposed, Proposal, ShowRequested
from kubegenie_tui.domain.errors import KubeGenieError, unexpected
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.keys import bindings
from kubegenie_tui.widgets.background import begin
from kubegenie_tui.widgets.chat_choices import Choices
from kubegenie_tui.widgets.chat_input import ChatInput
from kubegenie_tui.widgets.chat_reviewing import Below, ReviewingPane, pick_allowed
from kubegenie_tui.widgets.chat_talk import Talk
from kubegenie_tui.widgets.chat_turn import Turn
from kubegenie_tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from textual.worker import Worker


OPEN = "Open: not decided, or not ended yet"
_LONGEST_NUMBER = 4
"""Digits that no choice has."""


class ChatActions(Protocol):
    """What the pane cannot do by itself."""

    async def filled(self) -> None:
        """Wait until what was said before is shown."""

    def ask(self, text: str, about: ObjectRef | None) -> AsyncIterator[ChatEvent]:
        """One turn."""

    def show(self, wanted: ShowRequested) -> None:
        """The answer is best seen elsewhere."""

    def start(self) -> None:
        """The pane is ready to be filled."""

    def new_conversation(self) -> None:
        """Begin anew."""

    def open_conversations(self) -> None:
        """Let the person pick an earlier conversation."""

    def leave(self) -> None:
        """Give the keys back to where they came from."""


class ChatPane(ReviewingPane):
    """One conversation."""

    DEFAULT_CSS = """
    ChatPane { width: 1fr; }
    ChatPane > #entry { height: auto; max-height: 6; padding: 0 1; border-top: hkey $rule; }
    ChatPane > #entry > #sign { width: 2; color: $muted; }
    ChatPane.-focused > #entry > #sign { color: $accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("chat")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.actions: ChatActions | None = None
        self._title = TitleLine()
        self.talk = Talk()
        self.input = ChatInput(lambda: self.talk.numbers)
        self._worker: Worker[None] | None = None
        self._turn: Turn | None = None
        """The latest."""

    def compose(self) -> ComposeResult:
        """Title, talk, entry."""
        yield self._title
        yield self.talk
        with Horizontal(id="entry"):
            yield Static("›", id="sign", markup=False)
            yield self.input

    def on_mount(self) -> None:
        """Let it be filled."""
        if self.actions:
            self.actions.start()

    @property
    def is_working(self) -> bool:
        """Whether an answer is on its way."""
        return self._worker is not None and not self._worker.is_finished

    def focus_input(self) -> None:
        """Let the person type."""
        self.input.focus()

    def tell(self, left: Content, right: Content, placeholder: str) -> None:
        """What the title says, and what the empty entry invites to."""
        self._title.set_parts(left, right)
        if self.input.placeholder != (words := Content(placeholder)):
            self.input.placeholder = words

    async def recall(self, messages: Sequence[Message], cluster: str = "") -> None:
        """A conversation of an earlier day, which goes on about a cluster."""
        for message in messages:
            if message.role == "user":
                self.input.remember(message.text)
        await self.talk.recall(messages, cluster)

    # Asking

    def submit(self, text: str, about: ObjectRef | None = None) -> None:
        """Ask; what is still being answered is stopped."""
        question = text.strip()
        if question and self.actions is not None:
            self.input.remember(question)
            self._worker = begin(self, partial(self._converse, question, about), "turn", exclusive=True)

    def stop(self) -> bool:
        """Stop the answer on its way; False when there is none."""
        if self._worker is None or not self.is_working:
            return False
        if self._turn is not None:
            self._turn.stop()
        self._worker.cancel()
        return True

    async def _converse(self, text: str, about: ObjectRef | None) -> None:
        assert self.actions is not None
        await self.actions.filled()
        turn = self._turn = Turn(text, about)
        await self.talk.add(turn)
        try:
            await turn.begin()
            await self._take_all(turn, text, about)
        except asyncio.CancelledError:
            turn.stop()
            raise
        except KubeGenieError as error:
            await turn.fail(error)
        except Exception as error:  # the border of a worker: what nobody expected is said where the person looks
            await turn.fail(unexpected(error))
        finally:
            await turn.end()

    async def _take_all(self, turn: Turn, text: str, about: ObjectRef | None) -> None:
        assert self.actions is not None
        async with closing(self.actions.ask(text, about)) as events:
            async for event in events:
                await turn.take(event)
                if isinstance(event, ShowRequested):
                    self.actions.show(event)
        pick_allowed(turn)

    async def ask_leave(self, tool: str, words: str, arguments: str) -> bool:
        """Let the person say whether a tool may be called for the answer on its way."""
        return self._turn is not None and await self._turn.ask_leave(tool, words, arguments)

    @on(ChatInput.Picked)
    def _pick_number(self, event: ChatInput.Picked) -> None:
        event.stop()
        if not self.talk.pick(event.number):
            self.input.insert(str(event.number))

    @on(Choices.Picked)
    async def _pick(self, event: Choices.Picked) -> None:
        event.stop()
        turn = event.choices.parent
        match event.meant:
            case ObjectRef() as ref if isinstance(turn, Turn):
                self.submit(turn.question, ref)
            case str() as words:
                self.submit(words)
            case Link(show=show) if self.actions is not None:
                self.actions.show(show)
            case (PlanProposed() | Proposal()) as proposed if self.reviews is not None and isinstance(turn, Turn):
                event.choices.close()
                below = Below(turn, event.choices)
                await below.ended(None, OPEN)
                self.reviews.review(proposed, below)

    # Keys

    def action_send(self) -> None:
        """Ask what was typed."""
        text, self.input.text = self.input.text, ""
        number = int(text) if text.isdecimal() and len(text) < _LONGEST_NUMBER else 0
        if not self.talk.pick(number):
            self.submit(text)

    def action_new_line(self) -> None:
        """Go on typing on another line."""
        self.input.insert("\n")

    def action_stop_or_leave(self) -> None:
        """Stop the answer, else give the keys back."""
        if not self.stop() and self.actions:
            self.actions.leave()

    def action_scroll_talk(self, pages: int) -> None:
        """Read back, or on."""
        self.talk.read(pages)

    def action_toggle_results(self) -> None:
        """Show what the look-ups brought, or hide it."""
        self.talk.toggle_results()

    def action_conversation(self, which: str) -> None:
        """Begin a `new` conversation, or let the person pick an `earlier` one."""
        if self.actions and which == "new":
            self.actions.new_conversation()
        elif self.actions:
            self.actions.open_conversations()
