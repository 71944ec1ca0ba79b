"""Objects that custom resources name in a field `…Ref`, and that do not exist."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest

NEEDED = frozenset({"issuerRef", "secretStoreRef", "sourceRef", "scaleTargetRef", "chartRef"})
"""References without which nothing works; others are told of when a condition tells that something is wrong."""
_DEFAULT_KINDS = {"issuerRef": "Issuer", "scaleTargetRef": "Deployment", "secretStoreRef": "SecretStore"}
_DEEPEST = 4


def lost(snapshot: Snapshot, kind: str, item: Manifest) -> tuple[str, str] | None:
    """The field with the name of the first object that certainly does not exist, and why that is wrong."""
    own = ref_of(kind, item).namespace
    for path, word, reference in _references(mapping_at(item, "spec"), "spec", _DEEPEST):
        name, space = text_at(reference, "name"), text_at(reference, "namespace") or own
        group = text_at(reference, "group") or text_at(reference, "apiVersion").rpartition("/")[0]
        ids = [each for each in snapshot.kinds() if _is_of(each, word, group)]
        if len(ids) == 1 and snapshot.is_missing(ids[0], space, name) and snapshot.get(ids[0], "", name) is None:
            near = nearest(name, (*snapshot.names(ids[0], space), *snapshot.names(ids[0], "")))
            return f"{path}.name", f'there is no {word} "{name}"{did_you_mean(near)}'
    return None


def _references(spec: Manifest, path: str, depth: int) -> Iterator[tuple[str, str, Manifest]]:
    """Path, kind and value of each reference that tells its kind."""
    for key, value in spec.items():
        if not isinstance(value, dict) or not depth:
            continue
        word = text_at(value, "kind") or _DEFAULT_KINDS.get(key, "")
        if key.endswith("Ref") and word and text_at(value, "name"):
            yield f"{path}.{key}", word, value
        else:
            yield from _references(value, f"{path}.{key}", depth - 1)


def _is_of(kind_id: str, word: str, group: str) -> bool:
    noun, _, where = kind_id.partition(".")
    small = word.lower()
    plurals = (f"{small}s", f"{small}es", f"{small.removesuffix('y')}ies")
    return noun in plurals and group in ("", where)
