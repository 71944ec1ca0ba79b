"""A conversation asked again over the real wire to a model, with its record in place of a cluster."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from kubegenie_tui.demo.model_script import Call, Fault, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.conversation import (
    BUILT_IN,
    PROPOSED,
    Focus,
    LookUp,
    Message,
    Outcome,
    Proposal,
    Record,
    Usage,
)
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.genie.recorded_labels import answers
from kubegenie_tui.genie.replaying import NO_MODEL, Recorded, Replayed, played_back, replay
from kubegenie_tui.llm.openai_backend import OpenAIBackend

LIST = Call("list", {"kind": "pods"})
GPT = Record(usage=Usage("old-model", 100, 20, 1.0))


def question(text: str, number: int) -> Message:
    return Message("user", text, 1.0, id=number, record=Record(focus=Focus("prod", "shop", "pods")))


def looked_up(name: str, arguments: str, text: str, number: int, *, ok: bool = True) -> Message:
    record = Record(look_up=LookUp(name, arguments, ok, "summary"))
    return Message("tool", text, 1.0, f"{name} then", number, record)


LISTED = looked_up("list", '{"kind":"pods","namespace":null}', "3 pods in namespace shop", 2)
COUNTED = looked_up("count", '{"kind": "pods"}', "3", 3)
TALK = [question("how many pods?", 1), LISTED, COUNTED, Message("assistant", "Three pods.", 1.0, id=4, record=GPT)]


class Again:
    """What a replay brought, and what the model was asked."""

    def __init__(self, server: ModelServer) -> None:
        self.server = server
        self.turns: list[Replayed] = []

    @property
    def told(self) -> list[str]:
        """The results that the model was given in the last request."""
        messages = self.server.requests[-1].json["messages"]
        return [message["content"].split("\n")[1] for message in messages if message["role"] == "tool"]


@asynccontextmanager
async def replayed(messages: Sequence[Message], *turns: Turn) -> AsyncIterator[Again]:
    server = ModelServer(in_order(*turns), models=("new-model",))
    await server.start()
    backend = OpenAIBackend(server.base_url, "sk-test-key", "new-model", read_timeout=5)
    again = Again(server)
    try:
        again.turns = [turn async for turn in replay("prod", messages, backend)]
        yield again
    finally:
        await backend.close()
        await server.stop()


async def test_a_look_up_is_answered_from_the_record_however_its_arguments_are_written() -> None:
    async with replayed(TALK, Turn(calls=(LIST,)), Turn("Three pods.")) as again:
        [turn] = again.turns
        assert again.told == ["3 pods in namespace shop"]
        assert (turn.recorded, turn.not_recorded, turn.not_asked) == (("list then",), (), ("count then",))
        assert (turn.now, turn.differences) == ("Three pods.", [])
        assert (turn.usage_then.engine, turn.usage.engine, turn.usage.input_tokens) == ("old-model", "new-model", 200)
        assert "namespace shop, the table of pods" in again.server.requests[0].json["messages"][0]["content"]


async def test_what_was_not_recorded_is_an_error_and_the_difference_is_told() -> None:
    calls = (Call("list", {"kind": "nodes"}), Call("list", {"kind": "pods"}))
    async with replayed(TALK, Turn(calls=calls), Turn("Two pods.")) as again:
        [turn] = again.turns
        assert again.told[0].startswith("error: Not recorded")
        assert turn.not_recorded == ("list nodes",)
        assert turn.recorded == ("list then",)
        assert turn.differences == ["@@ -1 +1 @@", "-Three pods.", "+Two pods."]
        assert [each.label for each in turn.look_ups] == ["list then", "count then"]


async def test_a_look_up_that_failed_then_fails_again_and_of_several_the_next_is_given() -> None:
    failed = looked_up("logs", '{"kind":"pods","name":"a"}', "error: you may not read logs", 5, ok=False)
    twice = looked_up("list", '{"kind":"pods"}', "4 pods in namespace shop", 6)
    talk = [*TALK[:3], failed, twice, TALK[3]]
    logs = Turn(calls=(Call("logs", {"kind": "pods", "name": "a"}), LIST))
    async with replayed(talk, logs, Turn(calls=(LIST,)), Turn("So.")) as again:
        once_more = "(the same was looked up again later: see there)"
        assert again.told == ["error: you may not read logs", once_more, "4 pods in namespace shop"]
        before_that = again.server.requests[1].json["messages"]
        assert "3 pods in namespace shop" in before_that[-1]["content"]
        assert again.turns[0].not_recorded == ()


async def test_a_recorded_proposal_is_proposed_again_and_leads_nowhere() -> None:
    steps = {"steps": [{"operation": "restart", "kind": "deployments", "name": "web"}], "why": "w", "expect": "e"}
    call = Call("propose", steps)
    proposed = looked_up("propose", str(steps).replace("'", '"'), "proposed in prod: Restart web", 2)
    record = Record(proposals=(Proposal("Restart web", "prod", 1),), usage=GPT.usage)
    answer = Message("assistant", f"I propose it.\n\n{PROPOSED}Restart web", 1.0, id=3, record=record)
    talk = [question("restart web", 1), proposed, answer]
    async with replayed(talk, Turn(calls=(call,)), Turn("I propose it.")) as again:
        assert again.turns[0].differences == []
        assert again.told == ["proposed in prod: Restart web"]


async def test_a_recorded_question_to_the_person_is_asked_again() -> None:
    call = Call("ask_user", {"question": "Which?", "options": ["web", "api"]})
    asked = looked_up("ask_user", '{"question": "Which?", "options": ["web", "api"]}', "Asked.", 2)
    talk = [question("restart it", 1), asked, Message("assistant", "Which?\n1. web\n2. api", 1.0, id=3, record=GPT)]
    async with replayed(talk, Turn(calls=(call,)), Turn("Not asked for.")) as again:
        [turn] = again.turns
        assert (turn.now, turn.differences) == ("Which?\n1. web\n2. api", [])
        assert (turn.recorded, turn.not_recorded, turn.not_asked) == (("ask_user then",), (), ())
        assert len(again.server.requests) == 1


async def test_each_turn_is_asked_after_what_was_said_then() -> None:
    more = [question("and nodes?", 5), Message("assistant", "Two.", 1.0, id=6, record=GPT)]
    async with replayed([*TALK, *more], Turn("Something else."), Turn("Two.")) as again:
        first, second = (request.json["messages"][1:] for request in again.server.requests)
        assert [m["content"] for m in first] == ["how many pods?"]
        assert [m["content"] for m in second] == ["how many pods?", "Three pods.", "and nodes?"]
        assert [bool(turn.differences) for turn in again.turns] == [True, False]


def seen(label: str, text: str, number: int) -> Message:
    """A look-up of the built-in engine."""
    return Message("tool", text, 1.0, label, number, Record(look_up=LookUp("", "", True, "summary")))


def built_in(text: str, number: int, *proposals: Proposal) -> Message:
    return Message("assistant", text, 1.0, id=number, record=Record(usage=Usage(BUILT_IN), proposals=proposals))


async def test_what_the_built_in_engine_answered_is_asked_of_the_model_over_what_that_had_read() -> None:
    talk = [question("well?", 1), seen("diagnose deployment web", "1 problem", 2), built_in("It lacks a key.", 3)]
    calls = (Call("diagnose", {"kind": "deployments", "name": "web"}), Call("diagnose", {"name": "api"}))
    async with replayed(talk, Turn(calls=calls), Turn("A key is missing.")) as again:
        [turn] = again.turns
        assert again.told[0] == "1 problem"
        assert again.told[1].startswith("error: Not recorded")
        assert (turn.recorded, turn.not_recorded) == (("diagnose deployment web",), ("diagnose api",))
        assert (turn.usage_then.engine, turn.usage.engine) == (BUILT_IN, "new-model")
        assert turn.differences == ["@@ -1 +1 @@", "-It lacks a key.", "+A key is missing."]


async def test_what_the_built_in_engine_proposed_is_proposed_by_the_model() -> None:
    kept = Proposal("Scale web to 5", "prod", 1, "kubegenie do scale deployments.apps/web replicas=5 -n shop")
    talk = [question("scale it", 1), seen("look at scale web", "proposed: Scale web", 2), built_in("So.", 3, kept)]
    step = {"operation": "scale", "kind": "deployments", "name": "web", "arguments": {"replicas": "5"}}
    other = {**step, "arguments": {"replicas": "9"}}
    calls = (Call("propose", {"steps": [other]}), Call("propose", {"steps": [step]}))
    async with replayed(talk, Turn(calls=calls[:1]), Turn(calls=calls[1:]), Turn("So.")) as again:
        assert again.told[-1] == "proposed: Scale web"
        assert again.turns[0].not_recorded == ("propose scale deployments web replicas=9",)
        assert again.turns[0].now == f"So.\n\n{PROPOSED}Scale web to 5"


@pytest.mark.parametrize(
    ("label", "tool", "arguments", "is_it"),
    [
        ("diagnose all", "diagnose", {}, True),
        ("diagnose namespace shop", "diagnose", {"namespace": "shop"}, True),
        ("diagnose namespace data", "diagnose", {}, False),
        ("diagnose deployment web", "diagnose", {}, False),
        ("list pods", "list", {"kind": "po"}, True),
        ("list pods data", "list", {"kind": "pods", "namespace": "data"}, True),
        ("list pods", "list", {"kind": "pods", "namespace": "data"}, False),
        ("list pods not ready", "list", {"kind": "pods"}, False),
        ("logs web-0", "logs", {"kind": "pods", "name": "web-0"}, True),
        ("logs web-0", "logs", {"kind": "pods", "name": "web-1"}, False),
        ("logs web-0", "events", {"kind": "pods", "name": "web-0"}, False),
        ("users of checkout-db", "used_by", {"kind": "secrets", "name": "checkout-db"}, True),
        ("top pods by memory", "top", {"kind": "pods", "sort": "memory"}, True),
        ("rollout status web", "rollout", {"kind": "deployments", "name": "web", "action": "status"}, True),
    ],
)
def test_a_look_up_of_the_built_in_engine_is_known_by_its_label(
    label: str, tool: str, arguments: dict[str, str], is_it: bool
) -> None:
    assert answers(label, tool, arguments, KindIndex(BUILTIN_KINDS), "shop") is is_it


async def test_what_nobody_recorded_is_left_out_with_the_reason() -> None:
    old = [Message("user", "old?", 1.0, id=3), Message("assistant", "Old.", 1.0, id=4)]
    async with replayed(old, Turn("x")) as again:
        assert [turn.left_out for turn in again.turns] == ["nothing was recorded of how it was answered"]
        assert again.server.requests == []


def test_what_is_played_back_is_what_was_recorded_and_what_became_of_it() -> None:
    became = Record(outcome=Outcome("Restart web", made=True, how="All is made."))
    talk = [
        question("restart web", 1),
        seen("look at restart web", "proposed: Restart web", 2),
        built_in("So.", 3),
        Message("assistant", "Made: Restart web. All is made.", 1.0, id=4, record=became),
        Message("user", "old?", 1.0, id=5),
        Message("tool", "3 pods", 1.0, "list pods", 6),
    ]
    first, second = played_back(talk)
    assert (first.then, first.usage_then.engine, first.left_out) == ("So.", BUILT_IN, NO_MODEL)
    assert first.look_ups == (Recorded("look at restart web", True, "summary", "proposed: Restart web"),)
    assert first.afterwards == ("Made: Restart web. All is made.",)
    assert (second.question, second.then, second.look_ups) == ("old?", "", (Recorded("list pods", True, "", "3 pods"),))
    assert (first.differences, second.differences) == ([], [])


async def test_a_model_that_fails_is_told_and_the_next_turn_is_asked() -> None:
    more = [question("and nodes?", 5), Message("assistant", "Two.", 1.0, id=6, record=GPT)]
    broken = Turn(fault=Fault("status", 400, "no such model"))
    async with replayed([*TALK, *more], broken, Turn("Two.")) as again:
        first, second = again.turns
        assert first.usage.ended == "failed"
        assert "no such model" in first.now
        assert second.now == "Two."
