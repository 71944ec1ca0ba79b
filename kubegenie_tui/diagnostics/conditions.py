"""Custom resources that say about themselves, in the usual conditions, that they are not well.

Which condition tells that is said in `condition_states`; here it becomes a finding, at what it blames.
"""

import re
from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics import (
    app_projects,
    corrections,
    operator_sources,
    operators,
    quoted_values,
    runs,
    sync_states,
)
from kubegenie_tui.diagnostics import condition_states as states
from kubegenie_tui.diagnostics import custom_references as references
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef

_FOLLOWS = re.compile(
    r"not (?:yet )?(?:be )?ready|artifact not found|dependency|waiting for|does not exist$|cannot resolve references",
    re.IGNORECASE,
)
"""What is said where another object is to blame."""
_CORE = frozenset({"secrets", "configmaps", "services", "serviceaccounts", "namespaces", "persistentvolumeclaims"})
_BUILTIN = frozenset(kind.id for kind in BUILTIN_KINDS)
_MAKE = {
    "Certificate": ("spec.secretName",),
    "ExternalSecret": ("spec.target.name", "metadata.name"),
    "KafkaUser": ("metadata.name",),
    "OnePasswordItem": ("metadata.name",),
    "SealedSecret": ("metadata.name",),
    "VaultDynamicSecret": ("spec.destination.name",),
    "VaultPKISecret": ("spec.destination.name",),
    "VaultStaticSecret": ("spec.destination.name",),
}
"""Kinds that make a Secret, and where its name stands, the first that is told."""
_CONNECTION = "spec.writeConnectionSecretToRef"
"""What every resource of Crossplane may make one by."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Objects of custom kinds with a condition that is not as it should be; the most telling one of each."""
    yield from operators.groups(snapshot)
    for kind in snapshot.kinds():
        if "." in kind and kind not in _BUILTIN:
            for item in snapshot.all(kind):
                if (source := operator_sources.fault(kind, item)) is not None:
                    yield source
                    if source.severity >= Severity.WARNING:
                        continue
                bad = _bad(snapshot, kind, item)
                lost = references.lost(snapshot, kind, item)
                if bad is not None:
                    told = lost is not None and not (lost.is_default and not _FOLLOWS.search(states.said(bad)))
                    yield _misled(kind, item, lost, bad) if lost and told else _of_named(snapshot, kind, item, bad)
                elif lost is not None and lost.is_needed:
                    yield _misled(kind, item, lost)


def _bad(snapshot: Snapshot, kind: str, item: Manifest) -> Manifest | None:
    """What it says that is not as it should be; of what is done once, the last of a row alone counts."""
    bad = states.worst(snapshot, kind, item) or sync_states.fault(snapshot, item)
    bad = sync_states.detailed(item, bad) if bad is not None and kind == app_projects.APPLICATIONS else bad
    if bad is None or runs.is_superseded(snapshot, kind, item):
        return None
    return bad | {"level": Severity.NOTICE} if runs.is_long_over(snapshot, item) else bad


def made_by(snapshot: Snapshot, ref: ObjectRef) -> ObjectRef | None:
    """The Secret that an object of a custom kind makes, None for none."""
    item = snapshot.get(ref.kind, ref.namespace, ref.name)
    if item is None or "." not in ref.kind or ref.kind in _BUILTIN:
        return None
    paths = _MAKE.get(text_at(item, "kind"), (f"{_CONNECTION}.name",))
    name = next((name for path in paths if (name := text_at(item, path))), "")
    return ObjectRef("secrets", name, ref.namespace or text_at(item, f"{_CONNECTION}.namespace")) if name else None


def _misspelt(snapshot: Snapshot, kind: str, item: Manifest, gone: ObjectRef) -> references.Lost | None:
    """The field with the name of what is missed, where another may be meant: of Secrets, one that is near.

    Of custom kinds any other may be meant: they are few.
    """
    fields = list(references.named_at(mapping_at(item, "spec"), gone.name))
    names = list(dict.fromkeys((*snapshot.names(gone.kind, gone.namespace), *snapshot.names(gone.kind, ""))))
    near = nearest(gone.name, names) or (names[0] if len(names) == 1 and gone.kind not in _CORE else "")
    is_meant = near or (names and gone.kind not in _CORE)
    if len(fields) != 1 or not is_meant or not snapshot.is_missing(gone.kind, gone.namespace, gone.name):
        return None
    is_owned = any(owner.get("controller") for owner in mappings_at(item, "metadata.ownerReferences"))
    is_sure = not is_owned and corrections.is_alone(gone.name, near, names)
    remedy = corrections.of_text(ref_of(kind, item), item, gone.name, near) if is_sure else None
    why = f'there is no "{gone.name}" among {gone.kind}{did_you_mean(near)}'
    return references.Lost(fields[0], why, remedy=remedy)


def _finding(snapshot: Snapshot, kind: str, item: Manifest, bad: Manifest) -> Finding:
    ref, said, field = ref_of(kind, item), states.said(bad), states.field(bad)
    noun = text_at(item, "kind").lower() or kind
    found = Finding(
        "condition-false",
        Severity(bad.get("level", Severity.WARNING)),
        f"{noun} {ref.name} {states.words(bad)}",
        said or f"its condition {text_at(bad, 'type')} is {text_at(bad, 'status') or 'set'}",
        ref,
        field,
        (fact(kind, item, field, said or text_at(bad, "status")),),
        (ref,),
        0.5 if _FOLLOWS.search(said) else 0.8,
        (text_at(bad, "step") or "read what its controller says",),
    )
    if kind == app_projects.APPLICATIONS:
        found = app_projects.at_project(snapshot, item, found, said)
    missing = states.MISSING.search(said)
    if missing is None:
        return operators.at_catalog(item, found if text_at(bad, "step") else _at_quoted(item, found, said))
    gone = _gone(snapshot, missing, ref.namespace)
    if any(snapshot.get(gone.kind, space, gone.name) is not None for space in (gone.namespace, "")):
        return found
    if (lost := _misspelt(snapshot, kind, item, gone)) is not None:
        return _misled(kind, item, lost, bad)
    return msgspec.structs.replace(
        found, root=gone, field="metadata.name", confidence=0.85, affected=(ref, gone),
        next_steps=(f"create {gone}, or correct its name in {ref}",),
    )  # fmt: skip


def _at_quoted(item: Manifest, found: Finding, said: str) -> Finding:
    field = quoted_values.field_of(item, said) if found.field.startswith("status") else ""
    step = f"correct {field}, or what it depends on"
    return msgspec.structs.replace(found, field=field, next_steps=(step, *found.next_steps)) if field else found


def _of_named(snapshot: Snapshot, kind: str, item: Manifest, bad: Manifest) -> Finding:
    """What is wrong with an object: it may be that what it names is itself misled, and says nothing."""
    for ref, target in references.targets(snapshot, kind, item):
        if "." in ref.kind and ref.kind not in _BUILTIN and states.worst(snapshot, ref.kind, target) is None:
            lost = references.lost(snapshot, ref.kind, target)
            if lost is not None:
                found = _misled(ref.kind, target, lost)
                told = fact(kind, item, states.field(bad), states.said(bad))
                affected = (*found.affected, ref_of(kind, item))
                return msgspec.structs.replace(found, evidence=(*found.evidence, told), affected=affected)
    return _finding(snapshot, kind, item, bad)


def _misled(kind: str, item: Manifest, lost: references.Lost, bad: Manifest | None = None) -> Finding:
    """An object that names another which does not exist."""
    ref, noun, field = ref_of(kind, item), text_at(item, "kind").lower() or kind, lost.field
    evidence = [fact(kind, item, field)]
    evidence += [fact(kind, item, states.field(bad), states.said(bad))] if bad else []
    return Finding(
        "missing-reference", Severity.WARNING, f"{noun} {ref.name} refers to what does not exist", lost.why,
        lost.absent or ref, "" if lost.absent else field, tuple(evidence), (ref,), 0.9,
        (f"correct {field}, or create what it names",), lost.remedy,
    )  # fmt: skip


def _gone(snapshot: Snapshot, missing: re.Match[str], namespace: str) -> ObjectRef:
    """The object that a message misses."""
    noun, group = (missing["kind"] or missing["core"]).lower(), missing["group"] or ""
    plural = noun if noun.endswith("s") else f"{noun}s"
    known = next((each for each in snapshot.kinds() if group and references.is_of(each, noun, group)), "")
    kind = known or (plural if plural in _CORE or not group else f"{plural}.{group}")
    space = "" if kind == "namespaces" else missing["space"] or namespace
    return ObjectRef(kind, missing["quoted"] or missing["name"] or missing["plain"], space)
