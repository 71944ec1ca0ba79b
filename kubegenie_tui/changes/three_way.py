"""What one change touched, and how to set exactly that back in an object that others may have changed meanwhile.

Lists of named items (containers, env, ports, volumes) are compared item by item, as the API server merges them; any
other list is one value. Source of the merge patch: RFC 7386.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from kubegenie_tui.domain.manifest import Manifest

ITEM_KEYS = ("name", "mountPath", "devicePath", "containerPort", "port", "type", "ip", "topologyKey")
"""What tells the items of a list apart, the most telling first."""
LONGEST_SAID = 60
Segment = str | tuple[str, Any]
"""A key of a mapping, or the key and value that an item of a list is known by."""


class Change(msgspec.Struct, frozen=True):
    """One value that a change touched."""

    path: tuple[Segment, ...]
    before: Any = msgspec.UNSET
    """UNSET where there was nothing."""
    after: Any = msgspec.UNSET
    """UNSET where nothing is left."""
    follows: tuple[Any, ...] = ()
    """For an item of a list: the items that stood before it, by their keys, the nearest last."""

    @property
    def field(self) -> str:
        """`spec.template.spec.containers[web].image`."""
        return "".join(
            f".{segment}" if isinstance(segment, str) else f"[{segment[1]}]" for segment in self.path
        ).removeprefix(".")


def changes_between(before: Any, after: Any, path: tuple[Segment, ...] = ()) -> Iterator[Change]:
    """The smallest values that differ, in the order of `before`."""
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            old, new = before.get(key, msgspec.UNSET), after.get(key, msgspec.UNSET)
            yield from changes_between(old, new, (*path, key))
        return
    key = _item_key(before, after)
    if not key:
        yield Change(path, before, after)
        return
    old_items, new_items = _by(key, before), _by(key, after)
    names = list(old_items)
    for name in [*names, *(name for name in new_items if name not in old_items)]:
        old, new = old_items.get(name, msgspec.UNSET), new_items.get(name, msgspec.UNSET)
        inside = (*path, (key, name))
        if old is msgspec.UNSET or new is msgspec.UNSET:
            follows = tuple(names[: names.index(name)]) if name in old_items else ()
            yield Change(inside, old, new, follows)
        else:
            yield from changes_between(old, new, inside)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; unlike in Python, `true` is not 1 there."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def value_of(manifest: Any, path: Sequence[Segment]) -> Any:
    """What stands at a path; UNSET when there is nothing."""
    for segment in path:
        if isinstance(segment, str):
            manifest = manifest.get(segment, msgspec.UNSET) if isinstance(manifest, dict) else msgspec.UNSET
        else:
            manifest = manifest[at] if (at := _index(manifest, segment)) is not None else msgspec.UNSET
    return manifest


def set_back(live: Manifest, changes: Sequence[Change]) -> tuple[Manifest, list[str]]:
    """The live object with every touched value as it was before, and what stands in the way.

    A value that is as it was before already is left alone. Where it is neither that nor what the change made of it,
    somebody else changed it since: such a field is named with both values, and left alone.
    """
    restored, conflicts = live, []
    waiting = list(reversed(changes))
    while waiting:
        change = waiting.pop()
        now = value_of(live, change.path)
        if same(now, change.before):
            continue
        if same(now, change.after):
            restored = _put(restored, change.path, change)
        elif inside := _inside(now, change):
            waiting += reversed(inside)
        else:
            conflicts.append(f"{change.field} is {said(now)} now, and was {said(change.after)} after this change")
    return restored, conflicts


def carried_over(live: Manifest, old: Manifest, new: Manifest) -> Manifest:
    """The live object as a three-way apply leaves it: all that `new` says, nothing that only `old` said.

    Source: k8s.io/apimachinery/pkg/util/strategicpatch, CreateThreeWayMergePatch, with overwriting.
    """
    gone = (change.path for change in changes_between(new, old) if change.before is msgspec.UNSET)
    dropped = [Change(path, msgspec.UNSET, now) for path in gone if (now := value_of(live, path)) is not msgspec.UNSET]
    left = set_back(live, dropped)[0]
    wanted = [change for change in changes_between(new, left) if change.before is not msgspec.UNSET]
    return set_back(left, wanted)[0]


def _inside(now: Any, change: Change) -> list[Change]:
    """A mapping that came or went as a whole, key by key: others may have put keys of their own into it since."""
    old, new = ({} if value is msgspec.UNSET else value for value in (change.before, change.after))
    mappings = isinstance(now, dict) and isinstance(old, dict) and isinstance(new, dict)
    return list(changes_between(old, new, change.path)) if mappings else []


def merge_patch(before: Any, after: Any) -> Any:
    """The JSON merge patch that makes `after` of `before`. Neither may hold null, which a merge patch cannot set."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return after
    patch = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before:
            patch[key] = value
        elif not same(before[key], value):
            patch[key] = merge_patch(before[key], value)
    return patch


def _put(holder: Any, path: Sequence[Segment], change: Change) -> Any:
    """A copy of `holder` with the value before the change at `path`."""
    if not path:
        return change.before
    first, rest = path[0], path[1:]
    if isinstance(first, str):
        mapping = holder if isinstance(holder, dict) else {}
        value = _put(mapping.get(first, msgspec.UNSET), rest, change)
        kept = {key: item for key, item in mapping.items() if key != first or value is not msgspec.UNSET}
        return kept if value is msgspec.UNSET else {**kept, first: value}
    items = list(holder) if isinstance(holder, list) else []
    at = _index(items, first)
    value = _put(items[at] if at is not None else msgspec.UNSET, rest, change)
    if at is None:
        items.insert(_place(items, first[0], change.follows), value)
    elif value is msgspec.UNSET:
        del items[at]
    else:
        items[at] = value
    return items


def _place(items: list[Any], key: str, follows: Sequence[Any]) -> int:
    """Where an item goes: after the nearest of those that stood before it, or first."""
    for name in reversed(follows):
        at = _index(items, (key, name))
        if at is not None:
            return at + 1
    return 0


def _index(items: Any, segment: tuple[str, Any]) -> int | None:
    key, name = segment
    if not isinstance(items, list):
        return None
    found = (at for at, item in enumerate(items) if isinstance(item, dict) and same(item.get(key), name))
    return next(found, None)


def _item_key(before: Any, after: Any) -> str:
    """What the items of both lists are known by; empty when they are no such lists, or their order changed."""
    if not (isinstance(before, list) and isinstance(after, list) and before and after):
        return ""
    for key in ITEM_KEYS:
        old, new = _names(key, before), _names(key, after)
        if old is None or new is None:
            continue
        kept = [name for name in old if name in new]
        return key if kept == [name for name in new if name in old] else ""
    return ""


def _names(key: str, items: list[Any]) -> list[Any] | None:
    """What the items are called, None unless each has a name of its own."""
    names = [item.get(key) if isinstance(item, dict) else None for item in items]
    if not all(isinstance(name, str | int) and not isinstance(name, bool) for name in names):
        return None
    return names if len(set(names)) == len(names) else None


def _by(key: str, items: list[Any]) -> dict[Any, Any]:
    return {item[key]: item for item in items}


def said(value: Any) -> str:
    """A value in a sentence, cut off where it is long."""
    if value is msgspec.UNSET:
        return "not there"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…"
