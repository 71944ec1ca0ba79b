"""Deployments: one ReplicaSet a revision, replaced a few pods at a time, with the conditions that tell how it goes."""

from typing import TYPE_CHECKING

from kubegenie_tui.demo.state.objects import (
    Object,
    labels_of,
    meta,
    name_of,
    namespace_of,
    owner_reference,
    with_meta,
)
from kubegenie_tui.demo.world.pods import template_hash
from kubegenie_tui.domain.quantity import parse_time

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World

REVISION = "deployment.kubernetes.io/revision"
HASH = "pod-template-hash"


def reconcile(world: "World", namespace: str, name: str) -> None:
    """Move a Deployment one step towards its spec."""
    deployment = world.cluster.get("deployments.apps", name, namespace)
    if deployment is None or meta(deployment).get("deletionTimestamp"):
        return
    sets = sets_of(world, deployment)
    current = next((each for each in sets if labels_of(each)[HASH] == template_hash(deployment)), None)
    if current is None and not deployment["spec"].get("paused"):
        current = _new_set(world, deployment, sets)
    if current is not None:
        current = _ensure_revision(world, deployment, current, sets)
        if not deployment["spec"].get("paused"):
            _roll(world, deployment, current, [each for each in sets if name_of(each) != name_of(current)])
        elif len(sets) == 1:
            _scale(world, deployment, current, deployment["spec"].get("replicas", 1))
    _trim_history(world, deployment)
    _report(world, deployment, current)


def sets_of(world: "World", deployment: Object) -> list[Object]:
    """The ReplicaSets of a Deployment, oldest revision first."""
    owned = [each for each in world.children(meta(deployment)["uid"]) if each["kind"] == "ReplicaSet"]
    return sorted(owned, key=revision_of)


def revision_of(obj: Object) -> int:
    """The revision a ReplicaSet or Deployment is at; 0 when it has none."""
    return int((meta(obj).get("annotations") or {}).get(REVISION, "0"))


def _new_set(world: "World", deployment: Object, sets: list[Object]) -> Object:
    digest, template = template_hash(deployment), deployment["spec"]["template"]
    labels = {**labels_of(template), HASH: digest}
    selector = {"matchLabels": {**deployment["spec"]["selector"].get("matchLabels", {}), HASH: digest}}
    revision = max(map(revision_of, sets), default=0) + 1
    annotations = {
        REVISION: str(revision),
        "deployment.kubernetes.io/desired-replicas": str(deployment["spec"]["replicas"]),
    }
    if cause := (meta(deployment).get("annotations") or {}).get("kubernetes.io/change-cause"):
        annotations["kubernetes.io/change-cause"] = cause
    return world.cluster.create(
        manager="kube-controller-manager",
        obj={
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": f"{name_of(deployment)}-{digest}",
                "namespace": namespace_of(deployment),
                "labels": labels,
                "annotations": annotations,
                "ownerReferences": [owner_reference(deployment)],
            },
            "spec": {
                "replicas": 0,
                "selector": selector,
                "template": {**template, "metadata": {**meta(template), "labels": labels}},
            },
            "status": {"replicas": 0},
        },
    )


def _ensure_revision(world: "World", deployment: Object, current: Object, sets: list[Object]) -> Object:
    latest = max(map(revision_of, sets), default=1)
    if revision_of(current) < latest:
        current = _annotate(world, current, str(latest + 1))
    if revision_of(deployment) != revision_of(current):
        _annotate(world, deployment, str(revision_of(current)))
    return current


def _annotate(world: "World", obj: Object, revision: str) -> Object:
    return world.cluster.replace(
        with_meta(obj, annotations={**(meta(obj).get("annotations") or {}), REVISION: revision})
    )


def _roll(world: "World", deployment: Object, current: Object, old: list[Object]) -> None:
    wanted = deployment["spec"].get("replicas", 1)
    surge, unavailable = _bounds(deployment, wanted)
    total = sum(each["spec"]["replicas"] for each in [current, *old])
    have = current["spec"]["replicas"]
    if _recreates(deployment) and any((each.get("status") or {}).get("replicas") for each in old):
        grow = have
    else:
        grow = min(wanted, have + max(wanted + surge - total, 0)) if have < wanted else wanted
    _scale(world, deployment, current, grow)
    ready_now = [(each.get("status") or {}).get("readyReplicas", 0) for each in [current, *old]]
    spare = sum(min(count, each["spec"]["replicas"]) for count, each in zip(ready_now, [current, *old], strict=True))
    spare -= wanted - unavailable
    for each, count in zip(old, ready_now[1:], strict=True):
        size = each["spec"]["replicas"]
        cut = size if _recreates(deployment) else (size - min(count, size)) + max(min(spare, min(count, size)), 0)
        spare -= min(count, size) if cut >= size else max(spare, 0)
        _scale(world, deployment, each, size - min(cut, size))


def _recreates(deployment: Object) -> bool:
    return (deployment["spec"].get("strategy") or {}).get("type") == "Recreate"


def _bounds(deployment: Object, wanted: int) -> tuple[int, int]:
    rolling = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}

    def number(value: int | str, *, up: bool) -> int:
        if isinstance(value, int):
            return value
        share = int(value.rstrip("%")) * wanted
        return -(-share // 100) if up else share // 100

    surge = number(rolling.get("maxSurge", "25%"), up=True)
    unavailable = number(rolling.get("maxUnavailable", "25%"), up=False)
    return (surge, unavailable) if surge or unavailable else (0, 1)


def _scale(world: "World", deployment: Object, replica_set: Object, size: int) -> None:
    before = replica_set["spec"]["replicas"]
    if before == size:
        return
    fresh = world.cluster.get("replicasets.apps", name_of(replica_set), namespace_of(replica_set)) or replica_set
    world.cluster.replace({**fresh, "spec": {**fresh["spec"], "replicas": size}})
    word = "up" if size > before else "down"
    message = f"Scaled {word} replica set {name_of(replica_set)} from {before} to {size}"
    world.recorder.record(deployment, "ScalingReplicaSet", message, component="deployment-controller")


def _trim_history(world: "World", deployment: Object) -> None:
    limit = deployment["spec"].get("revisionHistoryLimit", 10)
    idle = [each for each in sets_of(world, deployment)[:-1] if not each["spec"]["replicas"]]
    for each in idle[: max(len(idle) - limit, 0)]:
        world.cluster.forget(each)


def _report(world: "World", deployment: Object, current: Object | None) -> None:
    fresh = world.cluster.get("deployments.apps", name_of(deployment), namespace_of(deployment)) or deployment
    counts = [(each, each.get("status") or {}) for each in sets_of(world, fresh)]
    wanted = fresh["spec"].get("replicas", 1)
    total = sum(status.get("replicas", 0) for _, status in counts)
    available = sum(status.get("availableReplicas", 0) for _, status in counts)
    updated = sum(status.get("replicas", 0) for each, status in counts if current and name_of(each) == name_of(current))
    status: Object = {"observedGeneration": meta(fresh)["generation"], "replicas": total, "updatedReplicas": updated}
    status |= {"readyReplicas": available, "availableReplicas": available}
    if wanted > available:
        status["unavailableReplicas"] = wanted - available
    done = updated == wanted == total == available
    _, unavailable = _bounds(fresh, wanted)
    conditions = [
        _available(world, fresh, available >= wanted - unavailable),
        _progressing(world, fresh, current, done=done, seen=(updated, total, available)),
    ]
    nothing = {key: value for key, value in status.items() if value or key == "observedGeneration"}
    world.cluster.set_status(fresh, {**nothing, "conditions": conditions})


def _available(world: "World", deployment: Object, enough: bool) -> Object:
    if enough:
        return _condition(
            world, deployment, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability."
        )
    message = "Deployment does not have minimum availability."
    return _condition(world, deployment, "Available", "False", "MinimumReplicasUnavailable", message)


def _progressing(
    world: "World", deployment: Object, current: Object | None, *, done: bool, seen: tuple[int, int, int]
) -> Object:
    name = name_of(current) if current else ""
    if done:
        message = f'ReplicaSet "{name}" has successfully progressed.'
        return _condition(world, deployment, "Progressing", "True", "NewReplicaSetAvailable", message)
    old = _old_condition(deployment, "Progressing")
    status = deployment.get("status") or {}
    before = tuple(status.get(key, 0) for key in ("updatedReplicas", "replicas", "availableReplicas"))
    since = parse_time(old["lastUpdateTime"]) if old and before == seen else world.cluster.clock.now()
    limit = deployment["spec"].get("progressDeadlineSeconds", 600)
    if world.cluster.clock.now() - since >= limit or (old and old["status"] == "False" and before == seen):
        message = f'ReplicaSet "{name}" has timed out progressing.'
        return _condition(world, deployment, "Progressing", "False", "ProgressDeadlineExceeded", message)
    world.at(since + limit, "deployments.apps", namespace_of(deployment), name_of(deployment))
    message = f'ReplicaSet "{name}" is progressing.'
    fresh = _condition(world, deployment, "Progressing", "True", "ReplicaSetUpdated", message)
    return fresh if before == seen else {**fresh, "lastUpdateTime": world.cluster.clock.stamp()}


def _old_condition(deployment: Object, kind: str) -> Object | None:
    conditions = (deployment.get("status") or {}).get("conditions") or ()
    return next((each for each in conditions if each["type"] == kind), None)


def _condition(world: "World", deployment: Object, kind: str, status: str, reason: str, message: str) -> Object:
    old, now = _old_condition(deployment, kind), world.cluster.clock.stamp()
    same = old is not None and old["status"] == status and old["reason"] == reason and old["message"] == message
    if same and old is not None:
        return old
    since = old["lastTransitionTime"] if old and old["status"] == status else now
    return {
        "type": kind,
        "status": status,
        "lastUpdateTime": now,
        "lastTransitionTime": since,
        "reason": reason,
        "message": message,
    }
