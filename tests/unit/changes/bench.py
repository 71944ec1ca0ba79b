"""A gate before a small simulated cluster, with its records on disk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.changes.audit import Audit, open_audit
from kubegenie_tui.changes.gate import Gate
from kubegenie_tui.changes.undo import Undo, open_undo
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Preview, Progress, Step, StepState, Undoable, Verb
from kubegenie_tui.kube.objects import get_object
from kubegenie_tui.store.store import Store
from tests.unit.agents import demo_clusters

Object = dict[str, Any]
DEPLOYMENTS, CONFIG_MAPS, NODES, PODS = "deployments.apps", "configmaps", "nodes", "pods"


def ref(kind: str, name: str, namespace: str = "shop") -> ObjectRef:
    return ObjectRef(kind, name, "" if kind in ("nodes", "namespaces") else namespace)


def patch(kind: str, name: str, body: Object, **more: Any) -> Step:
    return Step(Verb.PATCH, ref(kind, name), body, wait=False, **more)


def config_map(name: str, **data: str) -> Object:
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(name: str = "web") -> Object:
    labels = {"app": name}
    containers = [
        {"name": "web", "image": "web:1", "env": [{"name": "A", "value": "1"}]},
        {"name": "proxy", "image": "p:1"},
    ]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop", "labels": labels},
        "spec": {
            "replicas": 3,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
    }


class Bench:
    """What the tests work with."""

    def __init__(self, server: DemoServer, agent: ClusterAgent, store: Store, audit: Audit, undo: Undo) -> None:
        self.server, self.agent, self.store, self.audit = server, agent, store, audit
        self.undo = undo
        self.gate = Gate(audit, self.undo, actor="ada@desk")

    async def get(self, kind: str, name: str, namespace: str = "shop") -> Object:
        """The object as it is in the cluster, without what changes with every write."""
        at = ref(kind, name, namespace)
        found = await get_object(self.agent.client, self.agent.kinds.resolve(kind), at.name, at.namespace)
        for key in ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp"):
            found["metadata"].pop(key, None)
        found.pop("status", None)
        return found

    def by_somebody_else(self, kind: str, name: str, **changed: Any) -> None:
        """Set top-level fields of an object behind our back."""
        cluster = self.server.cluster(self.agent.name)
        key = (ref(kind, name).namespace, name)
        cluster.replace({**cluster.collection(kind).items[key].object, **changed})

    def deleted_by_somebody_else(self, kind: str, name: str) -> None:
        """Delete an object behind our back."""
        cluster = self.server.cluster(self.agent.name)
        cluster.delete(cluster.collection(kind).items[(ref(kind, name).namespace, name)].object)

    async def preview(self, plan: Plan) -> Preview:
        preview = await self.gate.preview(self.agent, plan)
        assert preview.refusal is None, preview.refusal
        return preview

    async def carry_out(self, plan: Plan) -> list[Progress]:
        preview = await self.preview(plan)
        approval = self.gate.approve(preview, "test", preview.confirm)
        return [news async for news in self.gate.carry_out(self.agent, preview, approval)]

    async def do(self, *steps: Step, title: str = "A change") -> Undoable:
        news = await self.carry_out(Plan(title, self.agent.name, steps))
        assert news[-1].state is StepState.DONE, news[-1].error
        return (await self.undo.recent(self.agent.name))[0]

    async def take_back(self, change: Undoable) -> None:
        plan = await self.undo.plan_for(self.agent, change.id)
        news = await self.carry_out(plan)
        assert news[-1].state is StepState.DONE, news[-1].error
        await self.undo.mark_undone(change.id)


@asynccontextmanager
async def opened(directory: Path, name: str = "prod") -> AsyncIterator[Bench]:
    """A cluster with a Deployment, a ConfigMap, a node and three pods, and its gate."""
    world = demo_clusters.world(name)
    store = await Store.open(directory / "kubegenie.db")
    try:
        async with demo_clusters.serving(world) as server, demo_clusters.agent_of(server, name) as agent:
            for kind, made in (
                (DEPLOYMENTS, deployment()),
                (CONFIG_MAPS, config_map("settings", colour="blue", size="10")),
            ):
                await agent.client.post(agent.kinds.resolve(kind).path("shop"), made)
            audit, undo = await open_audit(store, directory), await open_undo(store, directory)
            yield Bench(server, agent, store, audit, undo)
    finally:
        await store.close()
