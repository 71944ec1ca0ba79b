"""Devices that pods claim, such as GPUs, where a claim, its template or the class of a device is not there.

Source: Kubernetes' documentation, "Dynamic Resource Allocation". A pod whose claim is not there stays Pending, and the
scheduler says nothing of it.
"""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact, severity_of
from kubegenie_tui.diagnostics.pods import Workload, live_pods, workload_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef

_CLAIMS, _TEMPLATES = "resourceclaims.resource.k8s.io", "resourceclaimtemplates.resource.k8s.io"
_CLASSES = "deviceclasses.resource.k8s.io"
_NAMED_BY = {
    "resourceClaimTemplateName": (_TEMPLATES, "ResourceClaimTemplate", "spec.spec"),
    "resourceClaimName": (_CLAIMS, "ResourceClaim", "spec"),
}
"""By field of a pod's claim: the kind that it names, and where that says which devices are wanted."""
_NO_CLASS = re.compile(r"device class (?P<name>[\w.-]+) does not exist")
"""What the scheduler says."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Pods on no node that claim what is not there."""
    for pod in live_pods(snapshot):
        if not text_at(pod, "spec.nodeName"):
            yield from lacking(snapshot, pod)


def lacking(snapshot: Snapshot, pod: Manifest) -> Iterator[Finding]:
    """What one pod claims and what is not there."""
    workload, space = workload_of(snapshot, pod), ref_of("pods", pod).namespace
    for claim in mappings_at(pod, "spec.resourceClaims"):
        for by, (kind, word, path) in _NAMED_BY.items():
            name, field = text_at(claim, by), f"{workload.spec_path}.resourceClaims[{text_at(claim, 'name')}].{by}"
            if name and snapshot.is_missing(kind, space, name):
                near = nearest(name, snapshot.names(kind, space))
                why = f'there is no {word} "{name}" in namespace {space}{did_you_mean(near)}'
                root, at = (workload.ref, field) if near else (ObjectRef(kind, name, space), "")
                step = f"claim {near}" if near else f"make the {word} {name}, or claim another one"
                proof = fact(workload.kind, workload.manifest, field, name)
                yield _finding(snapshot, (workload, pod), why, (root, at), proof, step)
            elif name and (target := snapshot.get(kind, space, name)) is not None:
                yield from _of_no_class(snapshot, workload, pod, (kind, target, path))


def _of_no_class(
    snapshot: Snapshot, workload: Workload, pod: Manifest, claimed: tuple[str, Manifest, str]
) -> Iterator[Finding]:
    kind, target, path = claimed
    for place, request in enumerate(mappings_at(target, f"{path}.devices.requests")):
        for way in ("exactly.", ""):
            name = text_at(request, f"{way}deviceClassName")
            if name and (snapshot.is_missing(_CLASSES, "", name) or name in _said_to_be_missing(pod)):
                near = nearest(name, snapshot.names(_CLASSES, ""))
                field = f"{path}.devices.requests[{place}].{way}deviceClassName"
                why = f'there is no DeviceClass "{name}"{did_you_mean(near)}'
                step = f"ask for a device of class {near}" if near else "install the driver of these devices"
                root = ref_of(kind, target), field
                yield _finding(snapshot, (workload, pod), why, root, fact(kind, target, field), step)


def _said_to_be_missing(pod: Manifest) -> set[str]:
    said = (text_at(each, "message") for each in mappings_at(pod, "status.conditions"))
    return {name for each in said for name in _NO_CLASS.findall(each)}


def _finding(
    snapshot: Snapshot, whose: tuple[Workload, Manifest], why: str, root: tuple[ObjectRef, str], proof: Evidence,
    step: str,
) -> Finding:  # fmt: skip
    workload, pod = whose
    state = fact("pods", pod, "status.phase", text_at(mapping_at(pod, "status"), "phase") or "Pending")
    return Finding(
        "missing-device-claim", severity_of(snapshot, workload),
        f"{workload.word}: pod {text_at(pod, 'metadata.name')} waits for a device that cannot be claimed", why, *root,
        (state, proof), (workload.ref, ref_of("pods", pod)), 0.95, (step,),
    )  # fmt: skip
