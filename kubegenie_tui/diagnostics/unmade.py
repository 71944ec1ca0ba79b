"""What a program misses because its maker is not well: a Helm release, an application of Argo CD, a role of a cloud."""

import re
from collections.abc import Collection, Iterator, Sequence

from kubegenie_tui.diagnostics import condition_states as states
from kubegenie_tui.diagnostics import sync_states
from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef

_NAMES = {
    "applications.argoproj.io": ("spec.destination.namespace", "metadata.name"),
    "helmreleases.helm.toolkit.fluxcd.io": ("spec.targetNamespace", "spec.releaseName"),
}
"""Where each says into which namespace it installs, and under which name."""
_BUILTIN = frozenset(kind.id for kind in BUILTIN_KINDS)
_MAKE_NOTHING = frozenset({
    "argoproj.io", "autoscaling.k8s.io", "cert-manager.io", "gateway.networking.k8s.io", "keda.sh",
    "monitoring.coreos.com", "networking.istio.io", "security.istio.io", "wgpolicyk8s.io",
})  # fmt: skip
"""Groups whose resources make nothing that others call, or make it under a name that they tell."""
INSTALLERS = {kind: paths[0] for kind, paths in _NAMES.items()} | {
    "kustomizations.kustomize.toolkit.fluxcd.io": "spec.targetNamespace"
}
"""The same of those that install under names of their own."""
_INSTALLED = ("status.inventory.entries", "status.history", "status.lastAppliedRevision", "status.operationState")
"""What is told of one once it has installed anything."""
_DENIED = re.compile(
    r"AccessDenied|not authorized to (?:perform|assume)|AuthorizationFailed|AuthorizationPermissionMismatch"
    r"|PERMISSION_DENIED|does not have \S+ (?:access|permission)"
)
"""How the programs of AWS, Azure and Google Cloud are refused."""
_OF_RIGHTS = frozenset({"iam", "authorization", "managedidentity", "cloudplatform"})
"""How the groups begin in which Crossplane's providers and the clouds' own controllers make roles and identities."""


def service(
    snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence], namespace: str, name: str
) -> Finding | None:
    """For a service that does not exist: the installer or the resource whose name it has, where that is not well."""
    maker = unwell_maker(snapshot, namespace, name)
    if maker is None:
        return None
    kind, item, bad = maker
    what = f"there is no service {name}, which by its name {{maker}} would make, and that is not well"
    return _finding(snapshot, workload, container, [*evidence, _told(kind, item, bad)], kind, item, what)


def rights(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str], evidence: list[Evidence]
) -> Finding | None:
    """For a refusal by a cloud: the role or identity of the namespace that is not well."""
    if not any(_DENIED.search(line) for line in lines):
        return None
    space = ref_of("pods", container.pod).namespace
    for kind in snapshot.kinds():
        if kind.partition(".")[2].partition(".")[0] in _OF_RIGHTS:
            for item in snapshot.within(kind, space):
                if (bad := states.worst(snapshot, kind, item)) is not None:
                    proof = [*evidence, _told(kind, item, bad)]
                    what = "the cloud refuses it, and {maker}, which gives rights there, is not well"
                    return _finding(snapshot, workload, container, proof, kind, item, what)
    return None


def was_to_install(snapshot: Snapshot, installer: ObjectRef, lacking: Finding) -> bool:
    """Whether it has installed nothing yet, and is to install where something lacks, or before what lacks it."""
    item = snapshot.get(installer.kind, installer.namespace, installer.name)
    if item is None or installer.kind not in INSTALLERS or any(value_at(item, path) for path in _INSTALLED):
        return False
    space = text_at(item, INSTALLERS[installer.kind]) or installer.namespace
    return space == lacking.root.namespace or any(_comes_before(snapshot, installer, ref) for ref in lacking.affected)


def installs_into(kind: str, item: Manifest, namespaces: Collection[str]) -> bool:
    """Whether an installer installs into one of these, as far as it says or has written down what it did."""
    if (text_at(item, INSTALLERS[kind]) or text_at(item, "metadata.namespace")) in namespaces:
        return True
    held = (text_at(each, "id").partition("_")[0] for each in mappings_at(item, "status.inventory.entries"))
    return any(space in namespaces for space in held)


def waits_for(item: Manifest, other: Manifest) -> bool:
    """Whether an installer of Flux waits until another of its kind is well."""
    space = text_at(item, "metadata.namespace")
    before = {(text_at(e, "namespace") or space, text_at(e, "name")) for e in mappings_at(item, "spec.dependsOn")}
    return (text_at(other, "metadata.namespace"), text_at(other, "metadata.name")) in before


def _comes_before(snapshot: Snapshot, installer: ObjectRef, ref: ObjectRef) -> bool:
    """Whether Flux installed an object by something that depends on this installer."""
    labels = mapping_at(snapshot.get(ref.kind, ref.namespace, ref.name), "metadata.labels")
    group = installer.kind.partition(".")[2]
    space = labels.get(f"{group}/namespace", "")
    own, other = (
        snapshot.get(installer.kind, *where)
        for where in ((space, labels.get(f"{group}/name", "")), (installer.namespace, installer.name))
    )
    return own is not None and other is not None and waits_for(own, other)


def unwell_maker(snapshot: Snapshot, namespace: str, name: str) -> tuple[str, Manifest, Manifest] | None:
    """Of a service that does not exist what it would be named for: its kind, itself, what is not well."""
    if not snapshot.is_missing("services", namespace, name):
        return None
    found = [each for each in _unwell_installers(snapshot, namespace) if _is_named_for(name, each[0])]
    found += _unwell_resources(snapshot, namespace, name)
    return max(found, key=lambda each: len(each[0]))[1:] if found else None


def _unwell_installers(snapshot: Snapshot, namespace: str) -> Iterator[tuple[str, str, Manifest, Manifest]]:
    """The name that each installs under, its kind, itself and the condition that says so."""
    for kind, (space_path, name_path) in _NAMES.items():
        for item in snapshot.all(kind):
            ref = ref_of(kind, item)
            bad = states.worst(snapshot, kind, item) or sync_states.fault(snapshot, item)
            if bad is not None and (text_at(item, space_path) or ref.namespace) == namespace:
                yield text_at(item, name_path) or ref.name, kind, item, bad


def _unwell_resources(snapshot: Snapshot, namespace: str, name: str) -> Iterator[tuple[str, str, Manifest, Manifest]]:
    """The same of custom resources of the namespace that operators make databases, queues and the like of."""
    for kind in filter(_may_make, snapshot.kinds()):
        for item in snapshot.within(kind, namespace):
            own = text_at(item, "metadata.name")
            if _is_named_for(name, own) and (bad := states.worst(snapshot, kind, item)) is not None:
                yield own, kind, item, bad


def _may_make(kind: str) -> bool:
    return (
        "." in kind and kind not in _BUILTIN and kind not in INSTALLERS and kind.partition(".")[2] not in _MAKE_NOTHING
    )


def is_named_for(snapshot: Snapshot, missing: ObjectRef, maker: ObjectRef) -> bool:
    """Whether what is missed has the name of a custom resource beside it, and an ending, as operators name things."""
    return (
        maker.namespace == missing.namespace
        and missing.kind in ("secrets", "configmaps")
        and _may_make(maker.kind)
        and _is_named_for(missing.name, maker.name)
        and snapshot.is_missing(missing.kind, missing.namespace, missing.name)
    )


def _is_named_for(name: str, release: str) -> bool:
    return name == release or name.startswith(f"{release}-")


def _told(kind: str, item: Manifest, bad: Manifest) -> Evidence:
    return fact(kind, item, states.field(bad), states.said(bad))


def _finding(
    snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence], kind: str, item: Manifest,
    what: str,
) -> Finding:  # fmt: skip
    maker = f"{text_at(item, 'kind').lower()} {text_at(item, 'metadata.name')}"
    return container_finding(
        snapshot, workload, container,
        rule="dependency-down",
        title=f"container {container.name} crashes: {maker}, which it needs, is not well",
        cause=what.format(maker=maker),
        root=ref_of(kind, item),
        evidence=evidence,
        confidence=0.8,
        next_steps=[f"find out why {maker} is not well"],
    )  # fmt: skip
