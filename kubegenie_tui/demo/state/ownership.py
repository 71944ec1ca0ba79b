"""Who owns which field: managedFields, and server-side apply on top of them.

What a manager owns is a set of field paths. Source: KEP-555 and sigs.k8s.io/structured-merge-diff.
"""

import msgspec

from kubegenie_tui.demo.state.field_paths import (
    Fields,
    Path,
    fields_of,
    given_fields,
    paths_of,
    remove,
    tree_of,
    value_at,
)
from kubegenie_tui.demo.state.merging import merge
from kubegenie_tui.demo.state.objects import Object, meta, with_meta


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


def read(obj: Object) -> dict[Owner, Fields]:
    """What managedFields say."""
    return {
        Owner(
            entry.get("manager", ""), entry["operation"], entry.get("apiVersion", ""), entry.get("subresource", "")
        ): frozenset(paths_of(entry.get("fieldsV1") or {}))
        for entry in meta(obj).get("managedFields") or ()
    }


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
    fields = given_fields(obj, custom=custom) if owner.operation == "Apply" else fields_of(obj, custom=custom)
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
    owners, applied = read(live), given_fields(config, custom=custom)
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
