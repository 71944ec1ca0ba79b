"""The objects of a scope at one moment, indexed the ways the rules ask for them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef

LogKey = tuple[str, str, str]
"""Namespace, pod, container."""

KIND_IDS = {
    "Pod": "pods",
    "ReplicaSet": "replicasets.apps",
    "Deployment": "deployments.apps",
    "StatefulSet": "statefulsets.apps",
    "DaemonSet": "daemonsets.apps",
    "Job": "jobs.batch",
    "CronJob": "cronjobs.batch",
    "Service": "services",
    "Node": "nodes",
    "PersistentVolumeClaim": "persistentvolumeclaims",
}
"""Kind ids of what owner references and events name."""


class Heard(msgspec.Struct, frozen=True):
    """The last lines of a container, with its whole pod."""

    pod: Manifest
    container: str
    lines: Sequence[str]
    asked: bool = True
    """Whether it is asked about by its name, and not one of a namespace that is."""


class Snapshot:
    """Manifests by kind id. Rules read it and change nothing."""

    def __init__(
        self,
        objects: Mapping[str, Iterable[Manifest]],
        *,
        logs: Mapping[LogKey, Sequence[str]] | None = None,
        limited: Mapping[str, Collection[str]] | None = None,
        elsewhere: Mapping[tuple[str, str], Collection[str]] | None = None,
        nearby: Mapping[tuple[str, str], Sequence[Manifest]] | None = None,
        called: Collection[str] = (),
        failed: Mapping[str, str] | None = None,
        now: float = 0.0,
    ) -> None:
        """`now` is in seconds since the epoch.

        `limited`: kinds of which only these namespaces' objects are here.
        `elsewhere`: names of all objects of a kind in a namespace whose objects are not here.
        `nearby`: objects of a kind in such a namespace, to be looked at where something here calls it.
        `called`: namespaces whose objects are here for what calls them alone.
        `failed`: kinds that the server cannot read, and what it says.
        """
        self._objects = {kind: list(found) for kind, found in objects.items()}
        self._limited = dict(limited or {})
        self._elsewhere = dict(elsewhere or {})
        self._nearby = dict(nearby or {})
        self.logs = dict(logs or {})
        """Last lines of containers that crashed or are not ready."""
        self.heard: list[Heard] = []
        """What containers say that are ready, of an object or of a namespace that is asked about by its name."""
        self.called = frozenset(called)
        """Namespaces whose objects are here for what calls them alone, and are not asked about."""
        self.failed = dict(failed or {})
        """Kinds that the server cannot read, and what it says."""
        self.now = now
        self._by_name: dict[tuple[str, str, str], Manifest] = {}
        self._by_uid: dict[str, tuple[str, Manifest]] = {}
        self._owned: defaultdict[str, list[tuple[str, Manifest]]] = defaultdict(list)
        self._events: defaultdict[str, list[Manifest]] = defaultdict(list)
        self._by_namespace: dict[str, defaultdict[str, list[Manifest]]] = {}
        self._index()

    def __len__(self) -> int:
        found = (items for kind, items in self._objects.items() if kind != "events")
        if not self.called:
            return sum(map(len, found))
        return sum(text_at(item, "metadata.namespace") not in self.called for items in found for item in items)

    def all(self, kind: str) -> list[Manifest]:
        """Every object of a kind that is here."""
        return self._objects.get(kind, [])

    def within(self, kind: str, namespace: str) -> list[Manifest]:
        """The objects of a kind in one namespace."""
        if kind not in self._by_namespace:
            found = self._by_namespace[kind] = defaultdict(list)
            for item in self.all(kind):
                found[text_at(item, "metadata.namespace")].append(item)
        return self._by_namespace[kind].get(namespace, [])

    def nearby(self, kind: str, namespace: str) -> Sequence[Manifest]:
        """The objects of a kind in a namespace that is not asked about, but called from here."""
        return self._nearby.get((kind, namespace), ())

    def all_nearby(self, kind: str) -> Iterator[Manifest]:
        """The objects of a kind in all such namespaces."""
        for (known, _), found in self._nearby.items():
            if known == kind:
                yield from found

    @property
    def only_namespaces(self) -> frozenset[str]:
        """The namespaces that alone were asked about, none for all of them."""
        return frozenset(self._limited.get("pods", ())) - self.called

    def kinds(self) -> Iterator[str]:
        """Kind ids that were looked at."""
        return iter(self._objects)

    def get(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """One object; namespace empty for cluster-scoped kinds."""
        return self._by_name.get((kind, namespace, name))

    def is_missing(self, kind: str, namespace: str, name: str) -> bool:
        """Whether it is certain that there is no such object: all of its kind and place are here, and it is not.

        That `get` finds none proves nothing: its kind may be unreadable, or read in part.
        """
        if (kind, namespace) in self._elsewhere:
            return name not in self._elsewhere[kind, namespace]
        is_here = (kind, namespace, name) in self._by_name
        return (self.is_whole(kind, namespace) and not is_here) or self.is_nowhere(namespace)

    def is_whole(self, kind: str, namespace: str = "") -> bool:
        """Whether every object of a kind in a namespace is here; namespace empty for cluster-scoped kinds."""
        return kind in self._objects and namespace in self._limited.get(kind, (namespace,))

    def is_nowhere(self, namespace: str) -> bool:
        """Whether it is certain that there is no such namespace."""
        return bool(namespace and self.all("namespaces")) and ("namespaces", "", namespace) not in self._by_name

    def names(self, kind: str, namespace: str) -> list[str]:
        """Names of the objects of a kind in a namespace."""
        here = [name for known, where, name in self._by_name if known == kind and where == namespace]
        return [*here, *self._elsewhere.get((kind, namespace), ())]

    def owned_by(self, manifest: Manifest) -> list[tuple[str, Manifest]]:
        """What the object controls, with kind ids."""
        return self._owned[text_at(manifest, "metadata.uid")]

    def owner_of(self, manifest: Manifest) -> tuple[str, Manifest] | None:
        """The controlling owner with its kind id, when it is here."""
        for reference in mappings_at(manifest, "metadata.ownerReferences"):
            if reference.get("controller"):
                return self._by_uid.get(text_at(reference, "uid"))
        return None

    def events_of(self, manifest: Manifest) -> list[Manifest]:
        """Events about the object, the newest last."""
        return self._events[text_at(manifest, "metadata.uid")]

    def _index(self) -> None:
        for kind, found in self._objects.items():
            for item in found:
                self._by_name[kind, text_at(item, "metadata.namespace"), text_at(item, "metadata.name")] = item
                self._by_uid[text_at(item, "metadata.uid")] = (kind, item)
                for reference in mappings_at(item, "metadata.ownerReferences"):
                    if reference.get("controller"):
                        self._owned[text_at(reference, "uid")].append((kind, item))
        for event in sorted(self.all("events"), key=event_time):
            self._events[text_at(event, "involvedObject.uid")].append(event)


def event_time(event: Manifest) -> str:
    """When an event was last seen, as RFC 3339; both event APIs' fields are read."""
    paths = ("series.lastObservedTime", "lastTimestamp", "eventTime", "firstTimestamp", "metadata.creationTimestamp")
    return next((found for path in paths if (found := text_at(event, path))), "")


def ref_of(kind: str, manifest: Manifest) -> ObjectRef:
    """What cites an object."""
    return ObjectRef(kind, text_at(manifest, "metadata.name"), text_at(manifest, "metadata.namespace"))
