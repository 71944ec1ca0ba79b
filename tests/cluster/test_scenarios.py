"""Broken applications on a real control plane: without a model the root is named, and the fault is ended.

What the finding itself is sure of is carried out where there is such a step; a scripted model mends the others.
"""

import asyncio
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, utils

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.conversation import ChatEvent, Focus, PlanProposed, ToolFinished
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.plan import Plan, Preview, StepState
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.proposing.planning import remedied
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.cluster.gated import Gated, Gating
from tests.cluster.making import until_counted
from tests.cluster.naming_scenarios import NAMING, WELL, is_well
from tests.cluster.scenarios import SCENARIOS, Scenario
from tests.cluster.sure_scenarios import MISNAMED
from tests.cluster.test_genie_causes import OneCluster, changes_until, looking
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

PATIENCE = 60.0
ALL = (*SCENARIOS, *NAMING, *MISNAMED)


@pytest.fixture(scope="module")
def broken(official: client.ApiClient) -> Iterator[dict[str, str]]:
    """Every scenario in a namespace of its own, all at once."""
    core, ending = client.CoreV1Api(official), uuid.uuid4().hex[:6]
    names = {scenario.name: f"{scenario.name}-{ending}" for scenario in ALL}
    for name in names.values():
        core.create_namespace({"metadata": {"name": name}})
    for scenario in ALL:
        for manifest in scenario.manifests:
            utils.create_from_dict(official, manifest, namespace=names[scenario.name])
            if manifest["kind"] == "ResourceQuota":
                until_counted(official, manifest["metadata"]["name"], names[scenario.name])
    yield names
    for name in names.values():
        core.delete_namespace(name, propagation_policy="Background")


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
async def test_the_root_is_named_and_the_fault_is_ended(
    control_plane: ControlPlane, official: client.ApiClient, broken: dict[str, str], tmp_path: Path, scenario: Scenario
) -> None:
    namespace = broken[scenario.name]
    async with Gating(control_plane, tmp_path) as bench:
        scope, found = Scope(bench.agent, Focus(bench.agent.name, namespace), Redactor()), list[Finding]()

        async def right() -> bool:
            found[:] = (await diagnose_scope(scope, namespace)).data.findings
            return bool(found) and _root(found[0]) == scenario.root and (found[0].remedy is None) == bool(scenario.mend)

        await changes_until(bench.agent, namespace, right)
        told = "\n".join(f"{each.rule}: {each.title}: {each.cause}: {_root(each)}" for each in found)
        assert found, "nothing was found"
        assert _root(found[0]) == scenario.root, told
        assert (found[0].remedy is None) == bool(scenario.mend), f"what mends it is sure, or is not: {found[0]}"
        if found[0].remedy is not None:
            plan, _ = await remedied(scope, found[0].remedy)
        else:
            plan = (await _proposed_by_a_model(bench, namespace, scenario.mend)).plan
        news = await bench.carry_out(await bench.gate.preview(bench.agent, plan))
    assert news[-1].state is StepState.DONE, news[-1]
    await _until_well(official, namespace, scenario)


async def _until_well(official: client.ApiClient, namespace: str, scenario: Scenario) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(scenario.well, official, namespace):
        assert time.monotonic() < deadline, "it is not well after the change"
        await asyncio.sleep(0.2)


async def test_an_application_that_is_well_is_told_nothing_wrong(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    for manifest in WELL:
        utils.create_from_dict(official, manifest, namespace=namespace)
    deadline = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(is_well, official, namespace):
        assert time.monotonic() < deadline, "it does not come up"
        await asyncio.sleep(0.2)
    async with looking(control_plane) as agent:
        scope = Scope(agent, Focus(agent.name, namespace), Redactor())
        found: tuple[Finding, ...] = (await diagnose_scope(scope, namespace)).data.findings
    assert {each.rule for each in found if each.severity >= Severity.WARNING} == set()
    assert {each.rule for each in found} <= {"scaled-to-zero", "cronjob-suspended"}


def _root(finding: Finding) -> str:
    return f"{finding.root.kind} {finding.root.name}"


async def _proposed_by_a_model(bench: Gated, namespace: str, mend: tuple[dict[str, Any], ...]) -> PlanProposed:
    """What a scripted model proposes over the real wire; the person's yes is given by the caller."""

    async def look(plan: Plan) -> Preview:
        return await bench.gate.preview(bench.agent, plan)

    call = Call("propose", {"steps": list(mend), "why": "it is at the root"})
    looked = Turn(calls=(Call("diagnose", {}),))
    server = ModelServer(in_order(looked, Turn(calls=(call,)), Turn("That is what I propose.")))
    await server.start()
    backend = OpenAIBackend(server.base_url, "sk-test-key", "scripted", read_timeout=10)
    try:
        genie = Genie(OneCluster(bench.agent), lambda _: backend, look)
        events: list[ChatEvent] = [each async for each in genie.ask("mend it", Focus(bench.agent.name, namespace))]
    finally:
        await backend.close()
        await server.stop()
    failed = [event.result for event in events if isinstance(event, ToolFinished) and not event.ok]
    assert failed == []
    [proposed] = [event for event in events if isinstance(event, PlanProposed)]
    return proposed
