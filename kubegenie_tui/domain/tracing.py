"""From what a person asked for down to what is not ready: composites, claims and Clusters with all they are made of.

Ready and Synced stand side by side: what is ready but not synced runs, and no change reaches it any more.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from kubegenie_tui.domain.custom.reconciling import condition_health
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at, texts_at

DEEPEST = 12
"""Levels: what refers to itself ends somewhere."""
_CLOUDS = {"aws": "aws", "gcp": "gcp", "azure": "azure", "google": "gcp"}
"""Parts of the groups of providers, in either scope: `eks.aws.m.upbound.io`, `container.cnrm.cloud.google.com`."""
_PROVIDERS = (".m.crossplane.io", ".crossplane.io", ".m.upbound.io", ".upbound.io")
_MACHINERY = {"protection", "apiextensions", "pkg", "ops", "pt.fn"}
"""What is before `.crossplane.io` in Crossplane's own groups."""
CLUSTER_API = "cluster.x-k8s.io"
"""Ends the groups of Cluster API and of its providers."""
_INFRASTRUCTURE = f"infrastructure.{CLUSTER_API}"
_INFRASTRUCTURES = ("AWS", "Azure", "GCP", "VSphere", "OpenStack", "Metal3", "Docker")
"""How the kinds of Cluster API's providers begin."""
_WHOLE = ("Ready", "Available", "Healthy")
"""Conditions that tell how an object is as a whole, the first that it has."""
_BUILT_IN = {"", "apps", "batch", "autoscaling", "policy"}
NOTHING: Mapping["Part", str] = MappingProxyType({})


class Part(msgspec.Struct, frozen=True):
    """One object that something refers to."""

    group: str
    kind: str
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        where = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {where}"

    @property
    def cloud(self) -> str:
        """Where what it stands for is: `aws`, `helm`, `docker`; empty for what is in the cluster itself."""
        labels = self.group.split(".")
        if found := next((_CLOUDS[label] for label in labels if label in _CLOUDS), ""):
            return found
        if self.group == _INFRASTRUCTURE:
            return next((each.lower() for each in _INFRASTRUCTURES if self.kind.startswith(each)), "")
        end = next((each for each in _PROVIDERS if self.group.endswith(each)), "")
        named = self.group.removesuffix(end) if end else ""
        return "" if named in _MACHINERY else named


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
    """Conditions besides that are not as they should be: `LastAsyncOperation: ...`, `ScalingUp: from 1 to 2`."""
    revision: str = ""
    """Of the Composition that a composite follows."""
    going: bool = False
    """Whether it is being deleted."""
    kept_by: tuple[str, ...] = ()
    """The Usages that keep it from being deleted, with their reasons."""
    used_by: tuple[str, ...] = ()
    """Whom each of these names: `NodePool shop-nodes`; empty of one that gives a reason alone."""
    is_silent: bool = False
    """Whether its kind never says that it is ready: Secrets and templates."""
    parts: tuple["Traced", ...] = ()
    unread: str = ""
    """Why it is not known whether it exists: `you may not read it`."""
    uid: str = ""
    composition: str = ""
    """The Composition that a composite is made by."""
    is_manual: bool = False
    """Whether a composite stays with its revision until somebody names another."""
    finalizers: tuple[str, ...] = ()
    """What has to be done before it goes."""
    unsettled: str = ""
    """What is not over yet, though all may be well: a change that it does not tell of, or an operation in its cloud."""

    @property
    def is_well(self) -> bool:
        """Ready, and synced where it says anything of it; what could not be read is not told to be at fault."""
        if self.unread:
            return True
        synced = self.synced.holds or not self.synced.status
        return self.exists and not self.going and (self.ready.holds or self.is_silent) and synced

    @property
    def health(self) -> Health:
        """What waits comes by itself; what is not synced, or not there, does not."""
        if self.unread:
            return Health.UNKNOWN
        if not self.exists or self.synced.status == "False":
            return Health.BAD
        if self.is_well:
            return Health.OK if self.ready.status or self.synced.status else Health.IDLE
        tells = self.ready.message or self.more or self.kept_by
        waits = any(not each.is_well for each in self.parts)
        return Health.WARN if tells and not waits else Health.PROGRESSING

    @property
    def clouds(self) -> list[str]:
        """Where it is, or where what it is made of is: of a composite, every cloud that it depends on."""
        return sorted({each.part.cloud for _, each in self.all()} - {""})

    @property
    def compositions(self) -> list[str]:
        """The Compositions that it and the composites below it are made by."""
        return list(dict.fromkeys(each.composition for _, each in self.all() if each.composition))

    def all(self) -> Iterator[tuple[int, "Traced"]]:
        """It and all that is below it, each once, with the greatest depth at which it is a part."""
        depths: dict[Part, int] = {}
        found: dict[Part, Traced] = {}
        ahead = [(0, self)]
        while ahead:
            depth, each = ahead.pop()
            if depth > depths.get(each.part, -1):
                depths[each.part] = depth
                found.setdefault(each.part, each)
                ahead += [(depth + 1, part) for part in reversed(each.parts)]
        yield from ((depths[part], each) for part, each in found.items())

    def outline(self) -> Iterator["Place"]:
        """The tree line by line: what is a part of several is told whole where it comes first."""
        seen: set[Part] = set()
        ahead = [Place(self, ())]
        while ahead:
            place = ahead.pop()
            is_again = place.found.part in seen
            yield place._replace(is_again=is_again)
            if not is_again:
                seen.add(place.found.part)
                parts, lasts = place.found.parts, place.lasts
                ahead += [Place(each, (*lasts, each is parts[-1])) for each in reversed(parts)]

    @property
    def tells_synced(self) -> bool:
        """Whether it or anything below it says whether it is synced: what is of Crossplane does."""
        return any(each.synced.status for _, each in self.all())

    def wholes_of(self, part: "Part") -> list["Part"]:
        """What a part is a direct part of, itself and all below it looked through."""
        return [each.part for _, each in self.all() if any(below.part == part for below in each.parts)]

    @property
    def culprits(self) -> list["Traced"]:
        """What is not well, the deepest first: what is above waits for it."""
        return [each for depth, each in sorted(self.all(), key=lambda found: -found[0]) if not each.is_well]

    @property
    def words(self) -> str:
        """What it says of itself in one line, whole."""
        if self.unread:
            return self.unread
        if not self.exists:
            return " · ".join(["it does not exist", *self.more])
        said = [f"{name} {each.status or '-'}{_why(each)}" for name, each in _pair(self)]
        return " · ".join([*said, *self.more, *([self.waits_for] if self.going else []), *self.kept_by])

    @property
    def waits_for(self) -> str:
        """That it is being deleted, and the finalizers that it waits for."""
        return "being deleted" + (f", waits for {', '.join(self.finalizers)}" if self.finalizers else "")


class Place(NamedTuple):
    """One line of the tree."""

    found: Traced
    lasts: tuple[bool, ...]
    """From the top down to it, whether each is the last part of what is above it."""
    is_again: bool = False
    """Whether it stands further up already, with its parts."""


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


def above_of(found: Manifest) -> Part | None:
    """What an object is a part of: its claim, or else its owner, the controlling one before others."""
    claim = mapping_at(found, "spec.claimRef")
    if claim.get("name"):
        return _part(claim, "")
    owners = mappings_at(found, "metadata.ownerReferences")
    owner = next((each for each in owners if each.get("controller") is True), owners[0] if owners else None)
    return _part(owner, text_at(found, "metadata.namespace")) if owner else None


def trace(
    root: Manifest, others: Iterable[Manifest], unread: Mapping[Part, str] = NOTHING, unserved: Collection[Part] = ()
) -> Traced:
    """An object with all that it is made of.

    Args:
        root: a composite, a claim or a Cluster.
        others: what was found by following references and owners; what is referred to and not among it is missing.
        unread: why something that is referred to was not looked at.
        unserved: what is referred to and is of a kind that the server does not know.
    """
    return _Tracing([root, *others], unread, unserved).traced(part_of(root), root, 0, frozenset())


class _Tracing:
    """The objects by name, by owner, and the Usages among them."""

    def __init__(self, found: list[Manifest], unread: Mapping[Part, str], unserved: Collection[Part]) -> None:
        self._unread = unread
        self._unserved = unserved
        self._by_part = {_key(part_of(each)): each for each in found}
        self._owned: dict[str, list[Manifest]] = {}
        for each in found:
            for owner in mappings_at(each, "metadata.ownerReferences"):
                self._owned.setdefault(text_at(owner, "uid"), []).append(each)
        self._usages = [each for each in found if text_at(each, "kind") in ("Usage", "ClusterUsage")]
        self._done: dict[Any, Traced] = {}
        """What several refer to is put together once."""

    def traced(self, part: Part, found: Manifest | None, depth: int, above: frozenset[Any]) -> Traced:
        if found is None:
            unserved = f"no kind {part.kind} of {part.group} is served: is its provider installed?"
            more = (unserved,) if part in self._unserved else ()
            return Traced(part, False, Said(""), Said(""), more, unread=self._unread.get(part, ""))
        key = _key(part_of(found))
        if key in self._done:
            return self._done[key]
        seen = above | {key}
        below = [each for each in self._below(found) if _key(each) not in seen] if depth < DEEPEST else []
        parts = tuple(self.traced(each, self._at(each), depth + 1, seen) for each in below)
        keeping = list(self._keeping(found))
        self._done[key] = Traced(
            part_of(found),
            True,
            _said(found, _WHOLE),
            _said(found, ("Synced",)),
            _more(found),
            _of_machinery(found, "compositionRevisionRef.name"),
            "deletionTimestamp" in mapping_at(found, "metadata"),
            tuple(words for _, words in keeping),
            tuple(user for user, _ in keeping),
            _is_silent(found),
            parts,
            uid=text_at(found, "metadata.uid"),
            composition=_of_machinery(found, "compositionRef.name"),
            is_manual=_of_machinery(found, "compositionUpdatePolicy") == "Manual",
            finalizers=tuple(texts_at(found, "metadata.finalizers")),
            unsettled=_unsettled(found),
        )
        return self._done[key]

    def _at(self, part: Part) -> Manifest | None:
        return self._by_part.get(_key(part)) or self._by_part.get(_key(msgspec.structs.replace(part, namespace="")))

    def _below(self, found: Manifest) -> list[Part]:
        referred = references_of(found)
        known = {(each.group, each.kind, each.name) for each in referred}
        owned = [part_of(each) for each in self._owned.get(text_at(found, "metadata.uid"), [])]
        return referred + [each for each in owned if (each.group, each.kind, each.name) not in known]

    def _keeping(self, found: Manifest) -> Iterator[tuple[str, str]]:
        """Whom each Usage of it names, and the whole of it in words."""
        part = part_of(found)
        for usage in self._usages:
            of, by = mapping_at(usage, "spec.of"), mapping_at(usage, "spec.by")
            name = text_at(of, "resourceRef.name")
            home = text_at(of, "resourceRef.namespace") or text_at(usage, "metadata.namespace")
            if _key(Part(_group(of), text_at(of, "kind"), name, home if part.namespace else "")) == _key(part):
                user = f"{text_at(by, 'kind')} {text_at(by, 'resourceRef.name')}" if by else ""
                reason, named = text_at(usage, "spec.reason"), text_at(usage, "metadata.name")
                words = f"in use{f' by {user}' if user else ''}{f': {reason}' if reason else ''} (Usage {named})"
                yield user, words


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
    """What a provider says of its last call, when that failed, and other conditions that are not as they should be.

    What the object is told of as a whole is not told again.
    """
    told = " ".join(_said(found, (name,)).message for name in (*_WHOLE, "Synced"))
    more = []
    for each in mappings_at(found, "status.conditions"):
        type_, status, reason, message = (text_at(each, key) for key in ("type", "status", "reason", "message"))
        is_failed = type_ == "LastAsyncOperation" and status == "False"
        health = condition_health(type_, status, reason)
        if type_ in (*_WHOLE, "Synced") or not (is_failed or (health is not None and health >= Health.PROGRESSING)):
            continue
        words = message or (reason if reason != type_ else "")
        if words and words not in told:
            more.append(f"{type_}: {words}")
    return tuple(more)


def _unsettled(found: Manifest) -> str:
    """What Crossplane's providers tell of a change, on top of Ready and Synced, which stay as they were before it.

    Source: upjet, pkg/resource/conditions.go; crossplane-runtime, the observed generation of conditions.
    """
    conditions = {text_at(each, "type"): each for each in mappings_at(found, "status.conditions")}
    seen = number_at(conditions.get("Synced"), "observedGeneration")
    if seen is not None and seen < (number_at(found, "metadata.generation") or 0):
        return "its change is not seen yet"
    is_going_on = text_at(conditions.get("AsyncOperation"), "reason") == "Ongoing"
    return "an operation is going on in its cloud" if is_going_on else ""


def _of_machinery(found: Manifest, path: str) -> str:
    """What Crossplane keeps in a composite, or in a claim: in the second version in a place of its own."""
    return text_at(found, f"spec.crossplane.{path}") or text_at(found, f"spec.{path}")


def _is_silent(found: Manifest) -> bool:
    """Whether it will never say that it is ready: it has nothing to become, or is of a kind that has no conditions."""
    part = part_of(found)
    if "spec" not in found or part.kind.endswith("Template"):
        return True
    is_built_in = part.group in _BUILT_IN or part.group.endswith(".k8s.io")
    return is_built_in and not mappings_at(found, "status.conditions")


def _pair(found: Traced) -> list[tuple[str, Said]]:
    """Cluster API knows no Synced."""
    synced = [] if found.part.group.endswith(CLUSTER_API) else [("Synced", found.synced)]
    return [("Ready", found.ready), *synced]


def _why(said: Said) -> str:
    if said.holds or not said.status:
        return ""
    return " ".join(["", said.reason, *([f"({said.message})"] if said.message else [])]).rstrip()
