"""What a model's answer ends with, over the real wire: a plan for what its diagnosis found, and what to ask next."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from kubegenie_tui.changes.opening import Changes
from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import Finished, LinksOffered, Message, NextOffered, PlanProposed
from kubegenie_tui.domain.plan import StepState
from kubegenie_tui.genie.offline.engine import understands
from tests.unit.agents.demo_clusters import POD, world
from tests.unit.genie.model_and_cluster import Agents, Talk, talk
from tests.unit.genie.proposing.conftest import Looking

DIAGNOSE, LIST = Call("diagnose", {}), Call("list", {"kind": "pods"})
MISSPELT = "The selector of service books is misspelt: it selects nothing."
BACK_OFF = {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}
ENDED = {"exitCode": 1, "reason": "Error", "finishedAt": "2026-11-25T20:00:00Z"}
CRASHING = {
    **POD,
    "conditions": [{"type": "Ready", "status": "False"}],
    "containerStatuses": [
        {"name": "app", "ready": False, "restartCount": 9, "state": {"waiting": BACK_OFF},
         "lastState": {"terminated": ENDED}}
    ],
}  # fmt: skip
WHY = "why is pod worker failing in shop?"


def troubled() -> World:
    """A Service whose selector is misspelt, a pod that crashes, and two that are well."""
    made = world("prod", pods=1)
    _create(made, "Pod", "books-0", {"nodeName": "node-1", "containers": [{"name": "app", "image": "app"}]}, POD)
    _create(made, "Pod", "worker", {"nodeName": "node-1", "containers": [{"name": "app", "image": "app"}]}, CRASHING)
    _create(made, "Service", "books", {"selector": {"app": "bokos"}, "ports": [{"port": 80, "targetPort": 80}]}, {})
    return made


def _create(made: World, kind: str, name: str, spec: dict[str, Any], status: dict[str, Any]) -> None:
    metadata = {"name": name, "namespace": "shop", "labels": {"app": name.partition("-")[0]}}
    made.cluster.create({"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec, "status": status})


@asynccontextmanager
async def answering(looking: Looking, *turns: Turn) -> AsyncIterator[Talk]:
    async with talk(in_order(*turns), troubled()) as made:
        made.scope = msgspec.structs.replace(made.scope, look=looking(Agents({"prod": made.agent})))
        yield made


def offered(made: Talk) -> list[str]:
    return [step for event in made.events if isinstance(event, NextOffered) for step in event.steps]


def plans(made: Talk) -> list[PlanProposed]:
    return [event for event in made.events if isinstance(event, PlanProposed)]


async def test_what_a_model_has_diagnosed_is_ended_by_the_plan_that_its_answer_ends_with(
    looking: Looking, changes: Changes
) -> None:
    async with answering(looking, Turn(calls=(DIAGNOSE,)), Turn(MISSPELT)) as made:
        await made.ask("what is wrong?")
        [proposed] = plans(made)
        assert proposed.plan.title == "Patch service shop/books"
        assert proposed.answers is not None
        assert proposed.answers.rule == "service-selects-nothing"
        kinds = [type(event) for event in made.events]
        assert kinds[kinds.index(PlanProposed) :] == [PlanProposed, LinksOffered, Finished]
        preview = await changes.gate.preview(made.agent, proposed.plan)
        assert preview.refusal is None
        news = [
            each async for each in changes.gate.carry_out(made.agent, preview, changes.gate.approve(preview, "test"))
        ]
        assert news[-1].state is StepState.DONE
        service = made.cluster.collection("services").items["shop", "books"].object
        assert service["spec"]["selector"] == {"app": "books"}
        assert (await changes.undo.recent("prod"))[0].title == proposed.plan.title


async def test_where_a_model_proposes_itself_nothing_else_is_offered(looking: Looking) -> None:
    step = {"operation": "delete", "kind": "pods", "name": "worker"}
    calls = (Turn(calls=(DIAGNOSE,)), Turn(calls=(Call("propose", {"steps": [step]}),)))
    async with answering(looking, *calls, Turn(f"{MISSPELT} I would delete worker.")) as made:
        await made.ask("what is wrong?")
        assert [each.plan.title for each in plans(made)] == ["Delete pod shop/worker"]
        assert offered(made) == []


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (LIST, "Of three pods one is unwell: worker; books-0 is fine."),
        (Call("describe", {"kind": "pods", "name": "worker"}), "The pod worker restarts."),
    ],
)
async def test_an_answer_about_something_in_trouble_ends_with_asking_why(
    looking: Looking, call: Call, answer: str
) -> None:
    async with answering(looking, Turn(calls=(call,)), Turn(answer)) as made:
        await made.ask("what is there?")
        assert offered(made) == [WHY]
        assert await understands(made.scope, WHY)


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (LIST, "There is books-0, and it is fine."),
        (LIST, "There are three pods."),
        (Call("describe", {"kind": "pods", "name": "books-0"}), "The pod books-0 runs; worker is another one."),
        (Call("diagnose", {"kind": "pods", "name": "worker"}), "worker ends with exit code 1."),
    ],
)
async def test_what_is_well_or_not_named_or_diagnosed_already_is_not_asked_about(
    looking: Looking, call: Call, answer: str
) -> None:
    async with answering(looking, Turn(calls=(call,)), Turn(answer)) as made:
        await made.ask("what is there?")
        assert [step for step in offered(made) if step.startswith("why")] == []


async def test_what_was_asked_before_is_not_offered_again(looking: Looking) -> None:
    async with answering(looking, Turn(calls=(LIST,)), Turn("The pod worker restarts.")) as made:
        await made.ask("what is there?", Message("user", "Why is pod worker failing in shop", 1.0))
        assert offered(made) == []


async def test_a_finding_s_own_sentence_is_offered(looking: Looking) -> None:
    async with answering(looking, Turn(calls=(DIAGNOSE,)), Turn("The pod worker ends again and again.")) as made:
        await made.ask("what is wrong?")
        assert offered(made) == ["show me the previous logs of worker in shop"]
        assert await understands(made.scope, offered(made)[0])
