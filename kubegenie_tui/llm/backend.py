"""What a model server is to the rest of the app: a stream of events for a list of messages and tools."""

from collections.abc import AsyncIterator
from typing import Any, Literal, Protocol

import msgspec

from kubegenie_tui.domain.model_settings import ModelSettings, Profile

Wire = dict[str, Any]
"""A chat message or a tool as the chat completions API writes it."""


Feature = Literal["tools", "stream", "usage", "schema", "system", "stop"]


class TextPart(msgspec.Struct, frozen=True):
    """More text of the answer."""

    text: str
    in_doubt: bool = False
    """Whether Lowered may still take it back: nobody has seen the model make a call."""


class CallReady(msgspec.Struct, frozen=True):
    """The model asks for a tool; complete, though its arguments may still be nonsense."""

    id: str
    name: str
    arguments: str
    """JSON as the model wrote it: may be malformed."""


class Used(msgspec.Struct, frozen=True):
    """Tokens of one request, as the server counts them."""

    input_tokens: int
    output_tokens: int
    is_aside: bool = False
    """Whether this was another request than the one that was asked for: a look at what the model can do."""


class Lowered(msgspec.Struct, frozen=True):
    """The server refuses or ignores something; the request is made again without it, and so are all later ones.

    Text that came before is no part of the answer.
    """

    feature: Feature
    why: str


class Waits(msgspec.Struct, frozen=True):
    """The server asks for patience; the request is made again after that."""

    seconds: float
    why: str


class Ended(msgspec.Struct, frozen=True):
    """The answer is complete."""

    reason: str
    """stop, tool_calls, length, content_filter."""


BackendEvent = TextPart | CallReady | Used | Lowered | Waits | Ended


class Backend(Protocol):
    """A model."""

    @property
    def name(self) -> str:
        """The model as a person knows it."""
        ...

    @property
    def context_tokens(self) -> int:
        """Tokens that fit into its context; 0 when that is not known. May change with a request."""
        ...

    @property
    def profile(self) -> Profile:
        """How much it is given. May change with a request."""
        ...

    @property
    def settings(self) -> ModelSettings:
        """What the person says of it."""
        ...

    def cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """Dollars; None when nobody said what it costs."""
        ...

    @property
    def last_request(self) -> Wire | None:
        """What was sent last for a question, to the letter; None before anything was."""
        ...

    async def open(self) -> None:
        """Get to know the model, as far as that costs nothing: before `profile` is asked for the first time.

        Raises:
            ModelError: the server cannot be reached, or refuses.
        """
        ...

    def stream(self, messages: list[Wire], tools: list[Wire]) -> AsyncIterator[BackendEvent]:
        """One answer; closing or cancelling the iterator closes the connection at once.

        Raises:
            ModelError: the server cannot be reached, refuses, or breaks off.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
