"""Who owns which field: managedFields, and server-side apply on top of them.

A field is a path of managedFields' own steps (`f:spec`, `k:{"name":"app"}`, `.`); what a manager owns is a set of them.
Source: KEP-555 and sigs.k8s.io/structured-merge-diff.
"""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from kubegenie_tui.demo.state.objects import Object, meta, with_meta
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


class Owner(msgspec.Struct, frozen=True):
    """Who writes, and how."""

    manager: str
    operation: str
    """Apply or Update."""
    api_version: str
    subresource: str = ""


class ApplyConflict(Exception):
    """Others own fields that an apply would change."""

    def __init__(self, fields: dict[Owner, list[Path]]) -> None:
        super().__init__("apply conflict")
        self.fields = fields


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


def _applied(config: Object, *, custom: bool) -> Fields:
    """What a configuration sets: leaves and items of lists, not the maps and lists that hold them."""
    fields = fields_of(config, custom=custom)
    return frozenset(path for path in fields if path[-1] != "." or path[-2][:2] == "k:")


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


def read(obj: Object) -> dict[Owner, Fields]:
    """What managedFields say."""
    return {
        Owner(
            entry.get("manager", ""), entry["operation"], entry.get("apiVersion", ""), entry.get("subresource", "")
        ): frozenset(_paths(entry.get("fieldsV1") or {}))
        for entry in meta(obj).get("managedFields") or ()
    }


def _paths(tree: Object, base: Path = ()) -> Iterable[Path]:
    for step, below in tree.items():
        if below:
            yield from _paths(below, (*base, step))
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


def write(obj: Object, owners: dict[Owner, Fields], now: str, touched: Owner | None = None) -> Object:
    """The object with these managedFields; times stand where nothing changed."""
    times = {}
    for entry, owner in zip(meta(obj).get("managedFields") or (), read(obj), strict=False):
        times[owner] = entry.get("time", now)
    entries = [
        {
            "manager": owner.manager,
            "operation": owner.operation,
            "apiVersion": owner.api_version,
            "time": now if owner == touched else times.get(owner, now),
            "fieldsType": "FieldsV1",
            "fieldsV1": tree_of(fields),
            **({"subresource": owner.subresource} if owner.subresource else {}),
        }
        for owner, fields in owners.items()
        if fields
    ]
    return with_meta(obj, managedFields=entries)


def claim(obj: Object, owner: Owner, now: str, *, custom: bool = False) -> Object:
    """A new object whose every field belongs to its creator."""
    fields = _applied(obj, custom=custom) if owner.operation == "Apply" else fields_of(obj, custom=custom)
    if owner.operation == "Update" and not owner.subresource:
        fields = frozenset(path for path in fields if path[0] != "f:status")
    return write(obj, {owner: fields}, now, owner)


def own_status(obj: Object, manager: str, now: str) -> Object:
    """The object with its status belonging to a controller; nothing changes when it does already."""
    entries = meta(obj).get("managedFields") or []
    if any(entry["manager"] == manager and entry.get("subresource") == "status" for entry in entries):
        return obj
    owner = Owner(manager, "Update", obj["apiVersion"], "status")
    mine = meta(write(obj, {owner: fields_of({"status": obj["status"]})}, now, owner))["managedFields"]
    return with_meta(obj, managedFields=[*entries, *mine])


def update(old: Object, new: Object, owner: Owner, now: str, *, custom: bool = False) -> Object:
    """The new object, with what changed handed over to who changed it."""
    before, after = fields_of(old, custom=custom), fields_of(new, custom=custom)
    changed = frozenset(path for path in after if path not in before or _differs(old, new, path))
    gone = before - after
    owners = read(old)
    if changed or gone:
        owners = {each: fields - gone - (changed if each != owner else frozenset()) for each, fields in owners.items()}
        if changed:
            owners[owner] = owners.get(owner, frozenset()) | changed
    base = with_meta(new, managedFields=meta(old).get("managedFields") or [])
    return write(base, owners, now, owner if changed else None)


def _differs(old: Object, new: Object, path: Path) -> bool:
    return path[-1] != "." and value_at(old, path) != value_at(new, path)


def apply(live: Object, config: Object, owner: Owner, now: str, *, force: bool, custom: bool = False) -> Object:
    """The live object with a configuration applied.

    Raises:
        ApplyConflict: without `force`, when others own what it would change.
    """
    owners, applied = read(live), _applied(config, custom=custom)
    contested = frozenset(path for path in applied if _differs(live, config, path))
    conflicts = {
        each: sorted(fields & contested) for each, fields in owners.items() if each != owner and fields & contested
    }
    if conflicts and not force:
        raise ApplyConflict(conflicts)
    merged = merge(live, config, custom=custom)
    others = frozenset(path for each, fields in owners.items() if each != owner for path in fields)
    for path in sorted(owners.get(owner, frozenset()) - applied - others, key=len, reverse=True):
        merged = remove(merged, path)
    owners = {each: fields - contested if each != owner else fields for each, fields in owners.items()}
    changed = owners.get(owner) != applied or contested
    owners[owner] = applied
    return write(
        with_meta(merged, managedFields=meta(live).get("managedFields") or []), owners, now, owner if changed else None
    )


def merge(live: Any, config: Any, name: str = "", *, custom: bool = False) -> Any:
    """One value laid over another, item by item where lists are maps in disguise."""
    if isinstance(live, dict) and isinstance(config, dict) and name not in ATOMIC:
        over = {key: merge(live.get(key), value, key, custom=custom) for key, value in config.items()}
        return {**live, **over}
    if isinstance(live, list) and isinstance(config, list):
        if name in SETS:
            return [*live, *(each for each in config if each not in live)]
        keys = () if custom else list_keys(name, [*live, *config])
        if keys:
            return _merge_items(live, config, keys)
    return config


def _merge_items(live: list[Any], config: list[Any], keys: tuple[str, ...]) -> list[Any]:
    given = {item_key(keys, item): item for item in config}
    known = {item_key(keys, item) for item in live}
    merged = [merge(item, given.get(item_key(keys, item), {})) for item in live]
    return merged + [item for key, item in given.items() if key not in known]


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
