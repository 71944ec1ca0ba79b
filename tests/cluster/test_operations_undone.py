"""Taking back: after the undo of an operation the official client sees what it saw before."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.domain.conversation import ObjectRef
from kubegenie_tui.domain.plan import Tier
from tests.cluster.operating import Hands, deploy, operating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
REVISION = "deployment.kubernetes.io/revision"


@pytest.fixture
async def hands(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Hands]:
    async with operating(control_plane, tmp_path) as found:
        yield found


def seen(official: client.ApiClient, found: Any) -> Any:
    """As much of an object as a person has a say in."""
    plain = official.sanitize_for_serialization(found)
    metadata = plain["metadata"]
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != REVISION}
    return {
        "labels": metadata.get("labels") or {},
        "annotations": annotations,
        "spec": plain.get("spec") or plain.get("data"),
    }


WORKLOADS = [
    ("scale 3", Tier.REVERSIBLE),
    ("scale 0", Tier.DISRUPTIVE),
    ("restart", Tier.REVERSIBLE),
    ("image app=nginx:1.28", Tier.DISRUPTIVE),
    ("resources --cpu-request=20m --memory-limit=64Mi", Tier.REVERSIBLE),
    ("pause", Tier.REVERSIBLE),
    ("label tier=front team=", Tier.REVERSIBLE),
    ("annotate example.com/note='by hand'", Tier.REVERSIBLE),
]


@pytest.mark.parametrize(("line", "tier"), WORKLOADS)
async def test_of_a_deployment(line: str, tier: Tier, hands: Hands, official: client.ApiClient, namespace: str) -> None:
    web, apps = deploy(official, namespace, replicas=2), client.AppsV1Api(official)
    before = seen(official, apps.read_namespaced_deployment("web", namespace))
    preview = await hands.do(line, web)
    assert preview.tier is tier
    assert seen(official, apps.read_namespaced_deployment("web", namespace)) != before
    await hands.undo_last()
    assert seen(official, apps.read_namespaced_deployment("web", namespace)) == before


async def test_of_a_rollback(hands: Hands, official: client.ApiClient, namespace: str) -> None:
    web, apps = deploy(official, namespace), client.AppsV1Api(official)
    await hands.do("image app=nginx:1.28", web)
    before = seen(official, apps.read_namespaced_deployment("web", namespace))
    preview = await hands.do("rollback", web)
    assert preview.tier is Tier.DISRUPTIVE
    assert apps.read_namespaced_deployment("web", namespace).spec.template.spec.containers[0].image == "nginx:1.27"
    await hands.undo_last()
    assert seen(official, apps.read_namespaced_deployment("web", namespace)) == before


@pytest.mark.parametrize(("line", "back"), [("expose 80", "services"), ("autoscale 1 3 80", "scalers")])
async def test_of_what_was_made(line: str, back: str, hands: Hands, official: client.ApiClient, namespace: str) -> None:
    web = deploy(official, namespace)
    core, scaling = client.CoreV1Api(official), client.AutoscalingV2Api(official)

    def there() -> list[Any]:
        listed = (
            core.list_namespaced_service(namespace)
            if back == "services"
            else scaling.list_namespaced_horizontal_pod_autoscaler(namespace)
        )
        return [each.metadata.name for each in listed.items]

    await hands.do(line, web)
    assert there() == ["web"]
    await hands.undo_last()
    assert there() == []


async def test_of_a_cron_job(hands: Hands, official: client.ApiClient, namespace: str) -> None:
    batch = client.BatchV1Api(official)
    pod = {"containers": [{"name": "work", "image": "busybox:1.37"}], "restartPolicy": "Never"}
    spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    batch.create_namespaced_cron_job(namespace, {"metadata": {"name": "backup"}, "spec": spec})
    backup = ObjectRef("cronjobs.batch", "backup", namespace)
    before = seen(official, batch.read_namespaced_cron_job("backup", namespace))
    await hands.do("suspend", backup)
    await hands.undo_last()
    assert seen(official, batch.read_namespaced_cron_job("backup", namespace)) == before
    await hands.do("trigger", backup)
    assert len(batch.list_namespaced_job(namespace).items) == 1
    await hands.undo_last()
    assert batch.list_namespaced_job(namespace).items == []


@pytest.mark.parametrize("line", ["cordon", "taint team=ours:PreferNoSchedule", "label rack=7"])
async def test_of_a_node(line: str, hands: Hands, official: client.ApiClient) -> None:
    core = client.CoreV1Api(official)
    name = core.list_node().items[-1].metadata.name
    before = seen(official, core.read_node(name))
    await hands.do(line, ObjectRef("nodes", name))
    assert seen(official, core.read_node(name)) != before
    await hands.undo_last()
    assert seen(official, core.read_node(name)) == before


async def test_of_a_deletion_and_of_an_application(hands: Hands, official: client.ApiClient, namespace: str) -> None:
    core = client.CoreV1Api(official)
    body = {"metadata": {"name": "flags", "labels": {"a": "b"}}, "data": {"a": "1"}}
    core.create_namespaced_config_map(namespace, body)
    before = seen(official, core.read_namespaced_config_map("flags", namespace))
    await hands.do("delete", ObjectRef("configmaps", "flags", namespace))
    await hands.undo_last()
    assert seen(official, core.read_namespaced_config_map("flags", namespace)) == before
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata: {b: '2'}\n"
    await hands.apply(text, namespace)
    assert core.read_namespaced_config_map("flags", namespace).data == {"a": "1", "b": "2"}
    await hands.undo_last()
    assert seen(official, core.read_namespaced_config_map("flags", namespace)) == before
