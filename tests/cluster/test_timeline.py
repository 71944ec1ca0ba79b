"""What the official client changes on a real API server is heard, kept and found; the pulse counts what it counts."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
from kubernetes import client

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.following import Following
from kubegenie_tui.agents.pulse import PulseWatch
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.timeline import Change
from kubegenie_tui.store.store import Store
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

DEADLINE = 20.0


@pytest.fixture
async def manager(control_plane: ControlPlane) -> AsyncIterator[ClusterManager]:
    store = await Store.in_memory()
    found = ClusterManager(store, kubeconfig=[control_plane.kubeconfig])
    await found.start()
    yield found
    await found.shutdown()
    await store.close()


async def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.01)


async def kept(manager: ClusterManager, cluster: str, wanted: set[tuple[str, str]]) -> list[Change]:
    """What is kept once all of this is among it."""
    deadline = time.monotonic() + DEADLINE
    while True:
        await manager._recorder.flush()
        told = await manager.registrar._store.timeline.read(cluster)
        if wanted <= {(change.name, change.what) for change in told}:
            return told
        assert time.monotonic() < deadline, told


async def opened(manager: ClusterManager, name: str) -> ClusterAgent:
    agent = await manager.open(name)
    await asyncio.wait_for(agent.kinds_told.wait(), DEADLINE)
    return agent


async def test_what_changes_is_kept(
    manager: ClusterManager, control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    core, apps = client.CoreV1Api(official), client.AppsV1Api(official)
    agent = await opened(manager, control_plane.name)
    kinds = [agent.kinds.resolve(name) for name in ("configmaps", "deployments", "secrets")]
    leases = [agent.watch(kind, namespace) for kind in kinds]
    await until(lambda: all(lease.live.state.phase is Phase.LIVE for lease in leases))

    def change() -> None:
        core.create_namespaced_config_map(namespace, {"metadata": {"name": "config"}, "data": {"a": "b"}})
        core.create_namespaced_secret(namespace, {"metadata": {"name": "login"}, "stringData": {"key": "hunter2"}})
        labels = {"app": "web"}
        spec = {"containers": [{"name": "web", "image": "web"}]}
        template = {"metadata": {"labels": labels}, "spec": spec}
        body = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
        apps.create_namespaced_deployment(namespace, {"metadata": {"name": "web"}, "spec": body})
        core.delete_namespaced_config_map("config", namespace)

    await asyncio.to_thread(change)
    told = await kept(manager, control_plane.name, {("web", "came"), ("login", "came"), ("config", "went")})
    assert "hunter2" not in repr(told)
    config = ObjectRef("configmaps", "config", namespace)
    of_one = await manager.registrar._store.timeline.read(control_plane.name, ref=config)
    assert {change.name for change in of_one} == {"config"}
    for lease in leases:
        lease.release()


async def test_what_objects_tell_of_their_past_is_what_the_official_client_did(
    manager: ClusterManager, control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    core = client.CoreV1Api(official)
    agent = await opened(manager, control_plane.name)

    def change() -> None:
        body = {"metadata": {"name": "config"}, "data": {"a": "b"}}
        core.create_namespaced_config_map(namespace, body, field_manager="maker")
        time.sleep(1.1)  # the server notes whole seconds
        core.patch_namespaced_config_map("config", namespace, {"data": {"a": "c"}}, field_manager="changer")

    await asyncio.to_thread(change)
    following, one = (
        Following(agent, namespace=namespace),
        Following(agent, ObjectRef("configmaps", "config", namespace)),
    )
    told = {change.words for change in await following.past() if change.name == "config"}
    of_one = await one.past()
    assert told == {change.words for change in of_one} == {"came, by maker", "changed by changer (sets data.a)"}
    leases = [*following._leases, *one._leases]
    await until(lambda: all(lease.live.state.phase is Phase.LIVE for lease in leases))
    assert following.notes == one.notes == []
    following.release()
    one.release()
    assert agent.idle


async def test_the_pulse_counts_what_the_official_client_counts(
    manager: ClusterManager, control_plane: ControlPlane, official: client.ApiClient
) -> None:
    agent = await opened(manager, control_plane.name)
    watch = PulseWatch(agent)
    await until(lambda: not watch.loading)
    counts = {row.uid: row.cells[0] for row in watch.kind_rows()}
    watch.note(time.time())
    deployments = await asyncio.to_thread(client.AppsV1Api(official).list_deployment_for_all_namespaces)
    nodes = await asyncio.to_thread(client.CoreV1Api(official).list_node)
    assert counts["deployments.apps"] == len(deployments.items)
    assert counts["nodes"] == len(nodes.items)
    allocatable = sum(int(node.status.allocatable["cpu"]) * 1000 for node in nodes.items)
    assert watch.use().cpu_room == allocatable
    watch.release()
    assert agent.idle
