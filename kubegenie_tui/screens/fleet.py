"""One kind over several clusters in one live table; what is done with a row is done in the row's cluster."""

import asyncio
import dataclasses
import time
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.fleet_view import FleetView
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.place import Place
from kubegenie_tui.keys import PLACES, bindings
from kubegenie_tui.screens.fleet_keys import FleetKeys
from kubegenie_tui.screens.messages import FleetRequested, PlaceShown
from kubegenie_tui.widgets.fleet_pane import FleetPane
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.resource_table import ResourceTable

if TYPE_CHECKING:
    from kubegenie_tui.agents.fleet import Fleet
    from kubegenie_tui.services import Services

ROW_KEYS = frozenset(
    key.id
    for key in PLACES["explorer"]
    if key.id.startswith("tab-")
    or key.action.startswith(("drill_down", "show_logs", "show_object", "ask_genie", "filter_rows", "go_back", "mark"))
    or key.action.startswith(
        (
            "sort",
            "copy_name",
            "show_view('xray')",
            "show_view('usedby')",
            "show_view('timeline')",
            "show_view('bookmark')",
            "show_view('forward')",
            "show_view('attach')",
            "choose_columns",
            "toggle('wide')",
            "toggle('faults')",
            "operate",
            "show_operations",
            "app.tab('new')",
            "app.tab('close')",
            "app.tab('next')",
            "app.tab('previous')",
        )
    )
)
"""Keys of the explorer that work on rows of any cluster."""
USED = frozenset({"pods", "nodes"})
"""Kinds whose use of CPU and memory is measured."""
LOOK_SECONDS = 2.0
USE_SECONDS = 15.0
"""Between two showings of what was measured, the first of each cluster aside: all rows are ordered anew for it."""


class FleetScreen(FleetKeys):
    """The rows of some clusters; it stays as it is while the person is elsewhere."""

    CSS_PATH = "fleet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("explorer", ROW_KEYS), *bindings("fleet")]

    def __init__(
        self,
        services: "Services",
        fleet: "Fleet",
        wanted: FleetRequested,
        *,
        place: Place | None = None,
        demo: bool = False,
    ) -> None:
        """A table that is not filled yet.

        Args:
            services: what screens work with.
            fleet: the clusters.
            wanted: what to show.
            place: with the order, columns and cursor of this place, which shows the same.
            demo: whether the clusters are simulated.
        """
        super().__init__(services, fleet)
        self._wanted = wanted
        self._kept = place
        self._rests = False
        calm = services.settings.ui.reduce_motion
        self._pane = FleetPane(lambda: fleet.troubles(time.time()), emphasise=not calm)
        self._demo = demo
        self._namespace = ""
        self._measured = 0.0

    @property
    def pane(self) -> FleetPane:
        """The pane with the table."""
        return self._pane

    @property
    def table(self) -> ResourceTable:
        """The table."""
        return self._pane.table

    def compose(self) -> ComposeResult:
        """Header, table, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield self._pane
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show what was asked for and open the clusters meanwhile."""
        self.table.focus()
        self._open()
        self.set_interval(LOOK_SECONDS, self._refresh_usage)
        self.set_interval(LOOK_SECONDS, self._refresh_header)

    @work(group="open")
    async def _open(self) -> None:
        opening = asyncio.create_task(self.fleet.open(), name="open the fleet")
        await self.fleet.any_opened.wait()
        if not self._is_known(self._wanted.kind_name):
            await opening
        if not self._rests:
            self._begin()
        await opening

    def _begin(self) -> None:
        self.go(self._wanted)
        if self._kept is not None:
            self._put_in_order(self._kept)

    def on_unmount(self) -> None:
        """Let go of the clusters."""
        self.fleet.close()

    def go(self, wanted: FleetRequested) -> None:
        """Show another kind, scope or filter of the same clusters; what is left empty stays as it is."""
        if not self._is_known(wanted.kind_name):
            self._go_when_told(wanted)
            return
        kind = self.fleet.kinds.find(wanted.kind_name) if wanted.kind_name else self.kind
        kind = kind or self.fleet.kinds.find("pods")
        if kind is not None:
            namespace = self._namespace if wanted.scope is None else wanted.scope
            self._show(kind, namespace if kind.namespaced else "")
            self.table.set_filter(wanted.filter, self.table.faults_only)
        self._refresh_header()

    def _is_known(self, kind_name: str) -> bool:
        return not kind_name or self.fleet.kinds.find(kind_name) is not None

    @work(group="await-kind", exclusive=True)
    async def _go_when_told(self, wanted: FleetRequested) -> None:
        """A kind that only clusters know: go there as soon as one of them has told of it."""
        self.pane.expect(f"Waiting for the clusters to tell of {wanted.kind_name} …")
        try:
            await self.fleet.kind_named(wanted.kind_name)
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False)
            wanted = dataclasses.replace(wanted, kind_name="")
        self.go(wanted)

    def rest(self) -> None:
        """See TableScreen."""
        self._rests = True
        if self.kind is not None:
            self._kept = self.current_place()
        self.fleet.rest()

    def wake(self) -> None:
        """See TableScreen."""
        self._rests = False
        if self.kind is not None and self._kept is not None:
            marks = self.table.marks
            self.show(self._kept)
            self.pane.mark_again(marks)
        elif self.fleet.any_opened.is_set():
            self._begin()

    def current_place(self) -> Place:
        """See RowKeys."""
        if self.kind is None and self._kept is not None:
            return self._kept
        table, kind = self.table, self.kind.id if self.kind else "pods"
        view, row = table.view, table.current
        place = Place(kind, self._namespace, table.filter_text, view.sort_by, view.descending, then=view.then)
        return msgspec.structs.replace(
            place,
            selected=row.name if row else "",
            selected_namespace=row.namespace if row else "",
            wide=table.wide,
            faults=table.faults_only,
        )

    def show(self, place: Place, *, remember: bool = True) -> None:
        """See RowKeys."""
        self.go(FleetRequested((), place.kind, place.namespace, place.filter))
        self._put_in_order(place)

    def _put_in_order(self, place: Place) -> None:
        self.table.set_filter(place.filter, place.faults)
        self.views.arrange(place, self.pane)
        if place.selected:
            self.table.select(place.selected_namespace, place.selected)

    def _show(self, kind: Kind, namespace: str) -> None:
        try:
            scope = self.views.resolve(namespace)
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False)
            namespace = scope = ""
        self._namespace = namespace
        rows = self.fleet.show(kind, scope)
        self.pane.show(kind, namespace, rows, view=FleetView(rows))
        self.table.choose_columns(self.views.columns_of(kind))
        self._refresh_usage()
        self.post_message(PlaceShown())

    def _refresh_usage(self) -> None:
        view = self.table.view
        if self.kind and self.kind.id in USED and isinstance(view, FleetView):
            usage_of = self.fleet.usage_of
            news = [cluster for cluster, usage in usage_of.items() if usage is not view.usage_of.get(cluster)]
            is_due = time.monotonic() - self._measured >= USE_SECONDS
            if any(usage_of[cluster] and (is_due or not view.usage_of.get(cluster)) for cluster in news):
                self._measured = time.monotonic()
                view.set_usage(usage_of)
                self.table.set_usage(view.usage)

    def _refresh_header(self) -> None:
        clusters = self.fleet.clusters
        names = " ".join(clusters) if len(clusters) <= 4 else f"{len(clusters)} clusters"
        left = Content.assemble(("KubeGenie", "bold"), "  ", (names, "bold $accent"))
        self.query_one(StatusHeader).set_parts(left, Content(time.strftime("%H:%M", time.localtime(time.time()))))
