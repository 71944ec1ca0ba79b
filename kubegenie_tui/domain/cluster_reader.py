"""What may be asked of live clusters: as much of the agents as screens and genie read, so that tests can stand in."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Protocol

from kubegenie_tui.domain.access.policy import Identity
from kubegenie_tui.domain.access.question import Answer, Question
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.schema import Schema
from kubegenie_tui.domain.tracing import Traced

KNOWN_SECONDS = 10.0
"""The longest wait for a cluster that was just connected to tell what it serves."""


class LiveLease(Protocol):
    """A hold on live rows."""

    @property
    def live(self) -> LiveRows:
        """The rows."""
        ...

    @property
    def release(self) -> Callable[[], None]:
        """Let go."""
        ...


class Objects(Protocol):
    """Whole objects, or the first of them."""

    @property
    def items(self) -> list[dict[str, Any]]:
        """The objects."""
        ...

    @property
    def remaining(self) -> int:
        """How many more there are; 0 for none, -1 for some."""
        ...


class ObjectSource(Protocol):
    """Whole objects of one cluster, asked for one by one or as a list. Everything may raise a ClusterError."""

    @property
    def kinds(self) -> KindIndex:
        """What it serves."""
        ...

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        """One whole object, or a subresource of it such as `scale`."""
        ...

    async def list_objects(
        self,
        kind: Kind,
        namespace: str = "",
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
        metadata_only: bool = False,
    ) -> Objects:
        """Whole objects, or their metadata alone; limit 0 for all."""
        ...


class ClusterReader(ObjectSource, Protocol):
    """One live cluster, to read from."""

    @property
    def name(self) -> str:
        """The cluster's name."""
        ...

    @property
    def status(self) -> ClusterStatus:
        """How it is."""
        ...

    @property
    def kinds_told(self) -> asyncio.Event:
        """Set once the cluster has told what it serves."""
        ...

    @property
    def usage(self) -> Mapping[str, tuple[int, int]]:
        """Millicores and bytes by `namespace/name` and node name; empty until measured."""
        ...

    def watch(self, kind: Kind, namespace: str = "") -> LiveLease:
        """Live rows of a kind."""
        ...

    async def events_of(self, namespace: str, uid: str) -> list[dict[str, Any]]:
        """The events about one object, oldest first."""
        ...

    async def whoami(self) -> Identity:
        """Whom the server takes us for."""
        ...

    async def may_i(
        self, verb: str, kind: Kind, namespace: str = "", name: str = "", subresource: str = ""
    ) -> tuple[bool, str]:
        """Whether the server would let us, and its reason, which is often empty."""
        ...

    async def access(self, question: Question) -> Answer:
        """Who may do something, or what somebody may, by the roles and bindings of the cluster."""
        ...

    async def schema(self, kind: Kind, path: str = "") -> Schema:
        """What a kind means, or a field of it by its dotted path."""
        ...

    async def trace(self, root: Manifest) -> Traced:
        """An object with all that it is made of, as it is now; what may not be read is told as that."""
        ...

    def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        """Lines of a container's log as they come, in batches; close the iterator to stop."""
        ...


class ClusterSource(Protocol):
    """Where clusters are found by name."""

    @property
    def current(self) -> str:
        """The cluster in use, empty for none."""
        ...

    @property
    def statuses(self) -> tuple[ClusterStatus, ...]:
        """Every cluster, reachable or not."""
        ...

    async def open(self, name: str) -> ClusterReader:
        """The cluster, ready to be asked."""
        ...


async def kinds_known(reader: ClusterReader) -> bool:
    """Whether the cluster has told what it serves; right after connecting that is waited for."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(KNOWN_SECONDS):
            await reader.kinds_told.wait()
    return reader.kinds_told.is_set()
