"""One conversation as it goes on: every turn is kept while it runs, so that a restart loses nothing that was said."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Literal, Protocol

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import ChatEvent, Conversation, Failed, Focus, Message, TextDelta, ToolFinished
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.genie.redaction.redactor import Redactor

TITLE_CHARACTERS = 60


class Answerer(Protocol):
    """Whoever answers: the genie, or a played one."""

    def ask(self, text: str, focus: Focus, history: Sequence[Message]) -> AsyncIterator[ChatEvent]:
        """One turn; closing the iterator stops it."""


class Memory(Protocol):
    """Where conversations are kept; see `store.conversations.Conversations`."""

    async def create(self, title: str, cluster: str) -> Conversation:
        """Begin a conversation."""

    async def append(self, conversation_id: int, message: Message) -> Message:
        """Add a message."""

    async def messages(self, conversation_id: int) -> list[Message]:
        """All messages of a conversation in order."""


class ChatSession:
    """A conversation that can be left, begun anew, and reopened. One turn at a time: the next waits for its end."""

    def __init__(self, genie: Answerer, memory: Memory, *, now: Callable[[], float] = time.time) -> None:
        self._genie = genie
        self._memory = memory
        self._now = now
        self._redactor = Redactor()
        self._turn = asyncio.Lock()
        self.conversation: Conversation | None = None
        """None until the first question."""
        self.messages: list[Message] = []
        """What was said so far, oldest first."""
        self.not_kept: StoreError | None = None
        """Why the last turn could not be stored, None when it was."""

    async def begin(self) -> None:
        """Leave the conversation; the next question begins another."""
        async with self._turn:
            self.conversation, self.messages = None, []

    async def reopen(self, conversation: Conversation) -> None:
        """Go on with a stored conversation.

        Raises:
            StoreError: it cannot be read.
        """
        async with self._turn:
            self.messages = await self._memory.messages(conversation.id)
            self.conversation = conversation

    async def ask(self, text: str, focus: Focus) -> AsyncIterator[ChatEvent]:
        """One turn; closing the iterator stops it, and what was said until then is kept."""
        async with self._turn:
            history, spoken = tuple(self.messages), _Spoken()
            self.not_kept = None
            await self._keep("user", self._redactor.text(text), cluster=focus.cluster)
            try:
                async with closing(self._genie.ask(text, focus, history)) as events:
                    async for event in events:
                        spoken.take(event)
                        if isinstance(event, ToolFinished):
                            await self._keep("tool", event.result, tool=event.label)
                        yield event
            finally:
                if spoken.text:
                    await self._keep("assistant", spoken.text)

    async def _keep(
        self, role: Literal["user", "assistant", "tool"], text: str, *, tool: str = "", cluster: str = ""
    ) -> None:
        message = Message(role, text, self._now(), tool)
        self.messages.append(message)
        try:
            if self.conversation is None:
                self.conversation = await self._memory.create(title_of(text), cluster)
            await self._memory.append(self.conversation.id, message)
        except StoreError as error:
            self.not_kept = error


class _Spoken:
    """The answer of one turn, put together."""

    def __init__(self) -> None:
        self.text = ""

    def take(self, event: ChatEvent) -> None:
        if isinstance(event, TextDelta):
            self.text += event.text
        elif isinstance(event, Failed):
            failure = " · ".join(part for part in (event.what, event.why, event.next_step) if part)
            self.text = f"{self.text}\n\n{failure}".strip()


def title_of(question: str) -> str:
    """The first line of a question, short enough for a list."""
    line = " ".join(question.strip().partition("\n")[0].split())
    return line if len(line) <= TITLE_CHARACTERS else f"{line[: TITLE_CHARACTERS - 1].rstrip()}…"
