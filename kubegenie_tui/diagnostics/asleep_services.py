"""Services that lead to a version which is scaled to nothing, while another version of the program runs."""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.calls import calls, service_of
from kubegenie_tui.diagnostics.pods import is_ready, labels_of
from kubegenie_tui.diagnostics.selectors import matches, selected_pods, templates, will_be_selected
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.ingress import backend_services

_INGRESSES = "ingresses.networking.k8s.io"
_VERSION = re.compile(r"(?:^|[/._-])(?:version|track|colou?r|slot|release|rev|revision|variant)$", re.IGNORECASE)
"""Labels that tell the versions of one program apart."""
_CANARY = "nginx.ingress.kubernetes.io/canary"
"""An ingress beside another one, that takes a share of its traffic, or none."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Only services that somebody calls: others wait for their version to be rolled out."""
    found = [fault for each in snapshot.all("services") if (fault := other_version(snapshot, each)) is not None]
    called = _called(snapshot) if found else set[ObjectRef]()
    yield from (fault for fault in found if fault.root in called)


def _is_asleep(snapshot: Snapshot, service: Manifest) -> bool:
    selector = mapping_at(service, "spec.selector")
    if not any(_VERSION.search(key) for key in selector) or selected_pods(snapshot, service):
        return False
    return will_be_selected(snapshot, ref_of("services", service).namespace, selector)


def _called(snapshot: Snapshot) -> set[ObjectRef]:
    by_ingresses = {
        ObjectRef("services", name, ref_of(_INGRESSES, ingress).namespace)
        for ingress in snapshot.all(_INGRESSES)
        if mapping_at(ingress, "metadata.annotations").get(_CANARY) != "true"
        for name in backend_services(ingress)
    }
    by_workloads = (service_of(snapshot, call.namespace, call.host) for call in calls(snapshot))
    return by_ingresses | {ref for ref in by_workloads if ref is not None}


def other_version(snapshot: Snapshot, service: Manifest) -> Finding | None:
    """The fault of a service whose version runs no pods, while another one of the same program does."""
    if not _is_asleep(snapshot, service):
        return None
    ref, selector = ref_of("services", service), mapping_at(service, "spec.selector")
    for kind, item, labels in templates(snapshot, ref.namespace):
        missed = [key for key, value in selector.items() if labels.get(key) != str(value)]
        if len(missed) == 1 and _VERSION.search(missed[0]) and _runs(snapshot, ref.namespace, labels):
            key, value = missed[0], labels.get(missed[0], "")
            word = f"{kind.partition('.')[0].removesuffix('s')} {ref_of(kind, item).name}"
            if value:
                return _finding(service, key, value, word)
    return None


def _runs(snapshot: Snapshot, namespace: str, labels: dict[str, str]) -> bool:
    return any(is_ready(pod) and matches(labels, labels_of(pod)) for pod in snapshot.within("pods", namespace))


def _finding(service: Manifest, key: str, value: str, word: str) -> Finding:
    ref, selector = ref_of("services", service), mapping_at(service, "spec.selector")
    field = f"spec.selector.{key}"
    evidence = (fact("services", service, "spec.selector", ", ".join(f"{k}={v}" for k, v in selector.items())),)
    remedy = Remedy("patch", ref, patch={"spec": {"selector": {key: value}}})
    step = f"select {key}={value}, or scale the version {selector[key]} up; which is meant is yours to judge"
    return Finding(
        "service-of-old-version", Severity.WARNING, f"service {ref.name} leads to a version that is scaled to 0",
        f"no pod with {key}={selector[key]} runs; the pods of {word} have {key}={value}", ref, field, evidence, (ref,),
        0.85, (step,), remedy,
    )  # fmt: skip
