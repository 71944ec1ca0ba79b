"""Which findings answer a question about one object."""

from collections.abc import Sequence

from kubegenie_tui.diagnostics.bound_claims import claims_of
from kubegenie_tui.diagnostics.build import pods_of
from kubegenie_tui.diagnostics.ingresses import KIND as INGRESSES
from kubegenie_tui.diagnostics.pods import workload_of
from kubegenie_tui.diagnostics.selectors import selected_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.ingress import backend_services

_REFERENCED = frozenset({"configmaps", "secrets", "resourcequotas", "nodes"})


def about(subject: ObjectRef, snapshot: Snapshot, findings: Sequence[Finding]) -> list[Finding]:
    """The findings that explain how the subject is, in the order they came."""
    if subject.kind == "namespaces":
        return [f for f in findings if subject.name in {f.root.namespace, *(ref.namespace for ref in f.affected)}]
    circle = circle_of(subject, snapshot)
    return [f for f in findings if f.root == subject or circle.intersection((*f.affected, *_own_root(f)))]


def circle_of(subject: ObjectRef, snapshot: Snapshot) -> set[ObjectRef]:
    """The subject with what shows or causes how it is: its pods, their workload, the services in between."""
    bare = ObjectRef(subject.kind, subject.name, subject.namespace)
    circle = {bare}
    manifest = snapshot.get(subject.kind, subject.namespace, subject.name)
    for pod in _pods_behind(bare, snapshot, manifest):
        circle |= {ref_of("pods", pod), workload_of(snapshot, pod).ref}
    if subject.kind not in _REFERENCED and subject.kind != "pods":
        circle.add(ObjectRef("services", subject.name, subject.namespace))
    if manifest is not None and subject.kind == INGRESSES:
        circle |= {ObjectRef("services", name, subject.namespace) for name in backend_services(manifest)}
    return circle


def _own_root(finding: Finding) -> tuple[ObjectRef, ...]:
    """The root, unless it is only referred to: others may suffer from that too."""
    return () if finding.root.kind in _REFERENCED else (finding.root,)


def _pods_behind(subject: ObjectRef, snapshot: Snapshot, manifest: Manifest | None) -> list[Manifest]:
    if manifest is None:
        return []
    if subject.kind == "pods":
        return [manifest]
    if subject.kind == "services":
        return selected_pods(snapshot, manifest)
    if subject.kind == INGRESSES:
        found = [snapshot.get("services", subject.namespace, name) for name in backend_services(manifest)]
        return [pod for service in found if service for pod in selected_pods(snapshot, service)]
    if subject.kind == "persistentvolumeclaims":
        return [pod for pod in snapshot.all("pods") if _uses_claim(pod, subject)]
    return pods_of(snapshot, manifest)


def _uses_claim(pod: Manifest, claim: ObjectRef) -> bool:
    names = (name for _, name in claims_of(pod))
    return text_at(pod, "metadata.namespace") == claim.namespace and claim.name in names
