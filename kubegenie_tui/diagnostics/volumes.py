"""Claims that are not bound, and volumes and classes that are not as they should be."""

import re
from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics.bound_claims import all_taken, claims_of, why_unbound
from kubegenie_tui.diagnostics.build import event_fact, fact, last_event
from kubegenie_tui.diagnostics.pods import workload_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef

_CLASSES = "storageclasses.storage.k8s.io"
_CLAIMS = "persistentvolumeclaims"
_DRIVERS, _ON_NODES = "csidrivers.storage.k8s.io", "csinodes.storage.k8s.io"
_VOLUMES = {
    "Failed": (
        Severity.WARNING,
        "it could not be reclaimed",
        "delete what is left of it in the storage, then the volume",
    ),
    "Released": (Severity.NOTICE, "its claim is gone, and it is kept", "delete it, or free it for a new claim"),
}
_OF_CLASS = frozenset({"missing-storage-class", "no-default-storage-class"})
"""Rules whose fault is what a claim asks for."""
_NO_PROVISIONER = "kubernetes.io/no-provisioner"
"""Of classes whose volumes are made by hand."""
_DEFAULT = "storageclass.kubernetes.io/is-default-class"


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Claims that wait for a volume or have lost theirs; waiting for the first consumer is no fault."""
    claims = [found for claim in snapshot.all("persistentvolumeclaims") for found in _of_claim(snapshot, claim)]
    yield from claims
    told = {found.root for found in claims}
    for volume in snapshot.all("persistentvolumes"):
        phase = text_at(volume, "status.phase")
        if phase in _VOLUMES and ref_of("persistentvolumes", volume) not in told:
            yield _volume(volume, phase, *_VOLUMES[phase])
    defaults = [item for item in snapshot.all(_CLASSES) if _is_default(item)]
    if len(defaults) > 1:
        yield _several(defaults)


def _of_claim(snapshot: Snapshot, claim: Manifest) -> Iterator[Finding]:
    phase = text_at(claim, "status.phase")
    if phase == "Lost":
        yield _finding(snapshot, claim, "claim-lost", "its volume is gone", "spec.volumeName", "restore the volume")
    elif phase == "Pending":
        yield from _pending(snapshot, claim)


def _volume(volume: Manifest, phase: str, severity: Severity, why: str, step: str) -> Finding:
    ref, said = ref_of("persistentvolumes", volume), text_at(volume, "status.message")
    space, name = (text_at(volume, f"spec.claimRef.{key}") for key in ("namespace", "name"))
    evidence = (
        fact("persistentvolumes", volume, "status.phase"),
        fact("persistentvolumes", volume, "spec.claimRef", f"{space}/{name}"),
    )
    affected = (ref, ObjectRef("persistentvolumeclaims", name, space))
    return Finding(
        f"volume-{phase.lower()}", severity, f"volume {ref.name} serves nobody any more", said or why, ref,
        "spec.persistentVolumeReclaimPolicy", evidence, affected, 0.9, (step,),
    )  # fmt: skip


def _several(defaults: list[Manifest]) -> Finding:
    names = [ref_of(_CLASSES, item).name for item in defaults]
    root, field = ref_of(_CLASSES, defaults[-1]), "metadata.annotations"
    evidence = tuple(fact(_CLASSES, item, field, f"{_DEFAULT}=true") for item in defaults)
    return Finding(
        "several-default-classes", Severity.NOTICE, f"{len(names)} storage classes are the default", ", ".join(names),
        root, field, evidence, (root,), 0.9, ("leave one of them the default",),
    )  # fmt: skip


def _pending(snapshot: Snapshot, claim: Manifest) -> Iterator[Finding]:
    classes = [text_at(item, "metadata.name") for item in snapshot.all(_CLASSES)]
    wanted = text_at(claim, "spec.storageClassName")
    field = "spec.storageClassName"
    of_class = [text_at(each, "spec.storageClassName") == wanted for each in snapshot.all("persistentvolumes")]
    if text_at(claim, "spec.volumeName") or (wanted and any(of_class)):
        path, why = why_unbound(snapshot, claim)
        if path and not _may_wait(snapshot, claim):
            found = _finding(snapshot, claim, "claim-unbound", why, path, f"correct {path} in a new claim")
            yield _kept_for_nobody(snapshot, claim, found) if path == "spec.volumeName" else found
            return
    is_by_hand = text_at(snapshot.get(_CLASSES, "", wanted), "provisioner") == _NO_PROVISIONER
    taken = all_taken(snapshot, claim) if wanted and (is_by_hand or snapshot.is_missing(_CLASSES, "", wanted)) else ""
    if taken and not _may_wait(snapshot, claim):
        yield _finding(snapshot, claim, "claim-unbound", taken, field, "make another volume of that class")
        return
    if wanted and snapshot.is_missing(_CLASSES, "", wanted):
        near = nearest(wanted, classes, 0.4)
        why = f'there is no StorageClass "{wanted}"{did_you_mean(near) or _there_are(classes)}'
        instead = near or (classes or ["that exists"])[0]
        step = f"use the class {instead}; the claim, and a StatefulSet that made it, must be made anew"
        yield _finding(snapshot, claim, "missing-storage-class", why, field, step)
        return
    if wanted and (driver := _absent_driver(snapshot, wanted, claim)):
        yield _undriven(snapshot, claim, wanted, driver)
        return
    failed = last_event(snapshot, claim, "ProvisioningFailed")
    if failed is not None:
        why = text_at(failed, "message")
        yield _finding(snapshot, claim, "provisioning-failed", why, "", "mend the provisioner's cause", failed)
    elif not wanted and snapshot.is_whole(_CLASSES) and not _has_default(snapshot):
        why = f"it names no StorageClass and there is no default one{_there_are(classes)}"
        yield _finding(snapshot, claim, "no-default-storage-class", why, field, "name a class, or make one the default")


def _may_wait(snapshot: Snapshot, claim: Manifest) -> bool:
    """Whether it gets its volume when a pod wants it, and none does."""
    storage = snapshot.get(_CLASSES, "", text_at(claim, "spec.storageClassName"))
    is_later = text_at(storage, "volumeBindingMode") == "WaitForFirstConsumer"
    return is_later and not any(users(snapshot, ref_of(_CLAIMS, claim)))


def _kept_for_nobody(snapshot: Snapshot, claim: Manifest, found: Finding) -> Finding:
    """The volume that a claim asks for by name is to be freed, where the claim that it is kept for is gone."""
    volume = snapshot.get("persistentvolumes", "", text_at(claim, "spec.volumeName"))
    space, name = (text_at(volume, f"spec.claimRef.{key}") for key in ("namespace", "name"))
    if volume is None or not name or not snapshot.is_missing(_CLAIMS, space, name):
        return found
    root, field = ref_of("persistentvolumes", volume), "spec.claimRef"
    return msgspec.structs.replace(
        found, root=root, field=field, cause=f"{found.cause}, which is gone", affected=(*found.affected, root),
        evidence=(*found.evidence, fact("persistentvolumes", volume, field, f"{space}/{name}")),
        next_steps=(f"when its data may be used by this claim, remove {field} of {root}",),
    )  # fmt: skip


def _absent_driver(snapshot: Snapshot, name: str, claim: Manifest) -> str:
    """The CSI driver of a class that runs on no node; empty where it does, or that is not certain.

    Source: Kubernetes' documentation, "CSINode": the kubelet lists there the drivers that have registered with it.
    """
    driver = text_at(snapshot.get(_CLASSES, "", name), "provisioner")
    if "csi" not in re.split(r"[.-]", driver) or _may_wait(snapshot, claim):
        return ""
    here = {text_at(each, "metadata.name") for each in snapshot.all(_DRIVERS)}
    here |= {text_at(each, "name") for node in snapshot.all(_ON_NODES) for each in mappings_at(node, "spec.drivers")}
    known = snapshot.is_whole(_DRIVERS) and snapshot.is_whole(_ON_NODES)
    return driver if known and driver not in here else ""


def _undriven(snapshot: Snapshot, claim: Manifest, name: str, driver: str) -> Finding:
    why = f"the class {name} leaves it to the driver {driver}, which is not installed"
    step = f"install the driver {driver}, or use a class of another one"
    found = _finding(snapshot, claim, "missing-csi-driver", why, "spec.storageClassName", step)
    storage = snapshot.get(_CLASSES, "", name) or {}
    root, proof = ref_of(_CLASSES, storage), fact(_CLASSES, storage, "provisioner")
    return msgspec.structs.replace(
        found, root=root, field="provisioner", evidence=(*found.evidence, proof), affected=(*found.affected, root)
    )


def _finding(
    snapshot: Snapshot, claim: Manifest, rule: str, why: str, field: str, step: str, event: Manifest | None = None
) -> Finding:
    ref = ref_of("persistentvolumeclaims", claim)
    is_asked = rule in _OF_CLASS or (rule == "claim-unbound" and field not in ("", "spec.volumeName"))
    root, path = _written_in(snapshot, ref, field) if is_asked else (ref, field)
    evidence = [fact("persistentvolumeclaims", claim, "status.phase")]
    evidence += [fact("persistentvolumeclaims", claim, field)] if field else []
    evidence += [event_fact(event)] if event else []
    pods = tuple(users(snapshot, ref))
    severity = Severity.CRITICAL if pods else Severity.WARNING
    title, affected = f"claim {ref.name} has no volume", (ref, *pods)
    return Finding(rule, severity, title, why, root, path, tuple(evidence), affected, 0.95, (step,))


def _written_in(snapshot: Snapshot, claim: ObjectRef, field: str) -> tuple[ObjectRef, str]:
    """The object that says what the claim says: the template of a StatefulSet or of a volume, else the claim."""
    for pod in snapshot.within("pods", claim.namespace):
        for name, of_volume in claims_of(pod):
            if of_volume == claim.name and _is_ephemeral(pod, name):
                workload = workload_of(snapshot, pod)
                path = f"{workload.spec_path}.volumes[{name}].ephemeral.volumeClaimTemplate.{field}"
                return workload.ref, path
    for item in snapshot.all("statefulsets.apps"):
        owner = ref_of("statefulsets.apps", item)
        for template in mappings_at(item, "spec.volumeClaimTemplates") if owner.namespace == claim.namespace else ():
            name = text_at(template, "metadata.name")
            if re.fullmatch(rf"{re.escape(name)}-{re.escape(owner.name)}-\d+", claim.name):
                return owner, f"spec.volumeClaimTemplates[{name}].{field}"
    return claim, field


def _is_ephemeral(pod: Manifest, volume: str) -> bool:
    return any(text_at(each, "name") == volume and "ephemeral" in each for each in mappings_at(pod, "spec.volumes"))


def users(snapshot: Snapshot, claim: ObjectRef) -> Iterator[ObjectRef]:
    """The pods that a claim is mounted by, finished ones left out."""
    for pod in snapshot.within("pods", claim.namespace):
        if text_at(pod, "status.phase") in ("Succeeded", "Failed"):
            continue
        if claim.name in (name for _, name in claims_of(pod)):
            yield ref_of("pods", pod)


def _has_default(snapshot: Snapshot) -> bool:
    return any(_is_default(item) for item in snapshot.all(_CLASSES))


def _is_default(item: Manifest) -> bool:
    return mapping_at(item, "metadata.annotations").get(_DEFAULT) == "true"


def _there_are(classes: list[str]) -> str:
    return f"; there are {', '.join(classes)}" if classes else "; the cluster has none"
