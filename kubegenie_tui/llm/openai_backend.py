"""Any OpenAI-compatible server through the official client, asked for calls in the best way that it understands."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from urllib.parse import urlsplit

from kubegenie_tui.domain.model_settings import ModelSettings, Profile
from kubegenie_tui.llm.ability import Ability, Learning, Notes
from kubegenie_tui.llm.backend import BackendEvent, Lowered, Wire
from kubegenie_tui.llm.context import context_of
from kubegenie_tui.llm.endpoint import OPENAI_URL, Endpoint
from kubegenie_tui.llm.failures import Door, unknown_model
from kubegenie_tui.llm.ladder import Ladder
from kubegenie_tui.llm.probe import Probe

_MOST_LOOKS = 2
"""How often a server is asked for the context: some know it only once the model is loaded."""


class OpenAIBackend:
    """One model of one server."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        *,
        settings: ModelSettings | None = None,
        section: str = "",
        fetch_key: Callable[[], str] | None = None,
        notes: Notes | None = None,
        read_timeout: float | None = None,
        rest: Callable[[float], Awaitable[object]] = asyncio.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        """A backend that connects with the first request.

        Args:
            base_url: of the server, empty for OpenAI.
            api_key: empty when there is none, or when `fetch_key` reads it.
            model: empty for the first that the server lists.
            settings: whatever else is set for it.
            section: of the settings file, when it is not `[model]`: errors name it.
            fetch_key: reads the key from the keyring.
            notes: where what is learnt of the model is kept; without them it is taken at its word.
            read_timeout: the longest silence of the server in seconds, when not as the settings say.
            rest: waits for so many seconds.
            now: seconds since the epoch.
        """
        self.settings = settings or ModelSettings()
        self._door = Door(base_url or OPENAI_URL, model, api_key, self.settings.api_key_env, section)
        silence = self.settings.timeout if read_timeout is None else read_timeout
        self._endpoint = Endpoint(self._door, self.settings, read_timeout=silence, fetch_key=fetch_key)
        self._learning = Learning(notes, now=now)
        self._looks = 0
        self._ladder = Ladder(self._endpoint, self._learning, lambda: self.profile == "small", rest)
        self._probe = Probe(self._ladder, self._learning)

    def __repr__(self) -> str:
        return f"OpenAIBackend({self._door.server!r}, {self._door.model!r})"

    @property
    def name(self) -> str:
        """The model's name; the server's until the model is known."""
        return self._door.model or urlsplit(self._door.server).netloc

    @property
    def model(self) -> str:
        """The model's name as its server knows it, empty until it is known."""
        return self._door.model

    @property
    def server(self) -> str:
        """The server's address."""
        return self._door.server

    @property
    def ability(self) -> Ability:
        """What is known of it."""
        return self._learning.ability

    @property
    def context_tokens(self) -> int:
        """As `Backend.context_tokens` says."""
        return self.settings.context or self.ability.context

    @property
    def profile(self) -> Profile:
        """As `Backend.profile` says."""
        return self.ability.profile(self.settings.profile, self.context_tokens)

    def cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """As `Backend.cost` says."""
        prices = self.settings.input_price, self.settings.output_price
        if not any(prices):
            return None
        return (input_tokens * prices[0] + output_tokens * prices[1]) / 1_000_000

    @property
    def last_request(self) -> Wire | None:
        """What was sent last, as `Backend.last_request` says."""
        return self._ladder.sent

    async def prepare(self) -> None:
        """Set up the client library, so that the first question does not wait for it."""
        await self._endpoint.open()

    async def close(self) -> None:
        """Close all connections."""
        await self._endpoint.close()

    async def models(self) -> list[str]:
        """The models that the server lists.

        Raises:
            ModelError: it cannot be reached, or lists none.
        """
        await self.prepare()
        names = await self._endpoint.names()
        if names is None:
            raise unknown_model(self._door, ())
        return names

    async def recall(self) -> None:
        """Know what was learnt of the model before; nobody is asked."""
        if self._door.model:
            await self._learning.recall(self._door.server, self._door.model)

    async def open(self) -> None:
        """Know the model: its name, what it can do as far as that is kept, and its context.

        Raises:
            ModelError: the server cannot be reached, or has no model.
        """
        await self._know_model()
        if not (self.ability.looked or self.settings.context) and self._looks < _MOST_LOOKS:
            self._looks += 1
            context, is_sure = await context_of(self._endpoint)
            await self._learning.learn(context=context or self.ability.context, looked=is_sure)

    async def _know_model(self) -> None:
        await self.prepare()
        self._door.model = self._door.model or await self._endpoint.first_model()
        await self.recall()

    async def examine(self) -> None:
        """Learn anew what the model can do, by asking it for a call on each rung until it makes one.

        Raises:
            ModelError: the server cannot be reached, or fails.
        """
        await self._know_model()
        self._learning.forget()
        await self.open()
        async with aclosing(self._probe.rungs()) as tries:
            async for _ in tries:
                pass

    async def stream(self, messages: list[Wire], tools: list[Wire]) -> AsyncIterator[BackendEvent]:
        """One answer, as `Backend.stream` says."""
        await self.open()
        is_lowered = True
        while is_lowered:
            async with aclosing(self._probe.attempt(messages, tools)) as events:
                async for event in events:
                    is_lowered = isinstance(event, Lowered)
                    yield event
