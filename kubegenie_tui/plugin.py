"""What a plugin is made of: this module is all of KubeGenie that one may rely on.

A plugin is a function without arguments that returns its commands, named as an entry point of the group
`kubegenie.plugins`. It runs inside KubeGenie, with the rights of the person: install only what you trust. A plugin
changes a cluster by returning a `Plan`, which a person looks at and approves like any other.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import PatchType, Plan, Step, Verb

__all__ = [
    "Answer",
    "Chosen",
    "Cluster",
    "Command",
    "Commands",
    "GoTo",
    "KubeGenieError",
    "ObjectRef",
    "PatchType",
    "Plan",
    "Step",
    "Verb",
]


@dataclass(frozen=True)
class GoTo:
    """Somewhere to go, as it would be typed after `:`."""

    line: str
    """`pods shop /web`, `xray`, `timeline`."""


Answer = str | Plan | GoTo | None
"""What comes of a command: a text to show, a plan for a person to decide on, somewhere to go, or nothing."""


class Cluster:
    """One live cluster, to read from. Whatever is asked may raise a `KubeGenieError`, which a plugin need not catch."""

    def __init__(self, reader: ClusterReader) -> None:
        self._reader = reader

    @property
    def name(self) -> str:
        """Its name."""
        return self._reader.name

    def ref(self, kind: str, name: str, namespace: str = "") -> ObjectRef:
        """An object of the cluster, as steps of a plan name it.

        Args:
            kind: any name that kubectl takes: `po`, `deployments`, `certificates.cert-manager.io`.
            name: its name.
            namespace: its namespace; empty for what is in none.
        """
        return ObjectRef(self._reader.kinds.resolve(kind).id, name, namespace, self.name)

    async def get(self, kind: str, name: str, namespace: str = "") -> dict[str, Any]:
        """One whole object, as the API server gives it."""
        return await self._reader.get(self._reader.kinds.resolve(kind), name, namespace)

    async def find(
        self, kind: str, namespace: str = "", *, labels: str = "", fields: str = "", limit: int = 500
    ) -> list[dict[str, Any]]:
        """Whole objects.

        Args:
            kind: as for `ref`.
            namespace: empty for all.
            labels: a label selector, such as `app=web`.
            fields: a field selector, such as `spec.nodeName=node-1`.
            limit: how many at the most; 0 for all.
        """
        found = await self._reader.list_objects(
            self._reader.kinds.resolve(kind), namespace, label_selector=labels, field_selector=fields, limit=limit
        )
        return found.items

    async def events(self, namespace: str, uid: str) -> list[dict[str, Any]]:
        """The events about one object, oldest first."""
        return await self._reader.events_of(namespace, uid)

    async def logs(
        self, pod: str, namespace: str, container: str = "", *, tail: int = 100, previous: bool = False
    ) -> list[str]:
        """The last lines of a container's log.

        Args:
            pod: its name.
            namespace: its namespace.
            container: may be empty for a pod with one container.
            tail: how many lines at the most.
            previous: whether of the run before this one.
        """
        query = LogQuery(namespace, pod, container, previous=previous, tail=tail)
        return [line async for lines in self._reader.logs(query) for line in lines]


@dataclass(frozen=True)
class Chosen:
    """What a command is to be about."""

    objects: tuple[ObjectRef, ...]
    """The marked rows, else the one under the cursor; empty when there is none, for a command without kinds only."""
    cluster_name: str
    """The cluster in view; in a table of several, that of the row under the cursor."""
    namespace: str
    """The namespace in view; empty for all."""
    words: tuple[str, ...]
    """What was typed after the command's word."""
    open: Callable[[str], Awaitable[Cluster]] = field(repr=False, compare=False)
    """How a cluster is had by its name."""

    async def cluster(self, name: str = "") -> Cluster:
        """A cluster by its name; by default the one in view."""
        return await self.open(name or self.cluster_name)


@dataclass(frozen=True)
class Command:
    """Something that a person can do with rows."""

    word: str
    """What is typed after `:`: small letters, digits and dashes."""
    label: str
    """What it does, in a few words, for completion, the palette and the menu."""
    run: Callable[[Chosen], Answer | Awaitable[Answer]] = field(repr=False)
    """Does it. A coroutine function may ask the cluster; a plain one is run in a thread, and may take its time."""
    key: str = ""
    """Keys that start it, in Textual's names, separated by commas. What a key of KubeGenie does goes before."""
    kinds: tuple[str, ...] = ()
    """Kinds it is for, by any name that kubectl takes; empty for all, and for no row at all."""


Commands = Iterable[Command]
"""What the function of an entry point returns."""
