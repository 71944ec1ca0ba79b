"""A real llama.cpp server, when LLAMA_SERVER_URL names one: what it is asked for, it does."""

import json
import os
import time

import msgspec
import pytest

from kubegenie_tui.domain.conversation import Finished
from kubegenie_tui.genie.loop import Loop
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.llm.ability import LADDER, SCOPE, Ability, Rung, fact_key
from kubegenie_tui.llm.backend import CallReady, TextPart, Used, Wire
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.unit.agents.demo_clusters import agent_of, serving, world
from tests.unit.genie.model_and_cluster import FOCUS, Agents
from tests.unit.llm.test_ladder import Notes

URL = os.environ.get("LLAMA_SERVER_URL", "")
pytestmark = [
    pytest.mark.skipif(not URL, reason="LLAMA_SERVER_URL names no llama.cpp server"),
    pytest.mark.timeout(900),
]
LIST: Wire = {
    "type": "function",
    "function": {
        "name": "list",
        "description": "List the objects of a kind.",
        "parameters": {"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"]},
    },
}
QUESTION: list[Wire] = [
    {"role": "system", "content": "You answer about a Kubernetes cluster. Use the tool before you answer."},
    {"role": "user", "content": "Which pods are there? Look them up."},
]


def backend_of(notes: Notes | None = None) -> OpenAIBackend:
    base = URL.rstrip("/")
    return OpenAIBackend(base if base.endswith("/v1") else f"{base}/v1", "", "", notes=notes, read_timeout=600)


async def test_it_is_examined_and_tells_its_context() -> None:
    backend = backend_of(Notes())
    await backend.examine()
    assert backend.context_tokens > 0
    assert backend.ability.usage
    await backend.close()


async def test_it_answers_in_words() -> None:
    backend = backend_of()
    events = [event async for event in backend.stream([{"role": "user", "content": "Say the word: ready"}], [])]
    assert any(isinstance(event, TextPart) for event in events)
    assert any(isinstance(event, Used) for event in events)
    await backend.close()


@pytest.mark.parametrize("rung", LADDER)
async def test_it_makes_a_call_on_this_rung(rung: Rung) -> None:
    notes, first = Notes(), backend_of()
    await first.open()
    known = Ability(rung=rung, calls=True, looked=True, learnt=time.time())
    notes.facts[SCOPE, fact_key(first.server, first.model)] = msgspec.json.encode(known).decode()
    await first.close()
    backend = backend_of(notes)
    events = [event async for event in backend.stream(QUESTION, [LIST])]
    [call, *_] = [event for event in events if isinstance(event, CallReady)]
    assert call.name == "list"
    assert "pod" in json.loads(call.arguments)["kind"].lower()
    await backend.close()


async def test_a_turn_ends_in_an_answer() -> None:
    backend = backend_of(Notes())
    async with serving(world("prod")) as server, agent_of(server, "prod") as agent:
        scope = Scope(agent, FOCUS, Redactor(), Agents({"prod": agent}))
        events = [event async for event in Loop(backend, scope).run("how many pods are there?", ())]
        assert isinstance(events[-1], Finished)
    await backend.close()
