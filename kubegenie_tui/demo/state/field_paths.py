"""Fields as managedFields name them: paths of steps such as `f:spec`, `k:{"name":"app"}`, `v:"x"` and `.`.

Source: KEP-555 and sigs.k8s.io/structured-merge-diff.
"""

import json
from collections.abc import Iterable
from typing import Any

from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.state.structure import ATOMIC, MAPS, OPTIONAL, SETS, item_key, list_keys

Path = tuple[str, ...]
Fields = frozenset[Path]

UNOWNED = frozenset(
    {
        "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink",
        "deletionTimestamp", "deletionGracePeriodSeconds",
    }
)  # fmt: skip
ABSENT: Any = object()


def fields_of(obj: Object, *, custom: bool = False) -> Fields:
    """Every field that an object sets."""
    found: set[Path] = set()
    for key, value in obj.items():
        if key not in ("apiVersion", "kind"):
            if key == "metadata":
                value = {name: each for name, each in value.items() if name not in UNOWNED}
            _walk(key, value, (f"f:{key}",), found, custom and key != "metadata")
    return frozenset(found)


def _walk(name: str, value: Any, path: Path, found: set[Path], custom: bool) -> None:
    if isinstance(value, dict) and (value or name in MAPS) and name not in ATOMIC:
        if custom or name in MAPS or name in OPTIONAL:
            found.add((*path, "."))
        for key, each in value.items():
            _walk("" if name in MAPS else key, each, (*path, f"f:{key}"), found, custom)
    elif isinstance(value, list) and value and name in SETS:
        found.add((*path, "."))
        found.update((*path, f"v:{json.dumps(each)}") for each in value)
    elif isinstance(value, list) and value and not custom and (keys := list_keys(name, value)):
        if name in OPTIONAL:
            found.add((*path, "."))
        for item in value:
            step = (*path, item_key(keys, item))
            found.add((*step, "."))
            for key, each in item.items():
                _walk(key, each, (*step, f"f:{key}"), found, custom)
    elif value is not None and not (name in ("metadata", "") and value == {}):
        found.add(path)


def given_fields(config: Object, *, custom: bool) -> Fields:
    """What a configuration sets: leaves and items of lists, not the maps and lists that hold them."""
    fields = fields_of(config, custom=custom)
    return frozenset(path for path in fields if path[-1] != "." or path[-2][:2] == "k:")


def paths_of(tree: Object, base: Path = ()) -> Iterable[Path]:
    """The fields that a `fieldsV1` tree names."""
    for step, below in tree.items():
        if below:
            yield from paths_of(below, (*base, step))
        elif step[:2] == "k:" or step[2:] in MAPS:
            yield (*base, step, ".")
        else:
            yield (*base, step)


def tree_of(fields: Iterable[Path]) -> Object:
    """Fields as managedFields write them."""
    tree: Object = {}
    known = sorted(fields)
    for index, path in enumerate(known):
        following = known[index + 1] if index + 1 < len(known) else ()
        alone = path[-1] == "." and following[: len(path) - 1] != path[:-1]
        node = tree
        for step in path[:-1] if alone else path:
            node = node.setdefault(step, {})
    return tree


def value_at(obj: Any, path: Path) -> Any:
    """What an object has at a field; ABSENT when nothing."""
    for step in path:
        if obj is ABSENT or obj is None or step == ".":
            break
        obj = _step(obj, step)
    return obj


def _step(obj: Any, step: str) -> Any:
    kind, key = step[:2], step[2:]
    if kind == "f:":
        return obj.get(key, ABSENT) if isinstance(obj, dict) else ABSENT
    if not isinstance(obj, list):
        return ABSENT
    wanted = json.loads(key)
    if kind == "v:":
        return wanted if wanted in obj else ABSENT
    keys = tuple(wanted)
    return next((item for item in obj if item_key(keys, item) == step), ABSENT)


def remove(obj: Any, path: Path) -> Any:
    """A copy without one field; an item of a list goes with its own `.`."""
    step, rest = path[0], path[1:]
    if obj is None or value_at(obj, (step,)) is ABSENT:
        return obj
    whole = not rest or (rest == (".",) and step[:2] == "k:")
    if isinstance(obj, dict):
        key = step[2:]
        if whole:
            return {name: value for name, value in obj.items() if name != key}
        return obj if rest == (".",) else {**obj, key: remove(obj[key], rest)}
    target = value_at(obj, (step,))
    if whole:
        return [item for item in obj if item != target]
    return [remove(item, rest) if item is target else item for item in obj]
