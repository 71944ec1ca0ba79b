"""Whole objects of a cluster, asked for one question at a time; what is looked at for longer is watched instead."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.access.policy import Identity
from kubegenie_tui.domain.access.question import Answer, Question
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.schema import Schema
from kubegenie_tui.domain.tracing import Traced

if TYPE_CHECKING:
    from kubegenie_tui.kube.client import Client
    from kubegenie_tui.kube.objects import ObjectList


class ObjectReader(ABC):
    """Questions to one API server."""

    @property
    @abstractmethod
    def client(self) -> "Client":
        """The client of the moment."""

    @property
    @abstractmethod
    def kinds(self) -> KindIndex:
        """What the server serves."""

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        """One whole object, or a subresource of it; see `kube.objects.get_object`."""
        from kubegenie_tui.kube.objects import get_object

        return await get_object(self.client, kind, name, namespace, subresource)

    async def list_objects(
        self,
        kind: Kind,
        namespace: str = "",
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
        metadata_only: bool = False,
    ) -> "ObjectList":
        """Whole objects; see `kube.objects.list_objects`."""
        from kubegenie_tui.kube.objects import list_objects

        return await list_objects(
            self.client,
            kind,
            namespace,
            label_selector=label_selector,
            field_selector=field_selector,
            limit=limit,
            metadata_only=metadata_only,
        )

    async def events_of(self, namespace: str, uid: str) -> list[dict[str, Any]]:
        """Events about one object; see `kube.objects.events_of`."""
        from kubegenie_tui.kube.objects import events_of

        return await events_of(self.client, namespace, uid)

    async def whoami(self) -> Identity:
        """Whom the server takes us for; see `kube.reviews.whoami`."""
        from kubegenie_tui.kube.reviews import whoami

        return await whoami(self.client)

    async def known_as(self) -> Identity:
        """The same at little cost; see `kube.reviews.known_as`."""
        from kubegenie_tui.kube.reviews import known_as

        return await known_as(self.client)

    async def may_i(
        self, verb: str, kind: Kind, namespace: str = "", name: str = "", subresource: str = ""
    ) -> tuple[bool, str]:
        """Whether we may, and why; see `kube.reviews.can_i`."""
        from kubegenie_tui.kube.reviews import can_i

        return await can_i(self.client, verb, kind, namespace, name, subresource)

    async def access(self, question: Question) -> Answer:
        """Who may do something, or what somebody may; see `agents.access.answer`."""
        from kubegenie_tui.agents.access import answer

        return await answer(self, question)

    async def schema(self, kind: Kind, path: str = "") -> Schema:
        """What a kind or a field of it means; see `kube.schemas.read_schema`."""
        from kubegenie_tui.kube.schemas import read_schema

        return await read_schema(self.client, kind, path)

    async def structure(self, kind: Kind) -> dict[str, Any]:
        """The structure of a kind as the server documents it; see `kube.schemas.read_structure`."""
        from kubegenie_tui.kube.schemas import read_structure

        return await read_structure(self.client, kind)

    async def trace(self, root: Manifest) -> Traced:
        """An object with all that it is made of; see `kube.tracing.traced`."""
        from kubegenie_tui.kube.tracing import traced

        return await traced(self.client, self.kinds, root)

    def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        """A container's log in batches of lines; see `kube.logs.logs`."""
        from kubegenie_tui.kube.logs import logs

        return logs(self.client, query)
