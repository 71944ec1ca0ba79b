"""Which other objects a summary needs: the pods of a workload or a node, the endpoints of a service."""

import msgspec

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.summary_section import selector

_RUN_PODS = frozenset({"deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch"})


class Related(msgspec.Struct, frozen=True):
    """A list call."""

    kind: str
    """Kind id."""
    namespace: str
    label_selector: str = ""
    field_selector: str = ""


def runs_pods(kind: Kind) -> bool:
    """Whether objects of this kind have pods, and so logs: pods themselves and what makes them."""
    return kind.id == "pods" or kind.id in _RUN_PODS


def related_to(kind: Kind, manifest: Manifest) -> Related | None:
    """What to list beside the object; None when it stands alone."""
    name, namespace = text_at(manifest, "metadata.name"), text_at(manifest, "metadata.namespace")
    if kind.id in _RUN_PODS:
        labels = selector(mapping_at(manifest, "spec"), "selector")
        return Related("pods", namespace, label_selector=labels) if labels else None
    if kind.id == "services":
        return Related("endpointslices.discovery.k8s.io", namespace, f"kubernetes.io/service-name={name}")
    if kind.id == "nodes":
        return Related("pods", "", field_selector=f"spec.nodeName={name}")
    return None
