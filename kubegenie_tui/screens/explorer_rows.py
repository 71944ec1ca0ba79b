"""What the explorer shows: one kind in one scope at a time, and the way back to what was shown before."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus, ObjectRef
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.kind_groups import group_kinds
from kubegenie_tui.domain.place import Place
from kubegenie_tui.screens.namespace_slots import NamespaceSlots
from kubegenie_tui.screens.operation_control import OperationControl
from kubegenie_tui.screens.row_keys import RowKeys
from kubegenie_tui.widgets.resource_tree import ResourceTree

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent, Lease
    from kubegenie_tui.services import Services

DISCOVERY_SECONDS = 10.0
"""How long the first command waits for the cluster to tell what it serves."""
USED = frozenset({"pods", "nodes"})
"""Kinds whose use of CPU and memory is measured."""


class ExplorerRows(RowKeys):
    """A person's place in one cluster; it stays as it is while they are elsewhere."""

    def __init__(self, services: "Services", agent: "ClusterAgent", place: Place) -> None:
        super().__init__()
        self.services = services
        self.agent = agent
        self.place = place
        self.slots = NamespaceSlots(place.namespace)
        self.operations = OperationControl(self, services)
        self._lease: Lease | None = None
        self._earlier: list[Place] = []
        self._awaited: Place | None = None
        """Where the person wants to be as soon as the cluster has told that it serves this kind."""

    def look_ahead(self) -> None:
        """Let the rows be on their way while the screen is being made."""
        if kind := self.agent.kinds.find(self.place.kind):
            self.agent.watch(kind, self.place.namespace if kind.namespaced else "").release()

    def show(self, place: Place, *, remember: bool = True) -> None:
        """Go to a place of this cluster; Escape leads back when it is remembered."""
        kind, self._awaited = self.agent.kinds.find(place.kind), None
        if kind is None:
            self._do_without(place)
            return
        if remember and self.kind is not None:
            self._earlier.append(self.current_place())
        self.place = msgspec.structs.replace(place, kind=kind.id)
        self._watch(kind, place.namespace if kind.namespaced else "")
        self.table.set_filter(place.filter, self.table.faults_only)
        self.table.sort(place.sort, place.descending)
        if place.selected:
            self.table.select(place.selected_namespace, place.selected)

    def _do_without(self, place: Place) -> None:
        if self.kind is None:
            self.show(msgspec.structs.replace(place, kind="pods", filter="", sort="", selected=""))
        if self.agent.kinds_told.is_set():
            self.notify(f"This cluster serves no {place.kind}", severity="warning", markup=False)
        else:
            self._awaited = place

    def go_on(self) -> None:
        """The cluster has told what it serves: go where the person wanted to be."""
        if self._awaited is not None:
            self.show(self._awaited, remember=False)

    async def run_first(self, line: str) -> None:
        """As `run_command`; a kind that only the cluster knows is waited for."""
        try:
            self.commands.run(line)
        except UsageError:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.agent.kinds_told.wait(), DISCOVERY_SECONDS)
            self.run_command(line)

    def _watch(self, kind: Kind, namespace: str) -> None:
        held, self._lease = self._lease, self.agent.watch(kind, namespace)
        if held is not None:
            held.release()
        self.kind = kind
        self.pane.show(kind, namespace, self._lease.live, self.agent.usage if kind.id in USED else None)
        tree = self.query_one(ResourceTree)
        tree.set_groups(group_kinds(self.agent.kinds))
        tree.set_current(kind)
        self.slots.visited(namespace)

    def back(self) -> bool:
        """Return to the place before; False when there is none."""
        if not self._earlier:
            return False
        self.show(self._earlier.pop(), remember=False)
        return True

    def current_place(self) -> Place:
        """Where the person is now."""
        row, table = self.table.current, self.table
        return msgspec.structs.replace(
            self.place,
            namespace=self.pane.namespace,
            filter=table.filter_text,
            sort=table.view.sort_by,
            descending=table.view.descending,
            selected=row.name if row else "",
            selected_namespace=row.namespace if row else "",
            wide=table.wide,
        )

    def namespaces(self) -> list[str]:
        """Names of the namespaces, as far as they are known."""
        return sorted(row.name for row in self.agent.namespaces.rows.values())

    def known(self) -> Known:
        """Names of this cluster, and of the others."""
        clusters = [status.name for status in self.services.manager.statuses]
        return Known(self.agent.kinds, self.namespaces(), clusters, self.operations.words())

    def focus_now(self) -> Focus:
        """What the person looks at, for the genie."""
        row, kind = self.table.current, self.kind
        ref = ObjectRef(kind.id, row.name, row.namespace, self.agent.name) if row and kind else None
        return Focus(self.agent.name, self.pane.namespace, kind.id if kind else "", ref, self.table.filter_text)

    def release(self) -> None:
        """Let go of the rows."""
        if self._lease is not None:
            self._lease.release()
            self._lease = None
