"""A cluster played for the views of one object: it answers from dicts, logs come from scripts, errors when told so."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.cluster import ClusterStatus, Reach
from kubegenie_tui.domain.errors import KubeGenieError, NotFound
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.row import Row
from kubegenie_tui.kube.objects import ObjectList
from tests.unasked import Unasked

KINDS = KindIndex(BUILTIN_KINDS)
Script = Sequence[list[str] | KubeGenieError | asyncio.Event]
"""What one connection to a log brings: batches of lines, and an error when it is cut; an event is waited for."""


def kind(kind_id: str) -> Kind:
    found = KINDS.get(kind_id)
    assert found is not None
    return found


class PlayedLease:
    def __init__(self) -> None:
        self.live = LiveRows(())
        self.released = 0

    def release(self) -> None:
        self.released += 1


class PlayedCluster(Unasked):
    """Implements ClusterSource."""

    def __init__(self) -> None:
        super().__init__()
        self.name = "prod-eu"
        self.status = ClusterStatus(
            "prod-eu", "https://prod", reach=Reach.READY, version="v1.37.2", nodes=12, nodes_ready=12, pods=482
        )
        self.kinds = KINDS
        self.objects: dict[tuple[str, str, str], dict[str, Any] | KubeGenieError] = {}
        self.lists: dict[str, list[dict[str, Any]]] = {}
        self.events: list[dict[str, Any]] | KubeGenieError = []
        self.lease = PlayedLease()
        self.scripts: list[Script] = []
        self.asked_logs: list[LogQuery] = []
        self.usage: dict[str, tuple[int, int]] = {}
        self.open_streams = 0
        self.hold: asyncio.Event | None = None
        """When set, answers wait for it."""

    def put(self, kind_id: str, manifest: dict[str, Any]) -> None:
        metadata = manifest["metadata"]
        self.objects[kind_id, metadata.get("namespace", ""), metadata["name"]] = manifest

    def tell(self, manifest: dict[str, Any], *, removed: bool = False) -> None:
        """The row of an object changed, or is gone."""
        metadata = manifest["metadata"]
        self.lease.live.put(
            Row(metadata["uid"], metadata.get("namespace", ""), metadata["name"], 0, metadata["resourceVersion"], ())
        )
        if removed:
            self.lease.live.publish()
            self.lease.live.remove(metadata["uid"])
        self.lease.live.publish()

    def watch(self, kind: Kind, namespace: str = "") -> PlayedLease:
        return self.lease

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        if self.hold is not None:
            await self.hold.wait()
        found = self.objects.get((f"{kind.id}/{subresource}" if subresource else kind.id, namespace, name))
        if found is None:
            raise NotFound(f'{kind.kind} "{name}" does not exist', next_step="look at the list")
        if isinstance(found, KubeGenieError):
            raise found
        return found

    async def list_objects(
        self,
        kind: Kind,
        namespace: str = "",
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
        metadata_only: bool = False,
    ) -> ObjectList:
        return ObjectList(self.lists.get(kind.id, []))

    async def structure(self, kind: Kind) -> dict[str, Any]:
        raise NotFound(f"The server documents no {kind.kind}")

    async def events_of(self, namespace: str, uid: str) -> list[dict[str, Any]]:
        if isinstance(self.events, KubeGenieError):
            raise self.events
        return self.events

    async def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        self.asked_logs.append(query)
        script = self.scripts.pop(0) if self.scripts else None
        self.open_streams += 1
        try:
            for part in script or ():
                if isinstance(part, KubeGenieError):
                    raise part
                if isinstance(part, asyncio.Event):
                    await part.wait()
                else:
                    yield part
            if script is None or (query.follow and not self.scripts):
                await asyncio.Event().wait()
        finally:
            self.open_streams -= 1


async def no_wait(seconds: float) -> None:
    await asyncio.sleep(0)
