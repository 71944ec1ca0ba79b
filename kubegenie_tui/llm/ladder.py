"""The ladder: a model is asked for calls in the best way that is not refused; its answers teach what it can do."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import msgspec

from kubegenie_tui.domain.errors import ConversationTooLong, ModelError
from kubegenie_tui.llm.ability import ONE_CALL, Ability, Learning
from kubegenie_tui.llm.asking import Asking, asking
from kubegenie_tui.llm.backend import BackendEvent, CallReady, Feature, Lowered, Used, Waits, Wire
from kubegenie_tui.llm.by_schema import SchemaHearing
from kubegenie_tui.llm.context import context_in
from kubegenie_tui.llm.endpoint import Endpoint
from kubegenie_tui.llm.failures import library_errors, model_error, reason_of, unknown_model
from kubegenie_tui.llm.patience import Patience
from kubegenie_tui.llm.reading import streamed, whole
from kubegenie_tui.llm.refusals import refused_feature

_BAD_REQUEST = 400
"""What a refusal means that comes as the whole of an answer, with status 200."""


class Heard(msgspec.Struct):
    """What one answer showed of its model."""

    calls: int = 0
    is_counted: bool = False

    def take(self, event: BackendEvent) -> None:
        """Count one event."""
        self.calls += isinstance(event, CallReady)
        self.is_counted = self.is_counted or isinstance(event, Used)


class Ladder:
    """One model asked on its present rung."""

    def __init__(
        self,
        endpoint: Endpoint,
        learning: Learning,
        is_small: Callable[[], bool],
        rest: Callable[[float], Awaitable[object]],
    ) -> None:
        """`is_small`: whether the model is given one call a step; `rest` waits for so many seconds."""
        self._endpoint = endpoint
        self._door = endpoint.door
        self._learning = learning
        self._is_small = is_small
        self._rest = rest
        self.sent: Wire | None = None
        """The last request of a question, to the letter."""

    @property
    def _ability(self) -> Ability:
        return self._learning.ability

    async def attempt(self, messages: list[Wire], tools: list[Wire], heard: "Heard") -> AsyncGenerator[BackendEvent]:
        """One answer on the present rung; the last event is Lowered when the server refuses it, else Ended."""
        asked = asking(self._ability, self._door.model, messages, tools)
        self.sent = self._endpoint.to_the_letter(asked.request)
        patience, response = Patience(), None
        while response is None:
            try:
                response = await self._endpoint.create(asked.request)
            except library_errors() as error:
                reason = reason_of(error, self._door)
                wait = patience.wait_after(error, reason)
                if wait is None:
                    yield await self._lowered_or_raise(error, reason, bool(tools))
                    return
                if wait >= 1:
                    yield Waits(wait, reason)
                await self._rest(wait)
        is_small, is_silent = self._is_small(), True
        try:
            async with aclosing(self._read(asked, response)) as events:
                async for event in events:
                    is_silent = False
                    heard.take(event)
                    if not (is_small and isinstance(event, CallReady) and heard.calls > 1):
                        yield event
        except ModelError as error:
            lowered = await self._lowered(_BAD_REQUEST, error.why, bool(tools)) if is_silent else None
            if lowered is None:
                raise
            yield lowered
            return
        await self._learn_from(asked, heard)

    def _read(self, asked: Asking, response: Any) -> AsyncGenerator[BackendEvent]:
        read = streamed if asked.streams else whole
        return read(response, asked.hearing, self._door)

    async def _learn_from(self, asked: Asking, heard: "Heard") -> None:
        changes: dict[str, Any] = {"usage": heard.is_counted}
        if isinstance(asked.hearing, SchemaHearing) and asked.hearing.was_ignored:
            changes["rung"] = "text"
        if heard.calls:
            known = False if self._ability.rung in ONE_CALL else self._ability.parallel
            changes |= {"calls": True, "parallel": heard.calls > 1 or self._ability.parallel or known}
        await self._learning.learn(**changes)

    async def _lowered_or_raise(self, error: Exception, reason: str, with_tools: bool) -> Lowered:
        """What to do without, when that is what the server refuses.

        Raises:
            ModelError: it refuses all, or something else.
        """
        lowered = await self._lowered(getattr(error, "status_code", 0), reason, with_tools)
        if lowered is not None:
            return lowered
        explained = await self._explained(error)
        if isinstance(explained, ConversationTooLong) and (context := context_in(error, reason)):
            await self._learning.learn(context=context)
        raise explained from None

    async def _lowered(self, status: int, reason: str, with_tools: bool) -> Lowered | None:
        """What to do without; None when the server refuses something else."""
        feature = refused_feature(status, reason)
        change = self._without(feature, with_tools) if feature is not None else None
        if feature is None or not change:
            return None
        await self._learning.learn(**change)
        return Lowered(feature, reason)

    def _without(self, feature: Feature, with_tools: bool) -> dict[str, Any] | None:
        """What is known once a feature is refused; None when it was not asked for."""
        ability = self._ability
        match feature:
            case "usage" if ability.usage_option:
                return {"usage_option": False}
            case "system" if ability.system:
                return {"system": False}
            case "stop" if ability.stops:
                return {"stops": False}
            case "stream" if with_tools and ability.rung == "streamed":
                return {"rung": "plain"}
            case "stream" if ability.streams and ability.rung != "plain":
                return {"streams": False}
            case "tools" if with_tools and ability.rung in ("streamed", "plain"):
                return {"rung": "schema"}
            case "schema" if with_tools and ability.rung == "schema":
                return {"rung": "text"}
        return None

    async def _explained(self, error: Exception) -> ModelError:
        if getattr(error, "status_code", 0) == 404:
            try:
                names = await self._endpoint.names()
            except ModelError:
                names = None
            if names is not None:
                return unknown_model(self._door, names)
        return model_error(error, self._door)
