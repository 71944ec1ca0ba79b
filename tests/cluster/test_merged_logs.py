"""The logs of a whole deployment on a real cluster: every container, in order, across a pod that is replaced."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import client as official_client

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens.log_gather import LogGather
from kubegenie_tui.screens.log_pods import LogPods
from tests.cluster.joining import context_of
from tests.control_plane import ControlPlane

if TYPE_CHECKING:
    from kubegenie_tui.domain.log_line import LogLine

pytestmark = pytest.mark.cluster

SPEAKS = "i=0; while true; do i=$((i+1)); echo {name} says $i; sleep 0.2; done"


@pytest.fixture
async def agent(control_plane: ControlPlane) -> AsyncIterator[ClusterAgent]:
    agent = ClusterAgent(context_of(control_plane))
    await agent.initialize()
    yield agent
    await agent.shutdown()


def deployment(*containers: str) -> dict[str, Any]:
    labels = {"app": "speaker"}
    spec = {
        "containers": [
            {"name": name, "image": "busybox:1.36", "command": ["sh", "-c", SPEAKS.format(name=name)]}
            for name in containers
        ]
    }
    template = {"metadata": {"labels": labels}, "spec": spec}
    body = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": "speaker", "labels": labels}, "spec": body}


class Reader:
    """Reads a target to the end of a test."""

    def __init__(self, agent: ClusterAgent, target: LogTarget) -> None:
        self.lines: list[LogLine] = []
        self.came = asyncio.Event()
        self.gather = LogGather(agent, target, self.came.set)
        self._pods = LogPods(agent, target)
        self._task = asyncio.create_task(self._find())

    async def _find(self) -> None:
        async with closing(self._pods.run()) as run:
            async for found in run:
                self.gather.add(found.sources, new=found.new)

    def heard(self) -> Counter[tuple[str, str]]:
        """How many lines came of each container."""
        sources = self.gather.sources
        return Counter((sources[line.origin].pod, sources[line.origin].container) for line in self.lines)

    async def until(self, pods: set[str], lines: int) -> None:
        """Until both containers of all these pods have said so many lines."""
        async with asyncio.timeout(90):
            while not all(self.heard()[pod, name] >= lines for pod in pods for name in ("app", "proxy")):
                self.came.clear()
                await asyncio.wait_for(self.came.wait(), 60)
                self.lines += self.gather.take(10_000)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.gather.close()


async def pods_of(core: official_client.CoreV1Api, namespace: str) -> set[str]:
    """The names of the deployment's two pods that run, by the official client."""
    async with asyncio.timeout(60):
        while True:
            found = await asyncio.to_thread(core.list_namespaced_pod, namespace, label_selector="app=speaker")
            names = {
                pod.metadata.name
                for pod in found.items
                if pod.status.phase == "Running" and not pod.metadata.deletion_timestamp
            }
            if len(names) == 2:
                return names


async def test_the_log_of_a_deployment(
    agent: ClusterAgent, official: official_client.ApiClient, namespace: str
) -> None:
    core = official_client.CoreV1Api(official)
    apps = official_client.AppsV1Api(official)
    await asyncio.to_thread(apps.create_namespaced_deployment, namespace, deployment("app", "proxy"))
    first = await pods_of(core, namespace)
    reader = Reader(agent, LogTarget((ObjectRef("deployments.apps", "speaker", namespace),)))
    try:
        await reader.until(first, 5)
        gone = min(first)
        await asyncio.to_thread(core.delete_namespaced_pod, gone, namespace, grace_period_seconds=0)
        second = await pods_of(core, namespace)
        assert second != first
        await reader.until(second, 5)
    finally:
        await reader.close()
    stamps = [line.stamp for line in reader.lines]
    late = [before - stamp for before, stamp in zip(accumulate(stamps, max), stamps, strict=True) if stamp < before]
    assert len(late) < len(stamps) / 10, "what comes half a second too late is not waited for"
    assert max(late, default=0) < 5e9
    for number, source in enumerate(reader.gather.sources):
        said = [line.text for line in reader.lines if line.origin == number]
        assert said == [f"{source.container} says {count}" for count in range(1, len(said) + 1)], (
            "none lost, none twice"
        )
