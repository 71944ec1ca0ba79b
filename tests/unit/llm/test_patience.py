"""What is asked again, after how long, and what is not: over the real wire, without waiting."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from typing import Any

import pytest

from kubegenie_tui.demo.model_script import Fault, Script, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.llm.backend import BackendEvent, TextPart, Waits
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from kubegenie_tui.llm.patience import LONGEST_WAIT, MOST_FAILURES, MOST_WAITS
from tests.unit.llm.resting import Resting

QUESTION = [{"role": "user", "content": "hello"}]


@asynccontextmanager
async def asked(script: Script) -> AsyncIterator[tuple[ModelServer, OpenAIBackend, Resting]]:
    server, rest = ModelServer(script), Resting()
    await server.start()
    backend = OpenAIBackend(server.base_url, "", "scripted", read_timeout=5, rest=rest)
    try:
        yield server, backend, rest
    finally:
        await backend.close()
        await server.stop()


async def hear(backend: OpenAIBackend) -> list[BackendEvent]:
    return [event async for event in backend.stream(QUESTION, [])]


def busy(status: int = 429, body: Any = "busy", **headers: str) -> Turn:
    return Turn(fault=Fault("status", status, body, {name.replace("_", "-"): text for name, text in headers.items()}))


@pytest.mark.parametrize("status", [429, 503, 529])
async def test_a_busy_server_is_asked_again_after_the_time_it_names(status: int) -> None:
    async with asked(in_order(busy(status, Retry_After="7"), Turn("hi"))) as (server, backend, rest):
        events = await hear(backend)
        assert events[0] == Waits(7.0, "busy")
        assert "".join(event.text for event in events if isinstance(event, TextPart)) == "hi"
        assert rest.seconds == [7.0]
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_server_that_fails_is_asked_again(status: int) -> None:
    turns = (busy(status, Retry_After="1"), busy(status, "<html>Bad Gateway</html>"), Turn("hi"))
    async with asked(in_order(*turns)) as (server, backend, rest):
        events = await hear(backend)
        assert isinstance(events[0], Waits)
        assert "".join(event.text for event in events if isinstance(event, TextPart)) == "hi"
        assert rest.seconds == [1.0, 1.0]
        assert len(server.requests) == 3


async def test_a_server_that_goes_on_failing_is_told_of() -> None:
    async with asked(in_order(busy(502))) as (server, backend, rest):
        with pytest.raises(ModelError, match=r"failed \(502\)"):
            await hear(backend)
        assert rest.seconds == [0.5, 1.0]
        assert len(server.requests) == MOST_FAILURES + 1


async def test_the_time_may_be_a_date_or_in_milliseconds_or_not_be_named() -> None:
    date = formatdate(time.time() + 30, usegmt=True)
    turns = (busy(Retry_After=date), busy(retry_after_ms="1500"), busy(), Turn("hi"))
    async with asked(in_order(*turns)) as (_, backend, rest):
        await hear(backend)
        dated, short, unnamed = rest.seconds
        assert 25 < dated <= 30
        assert (short, unnamed) == (1.5, 8.0)


async def test_a_server_that_stays_busy_is_told_of() -> None:
    async with asked(in_order(busy(Retry_After="2"))) as (server, backend, rest):
        with pytest.raises(ModelError, match="asks to wait") as raised:
            await hear(backend)
        assert raised.value.next_step == "try again in 2 s"
        assert len(rest.seconds) == MOST_WAITS
        assert len(server.requests) == MOST_WAITS + 1


@pytest.mark.parametrize(
    ("turn", "what"),
    [
        (busy(Retry_After=str(LONGEST_WAIT + 1)), "asks to wait"),
        (
            busy(body={"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}),
            "no quota",
        ),
        (busy(500, {"error": {"message": "maximum context length is 4096 tokens"}}), "is too long"),
        (busy(501), "failed (501)"),
        (busy(400, {"error": {"message": "bad temperature"}}), "does not accept"),
        (busy(401), "wants a key"),
    ],
    ids=["too long", "no quota", "overflow", "501", "400", "401"],
)
async def test_where_waiting_does_not_help_nobody_waits(turn: Turn, what: str) -> None:
    async with asked(in_order(turn)) as (server, backend, rest):
        with pytest.raises(ModelError) as raised:
            await hear(backend)
        assert what in raised.value.what
        assert raised.value.next_step
        assert rest.seconds == []
        assert len(server.requests) == 1


@pytest.mark.parametrize(("failures", "is_answered"), [(1, True), (2, False)])
async def test_a_connection_that_fails_is_tried_once_more(failures: int, is_answered: bool) -> None:
    asked_for: list[int] = []

    async def cutting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hangs up on the first connections, then answers."""
        asked_for.append(1)
        if len(asked_for) > failures:
            await reader.readuntil(b"\r\n\r\n")
            body = b'data: {"choices": [{"delta": {"content": "hi"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n" % len(body)
            writer.write(head + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(cutting, "127.0.0.1", 0)
    rest = Resting()
    backend = OpenAIBackend(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", "", "m", rest=rest)
    try:
        if is_answered:
            assert TextPart("hi") in await hear(backend)
        else:
            with pytest.raises(ModelError, match="failed"):
                await hear(backend)
        assert (len(asked_for), len(rest.seconds)) == (2, 1)
    finally:
        await backend.close()
        server.close()
        await server.wait_closed()


async def test_waiting_is_left_at_once() -> None:
    server = ModelServer(in_order(busy(Retry_After="30")))
    await server.start()
    backend = OpenAIBackend(server.base_url, "", "scripted")
    waits = asyncio.Event()

    async def listen() -> None:
        async for event in backend.stream(QUESTION, []):
            if isinstance(event, Waits):
                waits.set()

    task = asyncio.create_task(listen())
    await asyncio.wait_for(waits.wait(), 5)
    task.cancel()
    await asyncio.wait((task,), timeout=5)
    assert task.cancelled()
    await backend.close()
    await server.stop()


async def test_a_stream_that_was_cut_is_not_asked_again_for_what_was_said_stands() -> None:
    async with asked(in_order(Turn("some words", fault=Fault("cut", after=3)), Turn("more"))) as (
        server,
        backend,
        rest,
    ):
        with pytest.raises(ModelError) as raised:
            await hear(backend)
        assert "ask again" in raised.value.next_step
        assert (len(server.requests), rest.seconds) == (1, [])
