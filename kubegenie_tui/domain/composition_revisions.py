"""The revisions of a Composition of Crossplane, and which one a composite follows."""

from collections.abc import Iterable

import msgspec

from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at, text_at
from kubegenie_tui.domain.tracing import Traced

COMPOSITION_LABEL = "crossplane.io/composition-name"


class Revision(msgspec.Struct, frozen=True):
    """One state of a Composition, as Crossplane keeps it."""

    name: str
    number: int
    composition: str
    created: str
    """An RFC 3339 time."""


def revision_of(found: Manifest) -> Revision:
    """A CompositionRevision."""
    labels = mapping_at(found, "metadata.labels")
    composition = str(labels.get(COMPOSITION_LABEL, ""))
    name, created = text_at(found, "metadata.name"), text_at(found, "metadata.creationTimestamp")
    return Revision(name, number_at(found, "spec.revision") or 0, composition, created)


def revision_words(found: Traced, revisions: Iterable[Revision]) -> str:
    """Which revision of its Composition a composite follows, and whether there is a newer one; empty for others."""
    if not found.composition and not found.revision:
        return ""
    known = [each for each in revisions if each.composition == found.composition]
    newest = max(known, key=lambda each: each.number, default=None)
    own = next((each for each in known if each.name == found.revision), None)
    said = [f"Composition {found.composition or '-'}"]
    if own is not None and newest is not None:
        behind = "" if own is newest else f", the newest is {newest.number}"
        said.append(f"revision {own.number}{behind}")
    if found.revision:
        said.append(found.revision)
    if found.is_manual:
        said.append("stays with it (Manual)")
    return " · ".join(said)
