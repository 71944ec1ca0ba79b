"""A node that fails under what runs on it, on a control plane of its own: it is the root, and nothing else is wrong."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest
from kubernetes import client, config

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.diagnosing import diagnose_object, diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import Object, deployment, service
from tests.cluster.making import Maker
from tests.cluster.test_genie_causes import ask, looking, said
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

SPACE, FAILING = "halls", "node-2"
PATIENCE = 90.0
MANY = 24


@pytest.fixture(scope="module")
def plane(start_control_plane: Callable[..., ControlPlane]) -> Iterator[ControlPlane]:
    plane = start_control_plane("--nodes", "2", name="failing")
    yield plane
    plane.stop()


@pytest.fixture(scope="module")
def maker(plane: ControlPlane) -> Maker:
    """Two applications, each on a node of its own."""
    official = config.new_client_from_config(str(plane.kubeconfig), context=plane.name)
    client.CoreV1Api(official).create_namespace({"metadata": {"name": SPACE}})
    made = Maker(official)
    for each in (placed("lost", FAILING, MANY), service("lost"), placed("kept", "node-1"), service("kept")):
        made.make(each, SPACE)
    return made


def placed(name: str, node: str, replicas: int = 1) -> Object:
    return deployment(name, replicas=replicas, pod={"nodeSelector": {"kubernetes.io/hostname": node}})


async def warnings(agent: ClusterAgent) -> list[Finding]:
    found = (await diagnose_scope(Scope(agent, Focus(agent.name, SPACE), Redactor()), SPACE)).data.findings
    return [each for each in found if each.severity >= Severity.WARNING]


async def until(right: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await right():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.3)


async def is_up(agent: ClusterAgent) -> bool:
    kind = agent.kinds.resolve("deployments")
    found = [await agent.get(kind, name, SPACE) for name in ("lost", "kept")]
    return all(each.get("status", {}).get("readyReplicas") == each["spec"]["replicas"] for each in found)


async def blamed(agent: ClusterAgent, name: str) -> list[tuple[str, str]]:
    """Rules and roots of what is wrong with a workload."""
    scope = Scope(agent, Focus(agent.name, SPACE), Redactor())
    found = (await diagnose_object(scope, "deployments.apps", name)).data.findings
    return [(each.rule, f"{each.root.kind} {each.root.name}") for each in found]


async def test_the_node_is_the_root_of_what_fails_on_it(plane: ControlPlane, maker: Maker) -> None:
    async with looking(plane) as agent:

        async def is_well() -> bool:
            return not await warnings(agent) and await is_up(agent)

        async def is_told() -> bool:
            found = await warnings(agent)
            services = [each for each in found if ObjectRef("services", "lost", SPACE) in each.affected]
            return [each.rule for each in found] == ["node-not-ready"] and bool(services)

        await until(is_well, "it does not come up")
        maker.patch("nodes", FAILING, {"metadata": {"annotations": {"sim/fault": "NotReady"}}})
        try:
            await until(is_told, f"{await warnings(agent)}")
            [found] = await warnings(agent)
            assert (found.root.kind, found.root.name, found.severity) == ("nodes", FAILING, Severity.CRITICAL)
            assert sum(each.kind == "pods" and each.name.startswith("lost-") for each in found.affected) == MANY
            assert await blamed(agent, "lost") == [("node-not-ready", f"nodes {FAILING}")]
            assert await blamed(agent, "kept") == []
            answer = said(await ask(agent, "why is deployment lost failing?", SPACE)).replace("\\", "")
            assert f"Node {FAILING} is not ready" in answer
        finally:
            maker.patch("nodes", FAILING, {"metadata": {"annotations": {"sim/fault": None}}})
        await until(is_well, "it does not come back")
        assert await blamed(agent, "lost") == []
