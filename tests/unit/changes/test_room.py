"""Later steps that need what earlier ones of the plan make: shown as far as that is honest, and done in order."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.changes.operations.applying import apply_plan, located
from kubegenie_tui.changes.room import PATIENCE_SECONDS, SETTLING_SECONDS, look_ahead, room_made
from kubegenie_tui.domain.errors import Forbidden, Invalid, KubeGenieError, NotFound, UsageError
from kubegenie_tui.domain.plan import Plan, Progress, StepState, Tier
from kubegenie_tui.kube.clock import Clock
from tests.unit.changes.bench import Bench, opened

DEFINITION = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gears.parts.example}
spec:
  group: parts.example
  scope: Namespaced
  names: {plural: gears, singular: gear, kind: Gear, listKind: GearList}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [teeth]
            properties: {teeth: {type: integer}}
"""
GEAR = """---
apiVersion: parts.example/v1
kind: Gear
metadata: {name: big}
spec:
  teeth: 12
"""
DEFINITIONS, GEARS = "customresourcedefinitions.apiextensions.k8s.io", "gears.parts.example"
CHECK = "1 of 2 not tried by the server: the kind comes with this plan; only its definition was heeded"


class Quick(Clock):
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as bench:
        await bench.agent.kinds_told.wait()
        yield bench


def bundle(bench: Bench, text: str = GEAR + "---\n" + DEFINITION) -> Plan:
    return apply_plan(bench.agent, text, "gears.yaml", "shop")


async def test_a_definition_and_its_object_in_one_plan(bench: Bench) -> None:
    plan = bundle(bench)
    assert [step.ref.kind for step in plan.steps] == [DEFINITIONS, GEARS]
    preview = await bench.preview(plan)
    assert preview.tier is Tier.DESTRUCTIVE
    assert [step.awaits != "" for step in preview.steps] == [False, True]
    assert CHECK in [note.text for note in preview.checks]
    assert "+  teeth: 12" in [f"{line.sign}{line.text}" for line in preview.steps[1].diff]
    approval = bench.gate.approve(preview, "test", preview.confirm)
    news = [each async for each in bench.gate.carry_out(bench.agent, preview, approval)]
    assert news[-1].state is StepState.DONE, news[-1].error
    assert Progress(0, StepState.DONE, "established") in news
    assert (await bench.get(GEARS, "big"))["spec"] == {"teeth": 12}
    recorded = [(entry.kind, entry.result) for entry in await bench.audit.entries() if entry.result]
    assert sorted(recorded) == [(DEFINITIONS, "done"), (GEARS, "done")]


async def test_it_is_taken_back_in_the_other_order(bench: Bench) -> None:
    await bench.carry_out(bundle(bench))
    (change,) = await bench.undo.recent(bench.agent.name)
    back = await bench.undo.plan_for(bench.agent, change.id)
    assert [step.ref.kind for step in back.steps] == [GEARS, DEFINITIONS]
    await bench.take_back(change)
    with pytest.raises(NotFound):
        await bench.get(DEFINITIONS, "gears.parts.example", "")


async def test_the_object_is_held_against_the_definition_beside_it(bench: Bench) -> None:
    text = DEFINITION + GEAR.replace("teeth: 12", "tooth: 12")
    plan = bundle(bench, text)
    preview = await bench.gate.preview(bench.agent, plan)
    assert isinstance(preview.refusal, Invalid)
    assert preview.refusal.why == "spec.teeth: must be there; spec.tooth: is no field of this kind"
    assert "gears.yaml:24: gears.parts.example shop/big" in str(located(preview.refusal, plan, text, "gears.yaml"))


async def test_all_objects_that_are_refused_are_named(bench: Bench) -> None:
    wrong = GEAR.replace("teeth: 12", "teeth: many")
    plan = bundle(bench, DEFINITION + wrong + wrong.replace("big", "small"))
    refusal = (await bench.gate.preview(bench.agent, plan)).refusal
    assert refusal is not None
    assert refusal.why == "spec.teeth: must be a whole number; refused too: gears.parts.example shop/small"
    assert refusal.step == 1


async def test_a_changed_definition_counts_for_what_follows(bench: Bench) -> None:
    await bench.carry_out(bundle(bench))
    wider = DEFINITION.replace("{teeth: {type: integer}}", "{teeth: {x-kubernetes-int-or-string: true}}")
    preview = await bench.preview(bundle(bench, wider + GEAR.replace("12", "many")))
    assert preview.steps[1].awaits == "the definition of the kind changes with this plan; only that was heeded"
    assert [f"{line.sign}{line.text}" for line in preview.steps[1].diff if line.sign in "+-"] == [
        "-  teeth: 12",
        "+  teeth: many",
    ]
    await bench.carry_out(preview.plan)
    assert (await bench.get(GEARS, "big"))["spec"] == {"teeth": "many"}


async def test_a_version_that_the_definition_does_not_serve(bench: Bench) -> None:
    told = r"gears.yaml:21: Gear is written for parts.example/v2 · its definition at line 1 serves parts.example/v1"
    with pytest.raises(UsageError, match=told):
        bundle(bench, DEFINITION + GEAR.replace("parts.example/v1", "parts.example/v2"))


async def test_who_may_not_make_such_objects_is_told_before(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no(client: object, verb: str, kind: Any, *about: str) -> tuple[bool, str]:
        return kind.id != GEARS or verb != "create", "no rule allows it"

    monkeypatch.setattr("kubegenie_tui.changes.look.can_i", no)
    refusal = (await bench.gate.preview(bench.agent, bundle(bench))).refusal
    assert isinstance(refusal, Forbidden)
    assert refusal.what == "You may not create gears.parts.example shop/big"


async def waited(bench: Bench, plan: Plan, clock: Clock, stop: Any = lambda: False) -> list[str]:
    shown = await look_ahead(bench.agent, plan.steps, len(plan.steps) - 1)
    return [text async for text in room_made(bench.agent, shown, clock, stop)]


async def test_patience_ends_where_the_kind_does_not_come(bench: Bench) -> None:
    clock = Quick()
    with pytest.raises(NotFound, match="does not serve gears"):
        await waited(bench, bundle(bench), clock)
    assert clock.at == PATIENCE_SECONDS


async def test_a_no_that_stays_is_meant(bench: Bench) -> None:
    plan = bundle(bench)
    shown = await look_ahead(bench.agent, plan.steps, 1)
    await bench.carry_out(bundle(bench, DEFINITION.replace("[teeth]", "[teeth, width]")))
    clock = Quick()
    with pytest.raises(Invalid):
        _ = [text async for text in room_made(bench.agent, shown, clock, lambda: False)]
    assert clock.at == SETTLING_SECONDS


async def test_the_wait_can_be_stopped(bench: Bench) -> None:
    clock = Quick()
    assert await waited(bench, bundle(bench), clock, lambda: clock.at >= 3) == [
        "waits until the server serves gears.parts.example"
    ]
    assert clock.at == 3


async def test_an_object_in_a_namespace_of_the_same_plan(bench: Bench) -> None:
    text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: new}\n---\n" + (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: new}\ndata: {a: '1'}\n"
    )
    preview = await bench.preview(bundle(bench, text))
    assert preview.steps[1].awaits == "the namespace comes with this plan"
    await bench.carry_out(preview.plan)
    assert (await bench.get("configmaps", "a", "new"))["data"] == {"a": "1"}


async def test_what_makes_no_room_is_refused_as_ever(bench: Bench) -> None:
    plan = bundle(bench, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: nowhere}\n")
    with pytest.raises(KubeGenieError, match="nowhere"):
        await look_ahead(bench.agent, plan.steps, 0)
