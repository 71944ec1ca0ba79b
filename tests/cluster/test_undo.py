"""Undo on a real server: what was deleted comes back as it was, and nobody else's work is lost."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, dynamic

from kubegenie_tui.domain.errors import Conflict
from kubegenie_tui.domain.object_ref import ObjectRef
from tests.cluster.operating import Hands, deploy, operating
from tests.cluster.test_forwards import run_pod
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
LABELS = {"app": "web"}
POD = {"containers": [{"name": "app", "image": "nginx:1.27"}]}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": POD}
SELECTED = {"selector": {"matchLabels": LABELS}, "template": TEMPLATE}
RULES = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}
METRIC = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}

DELETED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("services", "v1", "Service", {"spec": {"selector": LABELS, "ports": [{"port": 80}]}}),
    ("services", "v1", "Service", {"spec": {"type": "NodePort", "selector": LABELS, "ports": [{"port": 80}]}}),
    ("serviceaccounts", "v1", "ServiceAccount", {}),
    ("limitranges", "v1", "LimitRange", {"spec": {"limits": [{"type": "Pod", "max": {"cpu": "2"}}]}}),
    ("pods", "v1", "Pod", {"spec": POD}),
    ("deployments.apps", "apps/v1", "Deployment", {"spec": {"replicas": 2, **SELECTED}}),
    ("statefulsets.apps", "apps/v1", "StatefulSet", {"spec": {"serviceName": "web", **SELECTED}}),
    ("daemonsets.apps", "apps/v1", "DaemonSet", {"spec": SELECTED}),
    (
        "networkpolicies.networking.k8s.io",
        "networking.k8s.io/v1",
        "NetworkPolicy",
        {"spec": {"podSelector": {"matchLabels": LABELS}, "policyTypes": ["Ingress"]}},
    ),
    ("ingresses.networking.k8s.io", "networking.k8s.io/v1", "Ingress", {"spec": {"defaultBackend": BACKEND}}),
    (
        "poddisruptionbudgets.policy",
        "policy/v1",
        "PodDisruptionBudget",
        {"spec": {"minAvailable": 1, "selector": {"matchLabels": LABELS}}},
    ),
    (
        "horizontalpodautoscalers.autoscaling",
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        {
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "maxReplicas": 3,
                "metrics": [METRIC],
            }
        },
    ),
    ("roles.rbac.authorization.k8s.io", "rbac.authorization.k8s.io/v1", "Role", {"rules": RULES}),
    (
        "rolebindings.rbac.authorization.k8s.io",
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "web"},
            "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "ada"}],
        },
    ),
]


@pytest.fixture
async def hands(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Hands]:
    async with operating(control_plane, tmp_path) as found:
        yield found


def lasting(found: Any) -> dict[str, Any]:
    """An object without its status, what each object has for itself, and where the scheduler put it."""
    whole = found.to_dict()
    metadata = whole["metadata"]
    kept = {key: metadata.get(key) for key in ("name", "namespace", "labels", "ownerReferences", "finalizers")}
    told = {key: value for key, value in whole.items() if key not in ("metadata", "status")}
    told.get("spec", {}).pop("nodeName", None)
    kept["labels"] = {key: value for key, value in kept["labels"].items() if not key.startswith("topology.")}
    return {**told, "metadata": kept}


@pytest.mark.parametrize(
    ("kind", "version", "name", "body"), DELETED, ids=[f"{each[2]}-{number}" for number, each in enumerate(DELETED)]
)
async def test_what_was_deleted_comes_back(
    kind: str, version: str, name: str, body: dict[str, Any], hands: Hands, official: client.ApiClient, namespace: str
) -> None:
    of = dynamic.DynamicClient(official).resources.get(api_version=version, kind=name)
    metadata = {"name": "web", "labels": {"made": "by-hand"}}
    of.create(body={"apiVersion": version, "kind": name, "metadata": metadata, **body}, namespace=namespace)
    before = lasting(of.get(name="web", namespace=namespace))
    await hands.do("delete", ObjectRef(kind, "web", namespace))
    await hands.undo_last()
    assert lasting(of.get(name="web", namespace=namespace)) == before


async def test_what_others_did_meanwhile_stays(hands: Hands, official: client.ApiClient, namespace: str) -> None:
    web, apps = deploy(official, namespace), client.AppsV1Api(official)
    await hands.do("image app=nginx:1.28", web)
    theirs = [
        {"name": "proxy", "image": "redis:7"},
        {"name": "app", "env": [{"name": "LOG", "value": "debug"}]},
    ]
    apps.patch_namespaced_deployment(
        "web", namespace, {"spec": {"replicas": 2, "template": {"spec": {"containers": theirs}}}}
    )
    await hands.undo_last()
    spec = apps.read_namespaced_deployment("web", namespace).spec
    containers = {each.name: each for each in spec.template.spec.containers}
    assert spec.replicas == 2
    assert containers.keys() == {"app", "proxy"}
    assert containers["app"].image == "nginx:1.27"
    assert containers["app"].env[0].value == "debug"


async def test_resources_of_a_running_pod_are_set_back_in_place(
    hands: Hands, official: client.ApiClient, namespace: str
) -> None:
    core = client.CoreV1Api(official)
    container = {"image": "nginx:1.27", "resources": {"requests": {"cpu": "10m"}}}
    await run_pod(official, namespace, "web", container)
    uid = core.read_namespaced_pod("web", namespace).metadata.uid
    await hands.do("resources --cpu-request=20m", ObjectRef("pods", "web", namespace))
    assert core.read_namespaced_pod("web", namespace).spec.containers[0].resources.requests["cpu"] == "20m"
    await hands.undo_last()
    pod = core.read_namespaced_pod("web", namespace)
    assert pod.metadata.uid == uid
    assert pod.spec.containers[0].resources.requests["cpu"] == "10m"


async def test_where_others_changed_the_same_it_is_refused(
    hands: Hands, official: client.ApiClient, namespace: str
) -> None:
    web, apps = deploy(official, namespace), client.AppsV1Api(official)
    await hands.do("image app=nginx:1.28", web)
    body = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "nginx:1.29"}]}}}}
    apps.patch_namespaced_deployment("web", namespace, body)
    with pytest.raises(Conflict, match=r'containers\[app\]\.image is "nginx:1\.29" now, and was "nginx:1\.28"'):
        await hands.undo_last()
    assert apps.read_namespaced_deployment("web", namespace).spec.template.spec.containers[0].image == "nginx:1.29"


async def test_no_value_of_a_secret_is_on_the_disk(
    hands: Hands, official: client.ApiClient, namespace: str, tmp_path: Path
) -> None:
    core = client.CoreV1Api(official)
    secret = ObjectRef("secrets", "db", namespace)
    core.create_namespaced_secret(namespace, {"metadata": {"name": "db"}, "stringData": {"password": "opensesame"}})
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: 'shutsesame'}\n"
    await hands.apply(text, namespace, force=True)
    await hands.do("label team=ours", secret)
    await hands.undo_last()
    assert core.read_namespaced_secret("db", namespace).metadata.labels in (None, {})
    await hands.do("delete", secret)
    kept = contents(tmp_path)
    for value in (b"opensesame", b"shutsesame", b"b3BlbnNlc2FtZQ", b"c2h1dHNlc2FtZQ"):
        assert value not in kept


def contents(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.iterdir())
