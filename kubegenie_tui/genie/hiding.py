"""A model that does not learn the names of a cluster: it is told other words for them, and answers in those."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import msgspec

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.model_settings import ModelSettings, Profile
from kubegenie_tui.genie.prompt import rule_words
from kubegenie_tui.genie.reading.naming import Naming
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.aliases import Aliases, Arriving
from kubegenie_tui.kube.pace import finished
from kubegenie_tui.llm.backend import Backend, BackendEvent, CallReady, TextPart, Wire

_EXPLAINED = "\n\nNames are hidden: name-1, name-2 and so on stand for them. Use such a word as the name that it is."


class HidingBackend:
    """Another backend as `llm.backend.Backend`; whoever uses it sees the names themselves."""

    def __init__(self, backend: Backend, aliases: Aliases, learn: Callable[[], Awaitable[None]]) -> None:
        """Wrap a backend.

        Args:
            backend: the model.
            aliases: what names are told as.
            learn: has the aliases know the names that there are now; before each request.
        """
        self._backend = backend
        self._aliases = aliases
        self._learn = learn
        self._done: dict[str, str] = {}
        """What was told already, as long as no name was learnt since."""
        self._known = 0

    @property
    def name(self) -> str:
        """As `Backend.name` says."""
        return self._backend.name

    @property
    def context_tokens(self) -> int:
        """As `Backend.context_tokens` says."""
        return self._backend.context_tokens

    @property
    def profile(self) -> Profile:
        """As `Backend.profile` says."""
        return self._backend.profile

    @property
    def settings(self) -> ModelSettings:
        """As `Backend.settings` says."""
        return self._backend.settings

    def cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """As `Backend.cost` says."""
        return self._backend.cost(input_tokens, output_tokens)

    @property
    def last_request(self) -> Wire | None:
        """What was sent last, in the words that were sent."""
        return self._backend.last_request

    async def open(self) -> None:
        """As `Backend.open` says."""
        await self._backend.open()

    async def close(self) -> None:
        """As `Backend.close` says."""
        await self._backend.close()

    async def stream(self, messages: list[Wire], tools: list[Wire]) -> AsyncGenerator[BackendEvent]:
        """As `Backend.stream` says.

        Raises:
            ModelError: as it says.
            ClusterError: the names are not known, so that nothing is sent.
        """
        await self._learn()
        self._aliases.leave_open(word for tool in tools for word in _words(tool))
        told = [await self._hidden(message) for message in messages]
        told[0] = {**told[0], "content": f"{told[0]['content']}{_EXPLAINED}"}
        arriving, in_doubt = Arriving(self._aliases), False
        async with closing(self._backend.stream(told, tools)) as events:
            async for event in events:
                if isinstance(event, TextPart):
                    text, in_doubt = arriving.more(event.text), event.in_doubt
                elif text := arriving.rest():
                    yield TextPart(text, in_doubt)
                if not isinstance(event, TextPart):
                    yield self._shown(event)
                elif text:
                    yield TextPart(text, in_doubt)

    def _shown(self, event: BackendEvent) -> BackendEvent:
        if not isinstance(event, CallReady):
            return event
        return msgspec.structs.replace(event, arguments=self._aliases.shown(event.arguments))

    async def _hidden(self, message: Wire) -> Wire:
        hidden: dict[str, Any] = dict(message)
        if isinstance(message.get("content"), str):
            hidden["content"] = await self._hidden_text(message["content"])
        if calls := message.get("tool_calls"):
            hidden["tool_calls"] = [await self._hidden_call(call) for call in calls]
        return hidden

    async def _hidden_call(self, call: Wire) -> Wire:
        function = call["function"]
        return {**call, "function": {**function, "arguments": await self._hidden_text(function["arguments"])}}

    async def _hidden_text(self, text: str) -> str:
        if self._known != len(self._aliases):
            self._done.clear()
            self._known = len(self._aliases)
        if text not in self._done:
            self._done[text] = await finished(self._aliases.hidden(text))
        return self._done[text]


class Hiding:
    """What a session tells models of names: the same word for the same name, whichever model and cluster it is."""

    def __init__(self) -> None:
        self._aliases = Aliases()
        self._aliases.leave_open(rule_words())
        self._naming = Naming(self._aliases)

    def between(self, backend: Backend, scope: Scope) -> tuple[Backend, Scope]:
        """A model and a scope, the same with names hidden from the model."""
        self._aliases.learn(scope.cluster_names)
        scope = msgspec.structs.replace(scope, clusters=self._naming.of(scope.clusters))
        learn = partial(self._naming.learn, scope.reader, scope.focus.namespace)
        return HidingBackend(backend, self._aliases, learn), scope


def _words(schema: Any) -> Iterator[str]:
    """What tools and their arguments are called, and what these can be; not what is said of them."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key
            if key != "description":
                yield from _words(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from _words(each)
    elif isinstance(schema, str):
        yield schema
