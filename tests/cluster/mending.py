"""A scenario from its fault to its end: the root is named without a model, the mending step goes through the gate."""

import asyncio
import time

from kubernetes import client

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.conversation import ChatEvent, Focus, PlanProposed, ToolFinished
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.plan import Plan, Preview, StepState
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.proposing.planning import remedied
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.cluster.gated import Gated
from tests.cluster.scenarios import Scenario, Steps
from tests.cluster.test_genie_causes import OneCluster, changes_until

PATIENCE = 60.0


def root_of(finding: Finding) -> str:
    return f"{finding.root.kind} {finding.root.name}"


async def mend(bench: Gated, official: client.ApiClient, namespace: str, scenario: Scenario, *looks: Call) -> None:
    """Find the fault of a namespace, end it, and see with the official client that it is ended.

    `looks`: what a model looks up beside the diagnosis before it proposes something.
    """
    scope, found = Scope(bench.agent, Focus(bench.agent.name, namespace), Redactor()), list[Finding]()

    async def right() -> bool:
        found[:] = (await diagnose_scope(scope, namespace)).data.findings
        return bool(found) and wrong(found[0], scenario) == []

    await changes_until(bench.agent, namespace, right)
    told = "\n".join(f"{each.rule}: {each.title}: {each.cause}: {root_of(each)}" for each in found)
    assert found, "nothing was found"
    assert wrong(found[0], scenario) == [], f"{wrong(found[0], scenario)}, {told}"
    if found[0].remedy is not None:
        plan, _ = await remedied(scope, found[0].remedy)
    else:
        plan = (await _proposed_by_a_model(bench, namespace, scenario.mend, looks)).plan
    news = await bench.carry_out(await bench.gate.preview(bench.agent, plan))
    assert news[-1].state is StepState.DONE, news[-1]
    await until_well(official, namespace, scenario)


def wrong(finding: Finding, scenario: Scenario) -> list[str]:
    """What a finding does not tell as it should."""
    untold = [part for part in scenario.says if part not in f"{finding.title}: {finding.cause}"]
    root = [] if root_of(finding) == scenario.root else [f"root {scenario.root}"]
    is_sure = finding.remedy is not None
    return [*root, *untold, *(["what mends it is sure, or is not"] if is_sure is bool(scenario.mend) else [])]


async def until_well(official: client.ApiClient, namespace: str, scenario: Scenario) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(scenario.well, official, namespace):
        assert time.monotonic() < deadline, "it is not well after the change"
        await asyncio.sleep(0.2)


async def _proposed_by_a_model(bench: Gated, namespace: str, mend: Steps, looks: tuple[Call, ...]) -> PlanProposed:
    """What a scripted model proposes over the real wire; the person's yes is given by the caller."""

    async def look(plan: Plan) -> Preview:
        return await bench.gate.preview(bench.agent, plan)

    call = Call("propose", {"steps": list(mend), "why": "it is at the root"})
    looked = Turn(calls=(Call("diagnose", {}), *looks))
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
    assert failed == [], failed
    [proposed] = [event for event in events if isinstance(event, PlanProposed)]
    return proposed
