"""The objects that were read around one object, found by name, by uid and by what they refer to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.link import Link
from kubegenie_tui.domain.relations.links import links_of
from kubegenie_tui.domain.row import Measure
from kubegenie_tui.domain.shapes import SHAPED, shape_of

Found = tuple[str, Manifest]
"""Kind id and manifest."""


class World:
    """Manifests by kind id; filled first, asked then."""

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        """`names`: the right kind ids for guessed ones that are wrong."""
        self._names = dict(names or {})
        self._by_ref: dict[ObjectRef, Manifest] = {}
        self._owned: defaultdict[str, list[Found]] = defaultdict(list)
        self._complete: set[tuple[str, str]] = set()
        self._missing: set[ObjectRef] = set()
        self._incoming: defaultdict[ObjectRef, list[tuple[ObjectRef, Link]]] = defaultdict(list)

    def add(self, kind_id: str, items: Iterable[Manifest], *, complete: str | None = None) -> None:
        """Put objects in; `complete`: these are all of the kind in that namespace, empty for all namespaces."""
        for item in items:
            ref = ref_of(kind_id, item)
            if ref in self._by_ref:
                continue
            self._by_ref[ref] = item
            for reference in mappings_at(item, "metadata.ownerReferences"):
                self._owned[text_at(reference, "uid")].append((kind_id, item))
            for link in links_of(kind_id, item):
                self._incoming[self._right(link.ref)].append((ref, link))
        if complete is not None:
            self._complete.add((kind_id, complete))

    def note_missing(self, ref: ObjectRef) -> None:
        """The server says that there is no such object."""
        self._missing.add(ref)

    def get(self, ref: ObjectRef) -> Manifest | None:
        """The object, when it was read."""
        return self._by_ref.get(self._right(ref))

    def is_there(self, ref: ObjectRef) -> bool | None:
        """Whether it exists; None when that was not looked at."""
        ref = self._right(ref)
        if ref in self._by_ref:
            return True
        known = (ref.kind, ref.namespace) in self._complete or (ref.kind, "") in self._complete
        return False if known or ref in self._missing else None

    def of(self, kind_id: str) -> Iterator[Manifest]:
        """The objects of a kind."""
        return (item for ref, item in self._by_ref.items() if ref.kind == kind_id)

    def links(self, kind_id: str, manifest: Manifest) -> Iterator[Link]:
        """What an object refers to, each end once, under its right kind id."""
        seen: set[tuple[object, ObjectRef]] = set()
        for link in links_of(kind_id, manifest):
            ref = self._right(link.ref)
            if (link.relation, ref) not in seen and ref.name:
                seen.add((link.relation, ref))
                yield msgspec.structs.replace(link, ref=ref)

    def owned_by(self, manifest: Manifest) -> list[Found]:
        """What names this object as an owner."""
        return self._owned.get(text_at(manifest, "metadata.uid") or "?", [])

    def referring_to(self, ref: ObjectRef) -> list[tuple[ObjectRef, Link]]:
        """Who refers to an object by name, and how; once each."""
        found: dict[ObjectRef, tuple[ObjectRef, Link]] = {}
        for source, link in self._incoming.get(ref, ()):
            found.setdefault(source, (source, link))
        return list(found.values())

    def _right(self, ref: ObjectRef) -> ObjectRef:
        kind = self._names.get(ref.kind, ref.kind)
        if kind in CLUSTER_SCOPED and ref.namespace:
            return ObjectRef(kind, ref.name)
        return ref if kind == ref.kind else ObjectRef(kind, ref.name, ref.namespace)


CLUSTER_SCOPED = frozenset({"nodes", "persistentvolumes", "namespaces"})
"""Kinds without a namespace that own objects which have one."""


def ref_of(kind_id: str, manifest: Manifest) -> ObjectRef:
    """What cites an object."""
    return ObjectRef(kind_id, text_at(manifest, "metadata.name"), text_at(manifest, "metadata.namespace"))


def state_of(kind_id: str, manifest: Manifest) -> tuple[Health, str]:
    """Health and status of an object as its row in a table would tell them; unknown and empty for other kinds."""
    plural, _, group = kind_id.partition(".")
    version = "v2" if group == "autoscaling" else "v1"
    shape = shape_of(Kind(group, version, plural, plural)) if kind_id in SHAPED else None
    if shape is None or "spec" not in manifest:
        return Health.UNKNOWN, ""
    try:
        row = shape.decode(msgspec.json.encode(manifest))
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Health.UNKNOWN, ""
    cells = {
        column.measure: str(cell)
        for column, cell in zip(shape.columns, row.cells, strict=False)
        if cell not in (None, "", "<none>")
    }
    return row.health, cells.get(Measure.STATUS) or cells.get(Measure.RATIO, "")
