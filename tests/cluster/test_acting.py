"""A real cluster as somebody else: what they may, and under whose name it is done."""

from pathlib import Path

import pytest
from kubernetes import client

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.changes.audit import open_audit
from kubegenie_tui.changes.gate import Gate
from kubegenie_tui.changes.undo import open_undo
from kubegenie_tui.domain.errors import Forbidden
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.store.store import Store
from tests.cluster.gated import Gated
from tests.cluster.heard import until_allowed
from tests.cluster.operating import Hands
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

CONFIG_MAPS = Kind("", "v1", "configmaps", "ConfigMap")


def let_read(official: client.ApiClient, namespace: str, group: str) -> None:
    rbac = "rbac.authorization.k8s.io"
    client.RbacAuthorizationV1Api(official).create_namespaced_role_binding(
        namespace,
        {
            "metadata": {"name": "readers"},
            "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": "view"},
            "subjects": [{"apiGroup": rbac, "kind": "Group", "name": group}],
        },
    )
    until_allowed(official, {"groups": [group]}, verb="get", resource="configmaps", namespace=namespace)


async def test_a_group_may_read_and_not_write(
    ours: ControlPlane, official: client.ApiClient, namespace: str, tmp_path: Path
) -> None:
    core = client.CoreV1Api(official)
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "web"}, "data": {"a": "b"}})
    let_read(official, namespace, "kg-readers")
    store = await Store.open(tmp_path / "kubegenie.db")
    manager = ClusterManager(store, kubeconfig=[ours.kubeconfig])
    await manager.start()
    try:
        agent = await manager.open(f"{ours.name} as jane (kg-readers)")
        assert (await agent.get(CONFIG_MAPS, "web", namespace))["data"] == {"a": "b"}
        alone = await manager.open(f"{ours.name} as jane")
        with pytest.raises(Forbidden, match="jane"):
            await alone.get(CONFIG_MAPS, "web", namespace)
        audit, undo = await open_audit(store, tmp_path), await open_undo(store, tmp_path)
        hands = Hands(Gated(agent, Gate(audit, undo, actor="me@here"), audit, undo))
        plan = await hands.plan("label team=web", ObjectRef("configmaps", "web", namespace, agent.name))
        preview = await hands.gate.preview(agent, plan)
        assert preview.refusal is not None
        assert "may not patch" in str(preview.refusal)
    finally:
        await manager.shutdown()
        await store.close()
    assert core.read_namespaced_config_map("web", namespace).metadata.labels is None
