"""From what a person asked for down to what is not ready: composites, claims and Clusters with all they are made of.

Ready and Synced stand side by side: what is ready but not synced runs, and no change reaches it any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, value_at

DEEPEST = 12
"""Levels: what refers to itself ends somewhere."""


class Part(msgspec.Struct, frozen=True):
    """One object that something refers to."""

    group: str
    kind: str
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        where = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {where}"


class Said(msgspec.Struct, frozen=True):
    """One condition, with its whole message."""

    status: str
    """`True`, `False`, `Unknown`; empty when the object has no such condition."""
    reason: str = ""
    message: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is true."""
        return self.status == "True"


class Traced(msgspec.Struct, frozen=True):
    """An object, what it says of itself, and what it is made of."""

    part: Part
    exists: bool
    ready: Said
    synced: Said
    more: tuple[str, ...] = ()
    """Conditions besides that say why: `LastAsyncOperation: ...`."""
    revision: str = ""
    """Of the Composition that a composite follows."""
    going: bool = False
    """Whether it is being deleted."""
    kept_by: tuple[str, ...] = ()
    """The Usages that keep it from being deleted, with their reasons."""
    is_silent: bool = False
    """Whether its kind never says that it is ready: Secrets and templates."""
    parts: tuple["Traced", ...] = ()

    @property
    def is_well(self) -> bool:
        """Ready, and synced where it says anything of it."""
        synced = self.synced.holds or not self.synced.status
        return self.exists and not self.going and (self.ready.holds or self.is_silent) and synced

    def all(self, depth: int = 0) -> Iterator[tuple[int, "Traced"]]:
        """It and all that is below it, each with its depth."""
        yield depth, self
        for each in self.parts:
            yield from each.all(depth + 1)

    @property
    def culprits(self) -> list["Traced"]:
        """What is not well, the deepest first: what is above waits for it."""
        return [each for depth, each in sorted(self.all(), key=lambda found: -found[0]) if not each.is_well]

    @property
    def words(self) -> str:
        """What it says of itself in one line, whole."""
        if not self.exists:
            return "it does not exist"
        said = [f"{name} {each.status or '-'}{_why(each)}" for name, each in _pair(self)]
        return " · ".join([*said, *self.more, *(["being deleted"] if self.going else []), *self.kept_by])


def part_of(found: Manifest) -> Part:
    """What an object is called when something refers to it."""
    group = text_at(found, "apiVersion").rpartition("/")[0]
    meta = mapping_at(found, "metadata")
    return Part(group, text_at(found, "kind"), text_at(meta, "name"), text_at(meta, "namespace"))


def references_of(found: Manifest) -> list[Part]:
    """What an object says that it is made of: by Crossplane v2, v1, a claim, or a Cluster."""
    listed = mappings_at(found, "spec.crossplane.resourceRefs") or mappings_at(found, "spec.resourceRefs")
    single = [mapping_at(found, f"spec.{name}") for name in ("resourceRef", "infrastructureRef", "controlPlaneRef")]
    home = text_at(found, "metadata.namespace")
    is_claim = bool(mapping_at(found, "spec.resourceRef"))
    return list(dict.fromkeys(_part(each, "" if is_claim else home) for each in [*listed, *single] if each.get("name")))


def trace(root: Manifest, others: Iterable[Manifest]) -> Traced:
    """An object with all that it is made of.

    Args:
        root: a composite, a claim or a Cluster.
        others: what was found by following references and owners; what is referred to and not among it is missing.
    """
    found = [root, *others]
    return _Tracing(found).traced(part_of(root), root, 0, frozenset())


class _Tracing:
    """The objects by name, by owner, and the Usages among them."""

    def __init__(self, found: list[Manifest]) -> None:
        self._by_part = {_key(part_of(each)): each for each in found}
        self._owned: dict[str, list[Manifest]] = {}
        for each in found:
            for owner in mappings_at(each, "metadata.ownerReferences"):
                self._owned.setdefault(text_at(owner, "uid"), []).append(each)
        self._usages = [each for each in found if text_at(each, "kind") in ("Usage", "ClusterUsage")]

    def traced(self, part: Part, found: Manifest | None, depth: int, above: frozenset[Any]) -> Traced:
        if found is None:
            return Traced(part, False, Said(""), Said(""))
        seen = above | {_key(part_of(found))}
        below = [each for each in self._below(found) if _key(each) not in seen] if depth < DEEPEST else []
        parts = tuple(self.traced(each, self._at(each), depth + 1, seen) for each in below)
        return Traced(
            part_of(found),
            True,
            _said(found, ("Ready", "Available", "Healthy")),
            _said(found, ("Synced",)),
            _more(found),
            _revision(found),
            "deletionTimestamp" in mapping_at(found, "metadata"),
            tuple(self._keeping(found)),
            "spec" not in found or text_at(found, "kind").endswith("Template"),
            parts,
        )

    def _at(self, part: Part) -> Manifest | None:
        return self._by_part.get(_key(part)) or self._by_part.get(_key(msgspec.structs.replace(part, namespace="")))

    def _below(self, found: Manifest) -> list[Part]:
        referred = references_of(found)
        known = {(each.group, each.kind, each.name) for each in referred}
        owned = [part_of(each) for each in self._owned.get(text_at(found, "metadata.uid"), [])]
        return referred + [each for each in owned if (each.group, each.kind, each.name) not in known]

    def _keeping(self, found: Manifest) -> Iterator[str]:
        part = part_of(found)
        for usage in self._usages:
            of, by = mapping_at(usage, "spec.of"), mapping_at(usage, "spec.by")
            name = text_at(of, "resourceRef.name")
            if (text_at(of, "kind"), name) == (part.kind, part.name) and _group(of) == part.group:
                user = f" by {text_at(by, 'kind')} {text_at(by, 'resourceRef.name')}" if by else ""
                reason = text_at(usage, "spec.reason")
                yield f"in use{user}{f': {reason}' if reason else ''} (Usage {text_at(usage, 'metadata.name')})"


def _key(part: Part) -> tuple[str, str, str, str]:
    return part.group, part.kind, part.namespace, part.name


def _part(reference: Mapping[str, Any], home: str) -> Part:
    return Part(
        _group(reference),
        text_at(reference, "kind"),
        text_at(reference, "name"),
        text_at(reference, "namespace") or home,
    )


def _group(reference: Mapping[str, Any]) -> str:
    return text_at(reference, "apiGroup") or text_at(reference, "apiVersion").rpartition("/")[0]


def _said(found: Manifest, names: tuple[str, ...]) -> Said:
    conditions = {text_at(each, "type"): each for each in mappings_at(found, "status.conditions")}
    for name in names:
        if name in conditions:
            each = conditions[name]
            return Said(text_at(each, "status"), text_at(each, "reason"), text_at(each, "message"))
    return Said("")


def _more(found: Manifest) -> tuple[str, ...]:
    """What a provider says of its last call, when that failed."""
    last = _said(found, ("LastAsyncOperation",))
    return (f"LastAsyncOperation: {last.message}",) if last.status == "False" and last.message else ()


def _revision(found: Manifest) -> str:
    path = "compositionRevisionRef.name"
    return text_at(found, f"spec.crossplane.{path}") or text_at(value_at(found, "spec"), path)


def _pair(found: Traced) -> list[tuple[str, Said]]:
    return [("Ready", found.ready), ("Synced", found.synced)]


def _why(said: Said) -> str:
    if said.holds or not said.status:
        return ""
    return " ".join(["", said.reason, *([f"({said.message})"] if said.message else [])]).rstrip()
