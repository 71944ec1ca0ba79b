"""What a plan says of quotas and limit ranges, beside what the control plane counts and refuses."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kubernetes import client

from kubegenie_tui.changes.operations.applying import apply_plan
from kubegenie_tui.domain.errors import Forbidden
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.plan import Preview
from kubegenie_tui.domain.pod_resources import amount
from tests.cluster.keyboard import until
from tests.cluster.operating import Hands, deploy, operating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
FOLLOWED = re.compile(r"(\S+) (\S+) of \S+ used, (\S+) with this")
MADE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
      - {name: first, image: "busybox:1.37", resources: {requests: {cpu: 150m}}}
      containers:
      - {name: app, image: "nginx:1.27", resources: {limits: {cpu: 100m, memory: 64Mi}}}
      - {name: side, image: "busybox:1.37", command: [sleep, "3600"]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{name: a, port: 80}, {name: b, port: 81}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 3Gi}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: flags}
data: {a: "1"}
---
apiVersion: v1
kind: Secret
metadata: {name: token}
stringData: {a: "1"}
---
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec:
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers: [{name: work, image: "busybox:1.37", command: [sh, -c, "sleep 3600"]}]
"""
RAISED = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 6
"""
COUNTED = (
    *("pods", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory", "services", "services.loadbalancers"),
    *("services.nodeports", "persistentvolumeclaims", "requests.storage", "configmaps", "secrets", "count/jobs.batch"),
    *("count/deployments.apps", "count/replicasets.apps", "count/pods"),
)
DEFAULTS = {"type": "Container", "default": {"cpu": "200m", "memory": "32Mi"}, "defaultRequest": {"cpu": "20m"}}


@pytest.fixture
async def hands(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Hands]:
    async with operating(control_plane, tmp_path) as found:
        yield found


@pytest.fixture
def core(official: client.ApiClient) -> client.CoreV1Api:
    return client.CoreV1Api(official)


async def hold(core: client.CoreV1Api, namespace: str, hard: dict[str, str], name: str = "team", **spec: Any) -> None:
    # what every namespace is given comes first: the server counts anew only minutes later what it did not see come
    await until(lambda: core.list_namespaced_config_map(namespace).items)
    body = {"metadata": {"name": name}, "spec": {"hard": hard, **spec}}
    core.create_namespaced_resource_quota(namespace, body)
    await until(lambda: used(core, namespace, name).keys() == hard.keys())


def used(core: client.CoreV1Api, namespace: str, name: str = "team") -> dict[str, str]:
    found: dict[str, str] = core.read_namespaced_resource_quota(name, namespace).status.used or {}
    return found


def bound(core: client.CoreV1Api, namespace: str, item: dict[str, Any]) -> None:
    core.create_namespaced_limit_range(namespace, {"metadata": {"name": "sizes"}, "spec": {"limits": [item]}})


def of_quotas(preview: Preview) -> list[str]:
    return [f"{note.health.name} {note.text}" for note in preview.impact if "quota" in note.text]


async def test_what_is_foretold_is_what_the_server_counts(hands: Hands, core: client.CoreV1Api, namespace: str) -> None:
    bound(core, namespace, DEFAULTS)
    await hold(core, namespace, dict.fromkeys(COUNTED, "1Ti"))
    await until(lambda: used(core, namespace)["configmaps"] == "1")  # what every namespace has
    plan = apply_plan(hands.agent, MADE, "test.yaml", namespace)
    steps = (msgspec.structs.replace(step, wait=False) for step in plan.steps)
    preview = await hands.carry_out(msgspec.structs.replace(plan, steps=tuple(steps)))
    [line] = of_quotas(preview)
    foretold = {name: amount(will) for name, _, will in FOLLOWED.findall(line)}
    assert foretold.keys() == set(COUNTED), line
    await until(lambda: {name: amount(text) for name, text in used(core, namespace).items()} == foretold)


async def test_one_that_is_full_is_told_with_all_that_counts(
    hands: Hands, core: client.CoreV1Api, official: client.ApiClient, namespace: str
) -> None:
    await hold(core, namespace, {"requests.cpu": "30m", "configmaps": "2"})
    await hold(core, namespace, {"pods": "1"}, "besteffort", scopes=["BestEffort"])
    web = deploy(official, namespace)
    await until(lambda: used(core, namespace)["requests.cpu"] == "10m")
    preview = await hands.gate.preview(hands.agent, await hands.plan("scale 4", web))
    assert of_quotas(preview) == ["BAD quota team has no room: requests.cpu 10m of 30m used, 40m with this"]
    preview = await hands.gate.preview(hands.agent, await hands.plan("resources --cpu-request=25m", web))
    lasting, passing = sorted(of_quotas(preview))
    assert lasting == "OK fits into quota team: requests.cpu 10m of 30m used, 25m with this"
    assert passing.endswith("requests.cpu 10m of 30m used, 50m then")
    many = "---".join(f"\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n" for name in ("one", "two"))
    await until(lambda: used(core, namespace)["configmaps"] == "1")
    preview = await hands.gate.preview(hands.agent, apply_plan(hands.agent, many, "test.yaml", namespace))
    assert preview.refusal is None, "each of them fits alone"
    assert of_quotas(preview) == ["BAD quota team has no room: configmaps 1 of 2 used, 3 with this"]


async def test_what_is_refused_is_no_matter_of_rights(
    hands: Hands, core: client.CoreV1Api, official: client.ApiClient, namespace: str
) -> None:
    await hold(core, namespace, {"services": "0"})
    web = deploy(official, namespace)
    refusal = (await hands.gate.preview(hands.agent, await hands.plan("expose 80", web))).refusal
    assert isinstance(refusal, Forbidden)
    assert refusal.next_step == "free some of it, or have the quota raised"


async def test_pods_of_a_workload_that_a_limit_range_refuses(
    hands: Hands, core: client.CoreV1Api, official: client.ApiClient, namespace: str
) -> None:
    web = deploy(official, namespace)
    bound(core, namespace, {"type": "Container", "max": {"memory": "32Mi"}})
    plan = await hands.plan("resources --memory-request=48Mi --memory-limit=64Mi", web)
    preview = await hands.gate.preview(hands.agent, plan)
    told = [note.text for note in preview.impact if note.health is Health.BAD]
    assert told == ["limit range sizes refuses what web makes: container app has more memory than 32Mi"]


async def test_the_most_that_an_autoscaler_may_make(
    hands: Hands, core: client.CoreV1Api, official: client.ApiClient, namespace: str
) -> None:
    await hold(core, namespace, {"requests.cpu": "50m"})
    web = deploy(official, namespace)
    await until(lambda: used(core, namespace)["requests.cpu"] == "10m")
    preview = await hands.gate.preview(hands.agent, await hands.plan("autoscale 1 5 80", web))
    assert of_quotas(preview) == [
        "OK HPA web at 5 pods: fits into quota team: requests.cpu 10m of 50m used, 50m with this"
    ]
    await hands.do("autoscale 1 5 80", web)
    preview = await hands.gate.preview(hands.agent, apply_plan(hands.agent, RAISED, "test.yaml", namespace, force=True))
    assert of_quotas(preview) == [
        "WARN HPA web at 6 pods: quota team has no room: requests.cpu 10m of 50m used, 60m with this"
    ]
