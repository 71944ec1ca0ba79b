"""What a pod that no node takes may have meant: a claim or a label of nodes whose name is near."""

import re

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.calls import workloads
from kubegenie_tui.diagnostics.pods import Workload, labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.diagnostics.volumes import users
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.manifest import mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import nearest
from kubegenie_tui.domain.object_ref import ObjectRef

NO_CLAIM = re.compile(r'persistentvolumeclaim "([\w.-]+)" not found')
"""What the scheduler says of a claim that is not there."""


def of_place(snapshot: Snapshot, workload: Workload, rule: str, said: str) -> Remedy | None:
    """The one claim or the one label of nodes that is near, in place of what is not there."""
    if rule == "missing-claim" and (match := NO_CLAIM.search(said)):
        near = other_claim(snapshot, ObjectRef("persistentvolumeclaims", match[1], workload.ref.namespace))
        return corrections.of_claim(workload, match[1], near) if near else None
    return of_nodes(snapshot, workload) if rule == "node-selector" else None


def of_nodes(snapshot: Snapshot, workload: Workload) -> Remedy | None:
    """The one value near the one of a node selector, which nodes have that fit the rest of it."""
    wanted = {key: str(value) for key, value in mapping_at(workload.pod_spec, "nodeSelector").items()}
    nodes = [labels_of(node) for node in snapshot.all("nodes")]
    for key, value in wanted.items():
        rest = {**wanted}
        del rest[key]
        values = {labels.get(key, "") for labels in nodes if rest.items() <= labels.items()} - {""}
        near = "" if value in values else nearest(value, values, 0.4)
        if corrections.is_alone(value, near, values, 0.4):
            return corrections.of_template(workload, {"nodeSelector": {key: near}})
    return None


def of_node(snapshot: Snapshot, workload: Workload, name: str, near: str) -> Remedy | None:
    """The one node whose name is near the one that pods are bound to."""
    is_sure = corrections.is_alone(name, near, snapshot.names("nodes", ""))
    return corrections.of_template(workload, {"nodeName": near}) if is_sure else None


def other_claim(snapshot: Snapshot, claim: ObjectRef) -> str:
    """The one claim that is near, and that nobody uses; empty for none."""
    names = snapshot.names(claim.kind, claim.namespace)
    near = nearest(claim.name, names)
    if not corrections.is_alone(claim.name, near, names):
        return ""
    return "" if _is_used(snapshot, ObjectRef(claim.kind, near, claim.namespace)) else near


def _is_used(snapshot: Snapshot, claim: ObjectRef) -> bool:
    """By a pod, or by a workload whose pods may not be here whole; claims of sets are named after these."""
    if any(users(snapshot, claim)):
        return True
    for workload in workloads(snapshot):
        if workload.ref.namespace == claim.namespace:
            volumes = mappings_at(workload.pod_spec, "volumes")
            named = claim.name in [text_at(each, "persistentVolumeClaim.claimName") for each in volumes]
            if named or re.search(rf"-{re.escape(workload.ref.name)}-\d+$", claim.name):
                return True
    return False
