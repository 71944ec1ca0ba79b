"""A world agrees with itself, time moves in it, and what mends a cause mends the symptom."""

import asyncio
import time
from collections import Counter
from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.api.defaulting import defaulted
from kubegenie_tui.demo.api.fields import Fields
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, labels_of, meta, name_of, namespace_of, with_meta
from kubegenie_tui.demo.story.manifests import deployment, manifest, secret
from kubegenie_tui.demo.story.stories import STORIES, build_world
from kubegenie_tui.demo.world.pods import ready
from kubegenie_tui.demo.world.scheduler import requested
from kubegenie_tui.demo.world.usage import node_usages
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.quantity import parse_quantity
from tests.unit.demo.conftest import NOW

SLICES = "endpointslices.discovery.k8s.io"


def everything(cluster: Cluster) -> list[Object]:
    return [obj for resource in cluster.catalog for obj in cluster.list(resource.id)]


@pytest.fixture(scope="session", params=STORIES)
def world(request: pytest.FixtureRequest, prod: World) -> World:
    """Each world of the demo, at NOW."""
    return prod if request.param == "prod-eu" else build_world(request.param, now=NOW)


def test_owners_live(world: World) -> None:
    objects = everything(world.cluster)
    alive = {meta(obj)["uid"]: (obj["apiVersion"], obj["kind"], name_of(obj), namespace_of(obj)) for obj in objects}
    for obj in objects:
        for owner in meta(obj).get("ownerReferences") or ():
            named = (owner["apiVersion"], owner["kind"], owner["name"], namespace_of(obj))
            assert alive[owner["uid"]] == named, f"{obj['kind']} {name_of(obj)}"
    assert len(alive) == len({id(obj) for obj in objects})


def test_pods_and_sets_are_owned(world: World) -> None:
    for kind_id in ("pods", "replicasets.apps"):
        assert all(meta(obj).get("ownerReferences") for obj in world.cluster.list(kind_id))


def test_counts_are_those_of_the_pods(world: World) -> None:
    found: Counter[str] = Counter()
    for pod in world.cluster.list("pods"):
        if ready(pod):
            owner = meta(pod)["ownerReferences"][0]
            holder = world.cluster.get("replicasets.apps", owner["name"], namespace_of(pod))
            top = meta(holder)["ownerReferences"][0] if holder else owner
            found[top["uid"]] += 1
    for kind_id, field in (
        ("deployments.apps", "readyReplicas"), ("statefulsets.apps", "readyReplicas"),
        ("daemonsets.apps", "numberReady"),
    ):  # fmt: skip
        for obj in world.cluster.list(kind_id):
            assert obj["status"].get(field, 0) == found[meta(obj)["uid"]], name_of(obj)
            assert obj["status"]["observedGeneration"] == meta(obj)["generation"]


def test_endpoints_are_the_pods_that_run(world: World) -> None:
    for slice_ in world.cluster.list(SLICES):
        service = world.cluster.get("services", labels_of(slice_)["kubernetes.io/service-name"], namespace_of(slice_))
        assert service
        selector = service["spec"]["selector"].items()
        pods = [pod for pod in world.cluster.list("pods", namespace_of(slice_)) if selector <= labels_of(pod).items()]
        listed = {each["targetRef"]["uid"]: each["conditions"]["ready"] for each in slice_["endpoints"]}
        assert listed == {meta(pod)["uid"]: ready(pod) for pod in pods if pod["status"]["phase"] == "Running"}


def test_nodes_hold_what_is_on_them(world: World) -> None:
    usages = node_usages(world.cluster)
    for node in world.cluster.list("nodes"):
        pods = [pod for pod in world.cluster.list("pods") if pod["spec"].get("nodeName") == name_of(node)]
        active = [pod for pod in pods if pod["status"]["phase"] not in ("Succeeded", "Failed")]
        room = {key: parse_quantity(value) for key, value in node["status"]["allocatable"].items()}
        assert len(active) <= room["pods"]
        for resource in ("cpu", "memory"):
            assert sum(requested(pod, resource) for pod in active) <= room[resource], name_of(node)
        millicores, kibibytes = usages[name_of(node)]
        assert millicores / 1000 < room["cpu"]
        assert kibibytes * 1024 < room["memory"]


def test_limits_are_kept(world: World) -> None:
    for quota in world.cluster.list("resourcequotas"):
        for key, hard in quota["status"]["hard"].items():
            assert parse_quantity(quota["status"]["used"][key]) <= parse_quantity(hard)
    for budget in world.cluster.list("poddisruptionbudgets.policy"):
        status = budget["status"]
        assert status["disruptionsAllowed"] == max(status["currentHealthy"] - status["desiredHealthy"], 0)


def test_events_are_about_something_and_of_the_last_hour(world: World) -> None:
    for event in world.cluster.list("events"):
        assert event["involvedObject"]["uid"]
        assert event["lastTimestamp"] >= event["firstTimestamp"]
    assert len(list(world.cluster.list("events"))) > 0


def test_events_are_forgotten_after_an_hour(edge: World) -> None:
    before = {name_of(event) for event in edge.cluster.list("events")}
    edge.run_until(NOW + 3700)
    assert not before & {name_of(event) for event in edge.cluster.list("events")}


def test_every_field_is_one_that_kubernetes_has(world: World) -> None:
    for obj in everything(world.cluster):
        unknown = Fields(obj, world.cluster.resource_of(obj)).unknown
        assert unknown == [], f"{obj['kind']} {name_of(obj)}"


def test_the_same_seed_is_the_same_world(edge: World) -> None:
    def written(world: World) -> list[bytes]:
        return [msgspec.json.encode(obj) for obj in everything(world.cluster)]

    assert written(build_world("edge-paris", now=NOW)) == written(edge)
    other = build_world("edge-paris", seed=1, now=NOW)
    assert {meta(obj)["uid"] for obj in everything(other.cluster)}.isdisjoint(
        meta(obj)["uid"] for obj in everything(edge.cluster)
    )


def test_restarts_increase() -> None:
    world = build_world("staging", now=NOW)

    def restarts() -> int:
        statuses = (pod["status"].get("containerStatuses") or () for pod in world.cluster.list("pods", "search"))
        return sum(status["restartCount"] for each in statuses for status in each)

    before = restarts()
    world.run_until(NOW + 3600)
    assert restarts() > before


def test_jobs_come_and_go() -> None:
    world = build_world("staging", now=NOW)
    before = {name_of(job) for job in world.cluster.list("jobs.batch", "platform")}
    world.run_until(NOW + 1800)
    after = {name_of(job) for job in world.cluster.list("jobs.batch", "platform")}
    assert after - before
    assert before - after
    cron = world.cluster.get("cronjobs.batch", "cleanup", "platform")
    assert cron
    assert cron["status"]["lastSuccessfulTime"]


@pytest.mark.parametrize("kind_id", ["jobs.batch", "replicasets.apps"])
def test_what_a_controller_made_has_what_the_server_fills_in(world: World, kind_id: str) -> None:
    """Else the next write, such as to suspend a Job, would change a template that cannot be changed."""
    for obj in world.cluster.list(kind_id):
        assert defaulted(obj)["spec"] == obj["spec"], name_of(obj)


def changed(world: World, kind_id: str, namespace: str, name: str, **spec: Any) -> Object:
    found = world.cluster.get(kind_id, name, namespace)
    assert found
    return world.cluster.replace({**found, "spec": {**found["spec"], **spec}})


def with_image(obj: Object, image: str) -> Object:
    template = obj["spec"]["template"]
    [container] = template["spec"]["containers"]
    return {**template, "spec": {**template["spec"], "containers": [{**container, "image": image}]}}


def test_a_rollout_proceeds(edge: World) -> None:
    before = edge.cluster.get("deployments.apps", "till", "pos")
    assert before
    changed(edge, "deployments.apps", "pos", "till", template=with_image(before, "pos/till:4.1.0"))
    seen = []
    for second in range(1, 60):
        edge.run_until(NOW + second)
        now = edge.cluster.get("deployments.apps", "till", "pos")
        assert now
        assert now["status"]["availableReplicas"] >= 3  # a quarter of three, rounded down, may be unavailable: none
        seen.append(now["status"]["updatedReplicas"])
    assert seen == sorted(seen)
    assert {1, 2, 3} <= set(seen)
    after = edge.cluster.get("deployments.apps", "till", "pos")
    assert after
    assert after["status"]["replicas"] == 3
    assert meta(after)["annotations"]["deployment.kubernetes.io/revision"] == "2"
    sizes = sorted(each["spec"]["replicas"] for each in edge.cluster.list("replicasets.apps", "pos"))
    assert sizes.count(3) == 1


def test_scaling(edge: World) -> None:
    for size in (6, 1):
        changed(edge, "deployments.apps", "pos", "till", replicas=size)
        edge.run_until(edge.cluster.clock.now() + 60)
        assert sum(labels_of(pod).get("app") == "till" for pod in edge.cluster.list("pods", "pos")) == size


def test_a_pod_that_is_deleted_comes_again(edge: World) -> None:
    old = next(pod for pod in edge.cluster.list("pods", "pos") if labels_of(pod)["app"] == "till")
    edge.cluster.delete(old, grace=30)
    edge.run_until(NOW + 60)
    now = [pod for pod in edge.cluster.list("pods", "pos") if labels_of(pod)["app"] == "till"]
    assert len(now) == 3
    assert all(map(ready, now))
    assert name_of(old) not in map(name_of, now)


def test_a_missing_secret_is_made(edge: World) -> None:
    made = deployment("pos", "needy", "shop/checkout:1.0.0", 1, env=[
        {"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": "needed", "key": "url"}}}
    ])  # fmt: skip
    edge.cluster.create(made)
    edge.run_until(NOW + 60)
    [pod] = [pod for pod in edge.cluster.list("pods", "pos") if labels_of(pod)["app"] == "needy"]
    waiting = pod["status"]["containerStatuses"][0]["state"]["waiting"]
    assert waiting["reason"] == "CreateContainerConfigError"
    edge.cluster.create(secret("pos", "needed", {"url": "postgres://db"}))
    edge.run_until(NOW + 120)
    healed = edge.cluster.get("pods", name_of(pod), "pos")
    assert healed
    assert ready(healed)


def test_a_bad_release_is_taken_back(edge: World) -> None:
    before = edge.cluster.get("deployments.apps", "receipts", "pos")
    assert before
    changed(edge, "deployments.apps", "pos", "receipts", template=with_image(before, "pos/receipts:1.4.0-typo"))
    edge.run_until(NOW + 60)
    waiting = [pod["status"]["containerStatuses"][0]["state"] for pod in edge.cluster.list("pods", "pos")]
    assert any(state.get("waiting", {}).get("reason") == "ImagePullBackOff" for state in waiting)
    changed(edge, "deployments.apps", "pos", "receipts", template=before["spec"]["template"])
    edge.run_until(NOW + 120)
    assert all(ready(pod) for pod in edge.cluster.list("pods", "pos") if labels_of(pod)["app"] == "receipts")


def test_a_cordoned_node_gets_no_more_pods(edge: World) -> None:
    before = {meta(pod)["uid"] for pod in edge.cluster.list("pods")}
    changed(edge, "nodes", "", "node-1", unschedulable=True)
    changed(edge, "deployments.apps", "pos", "till", replicas=9)
    edge.run_until(NOW + 60)
    fresh = [pod for pod in edge.cluster.list("pods") if meta(pod)["uid"] not in before]
    assert len(fresh) == 6
    assert "node-1" not in {pod["spec"].get("nodeName") for pod in fresh}


def test_an_autoscaler_follows_what_is_used(prod: World) -> None:
    scalers = {name_of(each): each["status"] for each in prod.cluster.list("horizontalpodautoscalers.autoscaling")}
    used = scalers["frontend"]["currentMetrics"][0]["resource"]["current"]["averageUtilization"]
    assert 20 < used < 100
    assert scalers["frontend"]["desiredReplicas"] == 6


def test_an_autoscaler_scales(edge: World) -> None:
    edge.cluster.create(deployment("pos", "busy", "search/indexer:3.3.0", 1, cpu="200m", memory="64Mi"))
    metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "busy"},
        "minReplicas": 1, "maxReplicas": 2, "metrics": [{"type": "Resource", "resource": metric}],
    }  # fmt: skip
    head = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler"}
    edge.cluster.create({**head, "metadata": {"name": "busy", "namespace": "pos"}, "spec": spec})
    edge.run_until(NOW + 60)
    found = edge.cluster.get("deployments.apps", "busy", "pos")
    assert found
    assert found["spec"]["replicas"] == 2


def test_a_claim_without_a_class_waits(edge: World) -> None:
    spec = {
        "storageClassName": "none", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}
    }  # fmt: skip
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c", "namespace": "pos"}}
    made = edge.cluster.create({**claim, "spec": spec})
    edge.run_until(NOW + 5)
    waiting = edge.cluster.get("persistentvolumeclaims", "c", "pos")
    assert waiting
    assert waiting["status"]["phase"] == "Pending"
    edge.cluster.delete(made)
    edge.cluster.create(with_meta({**claim, "spec": {**spec, "storageClassName": "fast"}}, name="d"))
    edge.run_until(NOW + 10)
    bound = edge.cluster.get("persistentvolumeclaims", "d", "pos")
    assert bound
    assert bound["status"]["phase"] == "Bound"


async def test_time_stops_when_it_is_told_to_though_something_has_just_happened() -> None:
    world = World(Cluster("one"))
    passing = asyncio.create_task(world.tick())
    await asyncio.sleep(0.05)
    world.plan(time.time() + 3600, list)
    passing.cancel()
    await asyncio.wait([passing], timeout=1)
    assert passing.cancelled()


@pytest.mark.parametrize(("stdin", "phase"), [(True, "Running"), (False, "Succeeded")])
def test_a_shell_that_is_typed_to_does_not_end(edge: World, stdin: bool, phase: str) -> None:
    shell = {"name": "shell", "image": "busybox:1.37", "command": ["nsenter", "--", "sh"], "stdin": stdin}
    spec = {"nodeName": "node-1", "restartPolicy": "Never", "containers": [shell]}
    edge.cluster.create(manifest("v1", "Pod", "node-shell", "default", spec=spec))
    edge.run_until(NOW + 60)
    pod = edge.cluster.get("pods", "node-shell", "default")
    assert pod
    assert pod["status"]["phase"] == phase
