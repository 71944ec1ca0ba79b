"""ReplicaSets, StatefulSets and DaemonSets: the right number of pods, and a status that counts them."""

from typing import TYPE_CHECKING

from kubegenie_tui.demo.state.objects import Object, labels_of, meta, name_of, namespace_of
from kubegenie_tui.demo.state.selectors import selected
from kubegenie_tui.demo.world.pods import new_pod, pods_of, ready, template_hash

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World

BURST = 500


def reconcile_set(world: "World", namespace: str, name: str) -> None:
    """Create or delete pods until a ReplicaSet has as many as it wants."""
    owner = world.cluster.get("replicasets.apps", name, namespace)
    if owner is None or meta(owner).get("deletionTimestamp"):
        return
    pods = [pod for pod in pods_of(world, owner) if not meta(pod).get("deletionTimestamp")]
    alive = [pod for pod in pods if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")]
    wanted = owner["spec"].get("replicas", 1)
    for _ in range(min(wanted - len(alive), BURST)):
        pod = create_pod(world, owner, f"{name}-{world.cluster.suffix()}")
        if pod is None:
            break
        alive.append(pod)
    surplus = sorted(alive, key=lambda pod: (ready(pod), bool(pod["spec"].get("nodeName")), name_of(pod)))
    for pod in surplus[: max(len(alive) - wanted, 0)]:
        remove_pod(world, owner, pod)
        alive.remove(pod)
    count = sum(map(ready, alive))
    status: Object = {"replicas": len(alive), "fullyLabeledReplicas": len(alive)}
    status |= {"readyReplicas": count, "availableReplicas": count} if count else {}
    _set_status(world, owner, status)


def reconcile_stateful(world: "World", namespace: str, name: str) -> None:
    """Create a StatefulSet's pods one after the other, remove them from the end."""
    owner = world.cluster.get("statefulsets.apps", name, namespace)
    if owner is None or meta(owner).get("deletionTimestamp"):
        return
    revision, wanted = f"{name}-{template_hash(owner)}", owner["spec"].get("replicas", 1)
    pods = {name_of(pod): pod for pod in pods_of(world, owner)}
    for number in range(wanted):
        pod = pods.get(f"{name}-{number}")
        if pod is None:
            _create_ordinal(world, owner, number, revision)
            break
        if not ready(pod):
            break
    for each, pod in pods.items():
        surplus = int(each.rpartition("-")[2]) >= wanted
        stale = labels_of(pod).get("controller-revision-hash") != revision and all(map(ready, pods.values()))
        if (surplus or stale) and not meta(pod).get("deletionTimestamp"):
            remove_pod(world, owner, pod)
            break
    current = [pod for pod in pods.values() if labels_of(pod).get("controller-revision-hash") == revision]
    count = sum(map(ready, pods.values()))
    status: Object = {"replicas": len(pods), "currentReplicas": len(current), "updatedReplicas": len(current)}
    status |= {
        "readyReplicas": count,
        "availableReplicas": count,
        "currentRevision": revision,
        "updateRevision": revision,
    }
    _set_status(world, owner, {**status, "collisionCount": 0})


def _create_ordinal(world: "World", owner: Object, number: int, revision: str) -> None:
    name = f"{name_of(owner)}-{number}"
    volumes = [_claim(world, owner, template, name) for template in owner["spec"].get("volumeClaimTemplates") or ()]
    labels = {
        "apps.kubernetes.io/pod-index": str(number),
        "controller-revision-hash": revision,
        "statefulset.kubernetes.io/pod-name": name,
    }
    create_pod(world, owner, name, labels=labels, volumes=volumes)


def _claim(world: "World", owner: Object, template: Object, pod: str) -> Object:
    claim, namespace = f"{name_of(template)}-{pod}", namespace_of(owner)
    if world.cluster.get("persistentvolumeclaims", claim, namespace) is None:
        metadata = {"name": claim, "namespace": namespace, "labels": owner["spec"]["selector"].get("matchLabels")}
        spec = {**template["spec"], "volumeMode": "Filesystem"}
        world.cluster.create(
            {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec},
            manager="kube-controller-manager",
        )
    return {"name": name_of(template), "persistentVolumeClaim": {"claimName": claim}}


def reconcile_daemons(world: "World", namespace: str, name: str) -> None:
    """Run one pod of a DaemonSet on each node that it selects."""
    owner = world.cluster.get("daemonsets.apps", name, namespace)
    if owner is None or meta(owner).get("deletionTimestamp"):
        return
    revision = template_hash(owner)
    pods = {pod["spec"].get("nodeName"): pod for pod in pods_of(world, owner)}
    wanted = {"matchLabels": owner["spec"]["template"]["spec"].get("nodeSelector")}
    nodes = [name_of(node) for node in world.cluster.list("nodes") if selected(node, wanted)]
    for node in nodes:
        pod = pods.get(node)
        labels = {"controller-revision-hash": revision, "pod-template-generation": str(meta(owner)["generation"])}
        if pod is None:
            create_pod(world, owner, f"{name}-{world.cluster.suffix()}", labels=labels, node=node)
        elif labels_of(pod)["controller-revision-hash"] != revision and all(map(ready, pods.values())):
            remove_pod(world, owner, pod)
            break
    running = sum(map(ready, pods.values()))
    current = sum(labels_of(pod)["controller-revision-hash"] == revision for pod in pods.values())
    status = {
        "currentNumberScheduled": len(pods), "numberMisscheduled": 0, "desiredNumberScheduled": len(nodes),
        "numberReady": running,
        "updatedNumberScheduled": current, "numberAvailable": running,
    }  # fmt: skip
    if len(nodes) > running:
        status["numberUnavailable"] = len(nodes) - running
    _set_status(world, owner, status)


def create_pod(
    world: "World", owner: Object, name: str, *, labels: dict[str, str] | None = None, node: str = "",
    volumes: list[Object] | None = None,
) -> Object | None:  # fmt: skip
    """A new pod of an owner, unless a quota forbids it (then None)."""
    from kubegenie_tui.demo.world.upkeep import quota_problem

    pod = new_pod(owner, name, labels or {}, node, volumes or [])
    component = f"{owner['kind'].lower()}-controller"
    problem = quota_problem(world.cluster, pod)
    if problem:
        message = f'Error creating: pods "{name}" is forbidden: {problem}'
        world.recorder.record(owner, "FailedCreate", message, component=component, kind="Warning")
        again = max(world.cluster.clock.now() + 60, world.recorder.present - 1800)
        world.at(again, world.cluster.resource_of(owner).id, namespace_of(owner), name_of(owner))
        return None
    created = world.cluster.create(pod, manager="kube-controller-manager")
    world.recorder.record(owner, "SuccessfulCreate", f"Created pod: {name}", component=component)
    return created


def remove_pod(world: "World", owner: Object, pod: Object) -> None:
    """Delete a pod of an owner."""
    world.cluster.delete(pod, grace=pod["spec"].get("terminationGracePeriodSeconds", 30))
    component = f"{owner['kind'].lower()}-controller"
    world.recorder.record(owner, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}", component=component)


def _set_status(world: "World", owner: Object, status: Object) -> None:
    observed = {"observedGeneration": meta(owner)["generation"]}
    kept = {key: value for key, value in (owner.get("status") or {}).items() if key == "conditions"}
    world.cluster.set_status(owner, {**kept, **status, **observed})
