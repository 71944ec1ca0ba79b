"""Any OpenAI-compatible server through the official client, imported only when the first question comes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.llm.answer import AnswerReader
from kubegenie_tui.llm.backend import BackendEvent, Lowered, TextPart, Wire
from kubegenie_tui.llm.failures import (
    Door,
    broken_off,
    library_errors,
    model_error,
    no_answer,
    reason_of,
    unknown_model,
)
from kubegenie_tui.llm.refusals import refused_feature

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OPENAI_URL = "https://api.openai.com/v1"
_CONNECT_SECONDS = 10.0
_NOT_FOR_CHAT = ("embed", "whisper", "tts", "dall-e", "moderation", "rerank", "transcribe", "realtime", "image", "sora")


class OpenAIBackend:
    """One model of one server."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        *,
        key_env: str = "OPENAI_API_KEY",
        read_timeout: float = 120.0,
    ) -> None:
        """`read_timeout`: the longest silence of the server, seconds."""
        self._door = Door(base_url or OPENAI_URL, model, api_key, key_env)
        self._read_timeout = read_timeout
        self._client: AsyncOpenAI | None = None
        self._lowered: set[str] = set()
        self._sent: Wire | None = None
        self.context_tokens = 0
        """As `Backend.context_tokens` says."""

    def __repr__(self) -> str:
        return f"OpenAIBackend({self._door.server!r}, {self._door.model!r})"

    @property
    def name(self) -> str:
        """The model's name; the server's until the model is known."""
        return self._door.model or urlsplit(self._door.server).netloc

    @property
    def last_request(self) -> Wire | None:
        """What was sent last, as `Backend.last_request` says."""
        return self._sent

    async def prepare(self) -> None:
        """Import and set up the client library in a thread, so that the first question does not wait for it."""
        if self._client is None:
            self._client = await asyncio.to_thread(self._new_client)

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def stream(self, messages: list[Wire], tools: list[Wire]) -> AsyncIterator[BackendEvent]:
        """One answer, as `Backend.stream` says."""
        await self.prepare()
        assert self._client is not None
        self._door.model = self._door.model or await self._first_model()
        response: Any = None
        while response is None:
            try:
                self._sent = self._request(messages, tools)
                response = await self._client.chat.completions.create(**self._sent)
            except library_errors() as error:
                lowered = self._lower(error, bool(tools))
                if lowered is None:
                    raise await self._explained(error) from None
                yield lowered
        read = self._whole(response) if "stream" in self._lowered else self._streamed(response)
        async with aclosing(read) as events:
            async for event in events:
                yield event

    def _new_client(self) -> "AsyncOpenAI":
        import openai

        return openai.AsyncOpenAI(
            base_url=self._door.server,
            api_key=self._door.key or "none-needed",
            max_retries=0,
            timeout=openai.Timeout(self._read_timeout, connect=_CONNECT_SECONDS),
        )

    def _request(self, messages: list[Wire], tools: list[Wire]) -> dict[str, Any]:
        request: dict[str, Any] = {"model": self._door.model, "messages": messages}
        if tools and "tools" not in self._lowered:
            request["tools"] = tools
        if "stream" not in self._lowered:
            request["stream"] = True
            if "usage" not in self._lowered:
                request["stream_options"] = {"include_usage": True}
        return request

    def _lower(self, error: Exception, with_tools: bool) -> Lowered | None:
        reason = reason_of(error, self._door)
        feature = refused_feature(getattr(error, "status_code", 0), reason)
        if feature is None or feature in self._lowered or (feature == "tools" and not with_tools):
            return None
        self._lowered.add(feature)
        return Lowered(feature, reason)

    async def _explained(self, error: Exception) -> ModelError:
        if getattr(error, "status_code", 0) == 404:
            served = await self._served()
            if served is not None:
                return unknown_model(self._door, served)
        return model_error(error, self._door)

    async def _served(self) -> list[str] | None:
        """The models the server lists; None when it cannot say."""
        assert self._client is not None
        try:
            return [model.id async for model in self._client.models.list(timeout=_CONNECT_SECONDS)]
        except library_errors():
            return None

    async def _first_model(self) -> str:
        assert self._client is not None
        try:
            names = [model.id async for model in self._client.models.list()]
        except library_errors() as error:
            raise model_error(error, self._door) from None
        chat = [name for name in names if not any(word in name.lower() for word in _NOT_FOR_CHAT)]
        if not chat:
            raise unknown_model(self._door, names)
        return chat[0]

    async def _streamed(self, response: Any) -> AsyncGenerator[BackendEvent]:
        answer, chunk = AnswerReader(), None
        async with response:
            chunks = aiter(response)
            while True:
                try:
                    chunk = await anext(chunks)
                except StopAsyncIteration:
                    break
                except library_errors() as error:
                    raise model_error(error, self._door) from None
                for text in answer.take(chunk):
                    yield TextPart(text)
        if not answer.reason:
            raise broken_off(self._door) if chunk is not None else no_answer(self._door)
        for event in answer.end():
            yield event

    async def _whole(self, response: Any) -> AsyncGenerator[BackendEvent]:
        if not getattr(response, "choices", None):
            raise no_answer(self._door)
        answer = AnswerReader()
        for text in answer.take(response):
            yield TextPart(text)
        answer.reason = answer.reason or "stop"
        for event in answer.end():
            yield event
