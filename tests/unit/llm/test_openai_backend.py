"""The backend against a scripted server over the real wire."""

import asyncio
import socket
from contextlib import aclosing

import pytest

from kubegenie_tui.demo.model_script import Call, Fault, Turn, in_order
from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.llm.backend import BackendEvent, CallReady, Ended, Lowered, TextPart, Used
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.unit.llm.conftest import Serve

QUESTION = [{"role": "user", "content": "hello"}]
TOOL = {"type": "function", "function": {"name": "list", "parameters": {"type": "object", "properties": {}}}}


async def collect(backend: OpenAIBackend, tools: bool = False) -> list[BackendEvent]:
    return [event async for event in backend.stream(QUESTION, [TOOL] if tools else [])]


def text_of(events: list[BackendEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextPart))


async def test_text_streams_with_characters_split_across_packets(serve: Serve) -> None:
    said = "Die Pods sind gesund ✓ — naïve 日本語 🚀"
    _, backend = await serve(in_order(Turn(said, packet=3, input_tokens=7, output_tokens=9)))
    events = await collect(backend)
    assert text_of(events) == said
    assert sum(isinstance(event, TextPart) for event in events) > 5
    assert events[-2:] == [Used(7, 9), Ended("stop")]


async def test_parallel_calls_are_put_together_from_interleaved_pieces(serve: Serve) -> None:
    calls = (Call("list", {"kind": "pods", "note": "é✓"}), Call("get", {"kind": "nodes", "name": "node-1"}, id="own"))
    _, backend = await serve(in_order(Turn("Looking.", calls, piece=1, packet=5)))
    events = await collect(backend, tools=True)
    ready = [event for event in events if isinstance(event, CallReady)]
    assert ready == [
        CallReady("call_list_0", "list", '{"kind": "pods", "note": "é✓"}'),
        CallReady("own", "get", '{"kind": "nodes", "name": "node-1"}'),
    ]
    assert events[-1] == Ended("tool_calls")


async def test_malformed_arguments_are_handed_on_as_they_came(serve: Serve) -> None:
    _, backend = await serve(in_order(Turn(calls=(Call("list", '{"kind": '),))))
    events = await collect(backend, tools=True)
    assert CallReady("call_list_0", "list", '{"kind": ') in events


async def test_request_carries_messages_tools_model_and_key(serve: Serve) -> None:
    server, backend = await serve(in_order(Turn("hi")), key="sk-test-key")
    assert backend.last_request is None
    await collect(backend, tools=True)
    sent = server.requests[0].json
    assert backend.last_request == sent
    assert "sk-test-key" not in str(backend.last_request)
    assert (sent["model"], sent["messages"], sent["tools"], sent["stream"]) == ("scripted", QUESTION, [TOOL], True)
    assert server.requests[0].headers["Authorization"] == "Bearer sk-test-key"


async def test_empty_model_name_means_the_first_chat_model_the_server_lists(serve: Serve) -> None:
    _, backend = await serve(in_order(Turn("hi")), model="", models=("text-embedding-3", "qwen3", "other"))
    await collect(backend)
    assert backend.name == "qwen3"


async def test_no_models_to_choose_from_is_said(serve: Serve) -> None:
    _, backend = await serve(in_order(Turn("hi")), model="", models=())
    with pytest.raises(ModelError, match="does not know any model"):
        await collect(backend)


@pytest.mark.parametrize(
    ("refused", "feature"), [("tools", "tools"), ("stream_options", "usage"), ("stream", "stream")]
)
async def test_what_a_server_refuses_is_left_out_from_then_on(serve: Serve, refused: str, feature: str) -> None:
    server, backend = await serve(in_order(Turn("answer")), refuses=frozenset({refused}))
    events = await collect(backend, tools=True)
    lowered = [event for event in events if isinstance(event, Lowered)]
    assert [event.feature for event in lowered] == [feature]
    assert text_of(events) == "answer"
    assert isinstance(events[-1], Ended)
    again = await collect(backend, tools=True)
    assert not any(isinstance(event, Lowered) for event in again)
    assert refused not in server.requests[-1].json


async def test_unstreamed_answers_bring_calls_and_usage(serve: Serve) -> None:
    turn = Turn("so", (Call("list", {"kind": "pods"}),), input_tokens=3, output_tokens=4)
    _, backend = await serve(in_order(turn), refuses=frozenset({"stream"}))
    events = await collect(backend, tools=True)
    assert events[1:] == [
        TextPart("so"), Used(3, 4), CallReady("call_list_0", "list", '{"kind": "pods"}'), Ended("tool_calls"),
    ]  # fmt: skip


async def failure(backend: OpenAIBackend) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await collect(backend)
    return caught.value


async def test_wrong_key_says_what_to_set_and_never_shows_it(serve: Serve) -> None:
    _, backend = await serve(in_order(Turn("hi")), sends="sk-my-own-key", key="sk-another")
    error = await failure(backend)
    assert error.what == "The model server refused the key (401)"
    assert "OPENAI_API_KEY" in error.next_step
    assert "sk-my-own-key" not in f"{error!r} {error} {backend!r}"
    assert error.__cause__ is None


async def test_missing_key_is_another_sentence(serve: Serve) -> None:
    _, backend = await serve(in_order(Turn("hi")), sends="", key="sk-another")
    assert (await failure(backend)).what == "The model server wants a key"


async def test_key_echoed_by_the_server_is_removed(serve: Serve) -> None:
    body = {"error": {"message": "bad request by sk-test-key"}}
    _, backend = await serve(in_order(Turn(fault=Fault("status", 400, body))))
    assert (await failure(backend)).why == "bad request by [key]"


async def test_unknown_model_lists_the_ones_there_are(serve: Serve) -> None:
    _, backend = await serve(in_order(Turn("hi")), model="gpt-99", models=("llama3", "qwen3"))
    error = await failure(backend)
    assert 'does not know the model "gpt-99"' in error.what
    assert error.why == "it has: llama3, qwen3"


async def test_too_many_requests_carries_the_wait(serve: Serve) -> None:
    fault = Fault("status", 429, {"error": {"message": "slow down"}}, {"Retry-After": "7"})
    _, backend = await serve(in_order(Turn(fault=fault)))
    error = await failure(backend)
    assert (error.retry_after, error.why) == (7.0, "slow down")


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (Fault("status", 400, {"error": {"message": "maximum context length is 4096 tokens"}}), "is too long"),
        (Fault("status", 400, {"error": "request (9000 tokens) exceeds the available context size"}), "is too long"),
        (Fault("status", 500, "<html>oops</html>"), "The model server failed (500)"),
        (Fault("status", 404, {"detail": "Not Found"}), "does not know the model"),
        (Fault("garbage"), "sent what is not JSON"),
        (Fault("cut", after=3), "connection to"),
        (Fault("unfinished", after=3), "The model's answer broke off"),
    ],
)
async def test_failures_say_what_happened(serve: Serve, fault: Fault, what: str) -> None:
    _, backend = await serve(in_order(Turn("some words to say", fault=fault)))
    assert what in (await failure(backend)).what


async def test_silence_is_a_timeout(serve: Serve) -> None:
    server, _ = await serve(in_order(Turn("some words", fault=Fault("silent"))))
    backend = OpenAIBackend(server.base_url, "", "scripted", read_timeout=0.2)
    error = await failure(backend)
    await backend.close()
    assert "did not answer in time" in error.what
    assert error.retry_after is not None


async def test_nothing_listening_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    backend = OpenAIBackend(f"http://127.0.0.1:{port}/v1", "", "m")
    error = await failure(backend)
    await backend.close()
    assert error.what == f"Nothing listens at http://127.0.0.1:{port}/v1"


async def test_unresolvable_name_is_said() -> None:
    backend = OpenAIBackend("http://model.invalid/v1", "", "m")
    error = await failure(backend)
    await backend.close()
    assert "does not resolve" in error.what


@pytest.mark.parametrize("how", ["cancel", "close"])
async def test_leaving_hangs_up_at_once(serve: Serve, how: str) -> None:
    server, backend = await serve(in_order(Turn("word " * 20, fault=Fault("silent", after=5))))

    async def listen(until_text: bool) -> None:
        async with aclosing(backend.stream(QUESTION, [])) as events:  # type: ignore[type-var]
            async for _ in events:
                if until_text:
                    return

    task = asyncio.create_task(listen(until_text=how == "close"))
    await asyncio.wait_for(server.speaking.wait(), 5)
    if how == "cancel":
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        await task
    await asyncio.wait_for(server.hung_up.wait(), 5)
