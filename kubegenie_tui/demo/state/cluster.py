"""One simulated cluster: everything an API server keeps, with the rules that hold whoever writes."""

import random
import uuid
from collections.abc import Callable, Iterable

from kubegenie_tui.demo.state.catalog import Catalog, Resource
from kubegenie_tui.demo.state.clock import Clock
from kubegenie_tui.demo.state.collection import Change, Collection, Stored
from kubegenie_tui.demo.state.objects import Object, meta, name_of, namespace_of, with_meta
from kubegenie_tui.demo.state.ownership import Owner, claim, own_status

Listener = Callable[[str, Change], None]
"""Told of every change: the kind id and what happened."""

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"


class Cluster:
    """The state of one cluster. Nothing here knows HTTP, users or controllers."""

    def __init__(self, name: str, *, version: str = "v1.37.2", seed: int = 0, started: float = 0.0) -> None:
        self.name = name
        self.version = version
        """What `/version` claims."""
        self.random = random.Random(f"{name}/{seed}")
        self.clock = Clock(started)
        self.catalog = Catalog()
        self.revision = 1
        """The resourceVersion of the last write to anything."""
        self.default_user = "platform-admin"
        """Who a request without credentials comes from: kubectl sends none over plain HTTP."""
        self._collections: dict[str, Collection] = {}
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call `listener` at every change from now on."""
        self._listeners.append(listener)

    def collection(self, kind_id: str) -> Collection:
        """The objects of a kind; it need not be served."""
        if kind_id not in self._collections:
            self._collections[kind_id] = Collection(self.revision)
        return self._collections[kind_id]

    def compact(self) -> None:
        """Forget all changes so far, as etcd's compaction does."""
        for collection in self._collections.values():
            collection.compact()

    def get(self, kind_id: str, name: str, namespace: str = "") -> Object | None:
        """One object, or None."""
        stored = self.collection(kind_id).items.get((namespace, name))
        return stored.object if stored else None

    def list(self, kind_id: str, namespace: str = "") -> Iterable[Object]:
        """All objects of a kind, or those in one namespace."""
        return (stored.object for stored in list(self.collection(kind_id).ordered(namespace)))

    def new_uid(self) -> str:
        """A uid from the cluster's own seed."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def suffix(self, length: int = 5) -> str:
        """The random end of a generated name."""
        return "".join(self.random.choices("bcdfghjklmnpqrstvwxz2456789", k=length))

    def create(self, obj: Object, *, manager: str = "") -> Object:
        """Store a new object, its name being free; its fields belong to `manager`. Returns it as it is stored."""
        fresh = self.prepared(obj)
        if manager:
            fresh = claim(fresh, Owner(manager, "Update", obj["apiVersion"]), self.clock.stamp())
        return self.insert(fresh)

    def insert(self, prepared: Object) -> Object:
        """Store what `prepared` made."""
        return self._write(self.resource_of(prepared), prepared)

    def prepared(self, obj: Object) -> Object:
        """The object with the metadata of a new one: uid, creation time, generation."""
        given = meta(obj)
        fields: Object = {"name": given.get("name") or given["generateName"] + self.suffix()}
        if "generateName" in given:
            fields["generateName"] = given["generateName"]
        if "namespace" in given:
            fields["namespace"] = given["namespace"]
        fields["uid"] = self.new_uid()
        fields["creationTimestamp"] = given.get("creationTimestamp") or self.clock.stamp()
        if _has_generation(obj):
            fields["generation"] = given.get("generation") or 1
        kept = {key: value for key, value in given.items() if key not in fields and value is not None}
        return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": {**fields, **kept}, **_rest(obj)}

    def replace(self, obj: Object) -> Object:
        """Store a new version of a known object; nothing happens when it is the same."""
        resource = self.resource_of(obj)
        old = self.get(resource.id, name_of(obj), namespace_of(obj))
        if old == obj:
            return obj
        if _has_generation(obj) and old and _intent(old) != _intent(obj):
            obj = with_meta(obj, generation=meta(old).get("generation", 0) + 1)
        if meta(obj).get("deletionTimestamp") and not _held(obj):
            self.forget(obj)
            return obj
        return self._write(resource, obj)

    def set_status(self, obj: Object, status: Object, *, manager: str = "kube-controller-manager") -> Object:
        """Replace the object's status alone, as a controller does."""
        return self.replace(own_status({**obj, "status": status}, manager, self.clock.stamp()))

    def delete(self, obj: Object, *, grace: int | None = None) -> Object:
        """Begin to delete: at once when nothing holds the object, else with a deletionTimestamp. Returns what is left.

        Args:
            obj: the object as it is stored.
            grace: seconds it is given; 0 to take it away now.
        """
        before = meta(obj).get("deletionGracePeriodSeconds")
        if meta(obj).get("deletionTimestamp") and (grace is None or before is None or grace >= before):
            return obj
        if obj["kind"] == "Namespace":
            leaving = with_meta({**obj, "status": {"phase": "Terminating"}}, deletionTimestamp=self.clock.stamp())
            return self._write(self.resource_of(obj), leaving)
        marked = with_meta(obj, deletionTimestamp=self.clock.stamp(), deletionGracePeriodSeconds=grace or 0)
        if "generation" in meta(obj):
            marked["metadata"]["generation"] += 1
        if grace or meta(obj).get("finalizers"):
            return self._write(self.resource_of(obj), marked)
        self.forget(obj)
        return marked

    def forget(self, obj: Object) -> None:
        """Remove the object from the store."""
        resource = self.resource_of(obj)
        if (namespace_of(obj), name_of(obj)) not in self.collection(resource.id).items:
            return
        self.revision += 1
        last = Stored(with_meta(obj, resourceVersion=str(self.revision)), self.revision, custom=resource.custom)
        old = self.collection(resource.id).items[last.key]
        self.collection(resource.id).remove(last)
        self._tell(resource.id, Change("DELETED", self.revision, last, old))

    def resource_of(self, obj: Object) -> Resource:
        """The resource an object belongs to."""
        resource = self.catalog.of(obj["apiVersion"], obj["kind"])
        if resource is None:
            raise KeyError(f"{obj['apiVersion']} {obj['kind']}")
        return resource

    def _write(self, resource: Resource, obj: Object) -> Object:
        self.revision += 1
        obj = with_meta(obj, resourceVersion=str(self.revision))
        collection = self.collection(resource.id)
        stored = Stored(obj, self.revision, custom=resource.custom)
        old = collection.items.get(stored.key)
        collection.put(stored)
        self._tell(resource.id, Change("MODIFIED" if old else "ADDED", self.revision, stored, old))
        return obj

    def _tell(self, kind_id: str, change: Change) -> None:
        if kind_id == DEFINITIONS:
            serve = change.type != "DELETED"
            (self.catalog.add_definition if serve else self.catalog.remove_definition)(change.new.object)
        for listener in self._listeners:
            listener(kind_id, change)


def _held(obj: Object) -> bool:
    return bool(meta(obj).get("finalizers")) or bool(meta(obj).get("deletionGracePeriodSeconds"))


def _has_generation(obj: Object) -> bool:
    return "spec" in obj and obj["kind"] not in (
        "Service",
        "Node",
        "Namespace",
        "PersistentVolume",
        "PersistentVolumeClaim",
    )


def _intent(obj: Object) -> Object:
    """The spec, without what the scheduler writes into it."""
    return {key: value for key, value in (obj.get("spec") or {}).items() if key != "nodeName"}


def _rest(obj: Object) -> Object:
    return {key: value for key, value in obj.items() if key not in ("apiVersion", "kind", "metadata")}
