"""The first answers of a model that nobody knows: told as they come; what they do not show is asked."""

import json
from typing import Any

import pytest

from kubegenie_tui.demo.model_script import EXCUSE, Fault, Turn
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.closing import closing
from kubegenie_tui.llm.backend import CallReady, Ended, Lowered, TextPart, Used
from tests.unit.llm.test_ladder import LIST, QUESTION, Notes, asked, calls, hear, looking, said, with_result


def asked_aside(server: ModelServer) -> int:
    """How often the model was asked what it can do."""
    return sum("`ready`" in str(request.json["messages"]) for request in server.requests)


@pytest.mark.parametrize("refused", [set(), {"tools"}], ids=["streamed", "schema"])
async def test_its_words_come_as_they_are_said(refused: set[str]) -> None:
    talking = Turn("Hello there.", fault=Fault("silent", after=7))
    async with asked(lambda _: talking, notes=Notes(), refuses=frozenset(refused)) as (_, backend):
        async with closing(backend.stream(QUESTION, [LIST])) as events:
            first = await anext(event async for event in events if isinstance(event, TextPart))
        assert "Hello there.".startswith(first.text)
        assert first.in_doubt


WRITTEN = {
    "tagged": '<tool_call>\n{"name": "list", "arguments": {"kind": "pods"}}\n</tool_call>',
    "fenced": '```json\n{"name": "list", "arguments": {"kind": "pods"}}\n```',
    "bare": '{"name": "list", "arguments": {"kind": "pods"}}',
    "Mistral": '[TOOL_CALLS][{"name": "list", "arguments": {"kind": "pods"}}]',
    "Llama": '<|python_tag|>{"name": "list", "parameters": {"kind": "pods"}}',
    "ReAct": 'Action: list\nAction Input: {"kind": "pods"}',
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("before", ["", "I look.\n"], ids=["alone", "after words"])
@pytest.mark.parametrize("piece", [1, 5])
async def test_nothing_of_a_call_that_it_writes_is_told_as_text(written: str, before: str, piece: int) -> None:
    async with asked(lambda _: Turn(f"{before}{written}", piece=piece), notes=Notes()) as (server, backend):
        events = await hear(backend)
        assert [call.name for call in calls(events)] == ["list"]
        told = "".join(event.text for event in events if isinstance(event, TextPart))
        assert told.strip() == before.strip()
        assert len(server.requests) == 1


async def test_words_of_one_that_ignores_tools_are_taken_back_once_and_all_tokens_are_told() -> None:
    async with asked(notes=Notes(), ignores=frozenset({"tools"})) as (server, backend):
        events = await hear(backend)
        lowered = next(place for place, event in enumerate(events) if isinstance(event, Lowered))
        parts = [event for event in events if isinstance(event, TextPart)]
        assert "".join(part.text for part in parts) == EXCUSE
        assert all(part.in_doubt for part in parts)
        assert {place > lowered for place, event in enumerate(events) if isinstance(event, CallReady)} == {True}
        used = [event for event in events if isinstance(event, Used)]
        assert len(used) == len(server.requests) == asked_aside(server) + 2
        assert sum(event.is_aside for event in used) == asked_aside(server)
        answer = await hear(backend, with_result(calls(events)[0]))
        assert not any(part.in_doubt for part in answer if isinstance(part, TextPart))


async def test_after_one_call_it_is_asked_for_several_with_its_next_answer_and_once() -> None:
    notes = Notes()
    async with asked(notes=notes) as (server, backend):
        [call] = calls(await hear(backend))
        assert (backend.ability.parallel, asked_aside(server)) == (None, 0)
        events = await hear(backend, with_result(call))
        assert (backend.ability.parallel, asked_aside(server)) == (False, 1)
        assert [event.is_aside for event in events if isinstance(event, Used)] == [False, True]
        assert isinstance(events[-1], Ended)
        assert "3 pods" in str(backend.last_request), "the question stays to be looked at"
        await hear(backend, with_result(call))
        assert asked_aside(server) == 1
        [kept] = notes.facts.values()
        assert json.loads(kept)["parallel"] is False


async def test_one_that_cannot_be_asked_for_several_is_left_alone() -> None:
    def failing(heard: dict[str, Any]) -> Turn:
        refusal = {"error": {"message": "tools are not supported"}}
        return Turn(fault=Fault("status", 400, refusal)) if "`ready`" in str(heard["messages"]) else looking(heard)

    async with asked(failing, notes=Notes()) as (server, backend):
        [call] = calls(await hear(backend))
        for _ in range(2):
            assert said(await hear(backend, with_result(call))) == "Three."
        assert (backend.ability.parallel, backend.ability.rung, asked_aside(server)) == (None, "streamed", 1)


async def test_without_notes_it_is_asked_for_nothing_on_the_side() -> None:
    async with asked() as (server, backend):
        [call] = calls(await hear(backend))
        await hear(backend, with_result(call))
        assert len(server.requests) == 2


@pytest.mark.parametrize("refused", [{"tools"}, {"tools", "response_format"}], ids=["schema", "text"])
async def test_one_that_is_told_to_make_one_call_makes_one_at_a_time(refused: set[str]) -> None:
    async with asked(notes=Notes(), refuses=frozenset(refused)) as (server, backend):
        assert len(calls(await hear(backend))) == 1
        assert (backend.ability.parallel, asked_aside(server)) == (False, 0)


async def test_a_model_that_answers_at_once_is_believed_when_it_can_call() -> None:
    def greeting(heard: dict[str, Any]) -> Turn:
        return looking(heard) if "`ready`" in str(heard["messages"]) else Turn("Hello!")

    async with asked(greeting, notes=Notes()) as (server, backend):
        assert said(await hear(backend)) == "Hello!"
        assert len(server.requests) == 2
        assert said(await hear(backend)) == "Hello!"
        assert len(server.requests) == 3
