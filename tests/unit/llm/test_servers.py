"""What servers do differently from each other must make no difference: answers byte by byte as they send them."""

import asyncio
import json

import pytest

from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.llm.backend import BackendEvent, CallReady, Ended, TextPart, Used
from tests.unit.llm.raw_server import DONE, call, chunk, raw

TOOL = {"type": "function", "function": {"name": "list", "parameters": {"type": "object", "properties": {}}}}
QUESTION = [{"role": "user", "content": "hello"}]
PODS, NODES = '{"kind": "pods"}', '{"kind": "nodes"}'
STOP = (chunk({}, "stop"), DONE)
TOOLS = (chunk({}, "tool_calls"), DONE)


async def heard(pieces: tuple[str, ...], kind: str = "text/event-stream") -> list[BackendEvent]:
    async with raw(pieces, kind) as (_, backend):
        return [event async for event in backend.stream(QUESTION, [TOOL])]


def text_of(events: list[BackendEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextPart))


def usage(prompt: int, completion: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


TEXTS = {
    "openai": (chunk({"role": "assistant", "content": "", "refusal": None}), chunk({"content": "Hi"}), *STOP),
    "azure: filter results first, no choices": (
        chunk(choices=[], prompt_filter_results=[{"prompt_index": 0}]),
        chunk({"content": "Hi"}, content_filter_results={}),
        *STOP,
    ),
    "vllm: null content, empty calls, reasoning apart": (
        chunk({"role": "assistant", "content": None, "tool_calls": []}),
        chunk({"reasoning_content": "hm", "content": None}),
        chunk({"reasoning": "hm"}),
        chunk({"content": "Hi", "tool_calls": []}),
        *STOP,
    ),
    "ollama: thoughts in the text": (
        chunk({"content": "<thi"}),
        chunk({"content": "nk>\nIs it </thi"}),
        chunk({"content": "s>?</thin"}),
        chunk({"content": "k>\n\nHi"}),
        *STOP,
    ),
    "llama.cpp: text and end in one, timings": (chunk({"content": "Hi"}, "stop", timings={"n": 1}), DONE),
    "lm studio: comments and blank lines": (": ping\n\n", "\n", chunk({"content": "Hi"}), ": ping\n\n", *STOP),
    "mistral: content in parts": (
        chunk({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]}),
        chunk({"content": [{"type": "text", "text": "Hi"}]}),
        *STOP,
    ),
    "no choices: null, missing, or null in their place": (
        chunk(choices=None),
        'data: {"object": "chat.completion.chunk"}\n\n',
        chunk(choices=[None]),
        chunk({"content": "Hi"}),
        *STOP,
    ),
    "counts of nothing, a chunk that is none": (chunk({"content": "Hi"}, usage={}), "data: [1]\n\n", *STOP),
    "deepseek: a thought whose begin is in the template": (chunk({"content": "Is it?</think>\n\nHi"}), *STOP),
    "a delta that is null": (chunk(None), chunk({"content": "Hi"}), *STOP),
    "a stream without [DONE]": (chunk({"content": "Hi"}), chunk({}, "stop")),
    "carriage returns": tuple(piece.replace("\n", "\r\n") for piece in (chunk({"content": "Hi"}), *STOP)),
    "a refusal": (chunk({"content": None, "refusal": "Hi"}), *STOP),
}


@pytest.mark.parametrize("pieces", TEXTS.values(), ids=TEXTS.keys())
async def test_the_text_is_the_answer_and_nothing_else(pieces: tuple[str, ...]) -> None:
    events = await heard(pieces)
    assert text_of(events) == "Hi"
    assert events[-1] == Ended("stop")


@pytest.mark.parametrize(
    "text", ["a < b", "<think", "<", "  <b>bold</b>", "It prints <think> and </think>", "\n\nspaced", "<thinking>x"]
)
async def test_what_only_looks_like_a_thought_is_said(text: str) -> None:
    pieces = (*(chunk({"content": char}) for char in text), *STOP)
    assert text_of(await heard(pieces)) == text


async def test_a_thought_without_end_says_nothing() -> None:
    assert text_of(await heard((chunk({"content": "<think>and on and"}), *STOP))) == ""


ONE = {
    "whole in one delta": (chunk(call(0, "list", PODS, "a")), *TOOLS),
    "character by character": (
        chunk(call(0, "list", "", "a")),
        *(chunk(call(0, None, char)) for char in PODS),
        *TOOLS,
    ),
    "the name in pieces": (chunk(call(0, "li", "", "a")), chunk(call(0, "st", "")), chunk(call(0, None, PODS)), *TOOLS),
    "the name and the id with every piece": (
        chunk(call(0, "list", PODS[:5], "a")),
        chunk(call(0, "list", PODS[5:], "a")),
        *TOOLS,
    ),
    "no index": (chunk(call(None, "list", PODS, "a")), *TOOLS),
    "no id": (chunk(call(0, "list", PODS)), *TOOLS),
    "ended with stop": (chunk(call(0, "list", PODS, "a")), *STOP),
    "with the end": (chunk(call(0, "list", PODS, "a"), "tool_calls"), DONE),
    "a name with the module of its template": (chunk(call(0, "functions.list", PODS, "a")), *TOOLS),
    "gpt-oss: a name with its channel": (chunk(call(0, "list<|channel|>commentary", PODS, "a")), *TOOLS),
    "a piece that is null before it": (chunk({"tool_calls": [None]}), chunk(call(0, "list", PODS, "a")), *TOOLS),
    "arguments as an object": (chunk(call(0, "list", {"kind": "pods"}, "a")), *TOOLS),
}


@pytest.mark.parametrize("pieces", ONE.values(), ids=ONE.keys())
async def test_one_call_is_one_call_however_it_comes(pieces: tuple[str, ...]) -> None:
    [made] = [event for event in await heard(pieces) if isinstance(event, CallReady)]
    assert (made.name, json.loads(made.arguments)) == ("list", {"kind": "pods"})
    assert made.id


@pytest.mark.parametrize("name", ["", None])
async def test_a_call_without_a_name_is_one_that_can_be_answered(name: str | None) -> None:
    events = await heard((chunk(call(0, name, PODS, "a")), *TOOLS))
    assert [event for event in events if isinstance(event, CallReady)] == [CallReady("a", "unnamed", PODS)]


@pytest.mark.parametrize(
    ("answer", "what", "why"),
    [
        ('{"error": "CUDA out of memory"}', "answered with an error", "CUDA out of memory"),
        ('{"detail": {"message": "no worker is free"}}', "answered with an error", "no worker is free"),
        ('{"error": "Unexpected endpoint or method"}', "is no model server", "Unexpected endpoint or method"),
        ('{"choices": null}', "is no model server", "none of a chat"),
    ],
)
async def test_an_error_with_status_200_is_told_in_the_words_of_the_server(answer: str, what: str, why: str) -> None:
    with pytest.raises(ModelError) as raised:
        await heard((answer,), "application/json")
    assert what in raised.value.what
    assert why in raised.value.why


TWO = {
    "both in one delta": (
        chunk({"tool_calls": call(0, "list", PODS, "a")["tool_calls"] + call(1, "list", NODES, "b")["tool_calls"]}),
        *TOOLS,
    ),
    "one index, two ids": (chunk(call(0, "list", PODS, "a")), chunk(call(0, "list", NODES, "b")), *TOOLS),
    "one index, no ids": (chunk(call(0, "list", PODS)), chunk(call(0, "list", NODES)), *TOOLS),
    "no index, no ids": (chunk(call(None, "list", PODS)), chunk(call(None, "list", NODES)), *TOOLS),
    "indexes from 1": (chunk(call(1, "list", PODS, "a")), chunk(call(2, "list", NODES, "b")), *TOOLS),
}


@pytest.mark.parametrize("pieces", TWO.values(), ids=TWO.keys())
async def test_two_calls_are_two_calls_however_they_come(pieces: tuple[str, ...]) -> None:
    made = [event for event in await heard(pieces) if isinstance(event, CallReady)]
    assert [json.loads(each.arguments) for each in made] == [{"kind": "pods"}, {"kind": "nodes"}]
    assert [each.name for each in made] == ["list", "list"]
    assert len({each.id for each in made}) == 2


@pytest.mark.parametrize(
    "pieces",
    [
        (chunk({"content": "Hi"}), chunk({}, "stop"), chunk(choices=[], usage=usage(7, 3)), DONE),
        (chunk({"content": "Hi"}, usage=usage(7, 1)), chunk({}, "stop", usage=usage(7, 3)), DONE),
        (chunk({"content": "Hi"}), chunk({}, "stop", usage=usage(7, 3)), DONE),
    ],
    ids=["in a chunk of its own", "counted up in every chunk", "with the end"],
)
async def test_tokens_are_counted_once(pieces: tuple[str, ...]) -> None:
    assert [event for event in await heard(pieces) if isinstance(event, Used)] == [Used(7, 3)]


@pytest.mark.parametrize(
    ("pieces", "kind", "what"),
    [
        (('data: {"error": {"message": "out of memory"}}\n\n',), "text/event-stream", "broke off"),
        ((chunk({"content": "Hi"}), 'data: {"error": "CUDA error"}\n\n'), "text/event-stream", "broke off"),
        (("<html><title>Sign in</title></html>",), "text/html", "is no model server"),
        (('{"error": "Unexpected endpoint or method"}',), "application/json", "is no model server"),
        ((), "text/event-stream", "is no model server"),
        ((chunk({"content": "Hi"}), DONE), "text/event-stream", "broke off"),
    ],
)
async def test_what_is_no_answer_is_an_error_in_words(pieces: tuple[str, ...], kind: str, what: str) -> None:
    with pytest.raises(ModelError) as raised:
        await heard(pieces, kind)
    assert what in raised.value.what
    assert raised.value.next_step


async def test_leaving_before_the_first_byte_hangs_up_at_once() -> None:
    async with raw(None) as (server, backend):

        async def listen() -> None:
            async for _ in backend.stream(QUESTION, []):
                pass

        task = asyncio.create_task(listen())
        await asyncio.wait_for(server.asked.wait(), 5)
        task.cancel()
        await asyncio.wait((task,), timeout=5)
        assert task.cancelled()
        await asyncio.wait_for(server.left.wait(), 5)
