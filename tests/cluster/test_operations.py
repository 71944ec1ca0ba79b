"""Operations whose outcome takes a while, and what forbids them; the official client tells what came of it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.changes.operations.applying import apply_plan
from kubegenie_tui.domain.errors import OwnedByOthers, Throttled, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Tier
from tests.cluster.keyboard import until
from tests.cluster.operating import Hands, deploy, operating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster


@pytest.fixture
async def hands(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Hands]:
    async with operating(control_plane, tmp_path) as found:
        yield found


@pytest.fixture
def apps(official: client.ApiClient) -> client.AppsV1Api:
    return client.AppsV1Api(official)


@pytest.fixture
def core(official: client.ApiClient) -> client.CoreV1Api:
    return client.CoreV1Api(official)


def ready_pods(core: client.CoreV1Api, namespace: str, selector: str = "", count: int = 1) -> Any:
    pods = core.list_namespaced_pod(namespace, label_selector=selector).items
    ready = [
        pod
        for pod in pods
        if any(each.type == "Ready" and each.status == "True" for each in pod.status.conditions or ())
        and not pod.metadata.deletion_timestamp
    ]
    return ready if len(ready) >= count else None


async def test_images_and_the_way_back(
    hands: Hands, official: client.ApiClient, apps: client.AppsV1Api, namespace: str
) -> None:
    web = deploy(official, namespace)

    def image() -> str:
        found: str = apps.read_namespaced_deployment("web", namespace).spec.template.spec.containers[0].image
        return found

    for version in ("nginx:1.28", "nginx:1.29"):
        preview = await hands.do(f"image app={version}", web)
        assert preview.tier is Tier.DISRUPTIVE
    assert image() == "nginx:1.29"
    await hands.do("rollback", web)
    assert image() == "nginx:1.28"
    await hands.do("rollback 1", web)
    assert image() == "nginx:1.27"
    await hands.undo_last()
    assert image() == "nginx:1.28"


async def test_variables_and_the_way_back(
    hands: Hands, official: client.ApiClient, apps: client.AppsV1Api, namespace: str
) -> None:
    web = deploy(official, namespace)

    def variables() -> dict[str, str]:
        spec = apps.read_namespaced_deployment("web", namespace).spec.template.spec
        return {each.name: each.value for each in spec.containers[0].env or ()}

    await hands.do('env LOG_LEVEL=debug "MOTTO=two words" container=app', web)
    assert variables() == {"LOG_LEVEL": "debug", "MOTTO": "two words"}
    await hands.do("env LOG_LEVEL=info MOTTO-", web)
    assert variables() == {"LOG_LEVEL": "info"}
    await hands.undo_last()
    assert variables() == {"LOG_LEVEL": "debug", "MOTTO": "two words"}


async def test_requests_of_a_workload_and_of_a_running_pod(
    hands: Hands, official: client.ApiClient, apps: client.AppsV1Api, core: client.CoreV1Api, namespace: str
) -> None:
    web = deploy(official, namespace)
    await hands.do("resources --cpu-request=20m --memory-limit=64Mi", web)
    resources = apps.read_namespaced_deployment("web", namespace).spec.template.spec.containers[0].resources
    assert (resources.requests, resources.limits) == ({"cpu": "20m", "memory": "16Mi"}, {"memory": "64Mi"})
    pod = (await until(lambda: ready_pods(core, namespace)))[0].metadata.name
    before = core.read_namespaced_pod(pod, namespace)
    await hands.do("resources --cpu-request=30m", ObjectRef("pods", pod, namespace))
    after = core.read_namespaced_pod(pod, namespace)
    assert after.spec.containers[0].resources.requests["cpu"] == "30m"
    assert after.metadata.uid == before.metadata.uid


async def test_deleting_with_orphans_leaves_the_pods(
    hands: Hands, official: client.ApiClient, apps: client.AppsV1Api, core: client.CoreV1Api, namespace: str
) -> None:
    web = deploy(official, namespace)
    await until(lambda: ready_pods(core, namespace))
    await hands.do("delete Orphan", web)
    assert not apps.list_namespaced_deployment(namespace).items
    assert apps.list_namespaced_replica_set(namespace).items


APPLIED = """apiVersion: v1
kind: ConfigMap
metadata: {name: flags}
data: {a: "1"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


async def test_applying_creates_changes_and_tells_who_owns_a_field(
    hands: Hands, core: client.CoreV1Api, namespace: str
) -> None:
    await hands.apply(APPLIED, namespace)
    assert core.read_namespaced_config_map("flags", namespace).data == {"a": "1"}
    managers = core.read_namespaced_service("web", namespace).metadata.managed_fields
    assert {each.manager for each in managers} == {"kubegenie"}
    await hands.apply(APPLIED.replace('a: "1"', 'a: "2"'), namespace)
    assert core.read_namespaced_config_map("flags", namespace).data == {"a": "2"}
    core.patch_namespaced_config_map("flags", namespace, {"data": {"a": "3"}}, field_manager="somebody")
    with pytest.raises(AssertionError) as refused:
        await hands.apply(APPLIED, namespace)
    assert "somebody" in str(refused.value)
    preview = await hands.apply(APPLIED, namespace, force=True)
    assert preview.tier is Tier.DESTRUCTIVE
    assert core.read_namespaced_config_map("flags", namespace).data == {"a": "1"}


async def test_all_objects_tell_whose_their_fields_are(hands: Hands, core: client.CoreV1Api, namespace: str) -> None:
    await hands.apply(APPLIED, namespace)
    core.patch_namespaced_config_map("flags", namespace, {"data": {"a": "3"}}, field_manager="somebody")
    ports = [{"op": "replace", "path": "/spec/selector/app", "value": "api"}]
    core.patch_namespaced_service("web", namespace, ports, field_manager="other")
    plan = apply_plan(hands.agent, APPLIED, "test.yaml", namespace)
    refusal = (await hands.gate.preview(hands.agent, plan)).refusal
    assert isinstance(refusal, OwnedByOthers)
    assert refusal.what == "Others own fields of 2 objects (409)"
    flags, web = refusal.why.split("; ")
    assert flags == f"configmaps {namespace}/flags: somebody owns data.a"
    assert web == f"services {namespace}/web: other owns spec.selector"


async def test_a_namespace_and_what_is_in_it_come_from_one_text(
    hands: Hands, core: client.CoreV1Api, namespace: str
) -> None:
    new = f"{namespace}-new"
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: {new}}}\n---\n"
    await hands.apply(f"{text}apiVersion: v1\nkind: Namespace\nmetadata: {{name: {new}}}\n", namespace)
    assert core.read_namespaced_config_map("a", new)
    core.delete_namespace(new)


def budget(official: client.ApiClient, namespace: str, least: int) -> None:
    body = {
        "metadata": {"name": "web"},
        "spec": {"minAvailable": least, "selector": {"matchLabels": {"app": "web"}}},
    }
    policy = client.PolicyV1Api(official)
    policy.create_namespaced_pod_disruption_budget(namespace, body)


def allowed(official: client.ApiClient, namespace: str) -> int:
    found = client.PolicyV1Api(official).read_namespaced_pod_disruption_budget("web", namespace)
    return (found.status and found.status.disruptions_allowed) or 0


@pytest.fixture
def own_node(core: client.CoreV1Api) -> Iterator[ObjectRef]:
    """A node for one test: open and without taints before and after."""
    name = core.list_node().items[0].metadata.name
    yield ObjectRef("nodes", name)
    core.patch_node(name, {"spec": {"unschedulable": None, "taints": None}})


async def test_a_drain_waits_for_the_budget_pod_by_pod(
    hands: Hands, official: client.ApiClient, core: client.CoreV1Api, namespace: str, own_node: ObjectRef
) -> None:
    """All pods are on the node at first, and the budget lets one go at a time."""
    pinned = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [prefers(own_node.name)]}}
    deploy(official, namespace, replicas=3, affinity=pinned)
    budget(official, namespace, 2)
    pods = await until(lambda: ready_pods(core, namespace, "app=web", 3))
    assert {pod.spec.node_name for pod in pods} == {own_node.name}
    await until(lambda: allowed(official, namespace) == 1)
    preview = await hands.do("drain --force --empty-dirs", own_node)
    assert preview.tier is Tier.DESTRUCTIVE
    assert not core.list_namespaced_pod(namespace, field_selector=f"spec.nodeName={own_node.name}").items
    assert core.read_node(own_node.name).spec.unschedulable is True
    moved = await until(lambda: ready_pods(core, namespace, "app=web", 3))
    assert own_node.name not in {pod.spec.node_name for pod in moved}


def prefers(node: str) -> dict[str, Any]:
    wanted = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    return {"weight": 100, "preference": {"matchExpressions": [wanted]}}


async def test_what_a_budget_forbids_is_told_before_anything_is_done(
    hands: Hands, official: client.ApiClient, core: client.CoreV1Api, namespace: str
) -> None:
    deploy(official, namespace, replicas=1)
    budget(official, namespace, 1)
    (pod,) = await until(lambda: ready_pods(core, namespace, "app=web"))
    await until(
        lambda: (
            client.PolicyV1Api(official).read_namespaced_pod_disruption_budget("web", namespace).status.current_healthy
        )
    )
    with pytest.raises(UsageError, match=f"budget {namespace}/web allows no disruption now"):
        await hands.plan("drain --force --empty-dirs", ObjectRef("nodes", pod.spec.node_name))
    plan = await hands.plan("evict", ObjectRef("pods", pod.metadata.name, namespace))
    preview = await hands.gate.preview(hands.agent, plan)
    assert isinstance(preview.refusal, Throttled)
    assert "The disruption budget web needs 1 healthy pods" in preview.refusal.why
    assert core.read_namespaced_pod(pod.metadata.name, namespace).metadata.deletion_timestamp is None
