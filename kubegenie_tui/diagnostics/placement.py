"""Which nodes a pod may run on, as the scheduler's filters decide it: by labels and by taints.

Source: Kubernetes' documentation, "Assigning Pods to Nodes" and "Taints and Tolerations".
"""

from kubegenie_tui.diagnostics.pods import labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, value_at
from kubegenie_tui.domain.relations.label_selector import selects
from kubegenie_tui.domain.relations.tolerations import tolerates

_COMPARED = frozenset({"Gt", "Lt"})
_REQUIRED = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
_MAY = "ScheduleAnyway"
_KEEPS_AWAY = frozenset({"NoSchedule", "NoExecute"})


def fitting_nodes(snapshot: Snapshot, pod: Manifest) -> list[Manifest]:
    """The nodes that the pod's node selector and its required node affinity allow."""
    return [node for node in snapshot.all("nodes") if _fits(pod, node)]


def untolerated(pod: Manifest, node: Manifest) -> list[Manifest]:
    """The taints of a node that keep the pod away."""
    tolerations = mappings_at(pod, "spec.tolerations")
    taints = [taint for taint in mappings_at(node, "spec.taints") if taint.get("effect") in _KEEPS_AWAY]
    return [taint for taint in taints if not any(tolerates(each, taint) for each in tolerations)]


def unknown_topologies(snapshot: Snapshot, pod: Manifest) -> list[str]:
    """The labels over which the pod must be spread, and that no node has."""
    must = [c for c in mappings_at(pod, "spec.topologySpreadConstraints") if c.get("whenUnsatisfiable") != _MAY]
    had = {key for node in snapshot.all("nodes") for key in labels_of(node)}
    return [key for each in must if (key := text_at(each, "topologyKey")) and key not in had]


def is_cordoned(node: Manifest) -> bool:
    """Whether it takes no new pods because somebody said so."""
    return value_at(node, "spec.unschedulable") is True


def _fits(pod: Manifest, node: Manifest) -> bool:
    labels = labels_of(node)
    wanted = mapping_at(pod, "spec.nodeSelector")
    terms = mappings_at(pod, _REQUIRED)
    return all(labels.get(key) == str(value) for key, value in wanted.items()) and (not terms or holds(terms, node))


def holds(terms: list[Manifest], node: Manifest) -> bool:
    """Whether one of node selector terms holds for a node."""
    return any(_holds(term, node, labels_of(node)) for term in terms)


def _holds(term: Manifest, node: Manifest, labels: dict[str, str]) -> bool:
    """Whether a node selector term holds; comparisons of numbers are taken to."""
    wanted = [each for each in mappings_at(term, "matchExpressions") if each.get("operator") not in _COMPARED]
    fields = mappings_at(term, "matchFields")
    name = {"metadata.name": text_at(node, "metadata.name")}
    return (not wanted or selects({"matchExpressions": wanted}, labels)) and (
        not fields or selects({"matchExpressions": fields}, name)
    )
