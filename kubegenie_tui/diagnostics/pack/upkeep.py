"""What a cluster is left with: ConfigMaps that nobody reads, tiny volumes, classes that make no volume."""

import re
from collections.abc import Iterator
from functools import partial

from kubegenie_tui.diagnostics.pack.check import WITH_PODS, Check, Fault
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.diagnostics.pack.subject import Subject
from kubegenie_tui.domain.finding import Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.domain.policy_parameters import Parameters
from kubegenie_tui.domain.quantity import parse_quantity
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS, references_of

CLASSES, VOLUMES, CLAIMS = "storageclasses.storage.k8s.io", "persistentvolumes", "persistentvolumeclaims"
ROLES = "roles.rbac.authorization.k8s.io"
_PUT_IN = frozenset({"kube-root-ca.crt", "openshift-service-ca.crt"})
"""ConfigMaps that the cluster itself puts into each namespace."""
_SIDECARS = re.compile(r"^(?:grafana|prometheus|loki|thanos)_")
"""Labels by which programs find the ConfigMaps that they read through the API server."""
_LEADER = "control-plane.alpha.kubernetes.io/leader"
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*[a-z0-9]")
_LEAST = 1024**3
"""Bytes of a volume below which it is most likely a slip: 1Gi."""
_MAKERS = ("deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch")
"""Kinds without which nobody knows what is read."""
_BY_HAND = "kubernetes.io/no-provisioner"
Named = tuple[str, str]
"""Namespace and name."""


def _unused(inventory: Inventory, _: Parameters, subject: Subject) -> Iterator[Fault]:
    """ConfigMaps that no pod, no argument, no variable and no role of the namespace names, and no object made."""
    metadata, ref = mapping_at(subject.manifest, "metadata"), subject.ref
    by_others = mappings_at(metadata, "ownerReferences") or _LEADER in mapping_at(metadata, "annotations")
    if ref.name in _PUT_IN or by_others or any(_SIDECARS.search(label) for label in mapping_at(metadata, "labels")):
        return
    named, known = (ref.namespace, ref.name), all(inventory.has(kind) for kind in _MAKERS)
    if known and not any(inventory.sharing(kind, keys, named) for kind, keys in _KEYS.items()):
        keys = ", ".join({**mapping_at(subject.manifest, "data"), **mapping_at(subject.manifest, "binaryData")})
        yield Fault("data", f"keys: {keys or 'none'}", "no pod of its namespace reads it")


def _in_pods(kind: str, item: Manifest) -> Iterator[Named]:
    """ConfigMaps that a pod template names, be it in words."""
    space, pod_spec = text_at(item, "metadata.namespace"), mapping_at(item, TEMPLATE_PATHS[kind])
    for reference in references_of(pod_spec):
        if reference.kind == "configmaps":
            yield space, reference.name
    for container in (*mappings_at(pod_spec, "initContainers"), *mappings_at(pod_spec, "containers")):
        said = [*texts_at(container, "command"), *texts_at(container, "args")]
        said += [text_at(variable, "value") for variable in mappings_at(container, "env")]
        for text in said:
            yield from ((space, name) for name in _NAME.findall(text))


def _in_roles(item: Manifest) -> Iterator[Named]:
    """ConfigMaps that a role is about by name: a program reads them through the API server."""
    for rule in mappings_at(item, "rules"):
        if "configmaps" in texts_at(rule, "resources"):
            yield from ((text_at(item, "metadata.namespace"), name) for name in texts_at(rule, "resourceNames"))


_KEYS = {kind: partial(_in_pods, kind) for kind in WITH_PODS} | {ROLES: _in_roles}


def _small(_: Inventory, __: Parameters, subject: Subject) -> Iterator[Fault]:
    """Claims of less than 1Gi, and volumes of less that no claim speaks for."""
    is_claim = subject.ref.kind == CLAIMS
    field = "spec.resources.requests.storage" if is_claim else "spec.capacity.storage"
    said = text_at(subject.manifest, field)
    if said and (is_claim or not mapping_at(subject.manifest, "spec.claimRef")) and parse_quantity(said) < _LEAST:
        yield Fault(field, said, f"it {'asks for' if is_claim else 'has'} {said}, less than 1Gi")


def _by_hand(inventory: Inventory, _: Parameters, subject: Subject) -> Iterator[Fault]:
    """Classes whose volumes a person makes, and of which none is left to be had."""
    if text_at(subject.manifest, "provisioner") != _BY_HAND:
        return
    volumes = inventory.sharing(VOLUMES, _class_of, subject.ref.name)
    if not any(text_at(volume, "status.phase") == "Available" for volume in volumes):
        why = f"it makes no volumes, and none of its {len(volumes)} is free" if volumes else "it makes no volumes"
        yield Fault("provisioner", _BY_HAND, f"{why}: a claim of it waits for a person")


def _class_of(volume: Manifest) -> tuple[str, ...]:
    return (text_at(volume, "spec.storageClassName"),)


CHECKS = (
    Check(
        "unused-configmap",
        "each ConfigMap is read by a pod of its namespace",
        ("configmaps",),
        _unused,
        "delete it, unless a program reads it through the API server",
        Severity.INFO,
        beside=(*WITH_PODS, ROLES),
        by_name=True,
        confidence=0.6,
    ),
    Check(
        "small-volume",
        "each volume has 1Gi at least",
        (CLAIMS, VOLUMES),
        _small,
        "ask for more, where the size is a slip of the unit",
        Severity.INFO,
        by_name=True,
        confidence=0.5,
    ),
    Check(
        "class-without-provisioner",
        "each StorageClass makes volumes, or has some left that were made by hand",
        (CLASSES,),
        _by_hand,
        "make a volume of the class, or let claims name another one",
        Severity.INFO,
        beside=(VOLUMES,),
        by_name=True,
        confidence=0.8,
    ),
)
