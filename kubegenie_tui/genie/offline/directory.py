"""Who lives in the cluster: names of objects by kind, so that a sentence can be read with them in mind."""

import asyncio
import re
from collections.abc import Iterable
from copy import copy
from typing import Protocol

from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.nearness import distance
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.offline.vocabulary import kind_words
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.scope import Scope

FIRST = (
    "namespaces", "nodes", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch", "jobs.batch",
    "services", "ingresses.networking.k8s.io", "persistentvolumeclaims", "horizontalpodautoscalers.autoscaling",
)  # fmt: skip
"""Kinds whose names people use; read for every question."""
RINGS = (("pods",), ("configmaps", "secrets", "serviceaccounts", "replicasets.apps", "persistentvolumes"))
"""Kinds that are read when a word has no meaning yet."""
WORKLOADS = ("deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch", "jobs.batch")
PREFERENCE = (*WORKLOADS, "pods", "services", "ingresses.networking.k8s.io", "nodes", "namespaces")
"""Of kinds that share a name, the one that a question of cause most likely means."""
_SLICE = 2_000
_SHORTEST = 3
"""Letters of a name with a slip in it, and of a text that may stand anywhere in a name."""


class Entry(Protocol):
    """A name that a directory may hold."""

    @property
    def name(self) -> str:
        """The object's name."""
        ...

    @property
    def namespace(self) -> str:
        """Its namespace."""
        ...


class Directory:
    """Names by kind and kinds by name. Reading it costs no look-up in the cluster."""

    def __init__(self, cluster: str, kinds: KindIndex) -> None:
        self.cluster = cluster
        self.kinds = kinds
        self.kind_words = kind_words(kinds)
        self.namespaces: set[str] = set()
        self.read: set[str] = set()
        """Kinds whose names are here, or may not be listed."""
        self.denied: set[str] = set()
        """Those that may not be listed."""
        self._spaces: dict[str, dict[str, str | list[str]]] = {}
        """By kind id and name the namespace, or all of them where several have the name.

        Texts alone: ten thousand small containers would have the collector of garbage walk the whole heap.
        """
        self._made_by_hand: set[str] = set()
        self.planned: frozenset[ObjectRef] = frozenset()
        """Objects that are not there yet, and that the same text asks to be made."""

    def with_planned(self, refs: Iterable[ObjectRef]) -> "Directory":
        """The same with objects that are about to be made; this one stays as it is."""
        other = copy(self)
        other.planned = self.planned | {*refs}
        other.namespaces, other._made_by_hand = set(self.namespaces), set(self._made_by_hand)
        other._spaces = dict(self._spaces)
        for ref in other.planned - self.planned:
            other._spaces[ref.kind] = dict(other._spaces.get(ref.kind, {}))
            other.put(self.kinds.resolve(ref.kind), [ref])
        return other

    def put(self, kind: Kind, entries: Iterable[Entry], *, owned: bool = False) -> None:
        """Take in objects; `owned` ones are not offered for a slip of the pen."""
        spaces = self._spaces.setdefault(kind.id, {})
        new: list[str] = []
        for entry in entries:
            name = entry.name
            other = spaces.get(name)
            if other is None:
                spaces[name] = entry.namespace
                new.append(name)
            elif isinstance(other, list):
                other.append(entry.namespace)
            else:
                spaces[name] = [other, entry.namespace]
        if kind.id == "namespaces":
            self.namespaces.update(new)
        elif not owned:
            self._made_by_hand.update(new)

    def __contains__(self, name: str) -> bool:
        return any(name in spaces for spaces in self._spaces.values())

    def is_made_by_hand(self, name: str) -> bool:
        """Whether something of this name has no owner."""
        return name in self._made_by_hand

    def names_with(self, part: str) -> list[str]:
        """Names that contain a text."""
        return list(dict.fromkeys(name for spaces in self._spaces.values() for name in spaces if part in name))

    def find(self, name: str, kind: str = "", namespace: str = "") -> list[ObjectRef]:
        """Objects with this name, of one kind and in one namespace when given; cluster kinds are in all of them."""
        return [
            ObjectRef(its_kind, name, space, self.cluster)
            for its_kind in ((kind,) if kind else self._spaces)
            for space in self._spaces_of(its_kind, name)
            if not namespace or space in ("", namespace)
        ]

    def _spaces_of(self, kind: str, name: str) -> list[str]:
        found = self._spaces.get(kind, {}).get(name)
        return [] if found is None else found if isinstance(found, list) else [found]

    def containing(self, part: str, kind: str, namespace: str = "") -> list[ObjectRef]:
        """Objects of a kind whose name contains a text; a text of one or two letters has to be a word of it."""
        is_short = 0 < len(part) < _SHORTEST
        known = self._spaces.get(kind, ())
        names = [name for name in known if part in (re.split(r"[-.]", name) if is_short else name)]
        return [ref for name in names for ref in self.find(name, kind, namespace)]

    def near(self, name: str, kind: str = "") -> list[str]:
        """Names a slip of the pen away, the nearest first; a short word is no slip of any."""
        slips = _slips(name) if len(name) >= _SHORTEST else 0
        pool = self._spaces.get(kind, ()) if kind else self._made_by_hand
        scored = ((distance(name, known, slips), known) for known in set(pool) if abs(len(known) - len(name)) <= slips)
        return [known for score, known in sorted(scored) if score <= slips]

    def near_namespace(self, name: str) -> list[str]:
        """Namespaces a slip of the pen away, or that begin with the word."""
        slips = _slips(name)
        scored = [(distance(name, known, slips), known) for known in self.namespaces]
        close = [known for score, known in sorted(scored) if score <= slips]
        longer = (known for known in self.namespaces if len(known) > 2 and len(name) > 2)
        return close or sorted(known for known in longer if known.startswith(name) or name.startswith(known))


def _slips(name: str) -> int:
    """How many letters of a name may be wrong."""
    return max(1, min(len(name) // 3, 2), len(name) // 5)


async def read_into(scope: Scope, directory: Directory, kind_ids: Iterable[str]) -> None:
    """Read the names of kinds into the directory; kinds that may not be listed are passed over.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    wanted = [kind for kind_id in kind_ids if (kind := directory.kinds.get(kind_id)) and kind_id not in directory.read]
    found = await asyncio.gather(*(_rows(scope, kind) for kind in wanted), return_exceptions=True)
    failures = [result for result in found if isinstance(result, BaseException)]
    if failures and len(failures) == len(found):
        raise failures[0]
    for kind, rows in zip(wanted, found, strict=True):
        directory.read.add(kind.id)
        if isinstance(rows, BaseException):
            directory.denied.add(kind.id)
        else:
            await _put(directory, kind, rows)
    directory.namespaces.update(scope.focus.namespaces)


async def _put(directory: Directory, kind: Kind, rows: list[Row]) -> None:
    for start in range(0, len(rows), _SLICE):
        part = rows[start : start + _SLICE]
        directory.put(kind, (row for row in part if row.owner), owned=True)
        directory.put(kind, (row for row in part if not row.owner))
        await asyncio.sleep(0)


async def _rows(scope: Scope, kind: Kind) -> list[Row]:
    """All rows of a kind; those of the namespaces in view when the whole may not be listed."""
    try:
        return list((await live_rows(scope.reader, kind)).rows.values())
    except ClusterError:
        if not kind.namespaced or not scope.focus.namespace:
            raise
        return list((await live_rows(scope.reader, kind, scope.focus.namespace)).rows.values())
