"""What is known of one object: the object itself, its events, and the objects it works through."""

import asyncio
from collections.abc import AsyncIterator

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.summary_related import related_to


class ObjectFacts:
    """Fetched when told so; what was fetched stays until it is fetched again."""

    def __init__(self, source: ClusterReader, kind: Kind, namespace: str, name: str) -> None:
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.manifest: Manifest = {}
        """Empty until it was fetched."""
        self.events: list[Manifest] = []
        self.no_events = ""
        """Why the events could not be had, empty when they could."""
        self.related: list[Manifest] = []
        """The pods of a workload, the endpoints of a service."""
        self._source = source

    @property
    def ref(self) -> ObjectRef:
        """The object."""
        return ObjectRef(self.kind.id, self.name, self.namespace, self._source.name)

    @property
    def uid(self) -> str:
        """Empty until it was fetched."""
        return text_at(self.manifest, "metadata.uid")

    async def fetch(self) -> None:
        """The object itself.

        Raises:
            KubeGenieError: the cluster does not give it.
        """
        self.manifest = await self._source.get(self.kind, self.name, self.namespace)

    async def fetch_around(self) -> AsyncIterator[str]:
        """Events and related objects; yields, in words, what could not be had."""
        for trouble in await asyncio.gather(self._fetch_events(), self._fetch_related()):
            if trouble:
                yield trouble

    async def _fetch_events(self) -> str:
        try:
            self.events = await self._source.events_of(text_at(self.manifest, "metadata.namespace"), self.uid)
            self.no_events = ""
        except ClusterError as error:
            self.no_events = str(error)
            return f"no events: {error.what}"
        return ""

    async def _fetch_related(self) -> str:
        wanted = related_to(self.kind, self.manifest)
        kind = self._source.kinds.get(wanted.kind) if wanted else None
        if wanted is None or kind is None:
            return ""
        try:
            found = await self._source.list_objects(
                kind, wanted.namespace, label_selector=wanted.label_selector, field_selector=wanted.field_selector
            )
        except ClusterError as error:
            return f"no {kind.plural}: {error.what}"
        self.related = found.items
        return ""
