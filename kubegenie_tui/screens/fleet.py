"""One kind over several clusters in one live table; what is done with a row is done in the row's cluster."""

import asyncio
import dataclasses
import time
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from kubegenie_tui.domain.command_line import Command, Known, parse_command
from kubegenie_tui.domain.conversation import Focus, ObjectRef
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.fleet_view import FleetView
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.row import Row
from kubegenie_tui.keys import PLACES, bindings
from kubegenie_tui.screens.messages import ClustersRequested, ExplorerRequested, FleetRequested
from kubegenie_tui.screens.operation_control import OperationControl
from kubegenie_tui.screens.row_keys import RowKeys
from kubegenie_tui.screens.user_commands import UserCommands
from kubegenie_tui.screens.view_control import ViewControl
from kubegenie_tui.widgets.fleet_pane import FleetPane
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter

if TYPE_CHECKING:
    from kubegenie_tui.agents.fleet import Fleet
    from kubegenie_tui.services import Services

ROW_KEYS = frozenset(
    key.id
    for key in PLACES["explorer"]
    if key.action.startswith(("drill_down", "show_logs", "show_object", "ask_genie", "filter_rows", "go_back", "mark"))
    or key.action.startswith(
        (
            "sort",
            "copy_name",
            "show_view('xray')",
            "show_view('usedby')",
            "show_view('timeline')",
            "show_view('forward')",
            "show_view('attach')",
            "choose_columns",
            "toggle('wide')",
            "toggle('faults')",
            "operate",
            "show_operations",
        )
    )
)
"""Keys of the explorer that work on rows of any cluster."""
USED = frozenset({"pods", "nodes"})
"""Kinds whose use of CPU and memory is measured."""
LOOK_SECONDS = 2.0
USE_SECONDS = 15.0
"""Between two showings of what was measured, the first of each cluster aside: all rows are ordered anew for it."""


class FleetScreen(RowKeys):
    """The rows of some clusters; it stays as it is while the person is elsewhere."""

    CSS_PATH = "fleet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("explorer", ROW_KEYS), *bindings("fleet")]

    def __init__(self, services: "Services", fleet: "Fleet", wanted: FleetRequested, *, demo: bool = False) -> None:
        super().__init__()
        self.fleet = fleet
        self.operations = OperationControl(self, services)
        self.views = ViewControl(self, services)
        self.user_commands = UserCommands(self, services)
        self._services = services
        self._wanted = wanted
        self._demo = demo
        self._namespace = ""
        self._measured = 0.0

    def compose(self) -> ComposeResult:
        """Header, table, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield FleetPane(
            lambda: self.fleet.troubles(time.time()), emphasise=not self._services.settings.ui.reduce_motion
        )
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
        self.go(self._wanted)
        await opening

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

    def current_place(self) -> Place:
        """See RowKeys."""
        table, kind = self.table, self.kind.id if self.kind else "pods"
        view, faults = table.view, table.faults_only
        order = view.sort_by, view.descending
        return Place(kind, self._namespace, table.filter_text, *order, wide=table.wide, then=view.then, faults=faults)

    def show(self, place: Place, *, remember: bool = True) -> None:
        """See RowKeys."""
        self.go(FleetRequested((), place.kind, place.namespace, place.filter))
        self.table.set_filter(place.filter, place.faults)
        self.views.arrange(place)

    def _show(self, kind: Kind, namespace: str) -> None:
        try:
            scope = self.views.resolve(namespace)
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False)
            namespace = scope = ""
        self.kind, self._namespace = kind, namespace
        rows = self.fleet.show(kind, scope)
        self.pane.show(kind, namespace, rows, view=FleetView(rows))
        self.table.choose_columns(self.views.columns_of(kind))
        self._refresh_usage()

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

    def known(self) -> Known:
        """Kinds of all these clusters, their namespaces, and all clusters."""
        agents = self.fleet.agents.values()
        spaces = sorted({row.name for agent in agents for row in agent.namespaces.rows.values()})
        clusters = [status.name for status in self._services.manager.statuses]
        namespaces = [*self.views.scopes, *spaces]
        return Known(self.fleet.kinds, namespaces, clusters, self.views.view_names, self._words)

    def _words(self) -> dict[str, str]:
        return self.operations.words() | self.user_commands.words()

    def focus_now(self) -> Focus:
        """The row under the cursor, in its cluster."""
        row, kind = self.table.current, self.kind
        if row is None or kind is None:
            return Focus(self.fleet.clusters[0] if self.fleet.clusters else "")
        ref = ObjectRef(kind.id, row.name, row.namespace, row.cluster)
        return Focus(row.cluster, row.namespace, kind.id, ref, self.table.filter_text)

    def run_command(self, line: str) -> None:
        """As everywhere, but a kind or a namespace is shown for these clusters unless the line names one."""
        if command := self._of_these_clusters(line):
            kind_name = command.kind.id if command.kind else ""
            self.go(FleetRequested((), kind_name, command.namespace, command.filter))
        else:
            super().run_command(line)

    def _of_these_clusters(self, line: str) -> Command | None:
        try:
            command = parse_command(line, self.known())
        except KubeGenieError:
            return None
        return command if command.verb in ("show", "ns") and not command.cluster else None

    def show_behind(self, place: Place, row: Row) -> None:
        """See RowKeys."""
        self.post_message(ExplorerRequested(row.cluster, place.kind, place.namespace, place.filter, place.selected))

    async def read_object(self, kind: Kind, row: Row) -> dict[str, object]:
        """See RowKeys."""
        return await self.fleet.agents[row.cluster].get(kind, row.name, row.namespace)

    def action_open_cluster(self) -> None:
        """Go to the explorer of the row's cluster, on this object."""
        if (row := self.table.current) and self.kind is not None:
            self.post_message(ExplorerRequested(row.cluster, self.kind.id, row.namespace, name=row.name))

    async def action_toggle(self, what: str) -> None:
        """Show all columns, or faults only."""
        if what == "wide":
            self.table.toggle_wide()
        elif what == "faults":
            self.table.set_filter(self.table.filter_text, not self.table.faults_only)

    def action_go_back(self) -> None:
        """Clear the filter, else return to the clusters."""
        if self.table.filter_text or self.table.faults_only:
            self.table.set_filter("")
        else:
            self.post_message(ClustersRequested())
