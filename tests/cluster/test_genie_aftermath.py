"""What became of a change, on a real control plane: a fault that it ended is gone, one that it made is told."""

import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from kubernetes import client

from kubegenie_tui.domain.conversation import Aftermath, Focus, PlanProposed, Symptom
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Expected, Plan, Step, StepState, Verb
from kubegenie_tui.genie.aftermath import looked_after
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.diagnosing import Verdict, diagnose_object, symptoms
from kubegenie_tui.genie.reading.scope import Result, Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.kube.clock import Clock
from tests.cluster.gated import Gated, Gating
from tests.cluster.test_gate import DEPLOYMENTS, deployed
from tests.cluster.test_genie_causes import OneCluster, changes_until
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
HASTE = 5.0


class Hasty(Clock):
    """Waits a part of what it is asked to, and takes it for all."""

    def monotonic(self) -> float:
        return time.monotonic() * HASTE

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / HASTE)


@pytest.fixture
async def bench(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Gated]:
    async with Gating(control_plane, tmp_path) as found:
        yield found


def scope_of(bench: Gated, namespace: str) -> Scope:
    return Scope(bench.agent, Focus(bench.agent.name, namespace), Redactor())


def use_image(official: client.ApiClient, namespace: str, image: str) -> None:
    pod = {"containers": [{"name": "c", "image": image}]}
    client.AppsV1Api(official).patch_namespaced_deployment("web", namespace, {"spec": {"template": {"spec": pod}}})


async def found_in(bench: Gated, namespace: str, *, faulty: bool) -> Result:
    """The diagnosis of `web` once it is as it shall be."""
    brought: list[Result] = []

    async def right() -> bool:
        brought.append(await diagnose_object(scope_of(bench, namespace), DEPLOYMENTS, "web", namespace))
        verdict: Verdict = brought[-1].data
        return bool(verdict.findings) is faulty

    await changes_until(bench.agent, namespace, right)
    return brought[-1]


async def became(bench: Gated, plan: Plan, answers: Symptom | None, known: Sequence[Symptom] = ()) -> Aftermath:
    scope = scope_of(bench, plan.steps[0].ref.namespace)
    return [each async for each in looked_after(scope, plan, answers, known, Hasty())][-1]


async def test_a_fault_that_a_proposal_ended_is_gone(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    deployed(official, namespace)
    await found_in(bench, namespace, faulty=False)
    use_image(official, namespace, "nginx:9.9.9")
    await found_in(bench, namespace, faulty=True)

    genie = Genie(OneCluster(bench.agent), None, bench.look)
    events = [event async for event in genie.ask("why is web failing?", Focus(bench.agent.name, namespace))]
    [proposed] = [event for event in events if isinstance(event, PlanProposed)]
    assert proposed.answers is not None
    news = await bench.carry_out(await bench.look(proposed.plan))
    assert news[-1].state is StepState.DONE
    seen = await became(bench, proposed.plan, proposed.answers, (proposed.answers,))
    assert seen.state == "well", seen
    assert f"gone: {proposed.answers.title}" in [note.text for note in seen.notes]
    assert f"deployment {namespace}/web: rolled out, 1 of 1 pods ready" in [note.text for note in seen.notes]


async def test_a_fault_that_a_change_made_is_told(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    deployed(official, namespace)
    before = symptoms(await found_in(bench, namespace, faulty=False))
    use_image(official, namespace, "nginx:9.9.9")
    ref = ObjectRef(DEPLOYMENTS, "web", namespace, bench.agent.name)
    seen = await became(bench, Plan("Set the image", bench.agent.name, (Step(Verb.PATCH, ref, {}),)), None, before)
    assert seen.state == "unwell", seen
    assert any(note.text.startswith("now: ") and "9.9.9" in note.text for note in seen.notes), seen
    assert seen.links


async def test_what_was_promised_is_kept_or_not(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    deployed(official, namespace)
    await found_in(bench, namespace, faulty=False)
    ref = ObjectRef(DEPLOYMENTS, "web", namespace, bench.agent.name)
    expects = (
        Expected("replicas", ref, "2"),
        Expected("ready", ref),
        Expected("condition", ref, "Available=True"),
        Expected("gone", ref, "image-not-found"),
        Expected("replicas", ref, "7"),
    )
    two = Step(Verb.PATCH, ref, {"spec": {"replicas": 2}})
    plan = Plan("Scale web", bench.agent.name, (two,), expects=expects)
    news = await bench.carry_out(await bench.look(plan))
    assert news[-1].state is StepState.DONE
    seen = await became(bench, plan, None)
    web = f"deployment {namespace}/web"
    assert [note.text for note in seen.notes][-5:] == [
        f"kept: {web} has 2 replicas",
        f"kept: {web} is ready",
        f"kept: {web} says Available=True",
        f"kept: no image-not-found is found of {web}",
        f"not kept: {web} has 7 replicas: seen: 2",
    ]
    assert seen.state == "unwell"
