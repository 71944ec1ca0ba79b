"""The objects that are judged: each pod template at the object that owns it, and what the checks look up beside it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from functools import cached_property

from kubegenie_tui.diagnostics.pack.subject import Defaults, Subject, parts_of
from kubegenie_tui.diagnostics.snapshot import KIND_IDS, ref_of
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, value_at
from kubegenie_tui.domain.namespace_set import names_of
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

MAKERS = tuple(kind for kind in TEMPLATE_PATHS if kind != "pods")
"""Kinds that make pods."""
Keys = Callable[[Manifest], Iterable[Hashable]]
_ENDED = frozenset({"Complete", "Failed"})


class Inventory:
    """Manifests by kind id, of one namespace or of all; those of other namespaces may be among them to compare with."""

    def __init__(self, objects: Mapping[str, list[Manifest]], namespace: str = "") -> None:
        self._objects = objects
        self.namespace = namespace
        """Where objects are judged, several as in `domain.namespace_set`; empty for everywhere."""
        self._subjects: dict[str, list[Subject]] = {}
        self._names: dict[str, dict[tuple[str, str], Manifest]] = {}
        self._shared: dict[tuple[str, Keys], dict[Hashable, list[Manifest]]] = {}

    def all(self, kind: str) -> list[Manifest]:
        """Every object of a kind that is here, those to compare with among them."""
        return self._objects.get(kind, [])

    def has(self, kind: str) -> bool:
        """Whether the objects of a kind could be read."""
        return kind in self._objects

    def get(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """One object."""
        if kind not in self._names:
            self._names[kind] = {
                (ref.namespace, ref.name): each for each in self.all(kind) for ref in [ref_of(kind, each)]
            }
        return self._names[kind].get((namespace, name))

    def sharing(self, kind: str, keys: "Keys", key: Hashable) -> list[Manifest]:
        """The objects of a kind that have a key; `keys` tells those of one object."""
        if (kind, keys) not in self._shared:
            found = self._shared[kind, keys] = defaultdict(list)
            for item in self.all(kind):
                for each in keys(item):
                    found[each].append(item)
        return self._shared[kind, keys].get(key, [])

    def subjects(self, kinds: Collection[str]) -> Iterator[Subject]:
        """The objects of some kinds that are judged; pods only where nothing else says what they are."""
        for kind in kinds:
            if kind in self._subjects:
                yield from self._subjects[kind]
                continue
            made: list[Subject] = []
            for item in self._here(kind):
                found = self._subject(kind, item)
                if found is not None:
                    made.append(found)
                    yield found
            self._subjects[kind] = made

    def _subject(self, kind: str, item: Manifest) -> Subject | None:
        if kind == "pods":
            return self._pod(item)
        if kind not in MAKERS:
            return Subject(ref_of(kind, item), item)
        return None if _is_made(item) or _has_ended(item) else self._with_parts(kind, item)

    def _with_parts(self, kind: str, item: Manifest, affected: Iterable[Manifest] = ()) -> Subject:
        parts = tuple(parts_of(kind, item, self._defaults.get(text_at(item, "metadata.namespace"), Defaults())))
        return Subject(ref_of(kind, item), item, parts, tuple(ref_of(kind, each) for each in affected))

    def _here(self, kind: str) -> list[Manifest]:
        if not self.namespace:
            return self.all(kind)
        names = names_of(self.namespace)
        if kind == "namespaces":
            return [item for item in self.all(kind) if text_at(item, "metadata.name") in names]
        return [item for item in self.all(kind) if text_at(item, "metadata.namespace") in ("", *names)]

    def _pod(self, pod: Manifest) -> Subject | None:
        """A pod that nothing here makes; of one that a workload makes only what was put into it later."""
        if text_at(pod, "status.phase") in ("Succeeded", "Failed") or text_at(pod, "metadata.deletionTimestamp"):
            return None
        owner = _controller(pod)
        if owner is None:
            return self._with_parts("pods", pod)
        if self.stands_for(text_at(owner, "kind"), text_at(pod, "metadata.namespace"), text_at(owner, "name")):
            added = tuple(parts_of("pods", pod, Defaults(), ["ephemeralContainers"]))
            return Subject(ref_of("pods", pod), pod, added) if added else None
        first, *rest = self._unowned[text_at(owner, "uid")]
        return self._with_parts("pods", pod, rest) if first is pod else None

    def stands_for(self, kind: str, namespace: str, name: str) -> bool:
        """Whether the owner of a pod is here, or what made it, and is judged in its place.

        A Deployment gives its ReplicaSets its own name with a hash behind it.
        """
        kind_id = KIND_IDS.get(kind, "")
        if kind_id not in MAKERS:
            return False
        is_set = kind_id == "replicasets.apps"
        return self.get(kind_id, namespace, name) is not None or (
            is_set and self.get("deployments.apps", namespace, name.rpartition("-")[0]) is not None
        )

    @cached_property
    def _unowned(self) -> dict[str, list[Manifest]]:
        """Pods of owners that are not read, such as custom ones, by the owner's uid."""
        found: defaultdict[str, list[Manifest]] = defaultdict(list)
        for pod in self.all("pods"):
            owner = _controller(pod)
            if owner is not None and not text_at(pod, "metadata.deletionTimestamp"):
                found[text_at(owner, "uid")].append(pod)
        return found

    @cached_property
    def _defaults(self) -> dict[str, Defaults]:
        """What containers are given that say nothing, by namespace."""
        found: dict[str, Defaults] = {}
        for each in self.all("limitranges"):
            space = text_at(each, "metadata.namespace")
            for limit in mappings_at(each, "spec.limits"):
                if text_at(limit, "type") == "Container":
                    before = found.get(space, Defaults())
                    limits = before.limits | mapping_at(limit, "default")
                    found[space] = Defaults(limits, before.requests | mapping_at(limit, "defaultRequest"))
        return found

    def mounts_by_default(self, subject: Subject) -> bool:
        """Whether the token of its service account is mounted because nothing says otherwise."""
        name = text_at(subject.manifest, f"{subject.spec_path}.serviceAccountName") or "default"
        account = self.get("serviceaccounts", subject.ref.namespace, name)
        return account is None or value_at(account, "automountServiceAccountToken") is not False


def _controller(item: Manifest) -> Manifest | None:
    """What makes it; a node that shows a pod of its own does not."""
    owners = mappings_at(item, "metadata.ownerReferences")
    return next((owner for owner in owners if owner.get("controller") and owner.get("kind") != "Node"), None)


def _is_made(item: Manifest) -> bool:
    """Whether another workload made it, which then is the one to change."""
    owner = _controller(item)
    return owner is not None and KIND_IDS.get(text_at(owner, "kind"), "") in MAKERS


def _has_ended(item: Manifest) -> bool:
    """Whether a job is over, and has nothing that could be changed."""
    return any(
        each.get("type") in _ENDED and each.get("status") == "True" for each in mappings_at(item, "status.conditions")
    )
