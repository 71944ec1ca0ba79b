"""Objects that custom resources name in fields such as `sourceRef`: which are there, and which are not."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from kubegenie_tui.diagnostics.corrections import is_alone, of_mapping
from kubegenie_tui.diagnostics.references import keys_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef

NEEDED = frozenset({"issuerRef", "secretStoreRef", "sourceRef", "scaleTargetRef", "chartRef", "authenticationRef"})
"""References without which nothing works; others are told of when a condition tells that something is wrong."""
_DEFAULT_KINDS = {
    "issuerRef": "Issuer", "scaleTargetRef": "Deployment", "secretStoreRef": "SecretStore",
    "secretStoreRefs": "SecretStore", "authenticationRef": "TriggerAuthentication", "secretTargetRef": "Secret",
    "imageRepositoryRef": "ImageRepository", "configMapRef": "ConfigMap", "providerConfigRef": "ProviderConfig",
    "serviceAccountRef": "ServiceAccount",
}  # fmt: skip
_TOLD_BY_CONDITION = "providerConfigRef"
"""What it names is looked into; that it is missing a condition says, in which the kind is certain."""
_MADE = frozenset({"privateKeySecretRef"})
"""Secrets that the controller makes itself."""
_BY_FIELD = re.compile(r"(?P<word>[a-z][A-Za-z]+?)(?:Id|Arn|Name|SelfLink)?Refs?")
"""Fields of Crossplane's resources that name another: `vpcIdRef`, `subnetIdRefs`, `roleArnRef`, `networkRef`."""
_DEEPEST = 6
_WITH_KEYS = ("secrets", "configmaps")


class Named(msgspec.Struct, frozen=True):
    """One object that another names."""

    word: str
    """Its kind as it is written."""
    ref: ObjectRef
    field: str
    """Where it is named, up to the name."""
    key: str = ""
    """The key of it that is wanted, empty for none."""
    reference: Manifest = {}
    """What names it."""
    is_guess: bool = False
    """Whether its kind is told by the field's name alone, as in Crossplane's `vpcIdRef`."""


class Lost(msgspec.Struct, frozen=True):
    """A name that certainly leads nowhere."""

    field: str
    why: str
    is_default: bool = False
    """Whether it is a name that is written in where nobody gives one, and that an installation brings."""
    absent: ObjectRef | None = None
    """The Secret or ConfigMap that has to be made or completed; None where the name is more likely to be wrong."""
    remedy: Remedy | None = None
    """The one name, key or kind that is meant."""

    @property
    def is_needed(self) -> bool:
        """Whether nothing works without it."""
        return any(part.partition("[")[0] in NEEDED for part in self.field.split("."))


def lost(snapshot: Snapshot, kind: str, item: Manifest) -> Lost | None:
    """The first name that certainly leads nowhere."""
    for each in (each for each in named(snapshot, kind, item) if not each.is_guess):
        if snapshot.is_missing(each.ref.kind, each.ref.namespace, each.ref.name):
            is_told = each.field.endswith(_TOLD_BY_CONDITION)
            if not is_told and snapshot.get(each.ref.kind, "", each.ref.name) is None:
                return _missing(snapshot, kind, item, each)
        elif (target := _get(snapshot, each.ref)) is not None and each.key and each.ref.kind in _WITH_KEYS:
            keys = keys_of(target)
            if each.key not in keys:
                near = nearest(each.key, keys)
                only = keys[0] if len(keys) == 1 else ""
                why = f'{each.word} "{each.ref.name}" has no key "{each.key}"{did_you_mean(near or only)}'
                remedy = _corrected(kind, item, each, {"key": near}) if is_alone(each.key, near, keys) else None
                return Lost(f"{each.field}.key", why, absent=None if near or only else each.ref, remedy=remedy)
    return None


def targets(snapshot: Snapshot, kind: str, item: Manifest) -> Iterator[tuple[ObjectRef, Manifest]]:
    """The objects that it names and that are here."""
    for each in named(snapshot, kind, item):
        for ref in (each.ref, msgspec.structs.replace(each.ref, namespace="")):
            if (target := snapshot.get(ref.kind, ref.namespace, ref.name)) is not None:
                yield ref, target
                break


def named(snapshot: Snapshot, kind: str, item: Manifest) -> Iterator[Named]:
    """Every object that it names, where its kind is certain."""
    own, noun = ref_of(kind, item).namespace, text_at(item, "kind")
    for path, word, reference in _references(mapping_at(item, "spec"), "spec", _DEEPEST, noun):
        name, space = text_at(reference, "name"), text_at(reference, "namespace") or own
        ids = [each for each in snapshot.kinds() if is_of(each, word, _group_of(reference))]
        if len(ids) > 1:
            ids = [each for each in ids if _is_of_family(kind, each)] or [
                each for each in ids if any(snapshot.get(each, place, name) for place in (space, ""))
            ]
        if len(ids) == 1 and (space or ids[0] not in _WITH_KEYS):
            is_guess = not _word(path.rpartition(".")[2].partition("[")[0], reference, noun)
            yield Named(word, ObjectRef(ids[0], name, space), path, text_at(reference, "key"), reference, is_guess)


def _is_of_family(own: str, kind: str) -> bool:
    """Whether a kind is of the group of another, or of one above it: `aws.upbound.io`, for `iam.aws.upbound.io`."""
    group, other = own.partition(".")[2], kind.partition(".")[2]
    return group == other or group.endswith(f".{other}")


def names_of(kind_id: str, items: Iterable[Manifest]) -> set[str]:
    """The names of objects of a kind that any of the items names."""
    found = set[str]()
    for item in items:
        for _, word, reference in _references(mapping_at(item, "spec"), "spec", _DEEPEST, text_at(item, "kind")):
            found |= {text_at(reference, "name")} if is_of(kind_id, word, _group_of(reference)) else set()
    return found


def _get(snapshot: Snapshot, ref: ObjectRef) -> Manifest | None:
    return snapshot.get(ref.kind, ref.namespace, ref.name)


def _corrected(kind: str, item: Manifest, each: Named, new: Manifest) -> Remedy | None:
    """Of what a controller made, it would be made as it was."""
    is_owned = any(owner.get("controller") for owner in mappings_at(item, "metadata.ownerReferences"))
    return None if is_owned else of_mapping(ref_of(kind, item), item, each.reference, new)


def _missing(snapshot: Snapshot, own: str, item: Manifest, each: Named) -> Lost:
    kind, space = each.ref.kind, each.ref.namespace
    if (word := _of_other_scope(snapshot, each)) and not each.field.endswith("]"):
        why = f'there is no {each.word} "{each.ref.name}"; there is a {word} of this name'
        return Lost(f"{each.field}.kind", why, remedy=_corrected(own, item, each, {"kind": word}))
    near = nearest(each.ref.name, (names := (*snapshot.names(kind, space), *snapshot.names(kind, ""))))
    near = near or _only_with_key(snapshot, each)
    absent = each.ref if kind in _WITH_KEYS and not near else None
    why = f'there is no {each.word} "{each.ref.name}"{did_you_mean(near)}'
    remedy = _corrected(own, item, each, {"name": near}) if is_alone(each.ref.name, near, names) else None
    return Lost(f"{each.field}.name", why, absent=absent, is_default=each.ref.name == "default", remedy=remedy)


def _only_with_key(snapshot: Snapshot, each: Named) -> str:
    """The one object of the kind that has the key which is asked for."""
    held = snapshot.within(each.ref.kind, each.ref.namespace) if each.key and each.ref.kind in _WITH_KEYS else ()
    names = [text_at(item, "metadata.name") for item in held if each.key in keys_of(item)]
    return names[0] if len(names) == 1 else ""


def _of_other_scope(snapshot: Snapshot, each: Named) -> str:
    """The kind for all namespaces, such as ClusterIssuer, or that of one, which has an object of this name."""
    noun, dot, group = each.ref.kind.partition(".")
    other, word = f"cluster{noun}{dot}{group}", f"Cluster{each.word}"
    if noun.startswith("cluster"):
        other, word = each.ref.kind.removeprefix("cluster"), each.word.removeprefix("Cluster")
    places = (("", each.ref.namespace) if noun.startswith("cluster") else ("",)) if dot else ()
    return word if any(snapshot.get(other, place, each.ref.name) for place in places) else ""


def named_at(spec: Manifest, name: str, path: str = "spec") -> Iterator[str]:
    """Where exactly this stands in a spec."""
    for key, value in spec.items():
        for number, each in enumerate(value if isinstance(value, list) else [value]):
            where = f"{path}.{key}[{number}]" if isinstance(value, list) else f"{path}.{key}"
            if isinstance(each, dict):
                yield from named_at(each, name, where)
            elif each == name:
                yield where


def _references(spec: Manifest, path: str, depth: int, noun: str) -> Iterator[tuple[str, str, Manifest]]:
    """Path, kind and value of each reference that tells its kind; `noun` is the kind of the object itself."""
    for key, value in spec.items():
        many = value if isinstance(value, list) else [value]
        for number, each in enumerate(many if depth else ()):
            if not isinstance(each, dict):
                continue
            where = f"{path}.{key}[{number}]" if isinstance(value, list) else f"{path}.{key}"
            word = _word(key, each, noun) or _guessed(key)
            if word and text_at(each, "name"):
                if each.get("optional") is not True:
                    yield where, word, each
            else:
                yield from _references(each, where, depth - 1, noun)


def _word(key: str, value: Manifest, noun: str) -> str:
    """The kind that a reference is to; empty when that is not certain, or it is none."""
    if key == "dependsOn":
        return text_at(value, "kind") or noun
    if key == "secretRef" or (key.endswith("SecretRef") and key not in _MADE):
        return "Secret"
    if key.endswith(("Ref", "Refs", "From")):
        return text_at(value, "kind") or _DEFAULT_KINDS.get(key, "")
    return ""


def _guessed(key: str) -> str:
    told = _BY_FIELD.fullmatch(key)
    return told["word"] if told else ""


def _group_of(reference: Manifest) -> str:
    """The API group of what is named: Gateway API, Cluster API, most others."""
    told = text_at(reference, "group") or text_at(reference, "apiGroup")
    return told or text_at(reference, "apiVersion").rpartition("/")[0]


def is_of(kind_id: str, word: str, group: str) -> bool:
    """Whether a kind id is that of a kind's name, in a group where one is told."""
    noun, _, where = kind_id.partition(".")
    small = word.lower()
    plurals = (f"{small}s", f"{small}es", f"{small.removesuffix('y')}ies")
    return noun in plurals and group in ("", where)
