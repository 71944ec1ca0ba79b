"""The objects that policies are checked on. Of a large cluster only the pods are read that no workload stands for."""

import asyncio
from collections.abc import Sequence

from kubegenie_tui.diagnostics.pack.check import Check
from kubegenie_tui.diagnostics.pack.inventory import MAKERS, Inventory
from kubegenie_tui.diagnostics.pack.network import INGRESSES
from kubegenie_tui.domain.errors import Forbidden, NotFound
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.policy_parameters import Parameters
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading.gathering import Gatherer
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.kube.pace import paced

_MANY_PODS = 2_000
"""Pods up to which all of them are read."""
_MOST_ALONE = 200
"""Pods without a workload that are looked at in a larger cluster."""
_BESIDE = ("limitranges", "serviceaccounts")
"""Kinds that say what pods get without having asked for it."""
_AT_ONCE = 8


class JudgedObjects:
    """Whole objects by kind id, of one namespace or of all."""

    def __init__(self, scope: Scope, namespace: str) -> None:
        self._scope = scope
        self._namespace = namespace
        self._gatherer = Gatherer(scope)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self.left_out = 0
        """Pods without a workload that were not looked at, for there are too many."""

    @property
    def objects(self) -> dict[str, list[Manifest]]:
        """What was read."""
        return self._gatherer.objects

    @property
    def unread(self) -> tuple[str, ...]:
        """Kinds that may not be listed, or are not served."""
        return self._gatherer.unread

    async def read(self, checks: Sequence[Check], parameters: Parameters) -> None:
        """All that the checks look at.

        Raises:
            ClusterError: the cluster cannot be reached.
        """
        wanted = {kind for check in checks for kind in (*check.kinds_for(parameters), *check.beside)}
        if "pods" in wanted:
            wanted |= {*MAKERS, *_BESIDE}
        if INGRESSES in wanted:
            await self._ingresses()
        many = "replicasets.apps" in wanted and await self._are_many()
        apart = {INGRESSES, *(("pods", "replicasets.apps") if many else ())}
        await self._gatherer.read(wanted - apart, self._namespace)
        if many and "pods" in wanted:
            await self._pods_alone()

    async def _ingresses(self) -> None:
        """Those of all namespaces, for a host may be taken in another one; where that is not allowed, of this one."""
        kind = self._scope.reader.kinds.get(INGRESSES)
        try:
            if kind is not None and self._namespace:
                self.objects[INGRESSES] = (await self._scope.reader.list_objects(kind, "", limit=0)).items
                return
        except Forbidden:
            pass
        await self._gatherer.read([INGRESSES], self._namespace)

    async def _are_many(self) -> bool:
        pods = self._scope.kind("pods")
        try:
            found = await listed(self._scope.reader, pods, self._namespace, limit=1)
        except Forbidden:
            return False
        return found.remaining > _MANY_PODS

    async def _pods_alone(self) -> None:
        """Pods that no workload stands for, one of each owner; ReplicaSets that no Deployment does."""
        rows = (await live_rows(self._scope.reader, self._scope.kind("pods"), self._namespace)).rows.values()
        inventory, seen = Inventory(self.objects), set[str]()
        alone: list[Row] = []
        async for row in paced(rows):
            kind, _, name = row.owner.partition("/")
            if row.owner_uid in seen or inventory.stands_for(kind, row.namespace, name):
                continue
            if kind not in ("", "Node"):
                seen.add(row.owner_uid)
            alone.append(row)
        self.left_out = max(0, len(alone) - _MOST_ALONE)
        await asyncio.gather(*(self._read_alone(row) for row in alone[:_MOST_ALONE]))

    async def _read_alone(self, row: Row) -> None:
        kind, _, name = row.owner.partition("/")
        if kind == "ReplicaSet" and await self._read_one("replicasets.apps", name, row.namespace):
            return
        await self._read_one("pods", row.name, row.namespace)

    async def _read_one(self, kind_id: str, name: str, namespace: str) -> bool:
        """Read an object; whether there is one."""
        try:
            async with self._gate:
                item = await self._scope.reader.get(self._scope.kind(kind_id), name, namespace)
        except (NotFound, Forbidden):
            return False
        self.objects.setdefault(kind_id, []).append(item)
        return True
