"""Notes that a person pins to a cluster, and how they are known again when the same fault returns."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from kubegenie_tui.domain.conversation import Symptom
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan

_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"
_MADE_UP = (
    ("pods", re.compile(rf"-{_RANDOM}{{8,10}}-{_RANDOM}{{5}}$|-\d{{8}}-{_RANDOM}{{5}}$|-{_RANDOM}{{5}}$|-\d+$")),
    ("replicasets.apps", re.compile(rf"-{_RANDOM}{{8,10}}$")),
    ("jobs.batch", re.compile(r"-\d{8}$")),
)
"""How controllers end the names of what they make: random letters without vowels, ordinals, minutes."""


class IncidentNote(msgspec.Struct, frozen=True):
    """What a person noted. Text is redacted before it comes here."""

    cluster: str
    text: str
    at: float
    """Seconds since the epoch."""
    rule: str = ""
    """Id of the rule whose finding it is about; empty for any finding about the object."""
    kind: str = ""
    """Kind id of the object it is about; empty for the cluster as a whole."""
    namespace: str = ""
    name: str = ""
    """Of the object, with `*` for what its controller made up."""
    id: int = 0

    @property
    def about(self) -> str:
        """What it is about: `missing-secret-key, deployment shop/checkout`; empty for the cluster."""
        ref = ObjectRef(self.kind, self.name, self.namespace)
        return ", ".join(part for part in (self.rule, ref.words if self.kind else "") if part)


def note_about(cluster: str, text: str, at: float, rule: str = "", ref: ObjectRef | None = None) -> IncidentNote:
    """A note on a finding of a rule, on an object, or on both; on the cluster when neither is said."""
    if ref is None:
        return IncidentNote(cluster, text, at, rule)
    return IncidentNote(cluster, text, at, rule, ref.kind, ref.namespace, lasting_name(ref))


def lasting_name(ref: ObjectRef) -> str:
    """The name of an object as its next incarnation will bear it too: `checkout-*` for a pod of a deployment."""
    for kind, ending in _MADE_UP:
        if ref.kind == kind and (match := ending.search(ref.name)):
            return f"{ref.name[: match.start()]}-*"
    return ref.name


def symptom_meant(symptoms: Sequence[Symptom], looked_at: ObjectRef | None) -> Symptom | None:
    """Which of the findings of the last diagnosis a note is about: that on the object in view, else the worst."""
    if looked_at is not None:
        for symptom in symptoms:
            if any(_is_same(ref, looked_at) for ref in (symptom.root, *symptom.affected)):
                return symptom
    return symptoms[0] if symptoms else None


def symptom_touched(symptoms: Iterable[Symptom], plan: Plan) -> Symptom | None:
    """The first finding that is about an object that a plan writes, whatever the cluster is called; None for none."""
    touched = {_bare(step.ref) for step in plan.steps}
    about = (each for each in symptoms if touched.intersection(map(_bare, (each.root, *each.affected))))
    return next(about, None)


def recalled(notes: Iterable[IncidentNote], finding: Finding) -> list[IncidentNote]:
    """The notes that a finding brings back: of its rule on the same object or in the same namespace, or on the object.

    The latest first.
    """
    return sorted((note for note in notes if _fits(note, finding)), key=lambda note: note.at, reverse=True)


def noted(note: IncidentNote, finding: Finding) -> str:
    """A note as it is told with a finding: `Noted on 2026-11-03: the vault was sealed`; the day is that of UTC."""
    ref = ObjectRef(note.kind, note.name, note.namespace)
    other = note.kind and not _is_on(note, finding)
    day = datetime.fromtimestamp(note.at, UTC)
    return f"Noted on {day:%Y-%m-%d}{f' about {ref.words}' if other else ''}: {note.text}"


def _fits(note: IncidentNote, finding: Finding) -> bool:
    if note.rule and note.rule != finding.rule:
        return False
    if _is_on(note, finding):
        return True
    return bool(note.rule) and (not note.kind or (bool(note.namespace) and note.namespace == finding.root.namespace))


def _is_on(note: IncidentNote, finding: Finding) -> bool:
    """Whether a finding is about the object of a note."""
    return bool(note.kind) and any(
        (note.kind, note.namespace, note.name) == (ref.kind, ref.namespace, lasting_name(ref))
        for ref in (finding.root, *finding.affected)
    )


def _bare(ref: ObjectRef) -> tuple[str, str, str]:
    return ref.kind, ref.namespace, ref.name


def _is_same(one: ObjectRef, other: ObjectRef) -> bool:
    return (one.kind, one.namespace, lasting_name(one)) == (other.kind, other.namespace, lasting_name(other))
