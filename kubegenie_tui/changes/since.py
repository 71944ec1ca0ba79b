"""What became of an object since a change was made, beside what the change itself touched: an undo lets it stay."""

from collections.abc import Iterator, Sequence

from kubegenie_tui.changes.recreating import as_intended
from kubegenie_tui.changes.three_way import Change, changes_between, said, same, set_back, value_of
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note
from kubegenie_tui.domain.yaml_text import LAST_APPLIED

_OWN_TAINTS = "node.kubernetes.io/"
MOST_TOLD = 3
"""Fields that are told one by one; more are counted."""


def comparable(manifest: Manifest) -> Manifest:
    """As much of an object as is kept and compared: what is intended, without copies of it and values of Secrets."""
    kept = without_applied_text(as_intended(manifest))
    if manifest.get("kind") == "Secret":
        return {key: value for key, value in kept.items() if key not in ("data", "stringData")}
    return _without_own_taints(kept) if manifest.get("kind") == "Node" else kept


def _without_own_taints(node: Manifest) -> Manifest:
    """Without the taints that the node controller sets and takes off by itself, as at a cordon."""
    taints = [each for each in mappings_at(node, "spec.taints") if not text_at(each, "key").startswith(_OWN_TAINTS)]
    spec = {key: value for key, value in mapping_at(node, "spec").items() if key != "taints"}
    return {**node, "spec": {**spec, **({"taints": taints} if taints else {})}}


def without_applied_text(manifest: Manifest) -> Manifest:
    """Without the annotation in which kubectl keeps the object once more."""
    metadata = mapping_at(manifest, "metadata")
    notes = {key: value for key, value in mapping_at(metadata, "annotations").items() if key != LAST_APPLIED}
    kept = {key: value for key, value in metadata.items() if key != "annotations"}
    return {**manifest, "metadata": {**kept, **({"annotations": notes} if notes else {})}}


def changed_since(ref: ObjectRef, left: Manifest, touched: Sequence[Change], live: Manifest) -> Iterator[str]:
    """Each field that is no longer as a change left it: what it was, what the change made of it, and what it is.

    Args:
        ref: the object.
        left: as the change left it, comparable.
        touched: by the change.
        live: as it is now.
    """
    before = set_back(left, touched)[0]
    for change in changes_between(left, comparable(live)):
        was = value_of(before, change.path)
        by_you = "you left it" if same(was, change.before) else f"you set {said(change.before)}"
        yield f"{change.field} of {ref}: was {said(was)}, {by_you}, is {said(change.after)} now"


def notes_of(changed: Sequence[str]) -> tuple[Note, ...]:
    """A few lines about what stays; none when nothing changed."""
    told = [f"changed since, stays: {each}" for each in changed[:MOST_TOLD]]
    more = len(changed) - MOST_TOLD
    if more > 0:
        told.append(f"changed since, stays: {more} more field{'s' if more > 1 else ''}")
    return tuple(Note(Health.WARN, text) for text in told)
