"""Bindings of roles that grant nothing: the role, or every service account that they name, does not exist."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import labels_of
from kubegenie_tui.diagnostics.rights import BINDINGS, BUILT_IN, CLUSTER_BINDINGS, CLUSTER_ROLES, ROLES
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Of a namespace and of the cluster."""
    for kind in (BINDINGS, CLUSTER_BINDINGS):
        for binding in snapshot.all(kind):
            if BUILT_IN in labels_of(binding):
                continue  # the accounts of its controllers come later, or never
            if (found := _without_role(snapshot, kind, binding)) is not None or (
                found := _without_subjects(snapshot, kind, binding)
            ) is not None:
                yield found


def _without_role(snapshot: Snapshot, kind: str, binding: Manifest) -> Finding | None:
    name, word = text_at(binding, "roleRef.name"), text_at(binding, "roleRef.kind")
    role, space = (ROLES, ref_of(kind, binding).namespace) if word == "Role" else (CLUSTER_ROLES, "")
    if not name or not snapshot.is_missing(role, space, name):
        return None
    why = f'there is no {word} "{name}"{did_you_mean(nearest(name, snapshot.names(role, space)))}'
    step = (
        "which role is meant is yours to judge: make the binding anew with one that exists (a roleRef cannot be "
        "changed), or create the role"
    )
    return _finding(kind, binding, "missing-role", why, "roleRef.name", [fact(kind, binding, "roleRef.name")], step)


def _without_subjects(snapshot: Snapshot, kind: str, binding: Manifest) -> Finding | None:
    subjects = mappings_at(binding, "subjects")
    accounts = [each for each in subjects if text_at(each, "kind") == "ServiceAccount"]
    if not accounts or len(accounts) < len(subjects):
        return None
    own = ref_of(kind, binding).namespace
    places = [(text_at(each, "namespace") or own, text_at(each, "name")) for each in accounts]
    if not all(snapshot.is_missing("serviceaccounts", space, name) for space, name in places):
        return None
    space, name = places[0]
    near = nearest(name, snapshot.names("serviceaccounts", space))
    why = f'there is no service account "{name}" in {space}{did_you_mean(near)}'
    proof = [fact(kind, binding, "subjects[0].name", f"{space}/{name}")]
    step = f"let it name {near}" if near else f"create the service account {name}, or name one that exists"
    found = _finding(kind, binding, "missing-subject", why, "subjects[0].name", proof, step)
    return msgspec.structs.replace(found, remedy=_of_subjects(snapshot, found.root, subjects))


def _of_subjects(snapshot: Snapshot, binding: ObjectRef, subjects: list[Manifest]) -> Remedy | None:
    """For each subject the one account whose name is near, and no account twice."""
    changed = []
    for subject in subjects:
        name = text_at(subject, "name")
        names = snapshot.names("serviceaccounts", text_at(subject, "namespace") or binding.namespace)
        near = nearest(name, names)
        if not corrections.is_alone(name, near, names):
            return None
        changed.append({**subject, "name": near})
    places = {(each.get("namespace"), each["name"]) for each in changed}
    return Remedy("patch", binding, patch={"subjects": changed}) if len(places) == len(changed) else None


def _finding(
    kind: str, binding: Manifest, rule: str, why: str, field: str, proof: list[Evidence], step: str
) -> Finding:
    ref = ref_of(kind, binding)
    title = f"{'role' if kind == BINDINGS else 'cluster role'} binding {ref.name} grants nothing"
    return Finding(rule, Severity.WARNING, title, why, ref, field, tuple(proof), (ref,), 0.9, (step,))
