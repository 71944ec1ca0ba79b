"""Small simulated clusters, and agents and managers that work on them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.context import Context
from tests.unit.agents.fakes import FakeClock

PODS = Kind("", "v1", "pods", "Pod")
NODE = {
    "conditions": [{"type": "Ready", "status": "True"}],
    "nodeInfo": {
        "kubeletVersion": "v1.37.2",
        "osImage": "Linux",
        "kernelVersion": "6.12",
        "containerRuntimeVersion": "containerd://2.0",
    },
    "addresses": [],
}
POD = {
    "phase": "Running",
    "conditions": [{"type": "Ready", "status": "True"}],
    "containerStatuses": [
        {"name": "app", "ready": True, "restartCount": 0, "state": {"running": {"startedAt": "2026-11-25T20:00:00Z"}}}
    ],
}
CONFIG_MAPS = Kind("", "v1", "configmaps", "ConfigMap")


def world(name: str, *, pods: int = 3) -> World:
    """A cluster with one node and some pods in the namespace `shop`; nothing moves in it by itself."""
    made = World(Cluster(name))
    made.cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    made.cluster.create(
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}, "spec": {}, "status": NODE}
    )
    for number in range(pods):
        add_pod(made, f"pod-{number}")
    return made


def add_pod(to: World, name: str, namespace: str = "shop") -> None:
    to.cluster.create(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "app"}]},
            "status": POD,
        }
    )


@asynccontextmanager
async def serving(*worlds: World) -> AsyncIterator[DemoServer]:
    async with DemoServer(worlds, ticking=False) as server:
        yield server


@asynccontextmanager
async def agent_of(
    server: DemoServer, name: str, clock: FakeClock | None = None, **more: Any
) -> AsyncIterator[ClusterAgent]:
    """An initialized agent of one of the server's clusters."""
    agent = ClusterAgent(Context(name, server=server.url(name)), clock=clock, **more)
    await agent.initialize()
    try:
        yield agent
    finally:
        await agent.shutdown()
