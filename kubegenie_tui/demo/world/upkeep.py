"""The quiet controllers: namespaces, garbage, quotas, disruption budgets and claims."""

from typing import TYPE_CHECKING

from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, meta, name_of, namespace_of, with_meta
from kubegenie_tui.demo.world.pods import ready, selected_pods
from kubegenie_tui.domain.quantity import parse_quantity

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World


def reconcile_namespace(world: "World", _: str, name: str) -> None:
    """Give a new namespace its defaults; empty one that is deleted, then let it go."""
    namespace = world.cluster.get("namespaces", name)
    if namespace is None:
        return
    if not meta(namespace).get("deletionTimestamp"):
        _furnish(world.cluster, name)
        return
    left = [
        obj
        for resource in world.cluster.catalog
        if resource.namespaced
        for obj in world.cluster.list(resource.id, name)
    ]
    for obj in left:
        world.cluster.delete(obj)
    held = [
        obj
        for resource in world.cluster.catalog
        if resource.namespaced
        for obj in world.cluster.list(resource.id, name)
    ]
    if held:
        world.at(world.cluster.clock.now() + 1, "namespaces", "", name)
    else:
        world.cluster.forget(namespace)


def _furnish(cluster: Cluster, name: str) -> None:
    if cluster.get("serviceaccounts", "default", name) is None:
        metadata = {"name": "default", "namespace": name}
        cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
        metadata = {"name": "kube-root-ca.crt", "namespace": name}
        cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"ca.crt": "(demo)"}})


def collect(world: "World", owner: Object) -> None:
    """Delete what a deleted object owned."""
    for child in world.children(meta(owner)["uid"]):
        world.cluster.delete(child, grace=30 if child["kind"] == "Pod" else None)


def reconcile_deletion(world: "World", namespace: str, path: str) -> None:
    """Do what the finalizers of the garbage collector stand for; `path` is a kind id and a name."""
    kind_id, _, name = path.partition("/")
    owner = world.cluster.get(kind_id, name, namespace)
    finalizers = meta(owner).get("finalizers") or [] if owner else []
    if owner is None or not meta(owner).get("deletionTimestamp"):
        return
    children = world.children(meta(owner)["uid"])
    if "orphan" in finalizers:
        for child in children:
            left = [each for each in meta(child)["ownerReferences"] if each["uid"] != meta(owner)["uid"]]
            world.cluster.replace(with_meta(child, ownerReferences=left))
        world.cluster.replace(with_meta(owner, finalizers=[each for each in finalizers if each != "orphan"]))
    elif "foregroundDeletion" in finalizers and children:
        collect(world, owner)
        world.at(world.cluster.clock.now() + 0.5, "deletions", namespace, path)
    elif "foregroundDeletion" in finalizers:
        world.cluster.replace(
            with_meta(owner, finalizers=[each for each in finalizers if each != "foregroundDeletion"])
        )


def pod_demand(pod: Object) -> dict[str, float]:
    """What a pod counts for in a quota."""
    demand = {"pods": 1.0}
    for container in pod["spec"]["containers"]:
        for kind in ("requests", "limits"):
            for resource, amount in ((container.get("resources") or {}).get(kind) or {}).items():
                demand[f"{kind}.{resource}"] = demand.get(f"{kind}.{resource}", 0) + parse_quantity(str(amount))
    return demand


def quota_problem(cluster: Cluster, pod: Object) -> str:
    """Which quota a new pod would exceed, in the words of admission; empty when none."""
    for quota in cluster.list("resourcequotas", namespace_of(pod)):
        hard, used, demand = quota["spec"]["hard"], _used(cluster, quota), pod_demand(pod)
        over = [key for key in hard if used.get(key, 0) + demand.get(key, 0) > parse_quantity(str(hard[key]))]
        over = [key for key in over if demand.get(key)]
        if over:
            asked = ",".join(f"{key}={_amount(key, demand[key])}" for key in over)
            has = ",".join(f"{key}={_amount(key, used.get(key, 0))}" for key in over)
            limit = ",".join(f"{key}={hard[key]}" for key in over)
            return f"exceeded quota: {name_of(quota)}, requested: {asked}, used: {has}, limited: {limit}"
    return ""


def _used(cluster: Cluster, quota: Object) -> dict[str, float]:
    used: dict[str, float] = {}
    for pod in cluster.list("pods", namespace_of(quota)):
        if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
            for key, amount in pod_demand(pod).items():
                used[key] = used.get(key, 0) + amount
    for kind in ("services", "secrets", "configmaps", "persistentvolumeclaims"):
        used[kind] = float(len(list(cluster.list(kind, namespace_of(quota)))))
    return used


def _amount(key: str, value: float) -> str:
    if key.endswith("memory"):
        return f"{value / 2**20:.0f}Mi"
    if key.endswith("cpu"):
        return f"{value:.0f}" if value == int(value) else f"{value * 1000:.0f}m"
    return f"{value:.0f}"


def reconcile_quota(world: "World", namespace: str, name: str) -> None:
    """Count what a quota limits."""
    quota = world.cluster.get("resourcequotas", name, namespace)
    if quota is not None:
        used = _used(world.cluster, quota)
        hard = quota["spec"]["hard"]
        world.cluster.set_status(quota, {"hard": hard, "used": {key: _amount(key, used.get(key, 0)) for key in hard}})


def reconcile_budget(world: "World", namespace: str, name: str) -> None:
    """Count how many pods of a disruption budget may go."""
    budget = world.cluster.get("poddisruptionbudgets.policy", name, namespace)
    if budget is None:
        return
    pods = selected_pods(world.cluster, namespace, budget["spec"]["selector"])
    healthy, spec = sum(map(ready, pods)), budget["spec"]
    lowest = (
        spec["minAvailable"] if "minAvailable" in spec else len(pods) - _count(spec.get("maxUnavailable", 1), len(pods))
    )
    lowest = _count(lowest, len(pods))
    status = {
        "observedGeneration": meta(budget)["generation"],
        "disruptionsAllowed": max(healthy - lowest, 0),
        "currentHealthy": healthy,
        "desiredHealthy": lowest,
        "expectedPods": len(pods),
    }
    world.cluster.set_status(budget, status)


def _count(value: int | str, total: int) -> int:
    return value if isinstance(value, int) else -(-int(value.rstrip("%")) * total // 100)


def reconcile_claim(world: "World", namespace: str, name: str) -> None:
    """Provision a volume for a claim whose class exists."""
    claim = world.cluster.get("persistentvolumeclaims", name, namespace)
    if claim is None or claim["spec"].get("volumeName"):
        return
    klass = claim["spec"].get("storageClassName", "standard")
    if world.cluster.get("storageclasses.storage.k8s.io", klass) is None:
        world.cluster.set_status(claim, {"phase": "Pending"})
        message = f'storageclass.storage.k8s.io "{klass}" not found'
        world.recorder.record(
            claim, "ProvisioningFailed", message, component="persistentvolume-controller", kind="Warning"
        )
        return
    volume = _provision(world.cluster, claim, klass)
    spec = volume["spec"]
    bound = {**claim, "spec": {**claim["spec"], "volumeName": name_of(volume), "storageClassName": klass}}
    status = {"phase": "Bound", "accessModes": spec["accessModes"], "capacity": spec["capacity"]}
    world.cluster.replace(with_meta({**bound, "status": status}, finalizers=meta(claim).get("finalizers")))


def _provision(cluster: Cluster, claim: Object, klass: str) -> Object:
    return cluster.create(
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": f"pvc-{meta(claim)['uid']}"},
            "spec": {
                "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
                "csi": {"driver": "disk.csi.northwind.example", "volumeHandle": f"vol-{meta(claim)['uid'][:8]}"},
                "accessModes": claim["spec"]["accessModes"],
                "claimRef": {
                    "kind": "PersistentVolumeClaim",
                    "namespace": namespace_of(claim),
                    "name": name_of(claim),
                    "uid": meta(claim)["uid"],
                    "apiVersion": "v1",
                },
                "persistentVolumeReclaimPolicy": "Delete",
                "storageClassName": klass,
                "volumeMode": "Filesystem",
            },
            "status": {"phase": "Bound"},
        }
    )
