"""Every operation through the gate of a real control plane; the official client tells what came of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.domain.conversation import ObjectRef
from kubegenie_tui.domain.errors import Throttled, UsageError
from kubegenie_tui.domain.plan import Tier
from tests.cluster.operating import Hands, deploy, operating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
PATIENCE = 60.0


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


@pytest.fixture
def batch(official: client.ApiClient) -> client.BatchV1Api:
    return client.BatchV1Api(official)


async def until(true: Callable[[], object]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (found := await asyncio.to_thread(true)):
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.2)
    return found


def ready_pods(core: client.CoreV1Api, namespace: str, selector: str = "", count: int = 1) -> Any:
    pods = core.list_namespaced_pod(namespace, label_selector=selector).items
    ready = [
        pod
        for pod in pods
        if any(each.type == "Ready" and each.status == "True" for each in pod.status.conditions or ())
        and not pod.metadata.deletion_timestamp
    ]
    return ready if len(ready) >= count else None


async def test_scale_restart_pause_and_resume(
    hands: Hands, official: client.ApiClient, apps: client.AppsV1Api, namespace: str
) -> None:
    web = deploy(official, namespace)
    await hands.do("scale 3", web)
    assert apps.read_namespaced_deployment("web", namespace).status.ready_replicas == 3
    await hands.undo_last()
    assert apps.read_namespaced_deployment("web", namespace).spec.replicas == 1
    first = apps.read_namespaced_deployment("web", namespace).spec.template.metadata.annotations
    await hands.do("restart", web)
    restarted = apps.read_namespaced_deployment("web", namespace)
    assert not first
    assert "kubectl.kubernetes.io/restartedAt" in restarted.spec.template.metadata.annotations
    assert restarted.status.updated_replicas == 1
    await hands.do("pause", web)
    assert apps.read_namespaced_deployment("web", namespace).spec.paused is True
    with pytest.raises(UsageError, match="is paused"):
        await hands.plan("restart", web)
    await hands.do("resume", web)
    assert not apps.read_namespaced_deployment("web", namespace).spec.paused
    stopped = await hands.do("scale 0", web)
    assert stopped.tier is Tier.DISRUPTIVE


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


async def test_labels_annotations_and_deletion_of_several(hands: Hands, core: client.CoreV1Api, namespace: str) -> None:
    names = ("one", "two")
    for name in names:
        core.create_namespaced_config_map(namespace, {"metadata": {"name": name, "labels": {"old": "yes"}}})
    refs = [ObjectRef("configmaps", name, namespace) for name in names]
    await hands.do("label tier=front old-", *refs)
    await hands.do('annotate example.com/note="by hand"', *refs)
    for name in names:
        metadata = core.read_namespaced_config_map(name, namespace).metadata
        assert (metadata.labels, metadata.annotations) == ({"tier": "front"}, {"example.com/note": "by hand"})
    await hands.do("delete", *refs)
    left = {each.metadata.name for each in core.list_namespaced_config_map(namespace).items}
    assert not left & set(names)
    await hands.undo_last()
    left = {each.metadata.name for each in core.list_namespaced_config_map(namespace).items}
    assert left >= set(names)


async def test_deleting_with_orphans_leaves_the_pods(
    hands: Hands, official: client.ApiClient, apps: client.AppsV1Api, core: client.CoreV1Api, namespace: str
) -> None:
    web = deploy(official, namespace)
    await until(lambda: ready_pods(core, namespace))
    await hands.do("delete Orphan", web)
    assert not apps.list_namespaced_deployment(namespace).items
    assert apps.list_namespaced_replica_set(namespace).items


async def test_cron_jobs_and_jobs(hands: Hands, batch: client.BatchV1Api, namespace: str) -> None:
    pod = {"containers": [{"name": "work", "image": "busybox:1.37"}], "restartPolicy": "Never"}
    job_spec = {"backoffLimit": 0, "template": {"spec": pod}}
    body = {"metadata": {"name": "backup"}, "spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": job_spec}}}
    batch.create_namespaced_cron_job(namespace, body)
    backup = ObjectRef("cronjobs.batch", "backup", namespace)
    await hands.do("suspend", backup)
    assert batch.read_namespaced_cron_job("backup", namespace).spec.suspend is True
    await hands.do("unsuspend", backup)
    assert batch.read_namespaced_cron_job("backup", namespace).spec.suspend is False
    await hands.do("trigger", backup)
    (made,) = batch.list_namespaced_job(namespace).items
    assert made.metadata.owner_references[0].name == "backup"
    job = ObjectRef("jobs.batch", made.metadata.name, namespace)

    def ended() -> bool:
        conditions = batch.read_namespaced_job(job.name, namespace).status.conditions or []
        return any(each.type in ("Complete", "Failed") and each.status == "True" for each in conditions)

    with pytest.raises(UsageError, match="has not ended"):
        await hands.plan("retry", job)
    batch.patch_namespaced_job(job.name, namespace, {"spec": {"activeDeadlineSeconds": 1}})
    await until(ended)
    await hands.do("retry", job)
    again = [each for each in batch.list_namespaced_job(namespace).items if "-retry-" in each.metadata.name]
    assert len(again) == 1
    assert again[0].spec.template.spec.containers[0].image == "busybox:1.37"


async def test_services_and_autoscalers(
    hands: Hands, official: client.ApiClient, core: client.CoreV1Api, namespace: str
) -> None:
    web = deploy(official, namespace)
    await hands.do("expose 80 --target-port=8080 --name=front", web)
    service = core.read_namespaced_service("front", namespace)
    assert (service.spec.selector, service.spec.ports[0].target_port) == ({"app": "web"}, 8080)
    await hands.do("autoscale 2 5 70", web)
    scaler = client.AutoscalingV2Api(official).read_namespaced_horizontal_pod_autoscaler("web", namespace)
    assert (scaler.spec.min_replicas, scaler.spec.max_replicas) == (2, 5)
    await hands.undo_last()
    scalers = client.AutoscalingV2Api(official).list_namespaced_horizontal_pod_autoscaler(namespace).items
    assert not scalers


async def test_a_debug_container_joins_a_running_pod(
    hands: Hands, official: client.ApiClient, core: client.CoreV1Api, namespace: str
) -> None:
    deploy(official, namespace)
    pod = (await until(lambda: ready_pods(core, namespace)))[0].metadata.name
    await hands.do("debug", ObjectRef("pods", pod, namespace))
    (added,) = core.read_namespaced_pod(pod, namespace).spec.ephemeral_containers
    assert (added.image, added.target_container_name) == ("busybox:1.37", "app")


async def test_a_shell_on_a_node_is_a_pod_there(hands: Hands, core: client.CoreV1Api, namespace: str) -> None:
    node = core.list_node().items[-1].metadata.name
    await hands.do(f"node-shell --namespace={namespace}", ObjectRef("nodes", node))
    (pod,) = core.list_namespaced_pod(namespace).items
    assert pod.spec.node_name == node
    assert pod.spec.containers[0].security_context.privileged is True
    await hands.do("delete", ObjectRef("pods", pod.metadata.name, namespace))


async def test_completed_pods_are_deleted_and_no_others(hands: Hands, core: client.CoreV1Api, namespace: str) -> None:
    for name in ("done", "runs"):
        spec = {"containers": [{"name": "c", "image": "nginx:1.27"}], "restartPolicy": "Never"}
        core.create_namespaced_pod(namespace, {"metadata": {"name": name}, "spec": spec})
    await until(lambda: ready_pods(core, namespace, count=2))
    core.patch_namespaced_pod_status("done", namespace, {"status": {"phase": "Succeeded"}})
    await hands.do("sanitize", ObjectRef("pods", "runs", namespace))
    assert [each.metadata.name for each in core.list_namespaced_pod(namespace).items] == ["runs"]


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


async def test_cordon_taint_and_the_way_back(hands: Hands, core: client.CoreV1Api, own_node: ObjectRef) -> None:
    await hands.do("cordon", own_node)
    assert core.read_node(own_node.name).spec.unschedulable is True
    await hands.do("uncordon", own_node)
    assert not core.read_node(own_node.name).spec.unschedulable
    await hands.do("taint team=ours:NoSchedule", own_node)
    (taint,) = core.read_node(own_node.name).spec.taints
    assert (taint.key, taint.value, taint.effect) == ("team", "ours", "NoSchedule")
    await hands.do("taint team-", own_node)
    assert not core.read_node(own_node.name).spec.taints


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


async def test_an_evicted_pod_is_replaced(
    hands: Hands, official: client.ApiClient, core: client.CoreV1Api, namespace: str
) -> None:
    deploy(official, namespace)
    (pod,) = await until(lambda: ready_pods(core, namespace))
    await hands.do("evict", ObjectRef("pods", pod.metadata.name, namespace))
    assert pod.metadata.uid not in {each.metadata.uid for each in core.list_namespaced_pod(namespace).items}
