"""One table of the explorer and what it shows: one kind of one cluster in one scope, and the way back.

Most of the time there is one; a split has two, each with a place of its own.
"""

import contextlib
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.place_history import PlaceHistory
from kubegenie_tui.domain.tabs import Shown
from kubegenie_tui.screens.namespace_slots import NamespaceSlots

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubegenie_tui.agents.cluster_agent import ClusterAgent, Lease
    from kubegenie_tui.screens.explorer_rows import ExplorerRows
    from kubegenie_tui.store.store import Store
    from kubegenie_tui.widgets.table_pane import TablePane

USED = frozenset({"pods", "nodes"})
"""Kinds whose use of CPU and memory is measured."""


class Half:
    """A person's place in one cluster; it stays as it is while they are elsewhere."""

    def __init__(self, screen: "ExplorerRows", agent: "ClusterAgent", place: Place, pane: "TablePane") -> None:
        self.agent = agent
        self.place = place
        self.pane = pane
        self.slots = NamespaceSlots(place.namespace)
        self.history = PlaceHistory()
        self.scope = ""
        """The namespaces in view, by their own names."""
        self._screen = screen
        self._unsubscribe: Callable[[], None] = lambda: None
        self._lease: Lease | None = None
        self._rests = False
        self._awaited: Place | None = None
        """Where the person wants to be as soon as the cluster has told that it serves this kind."""

    @property
    def kind(self) -> Kind | None:
        """What is shown; None before anything is."""
        return self.pane.kind

    def begin(self) -> None:
        """Show the place, and hear whenever the cluster tells what it serves."""
        self.show(self.place, remember=False)
        self._unsubscribe = self.agent.on_kinds(self._screen.refresh_kinds)

    def close(self) -> None:
        """Let go of everything."""
        self._unsubscribe()
        self.rest()

    def look_ahead(self) -> None:
        """Let the rows be on their way while the screen is being made."""
        if kind := self.agent.kinds.find(self.place.kind):
            with contextlib.suppress(UsageError):
                scope = self._screen.views.resolve(self.place.namespace) if kind.namespaced else ""
                self.agent.watch(kind, scope).release()

    def show(self, place: Place, *, remember: bool = True) -> None:
        """Go to a place of this cluster; Escape leads back when it is remembered."""
        kind, self._awaited = self.agent.kinds.find(place.kind), None
        if kind is None:
            self._do_without(place)
            return
        place, table = self._usable(place), self.pane.table
        if remember and self.kind is not None:
            self.history.leave(self.current_place())
        self.place = msgspec.structs.replace(place, kind=kind.id)
        self._watch(kind, place.namespace if kind.namespaced else "")
        table.set_filter(place.filter, place.faults or (remember and table.faults_only))
        self._screen.views.arrange(place, self.pane)
        if place.selected:
            table.select(place.selected_namespace, place.selected)

    def _usable(self, place: Place) -> Place:
        """The place, in all namespaces when its set of them is no more."""
        try:
            self.scope = self._screen.views.resolve(place.namespace)
        except UsageError as error:
            self._screen.notify(str(error), severity="warning", markup=False)
            self.scope = ""
            return msgspec.structs.replace(place, namespace="")
        return place

    def _do_without(self, place: Place) -> None:
        if self.kind is None and place.kind != "pods":
            self.show(msgspec.structs.replace(place, kind="pods", filter="", sort="", selected=""))
        if self.agent.kinds_told.is_set():
            self._screen.notify(f"This cluster serves no {place.kind}", severity="warning", markup=False)
        else:
            self._awaited = place

    def go_on(self) -> bool:
        """The cluster has told what it serves: go where the person wanted to be; False when they are there."""
        awaited = None if self._rests else self._awaited
        if awaited is not None:
            self.show(awaited, remember=False)
        return awaited is not None

    def _watch(self, kind: Kind, namespace: str) -> None:
        held, self._lease = self._lease, self.agent.watch(kind, self.scope if namespace else "")
        if held is not None:
            held.release()
        self.pane.show(kind, namespace, self._lease.live, self.agent.usage if kind.id in USED else None)
        self.slots.visited(namespace)

    def current_place(self) -> Place:
        """Where the person is now."""
        row, table = self.pane.table.current, self.pane.table
        if self.kind is None:
            return self.place
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

    def shown(self) -> Shown:
        """What outlives a restart."""
        return Shown((self.agent.name,), self.current_place(), history=self.history.text())

    async def keep(self, store: "Store", place: Place) -> None:
        """Keep a place, and the way to it, for the next time in this cluster.

        Raises:
            StoreError: it cannot be stored.
        """
        if self.kind is not None:
            await store.places.save(self.agent.name, place)
            await store.facts.set("history", self.agent.name, self.history.text())

    def refresh_usage(self) -> None:
        """Show the use that was measured last."""
        if self.kind and self.kind.id in USED and self.pane.table.view.usage is not self.agent.usage:
            self.pane.table.set_usage(self.agent.usage)

    def rest(self) -> None:
        """Let go of the rows; they stay in the table, and live for as long as somebody keeps them so."""
        self._rests = True
        if self._lease is not None:
            self._lease.release()
            self._lease = None

    def wake(self) -> None:
        """Hold the rows again; when nobody kept them meanwhile, they are fetched anew."""
        self._rests, kind = False, self.kind
        if kind is None or self._lease is not None or self.go_on():
            return
        lease = self.agent.watch(kind, self.scope if self.pane.namespace else "")
        if lease.live is self.pane.table.live:
            self._lease = lease
        else:
            lease.release()
            marks = self.pane.table.marks
            self.show(self.current_place(), remember=False)
            self.pane.mark_again(marks)
