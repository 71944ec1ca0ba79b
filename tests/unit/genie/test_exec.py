"""The model's command in a container: only when the person lets it, masked, and never where nobody can be asked."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from kubegenie_tui.agents.pod_command import Written
from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.leave import AskedCall, Asker, asker
from kubegenie_tui.genie.tools.toolbox import EXEC
from tests.unit.genie.model_and_cluster import DSN, Talk, talk

RESOLVE = {"pod": "pod-0", "command": ["nslookup", "checkout-db"], "why": "does the name resolve?"}


class Person:
    """Answers, and keeps what was asked and what was run."""

    def __init__(self, *, lets: bool = True, written: str = "10.0.0.7\n", code: int | None = 0) -> None:
        self.asked: list[AskedCall] = []
        self.ran: list[tuple[ObjectRef, str, Sequence[str]]] = []
        self._lets, self._written = lets, Written(written, code, "" if code is not None else "it did not end")

    async def answer(self, call: AskedCall) -> bool:
        self.asked.append(call)
        return self._lets

    async def run(self, pod: ObjectRef, container: str, command: Sequence[str]) -> Written:
        assert self.asked, "nothing runs unasked"
        self.ran.append((pod, container, command))
        return self._written


@asynccontextmanager
async def asked_about(person: Person, arguments: dict[str, Any], *, present: bool = True) -> AsyncIterator[Talk]:
    """A turn in which the model wants to run something."""
    token = asker.set(Asker(person.answer) if present else None)
    try:
        async with talk(in_order(Turn(calls=(Call(EXEC, arguments),)), Turn("I see."))) as made:
            made.scope = msgspec.structs.replace(made.scope, execute=person.run)
            await made.ask("does checkout-db resolve?")
            yield made
    finally:
        asker.reset(token)


async def test_with_a_yes_it_runs_as_it_was_shown() -> None:
    person = Person()
    async with asked_about(person, RESOLVE) as made:
        [answer] = made.answered().values()
    [asked] = person.asked
    assert asked.tool == "exec"
    assert json.loads(asked.arguments) == {
        "cluster": "prod",
        "pod": "shop/pod-0",
        "command": "nslookup checkout-db",
        "why": "does the name resolve?",
    }
    assert person.ran == [(ObjectRef("pods", "pod-0", "shop", "prod"), "", ["nslookup", "checkout-db"])]
    assert answer.startswith("cluster prod: pod shop/pod-0: nslookup checkout-db: exit status 0, 1 lines\n10.0.0.7")


async def test_with_a_no_nothing_runs() -> None:
    person = Person(lets=False)
    async with asked_about(person, RESOLVE) as made:
        [answer] = made.answered().values()
    assert "the person does not want exec to be called" in answer
    assert person.ran == []


async def test_where_nobody_can_be_asked_it_is_not_offered() -> None:
    person = Person()
    async with asked_about(person, RESOLVE, present=False) as made:
        assert EXEC not in {tool["function"]["name"] for tool in made.model.requests[0].json["tools"]}
        [answer] = made.answered().values()
    assert 'There is no tool "exec"' in answer
    assert person.ran == []


async def test_what_it_writes_is_masked_and_how_it_ended_is_told() -> None:
    person = Person(written=f"DATABASE_URL={DSN}\nboom\n", code=3)
    async with asked_about(person, RESOLVE | {"command": "sh -c 'env; echo boom'"}) as made:
        [answer] = made.answered().values()
        sent = json.dumps([request.json for request in made.model.requests])
    assert person.ran[0][2] == ["sh", "-c", "env; echo boom"]
    assert "exit status 3, 2 lines" in answer
    assert "boom" in answer
    assert DSN not in sent


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"pod": "pod-9"}, "pod-9"),
        ({"command": []}, "command"),
        ({"command": [""]}, "There is no command"),
        ({"command": ["x" * 3_000]}, "too long to be looked at"),
    ],
)
async def test_what_makes_no_sense_is_not_asked(arguments: dict[str, Any], complaint: str) -> None:
    person = Person()
    async with asked_about(person, RESOLVE | arguments) as made:
        [answer] = made.answered().values()
    assert complaint in answer
    assert (person.asked, person.ran) == ([], [])
