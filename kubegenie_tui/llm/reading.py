"""The body of a response read to its end, streamed or whole, whichever the server sends."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

from kubegenie_tui.llm.answer import AnswerReader
from kubegenie_tui.llm.backend import BackendEvent, TextPart
from kubegenie_tui.llm.failures import Door, broken_off, library_errors, model_error, no_answer
from kubegenie_tui.llm.hearing import Hearing

TURNS = 4
"""Of everything else after each chunk: a full buffer is read without waiting, and a key takes dozens of turns."""


async def streamed(response: Any, hearing: Hearing, door: Door) -> AsyncGenerator[BackendEvent]:
    """The events of an answer that comes in chunks.

    Raises:
        ModelError: it breaks off, or is none.
    """
    if "application/json" in response.response.headers.get("content-type", ""):
        async for event in whole(await _unstreamed(response, door), hearing, door):
            yield event
        return
    answer, chunk = AnswerReader(hearing), None
    async with response:
        chunks = aiter(response)
        while True:
            try:
                chunk = await anext(chunks)
            except StopAsyncIteration:
                break
            except library_errors() as error:
                raise model_error(error, door) from None
            for text in answer.take(chunk):
                yield TextPart(text)
            for _ in range(TURNS):
                await asyncio.sleep(0)
    if not answer.reason:
        raise broken_off(door) if chunk is not None else no_answer(door)
    for event in answer.end():
        yield event


async def whole(response: Any, hearing: Hearing, door: Door) -> AsyncGenerator[BackendEvent]:
    """The events of an answer that comes at once.

    Raises:
        ModelError: it is none.
    """
    if not getattr(response, "choices", None):
        raise no_answer(door, response)
    answer = AnswerReader(hearing)
    for text in answer.take(response):
        yield TextPart(text)
    answer.reason = answer.reason or "stop"
    for event in answer.end():
        yield event


async def _unstreamed(response: Any, door: Door) -> Any:
    """A whole answer from a server that was asked to stream and does not."""
    from openai.types.chat import ChatCompletion

    try:
        async with response:
            body = json.loads(await response.response.aread())
    except library_errors() as error:
        raise model_error(error, door) from None
    return ChatCompletion.construct(**body) if isinstance(body, dict) else None
