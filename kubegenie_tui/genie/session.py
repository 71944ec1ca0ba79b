"""One conversation as it goes on: every turn is kept while it runs, so that a restart loses nothing that was said."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Literal, Protocol

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import (
    PROPOSED,
    ChatEvent,
    Conversation,
    Failed,
    Focus,
    Message,
    PlanProposed,
    TextDelta,
    ToolFinished,
)
from kubegenie_tui.domain.errors import StoreError

TITLE_CHARACTERS = 60


class Answerer(Protocol):
    """Whoever answers: the genie, or a played one."""

    def ask(self, text: str, focus: Focus, history: Sequence[Message]) -> AsyncIterator[ChatEvent]:
        """One turn; closing the iterator stops it."""

    def masked(self, text: str) -> str:
        """A text without credentials, fit to be kept."""


class Memory(Protocol):
    """Where conversations are kept; see `store.conversations.Conversations`."""

    async def create(self, title: str, cluster: str) -> Conversation:
        """Begin a conversation."""

    async def append(self, conversation_id: int, message: Message) -> Message:
        """Add a message."""

    async def messages(self, conversation_id: int) -> list[Message]:
        """All messages of a conversation in order."""


class Sessions:
    """The conversation that goes on about each cluster, the same wherever it is shown."""

    def __init__(self, genie: "Answerer", memory: "Memory", *, now: Callable[[], float] = time.time) -> None:
        self._genie = genie
        self._memory = memory
        self._now = now
        self._by_cluster: dict[str, ChatSession] = {}

    def of(self, cluster: str) -> "ChatSession":
        """The conversation about a cluster; empty for none of them."""
        if cluster not in self._by_cluster:
            self._by_cluster[cluster] = ChatSession(self._genie, self._memory, now=self._now)
        return self._by_cluster[cluster]


class ChatSession:
    """A conversation that can be left, begun anew, and reopened. One turn at a time: the next stops the one before."""

    def __init__(self, genie: Answerer, memory: Memory, *, now: Callable[[], float] = time.time) -> None:
        self._genie = genie
        self._memory = memory
        self._now = now
        self._turn = asyncio.Lock()
        self._asking: asyncio.Task[object] | None = None
        self.conversation: Conversation | None = None
        """None until the first question."""
        self.messages: list[Message] = []
        """What was said so far, oldest first."""
        self.not_kept: StoreError | None = None
        """Why the last turn could not be stored, None when it was."""
        self.version = 0
        """Grows when a turn has ended, or another conversation was taken."""

    async def begin(self) -> None:
        """Leave the conversation; the next question begins another."""
        self.stop()
        async with self._turn:
            self.conversation, self.messages = None, []
            self.version += 1

    async def reopen(self, conversation: Conversation) -> None:
        """Go on with a stored conversation.

        Raises:
            StoreError: it cannot be read.
        """
        self.stop()
        async with self._turn:
            self.messages = await self._memory.messages(conversation.id)
            self.conversation = conversation
            self.version += 1

    def stop(self) -> None:
        """Stop the turn that runs, whoever asked."""
        if self._asking is not None and self._asking is not asyncio.current_task():
            self._asking.cancel()

    async def ask(self, text: str, focus: Focus) -> AsyncIterator[ChatEvent]:
        """One turn; closing the iterator stops it, and what was said until then is kept."""
        self.stop()
        async with self._turn:
            self._asking = asyncio.current_task()
            history, spoken = tuple(self.messages), _Spoken()
            self.not_kept = None
            await self._keep("user", text, cluster=focus.cluster)
            try:
                async with closing(self._genie.ask(text, focus, history)) as events:
                    async for event in events:
                        spoken.take(event)
                        if isinstance(event, ToolFinished):
                            await self._keep("tool", event.result, tool=event.label)
                        yield event
            finally:
                self._asking = None
                self.version += 1
                if spoken.text:
                    await self._keep("assistant", spoken.text)

    async def note(self, text: str, conversation: Conversation | None) -> None:
        """Keep what became of something that was proposed in a conversation, so that its next turn knows it."""
        async with self._turn:
            if conversation == self.conversation:
                await self._keep("assistant", text)
                self.version += 1

    async def _keep(
        self, role: Literal["user", "assistant", "tool"], text: str, *, tool: str = "", cluster: str = ""
    ) -> None:
        message = Message(role, self._genie.masked(text), self._now(), tool)
        self.messages.append(message)
        try:
            if self.conversation is None:
                self.conversation = await self._memory.create(title_of(message.text), cluster)
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
        elif isinstance(event, PlanProposed):
            self.text = f"{self.text}\n\n{PROPOSED}{event.plan.title}".strip()
        elif isinstance(event, Failed):
            failure = " · ".join(part for part in (event.what, event.why, event.next_step) if part)
            self.text = f"{self.text}\n\n{failure}".strip()


def title_of(question: str) -> str:
    """The first line of a question, short enough for a list."""
    line = " ".join(question.strip().partition("\n")[0].split())
    return line if len(line) <= TITLE_CHARACTERS else f"{line[: TITLE_CHARACTERS - 1].rstrip()}…"
