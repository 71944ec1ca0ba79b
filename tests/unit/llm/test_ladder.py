"""Servers of all kinds: each is asked in the best way that it understands, and what that is, is learnt once."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kubegenie_tui.demo.model_script import EXCUSE, Call, Fault, Turn
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.errors import ConversationTooLong, ModelError
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.llm.ability import SCOPE, WEEK, Ability
from kubegenie_tui.llm.backend import BackendEvent, CallReady, Ended, Lowered, TextPart, Used, Wire
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.unit.llm.resting import Resting

LIST: Wire = {
    "type": "function",
    "function": {
        "name": "list",
        "description": "List objects.",
        "parameters": {"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"]},
    },
}
CALL = Call("list", {"kind": "pods"}, id="c1")
QUESTION: list[Wire] = [{"role": "system", "content": "You look."}, {"role": "user", "content": "how many pods?"}]


class Notes:
    """Facts in memory, as the store keeps them."""

    def __init__(self) -> None:
        self.facts: dict[tuple[str, str], str] = {}

    async def get(self, scope: str, key: str) -> str | None:
        return self.facts.get((scope, key))

    async def set(self, scope: str, key: str, value: str) -> None:
        self.facts[scope, key] = value


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def looking(heard: dict[str, Any]) -> Turn:
    """A model that looks before it answers, and can show that it calls tools."""
    last = str(heard["messages"][-1]["content"])
    if "`ready`" in last:
        return Turn(calls=(Call("ready", {"word": "yes"}),))
    return Turn("Three.") if "3 pods" in last else Turn("I look.", (CALL,))


@asynccontextmanager
async def asked(
    script: Any = looking, *, notes: Notes | None = None, settings: ModelSettings | None = None, **options: Any
) -> AsyncIterator[tuple[ModelServer, OpenAIBackend]]:
    server = ModelServer(script, **options)
    await server.start()
    backend = OpenAIBackend(
        server.base_url, "", "scripted", notes=notes, settings=settings, read_timeout=5, rest=Resting(), now=Clock()
    )
    try:
        yield server, backend
    finally:
        await backend.close()
        await server.stop()


async def hear(backend: OpenAIBackend, messages: list[Wire] = QUESTION) -> list[BackendEvent]:
    return [event async for event in backend.stream(messages, [LIST])]


def said(events: list[BackendEvent]) -> str:
    """What stands of it at the end."""
    lowered = [place for place, event in enumerate(events) if isinstance(event, Lowered)]
    return "".join(event.text for event in events[max(lowered, default=0) :] if isinstance(event, TextPart))


def calls(events: list[BackendEvent]) -> list[CallReady]:
    return [event for event in events if isinstance(event, CallReady)]


def with_result(call: CallReady) -> list[Wire]:
    """The conversation after a call was answered, as the genie tells it."""
    made = {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
    assistant = {"role": "assistant", "content": None, "tool_calls": [made]}
    return [*QUESTION, assistant, {"role": "tool", "tool_call_id": call.id, "content": "3 pods"}]


SERVERS: dict[str, tuple[dict[str, Any], str]] = {
    "all is well": ({}, "streamed"),
    "refuses to stream": ({"refuses": {"stream"}}, "plain"),
    "does not stream, and says nothing": ({"ignores": {"stream"}}, "streamed"),
    "refuses tools": ({"refuses": {"tools"}}, "schema"),
    "ignores tools": ({"ignores": {"tools"}}, "schema"),
    "refuses tools, and to stream": ({"refuses": {"tools", "stream"}}, "schema"),
    "refuses tools and schemas": ({"refuses": {"tools", "response_format"}}, "text"),
    "refuses tools, ignores schemas": ({"refuses": {"tools"}, "ignores": {"response_format"}}, "text"),
    "ignores tools and schemas": ({"ignores": {"tools", "response_format"}}, "text"),
    "refuses all of it": (
        {"refuses": {"tools", "response_format", "stream", "stream_options", "system", "stop"}},
        "text",
    ),
}


@pytest.mark.parametrize(("options", "rung"), SERVERS.values(), ids=SERVERS.keys())
async def test_every_rung_makes_the_call_takes_its_result_and_ends_in_an_answer(
    options: dict[str, set[str]], rung: str
) -> None:
    frozen: dict[str, Any] = {name: frozenset(values) for name, values in options.items()}
    async with asked(notes=Notes(), **frozen) as (server, backend):
        events = await hear(backend)
        [call] = calls(events)
        assert (call.name, json.loads(call.arguments)) == ("list", {"kind": "pods"})
        assert EXCUSE not in said(events)
        assert isinstance(events[-1], Ended)
        answer = await hear(backend, with_result(call))
        assert said(answer) == "Three."
        assert calls(answer) == []
        assert backend.ability.rung == rung
        assert any(isinstance(event, Used) for event in answer)
        before = len(server.requests)
        await hear(backend)
        assert len(server.requests) == before + 1, "what was learnt is not asked again"


@pytest.mark.parametrize("refused", [{"tools"}, {"tools", "response_format"}])
async def test_without_tools_the_conversation_is_told_in_turns(refused: set[str]) -> None:
    async with asked(refuses=frozenset(refused)) as (server, backend):
        [call] = calls(await hear(backend))
        await hear(backend, with_result(call))
        sent = server.requests[-1].json
        assert [message["role"] for message in sent["messages"]] == ["system", "user", "assistant", "user"]
        assert sent["messages"][0]["content"].startswith("You look.\n\nTools")
        assert "kind*: string" in sent["messages"][0]["content"]
        assert '"name": "list"' in sent["messages"][2]["content"]
        assert sent["messages"][3]["content"] == "Result of list:\n3 pods"
        assert "tools" not in sent
        assert backend.last_request == sent


async def test_the_schema_allows_the_calls_that_there_are_and_an_answer() -> None:
    async with asked(refuses=frozenset({"tools"})) as (server, backend):
        await hear(backend)
        schema = server.requests[-1].json["response_format"]["json_schema"]["schema"]
        call, answer = schema["anyOf"]
        [one] = call["properties"]["call"]["anyOf"]
        assert one["properties"]["name"] == {"const": "list"}
        assert one["properties"]["arguments"] == LIST["function"]["parameters"]
        assert answer["required"] == ["answer"]


async def test_a_system_message_that_is_refused_stands_in_the_question() -> None:
    async with asked(refuses=frozenset({"system"})) as (server, backend):
        events = await hear(backend)
        assert [event.feature for event in events if isinstance(event, Lowered)] == ["system"]
        [message] = server.requests[-1].json["messages"]
        assert message == {"role": "user", "content": "You look.\n\nhow many pods?"}


REFUSALS = {
    "as the only event of a stream": Fault("error", body={"error": {"message": "tools are not supported"}}, after=0),
    "as the whole of an answer": Fault("status", 200, {"error": {"message": "model does not support tools"}}),
    "as the text of an error": Fault("status", 200, {"error": "tool use is not enabled"}),
}


@pytest.mark.parametrize("fault", REFUSALS.values(), ids=REFUSALS.keys())
@pytest.mark.parametrize("streams", [True, False], ids=["streamed", "plain"])
async def test_a_refusal_that_comes_with_status_200_leads_down_as_well(fault: Fault, streams: bool) -> None:
    def refusing(heard: dict[str, Any]) -> Turn:
        return Turn(fault=fault) if "tools" in heard else looking(heard)

    refused = frozenset[str]() if streams or fault.what == "error" else frozenset({"stream"})
    async with asked(refusing, refuses=refused) as (_, backend):
        assert len(calls(await hear(backend))) == 1
        assert backend.ability.rung == "schema"


async def test_an_error_after_the_first_words_is_one_and_teaches_nothing() -> None:
    fault = Fault("error", body={"error": {"message": "tools are not supported"}}, after=2)
    async with asked(lambda _: Turn("I look it up.", fault=fault)) as (_, backend):
        with pytest.raises(ModelError, match="broke off"):
            await hear(backend)
        assert backend.ability.rung == "streamed"


async def test_tools_and_streams_that_do_not_go_together_are_tools_without_streams() -> None:
    def refusing(heard: dict[str, Any]) -> Turn:
        body = {"error": {"message": "Cannot use tools with stream"}}
        return Turn(fault=Fault("status", 500, body)) if heard.get("stream") else looking(heard)

    async with asked(refusing) as (_, backend):
        assert len(calls(await hear(backend))) == 1
        assert backend.ability.rung == "plain"


async def test_a_server_that_loses_calls_in_a_stream_is_asked_without_one() -> None:
    def losing(heard: dict[str, Any]) -> Turn:
        return Turn("I look it up.") if heard.get("stream") else looking(heard)

    async with asked(losing, notes=Notes()) as (_, backend):
        assert len(calls(await hear(backend))) == 1
        assert backend.ability.rung == "plain"


async def test_a_call_in_the_text_of_a_server_that_does_not_read_them_is_a_call() -> None:
    text = 'I look.\n<tool_call>\n{"name": "list", "arguments": {"kind": "pods"}}\n</tool_call>'
    async with asked(lambda _: Turn(text), notes=Notes()) as (server, backend):
        events = await hear(backend)
        assert [(call.name, call.arguments) for call in calls(events)] == [("list", '{"kind": "pods"}')]
        assert said(events).strip() == "I look."
        assert len(server.requests) == 1


async def test_a_model_that_never_calls_is_asked_by_text_and_its_prose_is_the_answer() -> None:
    async with asked(lambda _: Turn("I would not know."), notes=Notes()) as (_, backend):
        assert said(await hear(backend)) == "I would not know."
        assert backend.ability.rung == "text"
        assert backend.profile == "small"


# What is kept


async def test_what_was_learnt_is_kept_for_the_next_start_and_asked_again_after_a_week() -> None:
    notes = Notes()
    async with asked(notes=notes, refuses=frozenset({"tools"}), told={"max_model_len": 8192}) as (server, first):
        await hear(first)
        assert (server.listed, len(server.requests)) == (1, 2)
        [(scope, key)] = notes.facts
        assert (scope, key) == (SCOPE, f"{server.base_url} scripted")
        clock = Clock()
        again = OpenAIBackend(server.base_url, "", "scripted", notes=notes, now=clock)
        await hear(again)
        assert (server.listed, len(server.requests)) == (1, 3)
        assert again.context_tokens == 8192
        await again.close()
        clock.now += WEEK + 1
        late = OpenAIBackend(server.base_url, "", "scripted", notes=notes, now=clock)
        await hear(late)
        assert (server.listed, len(server.requests)) == (2, 5)
        await late.close()


async def test_what_is_kept_and_holds_no_more_is_learnt_anew() -> None:
    notes = Notes()
    async with asked(notes=notes) as (_, first):
        await hear(first)
        key = f"{first.server} scripted"
    async with asked(notes=notes, refuses=frozenset({"tools"})) as (_, other):
        notes.facts[SCOPE, f"{other.server} scripted"] = notes.facts[SCOPE, key]
        assert len(calls(await hear(other))) == 1
        assert other.ability.rung == "schema"


async def test_facts_that_nobody_can_read_are_no_facts() -> None:
    notes = Notes()
    async with asked(notes=notes) as (_, backend):
        notes.facts[SCOPE, f"{backend.server} scripted"] = '{"rung": "sideways"}'
        assert len(calls(await hear(backend))) == 1


async def test_an_examination_tries_the_ladder_and_says_what_it_found() -> None:
    async with asked(notes=Notes(), refuses=frozenset({"tools"}), told={"max_model_len": 8192}) as (_, backend):
        await backend.examine()
        ability = backend.ability
        assert (ability.rung, ability.calls, ability.usage, ability.context) == ("schema", True, True, 8192)


@pytest.mark.parametrize(("count", "several"), [(2, True), (1, False)])
async def test_an_examination_asks_for_several_calls_at_once_and_for_a_count(count: int, several: bool) -> None:
    ready = Turn(calls=tuple(Call("ready", {"word": word}) for word in ("yes", "no")[:count]))
    notes = Notes()
    async with asked(lambda _: ready, notes=notes) as (server, backend):
        await backend.examine()
        [request] = server.requests
        assert "twice at once" in str(request.json["messages"])
        assert request.json["stream_options"] == {"include_usage": True}
        assert (backend.ability.parallel, backend.ability.usage) == (several, True)
        [kept] = notes.facts.values()
        assert json.loads(kept)["parallel"] is several


async def test_one_that_makes_several_later_is_known_to() -> None:
    turns = iter((Turn(calls=(Call("ready", {"word": "yes"}),)), Turn(calls=(CALL, Call("list", {"kind": "nodes"})))))
    async with asked(lambda _: next(turns), notes=Notes()) as (_, backend):
        await backend.examine()
        assert backend.ability.parallel is False
        assert len(calls(await hear(backend))) == 2
        assert backend.ability.parallel


# The context


@pytest.mark.parametrize(
    ("told", "pages", "context"),
    [
        ({"max_model_len": 8192}, {}, 8192),
        ({"context_length": 131072}, {}, 131072),
        ({"context_window": 32768}, {}, 32768),
        ({"owned_by": "llamacpp"}, {"/props": {"default_generation_settings": {"n_ctx": 4096}}}, 4096),
        ({"owned_by": "library"}, {"/api/ps": {"models": [{"name": "scripted", "context_length": 6000}]}}, 6000),
        (
            {"owned_by": "library"},
            {"/api/ps": {"models": []}, "/api/show": {"parameters": "stop x\nnum_ctx 9000"}},
            9000,
        ),
        ({"owned_by": "library"}, {"/api/ps": {"models": []}, "/api/show": {"parameters": "stop x"}}, 4096),
        ({"owned_by": "llamacpp"}, {}, 0),
        ({}, {}, 0),
    ],
    ids=["vllm", "openrouter", "groq", "llama.cpp", "ollama, loaded", "ollama, set", "ollama", "no props", "unknown"],
)
async def test_the_context_is_asked_where_the_server_tells_it(
    told: dict[str, Any], pages: dict[str, Any], context: int
) -> None:
    async with asked(notes=Notes(), told=told, pages=pages) as (_, backend):
        assert backend.context_tokens == 0
        await backend.open()
        assert backend.context_tokens == context
        assert backend.profile == ("small" if 0 < context < 16_000 else "full")


async def test_a_context_that_is_known_once_the_model_is_loaded_is_asked_for_again() -> None:
    pages: dict[str, Any] = {"/api/ps": {"models": []}, "/api/show": {"parameters": ""}}
    async with asked(notes=Notes(), told={"owned_by": "library"}, pages=pages) as (server, backend):
        await hear(backend)
        assert backend.context_tokens == 4096
        pages["/api/ps"] = {"models": [{"model": "scripted", "context_length": 32768}]}
        await hear(backend)
        await hear(backend)
        assert (backend.context_tokens, server.listed) == (32768, 2)


@pytest.mark.parametrize(
    ("body", "context"),
    [
        (
            {"error": {"message": "This model's maximum context length is 4096 tokens. However, you requested 9000"}},
            4096,
        ),
        ({"error": {"message": "the request exceeds the available context size", "n_ctx": 2048}}, 2048),
        ({"error": "request (9000 tokens) exceeds the available context size (4,352 tokens), try increasing it"}, 4352),
        ({"error": "loaded with context length of only 4096 tokens, which is not enough"}, 4096),
        ({"error": {"message": "prompt is too long"}}, 0),
    ],
)
async def test_the_context_is_learnt_from_the_refusal_of_a_longer_request(body: Any, context: int) -> None:
    async with asked(lambda _: Turn(fault=Fault("status", 400, body))) as (_, backend):
        with pytest.raises(ConversationTooLong):
            await hear(backend)
        assert backend.context_tokens == context


async def test_the_settings_know_better() -> None:
    settings = ModelSettings(context=20_000, profile="small", input_price=2.0, output_price=10.0)
    async with asked(notes=Notes(), settings=settings, told={"max_model_len": 8192}) as (server, backend):
        await hear(backend)
        assert (backend.context_tokens, backend.profile) == (20_000, "small")
        assert server.listed == 0
        assert backend.cost(1_000_000, 100_000) == 3.0


def test_a_model_without_a_price_has_no_cost() -> None:
    assert OpenAIBackend("http://127.0.0.1:1/v1", "", "m").cost(1, 1) is None


async def test_a_small_model_is_given_one_call_a_step() -> None:
    two = Turn(calls=(CALL, Call("list", {"kind": "nodes"})))
    async with asked(lambda _: two, settings=ModelSettings(profile="small")) as (_, backend):
        assert [call.id for call in calls(await hear(backend))] == ["c1"]
        assert backend.ability.parallel


async def test_an_unreachable_server_is_an_error_and_nothing_is_learnt() -> None:
    notes = Notes()
    backend = OpenAIBackend("http://127.0.0.1:1/v1", "", "m", notes=notes, rest=Resting())
    with pytest.raises(ModelError, match="Nothing listens"):
        await hear(backend)
    await backend.close()
    assert notes.facts == {}
    assert backend.ability == Ability()
