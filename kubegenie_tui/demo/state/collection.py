"""The objects of one kind: what is stored, in the order of etcd, with the latest changes for those who watch."""

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Any

import msgspec

from kubegenie_tui.demo.state.objects import Object, labels_of, meta, name_of, namespace_of

KEPT_CHANGES = 5_000
"""How many changes can be replayed; older resourceVersions are answered 410."""

_encode = msgspec.json.Encoder().encode
Key = tuple[str, str]
"""Namespace and name."""


class Stored:
    """One version of one object, as a dictionary, as bytes, or both: each is made of the other when first asked for."""

    __slots__ = ("_body", "_object", "custom", "key", "labels", "uid", "version")

    def __init__(self, obj: Object, version: int, *, custom: bool = False) -> None:
        self.key: Key = (namespace_of(obj), name_of(obj))
        self.uid: str = meta(obj).get("uid", "")
        self.labels = labels_of(obj)
        self.version = version
        self.custom = custom
        self._object: Object | None = obj
        self._body: bytes | None = None

    @classmethod
    def rendered(cls, body: bytes, key: Key, uid: str, labels: dict[str, str], version: int) -> "Stored":
        """An object of a built-in kind that exists as bytes only."""
        stored = cls.__new__(cls)
        stored.key, stored.uid, stored.labels, stored.version, stored.custom = key, uid, labels, version, False
        stored._object, stored._body = None, body
        return stored

    @property
    def object(self) -> Object:
        """The object; without `kind` and `apiVersion` when it exists as bytes only. Shared: never change it."""
        if self._object is None:
            assert self._body is not None
            decoded: Object = msgspec.json.decode(self._body)
            return decoded
        return self._object

    def part(self, shape: type[Any]) -> Object:
        """The fields that this TypedDict names, and maybe more: of an object that is bytes only, no more are read."""
        if self._object is None:
            assert self._body is not None
            decoded: Object = msgspec.json.decode(self._body, type=shape)
            return decoded
        return self._object

    @property
    def body(self) -> bytes:
        """JSON as an item of a list has it: built-in kinds without `kind` and `apiVersion`, custom ones with them."""
        if self._body is None:
            obj = self.object
            if not self.custom:
                obj = {key: value for key, value in obj.items() if key not in ("kind", "apiVersion")}
            self._body = _encode(obj)
        return self._body


class Change(msgspec.Struct, frozen=True):
    """One thing that happened to one object."""

    type: str
    """ADDED, MODIFIED or DELETED."""
    version: int
    new: Stored
    """The object afterwards, or as it was last."""
    old: Stored | None = None


class Collection:
    """Objects of one kind by namespace and name."""

    def __init__(self, since: int) -> None:
        self.items: dict[Key, Stored] = {}
        self.since = since
        """The oldest version from which changes can be replayed."""
        self._sorted: list[Key] | None = []
        self._changes: deque[Change] = deque(maxlen=KEPT_CHANGES)
        self._watchers: set[asyncio.Queue[Change]] = set()

    def ordered(self, namespace: str = "") -> Iterator[Stored]:
        """All objects, or those of a namespace, in the order of their keys."""
        if self._sorted is None:
            self._sorted = sorted(self.items, key="/".join)
        return (self.items[key] for key in self._sorted if not namespace or key[0] == namespace)

    def put(self, stored: Stored) -> None:
        """Store a new version of a new or known object."""
        old = self.items.get(stored.key)
        self.items[stored.key] = stored
        if old is None:
            self._sorted = None
        self._publish(Change("MODIFIED" if old else "ADDED", stored.version, stored, old))

    def remove(self, last: Stored) -> None:
        """Forget an object; `last` is how it was, with the version of its removal."""
        old = self.items.pop(last.key)
        self._sorted = None
        self._publish(Change("DELETED", last.version, last, old))

    def load(self, stored: list[Stored]) -> None:
        """Fill an empty collection at once, without telling anyone; whoever lists it does not wait for its sorting."""
        self.items = {each.key: each for each in stored}
        self._sorted = sorted(self.items, key="/".join)

    def compact(self) -> None:
        """Forget the changes so far: watches from before now are answered 410."""
        if self._changes:
            self.since = self._changes[-1].version
        self._changes.clear()

    def changes_after(self, version: int) -> list[Change]:
        """The changes later than `version`, which must not be older than `since`."""
        return [change for change in self._changes if change.version > version]

    def subscribe(self) -> asyncio.Queue[Change]:
        """A queue of everything that happens from now on."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._watchers.add(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[Change]) -> None:
        """Fill that queue no more."""
        self._watchers.discard(queue)

    def _publish(self, change: Change) -> None:
        if len(self._changes) == KEPT_CHANGES:
            self.since = self._changes[0].version
        self._changes.append(change)
        for queue in self._watchers:
            queue.put_nowait(change)
