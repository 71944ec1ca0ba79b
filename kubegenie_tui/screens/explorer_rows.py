"""What the explorer shows: one kind in one scope at a time, and the way back to what was shown before."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus, ObjectRef
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.kind_groups import group_kinds
from kubegenie_tui.domain.namespace_set import is_set
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.place_history import PlaceHistory
from kubegenie_tui.screens.namespace_slots import NamespaceSlots
from kubegenie_tui.screens.operation_control import OperationControl
from kubegenie_tui.screens.row_keys import RowKeys
from kubegenie_tui.screens.user_commands import UserCommands
from kubegenie_tui.screens.view_control import ViewControl
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
        self.views = ViewControl(self, services)
        self.user_commands = UserCommands(self, services)
        self.scope = ""
        """The namespaces in view, by their own names."""
        self._lease: Lease | None = None
        self.history = PlaceHistory()
        self._awaited: Place | None = None
        """Where the person wants to be as soon as the cluster has told that it serves this kind."""

    def look_ahead(self) -> None:
        """Let the rows be on their way while the screen is being made."""
        if kind := self.agent.kinds.find(self.place.kind):
            with contextlib.suppress(UsageError):
                self.agent.watch(kind, self.views.resolve(self.place.namespace) if kind.namespaced else "").release()

    def show(self, place: Place, *, remember: bool = True) -> None:
        """Go to a place of this cluster; Escape leads back when it is remembered."""
        kind, self._awaited = self.agent.kinds.find(place.kind), None
        if kind is None:
            self._do_without(place)
            return
        place = self._usable(place)
        if remember and self.kind is not None:
            self.history.leave(self.current_place())
        self.place = msgspec.structs.replace(place, kind=kind.id)
        self._watch(kind, place.namespace if kind.namespaced else "")
        self.table.set_filter(place.filter, place.faults or (remember and self.table.faults_only))
        self.views.arrange(place)
        if place.selected:
            self.table.select(place.selected_namespace, place.selected)

    def _usable(self, place: Place) -> Place:
        """The place, in all namespaces when its set of them is no more."""
        try:
            self.scope = self.views.resolve(place.namespace)
        except UsageError as error:
            self.notify(str(error), severity="warning", markup=False)
            self.scope = ""
            return msgspec.structs.replace(place, namespace="")
        return place

    def _do_without(self, place: Place) -> None:
        if self.kind is None and place.kind != "pods":
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
        held, self._lease = self._lease, self.agent.watch(kind, self.scope if namespace else "")
        if held is not None:
            held.release()
        self.kind = kind
        self.pane.show(kind, namespace, self._lease.live, self.agent.usage if kind.id in USED else None)
        tree = self.query_one(ResourceTree)
        tree.set_groups(group_kinds(self.agent.kinds))
        tree.set_current(kind)
        self.slots.visited(namespace)

    def travel(self, move: Callable[[Place], Place | None]) -> bool:
        """Go where the history leads from here; False when it leads nowhere."""
        place = move(self.current_place()) if self.kind is not None else None
        if place is not None:
            self.show(place, remember=False)
        return place is not None

    def current_place(self) -> Place:
        """Where the person is now."""
        row, table = self.table.current, self.table
        return msgspec.structs.replace(
            self.place,
            namespace=self.pane.namespace,
            filter=table.filter_text,
            faults=table.faults_only,
            sort=table.view.sort_by,
            descending=table.view.descending,
            then=table.view.then,
            columns=(),
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
        namespaces = [*self.views.scopes, *self.namespaces()]
        return Known(self.agent.kinds, namespaces, clusters, self.views.view_names, self._words)

    def _words(self) -> dict[str, str]:
        return self.operations.words() | self.user_commands.words()

    def focus_now(self) -> Focus:
        """What the person looks at, for the genie."""
        row, kind = self.table.current, self.kind
        ref = ObjectRef(kind.id, row.name, row.namespace, self.agent.name) if row and kind else None
        scope = "" if is_set(self.scope) else self.scope
        return Focus(self.agent.name, scope, kind.id if kind else "", ref, self.table.filter_text)

    def release(self) -> None:
        """Let go of the rows."""
        if self._lease is not None:
            self._lease.release()
            self._lease = None
