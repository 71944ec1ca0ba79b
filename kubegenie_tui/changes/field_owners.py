"""Whose fields a change takes, by what the server itself makes of their entries in managedFields in its dry run."""

import json
from collections.abc import Iterator, Sequence

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.plan import Note, StepPreview
from kubegenie_tui.domain.text import plain
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
    kept = {_entry(each): set(_fields(each)) for each in mappings_at(after, "metadata.managedFields")}
    for entry in mappings_at(before, "metadata.managedFields"):
        manager, operation, subresource, _ = _entry(entry)
        gone = [field for field in _fields(entry) if field not in kept.get(_entry(entry), ())]
        if gone and manager != FIELD_MANAGER and subresource != "status":
            yield (manager, operation), gone


def _note(owner: _Owner, fields: list[str]) -> Note:
    manager, operation = owner
    more = f" and {len(fields) - MOST_NAMED} more" if len(fields) > MOST_NAMED else ""
    named = ", ".join(fields[:MOST_NAMED]) + more
    if operation == "Apply":
        return Note(Health.WARN, f"{manager} applies {named}: it may set this back")
    return Note(Health.OK, f"{named} last set by {manager}")


def _entry(managed: Manifest) -> tuple[str, str, str, str]:
    manager, operation, subresource, version = (
        text_at(managed, field) for field in ("manager", "operation", "subresource", "apiVersion")
    )
    return manager, operation, subresource, version


def _fields(managed: Manifest) -> list[str]:
    """The fields of an entry, as `spec.template.spec.containers[app].image`."""
    return list(_paths(mapping_at(managed, "fieldsV1"), ""))


def _paths(tree: Manifest, above: str) -> Iterator[str]:
    """Source: FieldsV1 of sigs.k8s.io/structured-merge-diff: `f:` a field, `k:` and `v:` items, `.` the whole."""
    for step, below in tree.items():
        kind, _, word = step.partition(":")
        if kind == "f":
            path = f"{above}.{plain(word)}" if above else plain(word)
        else:
            path = f"{above}[{_item(kind, word)}]" if word else above
        if isinstance(below, dict) and below:
            yield from _paths(below, path)
        elif word:
            yield path


def _item(kind: str, word: str) -> str:
    """An item of a list by its key's values, or by its value."""
    try:
        value = json.loads(word)
    except ValueError:
        return plain(word)
    return plain(",".join(map(str, value.values())) if kind == "k" and isinstance(value, dict) else str(value))
