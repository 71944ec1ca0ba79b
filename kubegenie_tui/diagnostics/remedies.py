"""Operations that end a fault for certain. What depends on a person's judgement stays a next step in words."""

from kubegenie_tui.diagnostics.placement import fitting_nodes, is_cordoned, untolerated
from kubegenie_tui.diagnostics.pods import Workload, is_ready
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.manifest import REVISION, Manifest, mapping_at, mappings_at, number_at, text_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef

_NO_ROOM = "insufficient-"
"""Begins the rules about pods that no node has room for."""
_SCALERS = "horizontalpodautoscalers.autoscaling"
_SCALED = frozenset({"deployments.apps", "statefulsets.apps"})
_CORDONED = "node.kubernetes.io/unschedulable"
_QUEUE = "kueue.x-k8s.io/queue-name"
"""The label by which Kueue suspends jobs until it is their turn."""
_FAILS_AGAIN = 2
"""Failed jobs of a CronJob, or failed pods of a Job, from which on the next one will most likely fail as well."""


def rollback(snapshot: Snapshot, workload: Workload, pod: Manifest) -> Remedy | None:
    """Back to the revision whose pods still serve, while none of the newest is ready."""
    if workload.kind != "deployments.apps" or value_at(workload.manifest, "spec.paused") is True:
        return None
    sets = [item for kind, item in snapshot.owned_by(workload.manifest) if kind == "replicasets.apps"]
    revisions = sorted(((_revision(item), item) for item in sets if _revision(item)), key=lambda each: each[0])
    if not revisions or _ready(revisions[-1][1]) or not _is_of(pod, revisions[-1][1]):
        return None
    serving = [revision for revision, item in revisions[:-1] if _ready(item)]
    return Remedy("rollback", workload.ref, {"revision": str(serving[-1])}) if serving else None


def _revision(replica_set: Manifest) -> int:
    number = str(mapping_at(replica_set, "metadata.annotations").get(REVISION, ""))
    return int(number) if number.isdigit() else 0


def _ready(replica_set: Manifest) -> int:
    return number_at(replica_set, "status.readyReplicas") or 0


def _is_of(pod: Manifest, replica_set: Manifest) -> bool:
    uid = text_at(replica_set, "metadata.uid")
    return any(text_at(owner, "uid") == uid for owner in mappings_at(pod, "metadata.ownerReferences"))


def fit(snapshot: Snapshot, workload: Workload, rule: str) -> Remedy | None:
    """As many replicas as run now, where the nodes have no room for more and no rollout or autoscaler is at work."""
    manifest = workload.manifest
    wanted, ready = number_at(manifest, "spec.replicas"), number_at(manifest, "status.readyReplicas")
    if not rule.startswith(_NO_ROOM) or workload.kind not in _SCALED or not ready or not wanted or ready >= wanted:
        return None
    settled = number_at(manifest, "status.updatedReplicas") == number_at(manifest, "status.replicas")
    if not settled or _is_autoscaled(snapshot, workload):
        return None
    return Remedy("scale", workload.ref, {"replicas": str(ready)})


def _is_autoscaled(snapshot: Snapshot, workload: Workload) -> bool:
    """Whether an autoscaler decides; taken for granted where none could be read."""
    ref = workload.ref
    return _SCALERS not in snapshot.kinds() or any(
        text_at(scaler, "metadata.namespace") == ref.namespace
        and text_at(scaler, "spec.scaleTargetRef.name") == ref.name
        for scaler in snapshot.all(_SCALERS)
    )


def uncordon(snapshot: Snapshot, pod: Manifest, root: ObjectRef) -> Remedy | None:
    """Open the one node that would take a pod, where it is well and nothing else keeps the pod away."""
    closed = [node for node in fitting_nodes(snapshot, pod) if is_cordoned(node)]
    if root.kind != "nodes" or [ref_of("nodes", node) for node in closed] != [root] or not is_ready(closed[0]):
        return None
    taints = {text_at(taint, "key") for taint in untolerated(pod, closed[0])}
    return Remedy("uncordon", root) if taints <= {_CORDONED} else None


def unsuspend(snapshot: Snapshot, ref: ObjectRef, item: Manifest) -> Remedy | None:
    """Let a Job or a CronJob run again that no controller and no queue suspends, and whose jobs do not fail."""
    is_owned = any(each.get("controller") for each in mappings_at(item, "metadata.ownerReferences"))
    is_queued = _QUEUE in mapping_at(item, "metadata.labels") or text_at(item, "spec.managedBy")
    fails = any(is_failed(job) for kind, job in snapshot.owned_by(item) if kind == "jobs.batch")
    return None if is_owned or is_queued or fails else Remedy("unsuspend", ref)


def resume(workload: Workload) -> Remedy:
    """Let a paused rollout go on."""
    return Remedy("resume", workload.ref)


def suspend(snapshot: Snapshot, owner: Workload) -> Remedy | None:
    """Hold a CronJob whose jobs fail one after the other."""
    if owner.kind != "cronjobs.batch" or value_at(owner.manifest, "spec.suspend") is True:
        return None
    jobs = [item for kind, item in snapshot.owned_by(owner.manifest) if kind == "jobs.batch"]
    failed = [job for job in jobs if is_failed(job)]
    return Remedy("suspend", ref_of(owner.kind, owner.manifest)) if len(failed) >= _FAILS_AGAIN else None


def is_failed(job: Manifest) -> bool:
    """Whether a Job has given up."""
    return any(
        each.get("type") == "Failed" and each.get("status") == "True" for each in mappings_at(job, "status.conditions")
    )


def keeps_failing(job: Manifest) -> bool:
    """Whether so many pods of a Job have failed that its next one will most likely fail as well."""
    return (number_at(job, "status.failed") or 0) >= _FAILS_AGAIN
