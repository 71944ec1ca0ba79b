"""What a conversation needs of others: somebody who answers, and a memory."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from kubegenie_tui.domain.conversation import ChatEvent, Conversation, Focus, Message
from kubegenie_tui.domain.kept_result import KeptResult
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.genie.context.kept import Kept


class Answerer(Protocol):
    """Whoever answers: the genie, or a played one."""

    def ask(
        self, text: str, focus: Focus, history: Sequence[Message], *, kept: Kept | None = None
    ) -> AsyncIterator[ChatEvent]:
        """One turn; closing the iterator stops it. What is told in part is added to what is kept whole."""

    def keepable(self, plan: Plan) -> bool:
        """Whether a plan holds nothing that would be masked, so that it can be kept whole."""

    def heard(self, text: str) -> None:
        """Know what a text tells to be kept secret, before it is masked."""

    def masked(self, text: str) -> str:
        """A text without credentials, fit to be kept."""

    async def masked_long(self, text: str) -> str:
        """The same of a text of any length, with turns for others."""


class Results(Protocol):
    """Where results are kept whole; see `store.kept_results.KeptResults`."""

    async def add(self, conversation_id: int, results: Sequence[KeptResult]) -> None:
        """Keep results."""

    async def names(self, conversation_id: int) -> list[str]:
        """The names of a conversation's results."""

    async def text(self, conversation_id: int, name: str) -> str:
        """The whole of a result."""


class Memory(Protocol):
    """Where conversations are kept; see `store.conversations.Conversations`."""

    @property
    def results(self) -> Results:
        """Where what a model was told in part is kept whole."""

    async def create(self, title: str, cluster: str) -> Conversation:
        """Begin a conversation."""

    async def append(self, conversation_id: int, message: Message) -> Message:
        """Add a message."""

    async def messages(self, conversation_id: int) -> list[Message]:
        """All messages of a conversation in order."""

    async def opened(self, conversation_id: int) -> None:
        """Note that a conversation is being read again."""

    async def branch(self, conversation_id: int, title: str, last: int | None = None) -> Conversation:
        """A new conversation that begins as another one, up to a message."""
