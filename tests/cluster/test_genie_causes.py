"""The built-in engine names the root of faults that a real control plane and its nodes show."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from kubernetes import client, utils

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.conversation import ChatEvent, Failed, Finished, Focus, TextDelta, ToolFinished
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.diagnosing import Verdict, diagnose_object
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import FAULTS, HEALTHY, Fault
from tests.cluster.joining import context_of
from tests.control_plane import ControlPlane

if TYPE_CHECKING:
    from kubegenie_tui.domain.finding import Finding

pytestmark = pytest.mark.cluster

PATIENCE = 90.0
"""Seconds in which a fault must show and be explained; some wait for back-offs and for the scheduler."""
PODS, NODES = (KindIndex(BUILTIN_KINDS).resolve(word) for word in ("pods", "nodes"))


class OneCluster:
    """Where the genie finds its cluster."""

    def __init__(self, agent: ClusterAgent) -> None:
        self.agent = agent
        self.current = agent.name

    @property
    def statuses(self) -> tuple[ClusterStatus, ...]:
        return (self.agent.status,)

    async def open(self, name: str) -> ClusterAgent:
        return self.agent


@pytest.fixture(scope="module")
def faulty(official: client.ApiClient) -> Iterator[str]:
    """A namespace with every fault in it, and one workload that is well."""
    name = f"faults-{uuid.uuid4().hex[:8]}"
    core = client.CoreV1Api(official)
    core.create_namespace({"metadata": {"name": name}})
    for manifest in (*(each for fault in FAULTS for each in fault.manifests), *HEALTHY):
        utils.create_from_dict(official, manifest, namespace=name)
    yield name
    core.delete_namespace(name, propagation_policy="Background")


@asynccontextmanager
async def looking(plane: ControlPlane) -> AsyncIterator[ClusterAgent]:
    agent = ClusterAgent(context_of(plane))
    await agent.initialize()
    try:
        yield agent
    finally:
        await agent.shutdown()


async def changes_until(agent: ClusterAgent, namespace: str, right: Callable[[], Awaitable[bool]]) -> None:
    """Try again at every change of the namespace's pods and of the nodes until it is right, or patience ends."""
    changed = asyncio.Event()
    leases = [agent.watch(PODS, namespace), agent.watch(NODES, "")]
    unsubscribe = [lease.live.subscribe(lambda _: changed.set()) for lease in leases]
    deadline = time.monotonic() + PATIENCE
    try:
        while not await right() and time.monotonic() < deadline:
            await asyncio.wait_for(changed.wait(), max(1.0, deadline - time.monotonic()))
            changed.clear()
    except TimeoutError:
        pass
    finally:
        for each in unsubscribe:
            each()
        for lease in leases:
            lease.release()


async def ask(agent: ClusterAgent, question: str, namespace: str) -> list[ChatEvent]:
    return [event async for event in Genie(OneCluster(agent)).ask(question, Focus(agent.name, namespace))]


def said(events: list[ChatEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.subject)
async def test_the_root_is_named(control_plane: ControlPlane, faulty: str, fault: Fault) -> None:
    async with looking(control_plane) as agent:
        scope = Scope(agent, Focus(agent.name, faulty), Redactor())
        first: list[Finding] = []

        async def right() -> bool:
            result = await diagnose_object(scope, fault.kind, fault.subject)
            assert isinstance(result.data, Verdict)
            first[:] = result.data.findings
            return bool(first) and first[0].rule == fault.rule

        await changes_until(agent, faulty, right)
        assert first, f"nothing was found wrong with {fault.subject}"
        told = "\n".join(f"{f.rule}: {f.title}: {f.cause}: {f.root.kind} {f.root.name}" for f in first)
        assert first[0].rule == fault.rule, told
        assert f"{first[0].root.kind} {first[0].root.name}" == fault.root, told
        events = await ask(agent, f"why is {fault.kind} {fault.subject} failing?", faulty)
        answer = said(events).replace("\\", "")
        assert isinstance(events[-1], Finished)
        assert [part for part in fault.says if part not in answer] == [], answer


async def test_what_is_well_is_said_to_be_well(control_plane: ControlPlane, faulty: str) -> None:
    async with looking(control_plane) as agent:
        answer = ""

        async def right() -> bool:
            nonlocal answer
            answer = said(await ask(agent, "is healthy failing?", faulty))
            return "Nothing wrong" in answer

        await changes_until(agent, faulty, right)
        assert "Nothing wrong found with deployment" in answer


async def test_a_whole_namespace_is_diagnosed_without_a_secret(control_plane: ControlPlane, faulty: str) -> None:
    async with looking(control_plane) as agent:
        events = await ask(agent, f"what is wrong in {faulty}?", "")
        results = "".join(event.result for event in events if isinstance(event, ToolFinished))
        assert not [event for event in events if isinstance(event, Failed)]
        assert "problems in namespace" in said(events)
        assert "canary-7f3a9c" not in said(events) + results
        assert "sim/" not in said(events)
