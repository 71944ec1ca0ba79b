"""A cluster that is not there: what it is called is known, and nothing can be read from it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, NoReturn

from kubegenie_tui.domain.access.policy import Identity
from kubegenie_tui.domain.access.question import Answer, Question
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.schema import Schema
from kubegenie_tui.domain.tracing import Traced


class _NoLease:
    live = LiveRows(())

    def release(self) -> None:
        """Nothing runs."""


class _NoObjects:
    items: list[dict[str, Any]]
    remaining = 0


class NoCluster:
    """Implements ClusterReader; everything that would ask a server raises a ClusterError."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.status = ClusterStatus(name, "")
        self.kinds = KindIndex(BUILTIN_KINDS)
        self.usage: Mapping[str, tuple[int, int]] = {}
        self.kinds_told = asyncio.Event()
        self.kinds_told.set()

    def _absent(self) -> NoReturn:
        raise ClusterError(f"{self.name} is not asked", "this is a replay of what was recorded")

    def watch(self, kind: Kind, namespace: str = "") -> _NoLease:
        """No rows."""
        self._absent()

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        """No object."""
        self._absent()

    async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> _NoObjects:
        """No objects."""
        self._absent()

    async def events_of(self, namespace: str, uid: str) -> list[dict[str, Any]]:
        """No events."""
        self._absent()

    async def whoami(self) -> Identity:
        """Nobody."""
        self._absent()

    async def may_i(
        self, verb: str, kind: Kind, namespace: str = "", name: str = "", subresource: str = ""
    ) -> tuple[bool, str]:
        """No rights."""
        self._absent()

    async def access(self, question: Question) -> Answer:
        """No roles."""
        self._absent()

    async def trace(self, root: Manifest) -> Traced:
        """No parts."""
        self._absent()

    async def schema(self, kind: Kind, path: str = "") -> Schema:
        """No schema."""
        self._absent()

    def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        """No log."""
        self._absent()
