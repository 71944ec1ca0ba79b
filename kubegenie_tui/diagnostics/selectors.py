"""Which pods a selector selects."""

from collections.abc import Iterator
from typing import Any

import msgspec

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import Workload, labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.nearness import is_slip, nearest
from kubegenie_tui.domain.relations.label_selector import selects
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

WORKLOADS = ("deployments.apps", "statefulsets.apps", "daemonsets.apps")
_FINISHING = ("jobs.batch", "cronjobs.batch")


class NearLabel(msgspec.Struct, frozen=True):
    """The one label by which a selector misses the pods of a workload."""

    key: str
    value: str
    """What the pods have."""
    word: str
    """`deployment web`."""
    proof: Evidence
    is_alone: bool
    """Whether it is a slip for certain, and no other workload is one away by another label."""


def matches(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether labels hold every pair of an equality selector, which is not empty."""
    return bool(selector) and all(labels.get(key) == str(value) for key, value in selector.items())


def selected_pods(snapshot: Snapshot, service: Manifest) -> list[Manifest]:
    """The pods behind a Service that are here, finished and leaving ones left out."""
    selector, namespace = mapping_at(service, "spec.selector"), ref_of("services", service).namespace
    return [
        pod
        for pod in snapshot.within("pods", namespace)
        if text_at(pod, "status.phase") not in ("Succeeded", "Failed")
        and not text_at(pod, "metadata.deletionTimestamp")
        and matches(selector, labels_of(pod))
    ]


def templates(snapshot: Snapshot, namespace: str) -> Iterator[tuple[str, Manifest, dict[str, str]]]:
    """Workloads and lone pods of a namespace with the labels their pods have."""
    for kind in WORKLOADS:
        for item in snapshot.within(kind, namespace):
            yield kind, item, labels_of(mapping_at(item, "spec.template"))
    for pod in snapshot.within("pods", namespace):
        if snapshot.owner_of(pod) is None:
            yield "pods", pod, labels_of(pod)


def asleep(snapshot: Snapshot, service: Manifest) -> tuple[str, Manifest] | None:
    """The workload of a service that is scaled to nothing."""
    selector, namespace = mapping_at(service, "spec.selector"), text_at(service, "metadata.namespace")
    for kind in ("deployments.apps", "statefulsets.apps"):
        for item in snapshot.within(kind, namespace):
            if number_at(item, "spec.replicas") == 0 and matches(
                selector, labels_of(mapping_at(item, "spec.template"))
            ):
                return kind, item
    return None


def selects_nothing(snapshot: Snapshot, namespace: str, selector: dict[str, Any]) -> bool:
    """Whether no pod has the labels, and no workload or job is going to make one that has."""
    held = [labels_of(pod) for pod in snapshot.within("pods", namespace)]
    for kind in (*WORKLOADS, *_FINISHING):
        path = TEMPLATE_PATHS[kind].removesuffix(".spec")
        held += [labels_of(mapping_at(each, path)) for each in snapshot.within(kind, namespace)]
    return not any(selects(selector, labels) for labels in held)


def will_be_selected(snapshot: Snapshot, namespace: str, selector: dict[str, Any]) -> bool:
    """Whether a workload or a job makes pods that a Service selects, or a job has made them and they are done."""
    for kind in (*WORKLOADS, *_FINISHING):
        path = TEMPLATE_PATHS[kind].removesuffix(".spec")
        if any(matches(selector, labels_of(mapping_at(each, path))) for each in snapshot.within(kind, namespace)):
            return True
    return any(
        matches(selector, labels_of(pod)) and any(text_at(o, "kind") == "Job" for o in _owners(pod))
        for pod in snapshot.within("pods", namespace)
    )


def _owners(pod: Manifest) -> list[Manifest]:
    return mappings_at(pod, "metadata.ownerReferences")


def near_label(snapshot: Snapshot, namespace: str, selector: dict[str, Any]) -> NearLabel | None:
    """The workload that a selector most probably means, when it is a slip in one label away."""
    found = list(_near_labels(snapshot, namespace, mapping_at(selector, "matchLabels")))
    meant = {(each.key, each.value) for each in found}
    if len(meant) != 1:
        return found[0] if found else None
    wanted = str(mapping_at(selector, "matchLabels")[found[0].key])
    return msgspec.structs.replace(found[0], is_alone=is_slip(wanted, found[0].value, 0.35))


def lacked_label(snapshot: Snapshot, namespace: str, selector: dict[str, Any]) -> tuple[str, str, Evidence] | None:
    """The label that the pods of the one workload lack which have all others: its key, whose they are, and proof."""
    found: list[tuple[str, str, Evidence]] = []
    for kind, item, labels in templates(snapshot, namespace):
        missed = [key for key, value in selector.items() if labels.get(key) != str(value)]
        if len(selector) > 1 and len(missed) == 1 and missed[0] not in labels:
            path = "metadata.labels" if kind == "pods" else "spec.template.metadata.labels"
            proof = fact(kind, item, path, ", ".join(f"{key}={value}" for key, value in labels.items()))
            found.append((missed[0], Workload(kind, item, "").word, proof))
    return found[0] if len(found) == 1 else None


def _near_labels(snapshot: Snapshot, namespace: str, pairs: Manifest) -> Iterator[NearLabel]:
    for kind, item, labels in templates(snapshot, namespace):
        missed = [key for key, value in pairs.items() if labels.get(key) != str(value)]
        if len(missed) == 1 and (has := labels.get(missed[0], "")) and nearest(str(pairs[missed[0]]), [has], 0.35):
            path = "metadata.labels" if kind == "pods" else "spec.template.metadata.labels"
            proof = fact(kind, item, path, ", ".join(f"{key}={value}" for key, value in labels.items()))
            yield NearLabel(missed[0], has, Workload(kind, item, "").word, proof, is_alone=False)
