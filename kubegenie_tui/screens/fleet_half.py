"""One table over several clusters and what it shows: one kind in one scope of all of them, and the way back."""

import asyncio
import time
from typing import TYPE_CHECKING

from kubegenie_tui.agents.fleet import Fleet
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.fleet_view import FleetView
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.place_history import PlaceHistory
from kubegenie_tui.domain.tabs import Shown
from kubegenie_tui.screens.half import USED
from kubegenie_tui.widgets.fleet_pane import FleetPane

if TYPE_CHECKING:
    from kubegenie_tui.screens.fleet_keys import FleetKeys

USE_SECONDS = 15.0
"""Between two showings of what was measured, the first of each cluster aside: all rows are ordered anew for it."""


class FleetHalf:
    """A person's place in some clusters; it stays as it is while they are elsewhere."""

    def __init__(self, screen: "FleetKeys", fleet: Fleet, place: Place, pane: FleetPane) -> None:
        self.fleet = fleet
        self.place = place
        """Where the person wants to be; where they are is `current_place`."""
        self.pane = pane
        self.history = PlaceHistory()
        pane.troubles = lambda: fleet.troubles(time.time())
        self._screen = screen
        self._rests = False
        self._awaits = False
        """Whether the kind of the place is one that no cluster has told of yet."""
        self._measured = 0.0

    @property
    def kind(self) -> Kind | None:
        """What is shown; None before anything is."""
        return self.pane.kind

    def begin(self) -> None:
        """Show the place and open the clusters meanwhile."""
        if self.kind is not None:
            self.pane.clear()
        self.pane.run_worker(self._open(), group="open", exclusive=True)

    async def _open(self) -> None:
        opening = asyncio.create_task(self.fleet.open(), name="open the fleet")
        try:
            await self.fleet.any_opened.wait()
            if self.fleet.kinds.find(self.place.kind) is None:
                await opening
            if self.kind is None and not self._rests:
                self.show(self.place, remember=False)
            await opening
        finally:
            opening.cancel()

    def close(self) -> None:
        """Let go of the clusters."""
        self._rests = True
        self._stop_waiting()
        self.fleet.close()

    def show(self, place: Place, *, remember: bool = True) -> None:
        """Go to a place of these clusters, at once or as soon as one of them has told of its kind.

        Escape leads back when it is remembered where the person was, or wanted to be.
        """
        kind = self.fleet.kinds.find(place.kind)
        if remember and self.kind is not None:
            self.history.leave(self.current_place())
        self.place, self._awaits = place, kind is None
        self._stop_waiting()
        if kind is None:
            self.pane.run_worker(self._show_when_told(place), group="await-kind")
        else:
            self._show(kind, place)

    async def _show_when_told(self, place: Place) -> None:
        self.pane.expect(f"Waiting for the clusters to tell of {place.kind} …")
        try:
            kind: Kind | None = await self.fleet.kind_named(place.kind)
        except KubeGenieError as error:
            self._screen.notify(str(error), severity="warning", markup=False)
            kind = self.kind or self.fleet.kinds.find("pods")
        if kind is not None:
            self._awaits = False
            self._show(kind, place)

    def _stop_waiting(self) -> None:
        self.pane.workers.cancel_group(self.pane, "await-kind")

    def _show(self, kind: Kind, place: Place) -> None:
        namespace, table = place.namespace if kind.namespaced else "", self.pane.table
        try:
            scope = self._screen.views.resolve(namespace)
        except KubeGenieError as error:
            self._screen.notify(str(error), severity="warning", markup=False)
            namespace = scope = ""
        rows = self.fleet.show(kind, scope)
        self.pane.show(kind, namespace, rows, view=FleetView(rows))
        table.set_filter(place.filter, place.faults)
        self._screen.views.arrange(place, self.pane)
        if place.selected:
            table.select(place.selected_namespace, place.selected, place.selected_cluster)
        self.refresh_usage()
        self._screen.follow_half()

    def current_place(self) -> Place:
        """Where the person is now."""
        if self.kind is None or self._awaits:
            return self.place
        table, view, row = self.pane.table, self.pane.table.view, self.pane.table.current
        return Place(
            self.kind.id,
            self.pane.namespace,
            table.filter_text,
            view.sort_by,
            view.descending,
            then=view.then,
            selected=row.name if row else "",
            selected_namespace=row.namespace if row else "",
            selected_cluster=row.cluster if row else "",
            wide=table.wide,
            faults=table.faults_only,
        )

    def shown(self) -> Shown:
        """What outlives a restart."""
        return Shown(self.fleet.clusters, self.current_place(), fleet=True, history=self.history.text())

    def rest(self) -> None:
        """Let go of the rows; they stay in the table, and live for as long as somebody keeps them so."""
        self._rests = True
        self.place = self.current_place()
        self._stop_waiting()
        self.fleet.rest()

    def wake(self) -> None:
        """Hold the rows again."""
        self._rests = False
        if self.fleet.any_opened.is_set():
            marks = self.pane.table.marks
            self.show(self.place, remember=False)
            self.pane.mark_again(marks)

    def refresh_usage(self) -> None:
        """Show the use that was measured last, not too often."""
        view = self.pane.table.view
        if self.kind is None or self.kind.id not in USED or self._rests or not isinstance(view, FleetView):
            return
        usage_of = self.fleet.usage_of
        news = [cluster for cluster, usage in usage_of.items() if usage is not view.usage_of.get(cluster)]
        is_due = time.monotonic() - self._measured >= USE_SECONDS
        if any(usage_of[cluster] and (is_due or not view.usage_of.get(cluster)) for cluster in news):
            self._measured = time.monotonic()
            view.set_usage(usage_of)
            self.pane.table.set_usage(view.usage)


def half_of(screen: "FleetKeys", clusters: tuple[str, ...], place: Place, pane: FleetPane | None = None) -> FleetHalf:
    """A table over these clusters, in a pane of its own or in that of another."""
    fleet = Fleet(screen.services.manager, clusters)
    return FleetHalf(screen, fleet, place, pane or FleetPane(emphasise=not screen.services.settings.ui.reduce_motion))
