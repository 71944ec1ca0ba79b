"""Whose fields a change takes, by what the server itself makes of their entries in managedFields in its dry run."""

from collections.abc import Iterator, Sequence

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.managed_fields import entry_of, fields_of
from kubegenie_tui.domain.manifest import Manifest, mappings_at
from kubegenie_tui.domain.plan import Note, StepPreview
from kubegenie_tui.kube.writes import FIELD_MANAGER

MOST_NAMED = 2
"""Fields of one manager that are named; more are counted."""
_Owner = tuple[str, str]
"""Field manager and operation."""


def field_owners(steps: Sequence[StepPreview]) -> list[Note]:
    """One note for each other field manager that loses fields to a change.

    Who applies a field sets it again the next time; who updated it once may never come back. The status has entries of
    its own, which no change of a person takes. Source: Kubernetes documentation of server-side apply.
    """
    lost: dict[_Owner, dict[str, None]] = {}
    for step in steps:
        for owner, fields in _lost(step.before, step.after):
            lost.setdefault(owner, {}).update(dict.fromkeys(fields))
    return [_note(owner, list(fields)) for owner, fields in lost.items()]


def _lost(before: Manifest | None, after: Manifest | None) -> Iterator[tuple[_Owner, list[str]]]:
    if not mappings_at(after, "metadata.managedFields"):
        return
    kept = {entry_of(each): set(fields_of(each)) for each in mappings_at(after, "metadata.managedFields")}
    for entry in mappings_at(before, "metadata.managedFields"):
        manager, operation, subresource, _ = entry_of(entry)
        gone = [field for field in fields_of(entry) if field not in kept.get(entry_of(entry), ())]
        if gone and manager != FIELD_MANAGER and subresource != "status":
            yield (manager, operation), gone


def _note(owner: _Owner, fields: list[str]) -> Note:
    manager, operation = owner
    more = f" and {len(fields) - MOST_NAMED} more" if len(fields) > MOST_NAMED else ""
    named = ", ".join(fields[:MOST_NAMED]) + more
    if operation == "Apply":
        return Note(Health.WARN, f"{manager} applies {named}: it may set this back")
    return Note(Health.OK, f"{named} last set by {manager}")
