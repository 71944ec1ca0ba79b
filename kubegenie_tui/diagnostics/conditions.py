"""Custom resources that say about themselves, in the usual conditions, that they are not well.

Conditions as in Kubernetes' API conventions, "Typical status properties"; those of a route stand below its parents
(Gateway API, RouteParentStatus), and Argo CD's have no status.
"""

import re
from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics import custom_references as references
from kubegenie_tui.diagnostics import sync_states
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import parse_time

_GOOD_WHEN_TRUE = frozenset({
    "Ready", "Synced", "Healthy", "Available", "Reconciled", "Accepted", "Established", "ResolvedRefs", "Programmed",
})  # fmt: skip
_BAD_WHEN_TRUE = re.compile(r"(?:Error|Failed|Failure|Degraded|Stalled|Invalid)$")
_ON_ITS_WAY = frozenset({
    "Progressing", "Creating", "Pending", "InProgress", "Provisioning", "Issuing", "Reconciling", "Waiting",
})  # fmt: skip
_PHASES = ("status.phase", "status.state", "status.connectionState.lastObservedState")
_BAD_PHASES = frozenset({"Failed", "Error", "Degraded", "TRANSIENT_FAILURE", "UpgradeFailed"})
_GROUPS = "operatorgroups.operators.coreos.com"
_PATIENCE_SECONDS = 300
_BUSY_SECONDS = 180
_FOLLOWS = re.compile(
    r"not (?:yet )?(?:be )?ready|artifact not found|dependency|waiting for|does not exist$", re.IGNORECASE
)
"""What is said where another object is to blame."""
_MISSING = re.compile(
    r"(?P<kind>[A-Za-z]+)(?:\.(?P<group>[a-z][\w.-]*\.[a-z]+))? "
    r"(?:\"(?P<quoted>[a-z0-9.-]+)\"|(?P<space>[a-z0-9-]+)/(?P<name>[a-z0-9.-]+)) (?:was )?not found"
    r"|(?P<core>secret|configmap|service|serviceaccount) (?P<plain>[a-z0-9][a-z0-9.-]*[a-z0-9]) (?:was )?not found"
)
"""`secrets "x" not found`, `Service shop/web not found`, `ProviderConfig.aws.upbound.io "x" not found`."""
_CORE = frozenset({"secrets", "configmaps", "services", "serviceaccounts", "namespaces", "persistentvolumeclaims"})
_BUILTIN = frozenset(kind.id for kind in BUILTIN_KINDS)
_MAKE = {
    "Certificate": ("spec.secretName",),
    "ExternalSecret": ("spec.target.name", "metadata.name"),
    "SealedSecret": ("metadata.name",),
}
"""Kinds that make a Secret, and where its name stands, the first that is told."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Objects of custom kinds with a condition that is not as it should be; the most telling one of each."""
    yield from _operator_groups(snapshot)
    for kind in snapshot.kinds():
        if "." in kind and kind not in _BUILTIN:
            for item in snapshot.all(kind):
                bad = _worst(snapshot, item) or sync_states.fault(snapshot, item)
                lost = references.lost(snapshot, kind, item)
                if bad is not None:
                    yield _misled(kind, item, lost, bad) if lost else _of_named(snapshot, kind, item, bad)
                elif lost is not None and lost.is_needed:
                    yield _misled(kind, item, lost)


def _operator_groups(snapshot: Snapshot) -> Iterator[Finding]:
    """Namespaces with several: OLM then installs nothing there.

    Source: Operator Lifecycle Manager's documentation, "OperatorGroup membership".
    """
    for space in {ref_of(_GROUPS, each).namespace for each in snapshot.all(_GROUPS)}:
        found = sorted(snapshot.within(_GROUPS, space), key=lambda each: text_at(each, "metadata.creationTimestamp"))
        if len(found) > 1:
            ref, names = ref_of(_GROUPS, found[-1]), ", ".join(ref_of(_GROUPS, each).name for each in found)
            evidence = tuple(fact(_GROUPS, each, "metadata.name") for each in found)
            yield Finding(
                "several-operator-groups", Severity.WARNING, f"namespace {space} has several OperatorGroups", names,
                ref, "metadata.name", evidence, (ref,), 0.95, ("leave one of them",),
            )  # fmt: skip


def made_by(snapshot: Snapshot, ref: ObjectRef) -> str:
    """The Secret that an object of a custom kind makes, empty for none."""
    item = snapshot.get(ref.kind, ref.namespace, ref.name)
    paths = _MAKE.get(text_at(item, "kind"), ()) if item is not None else ()
    return next((name for path in paths if item is not None and (name := text_at(item, path))), "")


def _worst(snapshot: Snapshot, item: Manifest) -> Manifest | None:
    conditions = list(mappings_at(item, "status.conditions"))
    for parent in mappings_at(item, "status.parents"):
        conditions += mappings_at(parent, "conditions")
    busy = any(text_at(each, "type") in _ON_ITS_WAY and text_at(each, "status") == "True" for each in conditions)
    bad = [each for each in conditions if _is_bad(each) and not _is_young(snapshot, each, busy)]
    return max(bad, key=_telling, default=None) or _of_phase(item)


def _of_phase(item: Manifest) -> Manifest | None:
    """A phase that tells of a failure, as a condition: OLM's kinds have one, and older ones of others."""
    phase = next((text_at(item, path) for path in _PHASES if text_at(item, path) in _BAD_PHASES), "")
    said = text_at(item, "status.message") or text_at(item, "status.reason")
    return {"type": phase, "status": "True", "reason": "", "message": said or f"it is {phase}"} if phase else None


def _telling(condition: Manifest) -> tuple[bool, bool]:
    return bool(text_at(condition, "message")), _MISSING.search(_said(condition)) is not None


def _is_bad(condition: Manifest) -> bool:
    name, status = text_at(condition, "type"), text_at(condition, "status")
    if name in _GOOD_WHEN_TRUE:
        return status == "False"
    return status in ("True", "") and _BAD_WHEN_TRUE.search(name) is not None


def _is_young(snapshot: Snapshot, condition: Manifest, busy: bool) -> bool:
    """Whether it is on its way, as far as can be told; `busy`: another condition says that work goes on."""
    since = parse_time(text_at(condition, "lastTransitionTime"))
    age = snapshot.now - since if since else _PATIENCE_SECONDS
    waits = text_at(condition, "reason") in _ON_ITS_WAY
    return (waits and age < _PATIENCE_SECONDS) or (busy and age < _BUSY_SECONDS)


def _said(condition: Manifest) -> str:
    return ": ".join(part for part in (text_at(condition, "reason"), text_at(condition, "message")) if part)


def _finding(kind: str, item: Manifest, bad: Manifest) -> Finding:
    ref, name, said = ref_of(kind, item), text_at(bad, "type"), _said(bad)
    field = f"status.conditions[{name}]"
    noun = text_at(item, "kind").lower() or kind
    is_not = f"is not {name.lower()}" if name in _GOOD_WHEN_TRUE else f"reports {name}"
    found = Finding(
        "condition-false",
        Severity.WARNING,
        f"{noun} {ref.name} {is_not}",
        said or f"its condition {name} is {text_at(bad, 'status') or 'set'}",
        ref,
        field,
        (fact(kind, item, field, said),),
        (ref,),
        0.5 if _FOLLOWS.search(said) else 0.8,
        ("read what its controller says",),
    )
    missing = _MISSING.search(said)
    if missing is None:
        return found
    gone = _gone(missing, ref.namespace)
    return msgspec.structs.replace(
        found, root=gone, field="metadata.name", confidence=0.85, affected=(ref, gone),
        next_steps=(f"create {gone}, or correct its name in {ref}",),
    )  # fmt: skip


def _of_named(snapshot: Snapshot, kind: str, item: Manifest, bad: Manifest) -> Finding:
    """What is wrong with an object: it may be that what it names is itself misled, and says nothing."""
    for ref, target in references.targets(snapshot, kind, item):
        if "." in ref.kind and ref.kind not in _BUILTIN and _worst(snapshot, target) is None:
            lost = references.lost(snapshot, ref.kind, target)
            if lost is not None:
                found = _misled(ref.kind, target, lost)
                told = fact(kind, item, f"status.conditions[{text_at(bad, 'type')}]", _said(bad))
                affected = (*found.affected, ref_of(kind, item))
                return msgspec.structs.replace(found, evidence=(*found.evidence, told), affected=affected)
    return _finding(kind, item, bad)


def _misled(kind: str, item: Manifest, lost: references.Lost, bad: Manifest | None = None) -> Finding:
    """An object that names another which does not exist."""
    ref, noun, field = ref_of(kind, item), text_at(item, "kind").lower() or kind, lost.field
    evidence = [fact(kind, item, field)]
    evidence += [fact(kind, item, f"status.conditions[{text_at(bad, 'type')}]", _said(bad))] if bad else []
    return Finding(
        "missing-reference", Severity.WARNING, f"{noun} {ref.name} refers to what does not exist", lost.why,
        lost.absent or ref, "" if lost.absent else field, tuple(evidence), (ref,), 0.9,
        (f"correct {field}, or create what it names",),
    )  # fmt: skip


def _gone(missing: re.Match[str], namespace: str) -> ObjectRef:
    """The object that a message misses."""
    noun = (missing["kind"] or missing["core"]).lower()
    plural = noun if noun.endswith("s") else f"{noun}s"
    kind = plural if plural in _CORE or not missing["group"] else f"{plural}.{missing['group']}"
    return ObjectRef(kind, missing["quoted"] or missing["name"] or missing["plain"], missing["space"] or namespace)
