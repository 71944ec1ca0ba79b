"""Evictions one by one: a budget is waited for, a pod that is gone is no failure, a moved status no obstacle."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.changes import budgets, carrying
from kubegenie_tui.changes.budgets import room_for
from kubegenie_tui.changes.gate import Gate, on_and_on
from kubegenie_tui.changes.one_by_one import Stop
from kubegenie_tui.changes.operations.draining import evict_steps
from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.domain.errors import ChangedUnderneath, Conflict, KubeGenieError, Throttled
from kubegenie_tui.domain.plan import Plan, Progress, Step, StepState
from kubegenie_tui.kube import writes
from kubegenie_tui.kube.clock import Clock
from tests.unit.changes.bench import DEPLOYMENTS, Bench, opened, patch


class Told(Clock):
    """A clock that does something whenever somebody waits."""

    def __init__(self, *happenings: Any) -> None:
        self.time = 0.0
        self.happenings = list(happenings)

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        if self.happenings:
            self.happenings.pop(0)()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as found:
        yield found


async def eviction(bench: Bench, grace: int | None = None) -> Step:
    """Of one of the cluster's pods."""
    kind = bench.agent.kinds.resolve("pods")
    (pod, *_) = (await bench.agent.list_objects(kind, "shop")).items
    bench.by_somebody_else("pods", pod["metadata"]["name"], metadata=pod["metadata"] | {"labels": {"app": "shop"}})
    return evict_steps([Target(kind, pod["metadata"]["name"], "shop", bench.agent.name, pod)], grace)[0]


async def hold(bench: Bench, step: Step, allowed: int = 0) -> None:
    hold_now(bench, step, allowed)


def hold_now(bench: Bench, step: Step, allowed: int = 0) -> None:
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "all", "namespace": step.ref.namespace},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "shop"}}},
        "status": {"disruptionsAllowed": allowed, "currentHealthy": 1, "desiredHealthy": 1},
    }
    bench.server.cluster(bench.agent.name).create(budget)


async def told(bench: Bench, step: Step, clock: Clock) -> list[str]:
    return [text async for text in room_for(bench.agent, step, clock, on_and_on)]


async def test_a_pod_gets_the_grace_that_was_asked_for(bench: Bench) -> None:
    step = await eviction(bench, grace=7)
    await bench.do(msgspec.structs.replace(step, wait=False))
    gone = await bench.get("pods", step.ref.name)
    assert gone["metadata"]["deletionGracePeriodSeconds"] == 7


async def test_other_steps_need_no_room(bench: Bench) -> None:
    step = patch(DEPLOYMENTS, "web", {"spec": {"replicas": 2}})
    assert await told(bench, step, Told()) == []


async def test_an_eviction_waits_until_its_budget_has_room(bench: Bench) -> None:
    step = await eviction(bench)
    assert await told(bench, step, Told()) == []
    await hold(bench, step)
    cluster = bench.server.cluster(bench.agent.name)

    def give_room() -> None:
        held = cluster.get("poddisruptionbudgets.policy", "all", step.ref.namespace)
        assert held is not None
        cluster.replace({**held, "status": {**held["status"], "disruptionsAllowed": 1}})

    clock = Told(lambda: None, give_room)
    assert await told(bench, step, clock) == [
        "waits: The disruption budget all needs 1 healthy pods and has 1 currently"
    ]
    assert clock.time == 2 * budgets.LOOK_SECONDS


async def test_patience_with_a_budget_ends(bench: Bench) -> None:
    step = await eviction(bench)
    await hold(bench, step)
    with pytest.raises(Throttled, match="A disruption budget forbids it"):
        await told(bench, step, Told())


async def carried(
    bench: Bench, *steps: Step, before: Any = lambda: None, clock: Clock | None = None, stop: Stop = on_and_on
) -> list[Progress]:
    gate = Gate(bench.audit, bench.undo, actor="ada@desk", clock=clock or Told())
    preview = await gate.preview(bench.agent, Plan("Evict", bench.agent.name, steps))
    assert preview.refusal is None, preview.refusal
    before()
    approval = gate.approve(preview, "test", preview.confirm)
    return [news async for news in gate.carry_out(bench.agent, preview, approval, stop)]


async def test_a_pod_that_is_gone_by_then_needs_no_eviction(bench: Bench) -> None:
    step = await eviction(bench)
    cluster = bench.server.cluster(bench.agent.name)

    def gone() -> None:
        found = cluster.get("pods", step.ref.name, step.ref.namespace)
        assert found is not None
        cluster.delete(found)

    news = await carried(bench, step, before=gone)
    assert [(each.state, each.text) for each in news] == [
        (StepState.RUNNING, ""),
        (StepState.DONE, "gone already"),
        (StepState.DONE, ""),
    ]
    assert await bench.undo.recent(bench.agent.name) == []


async def two_evictions(bench: Bench) -> tuple[list[Step], Callable[[], None]]:
    """Of two pods that are gone as soon as both are on their way out, and what sees to that."""
    kind, cluster = bench.agent.kinds.resolve("pods"), bench.server.cluster(bench.agent.name)
    pods = (await bench.agent.list_objects(kind, "shop")).items[:2]
    targets = [Target(kind, pod["metadata"]["name"], "shop", bench.agent.name, pod) for pod in pods]

    def end_both() -> None:
        found = [pod for each in targets if (pod := cluster.get("pods", each.name, "shop"))]
        if len(found) == 2 and all(pod["metadata"].get("deletionTimestamp") for pod in found):
            for pod in found:
                cluster.delete(pod, grace=0)

    return evict_steps(targets, None), end_both


async def test_pods_leave_while_the_next_are_evicted(bench: Bench) -> None:
    steps, end_both = await two_evictions(bench)
    news = await carried(bench, *steps, clock=Told(*[end_both] * 200))
    ended = {each.step: each.text for each in news if each.state is StepState.DONE and each.step >= 0}
    assert ended == {0: "gone", 1: "gone"}
    assert news[-1].error is None


async def test_what_is_of_another_kind_waits_until_they_have_left(bench: Bench) -> None:
    steps, end_both = await two_evictions(bench)
    news = await carried(
        bench, *steps, patch(DEPLOYMENTS, "web", {"spec": {"paused": True}}), clock=Told(*[end_both] * 200)
    )
    begun = next(at for at, each in enumerate(news) if each.step == 2)
    assert {each.step for each in news[:begun] if each.state is StepState.DONE} == {0, 1}


async def test_who_stops_an_eviction_that_is_held_is_told_what_was_begun(bench: Bench) -> None:
    step, stopped = await eviction(bench), asyncio.Event()
    label = patch(DEPLOYMENTS, "web", {"metadata": {"labels": {"a": "b"}}})
    news = await carried(
        bench, label, step, label, before=lambda: hold_now(bench, step), clock=Told(stopped.set), stop=stopped.is_set
    )
    held = "waits: The disruption budget all needs 1 healthy pods and has 1 currently"
    assert [(each.step, each.state, each.text) for each in news if each.state is not StepState.RUNNING] == [
        (0, StepState.DONE, ""),
        (1, StepState.SKIPPED, held),
        (2, StepState.SKIPPED, ""),
        (-1, StepState.SKIPPED, ""),
    ]
    assert [entry.verb for entry in await bench.audit.entries() if entry.phase == "intent"] == ["patch"]
    [change] = await bench.undo.recent(bench.agent.name)
    assert change.plan is not None
    assert [each.ref for each in change.plan.steps] == [label.ref]


async def test_a_write_between_two_changes_of_the_status_is_begun_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    original = writes.write

    async def write(client: Any, approval: Any, kind: Any, step: Step) -> Any:
        written.append(step.resource_version)
        if len(written) < 3:
            found = bench.server.cluster(bench.agent.name).get(DEPLOYMENTS, "web", "shop") or {}
            bench.by_somebody_else(
                DEPLOYMENTS, "web", status={**found.get("status", {}), "observedGeneration": len(written)}
            )
        return await original(client, approval, kind, step)

    monkeypatch.setattr(carrying, "write", write)
    news = await carried(bench, patch(DEPLOYMENTS, "web", {"metadata": {"labels": {"a": "b"}}}))
    assert news[-1].state is StepState.DONE
    assert len(set(written)) == 3
    assert (await bench.get(DEPLOYMENTS, "web"))["metadata"]["labels"]["a"] == "b"


async def test_a_scale_does_not_overwrite_one_that_comes_between(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    original = writes.write

    async def write(client: Any, approval: Any, kind: Any, step: Step) -> Any:
        found = bench.server.cluster(bench.agent.name).get(DEPLOYMENTS, "web", "shop") or {}
        bench.by_somebody_else(DEPLOYMENTS, "web", spec={**found["spec"], "replicas": 9})
        return await original(client, approval, kind, step)

    monkeypatch.setattr(carrying, "write", write)
    news = await carried(bench, patch(DEPLOYMENTS, "web", {"spec": {"replicas": 5}}, subresource="scale"))
    assert isinstance(news[-1].error, ChangedUnderneath)
    assert (await bench.get(DEPLOYMENTS, "web"))["spec"]["replicas"] == 9


async def test_what_conflicts_each_time_fails_in_the_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[KubeGenieError] = []

    async def write(*_: object) -> Any:
        tries.append(Conflict("Conflict"))
        raise tries[-1]

    monkeypatch.setattr(carrying, "write", write)
    news = await carried(bench, patch(DEPLOYMENTS, "web", {"metadata": {"labels": {"a": "b"}}}))
    assert (news[-1].state, len(tries)) == (StepState.FAILED, carrying.TRIES)
    assert msgspec.structs.asdict(news[-1])["error"] is tries[-1]
