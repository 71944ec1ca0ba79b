"""All clusters in one list: how each is, and the way in."""

from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.cluster_rows import CLUSTER_COLUMNS, cluster_row, columns_not_shown
from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.messages import BackRequested, ExplorerRequested, FleetRequested
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.widgets.hanging import Hanging, hanging
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane, error_words

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from kubegenie_tui.screens.cluster_control import ClusterControl
    from kubegenie_tui.services import Services

CLUSTERS = Kind("", "v1", "clusters", "Cluster", namespaced=False)


class _ClustersPane(TablePane):
    EVERYWHERE = "known yet: register one, discover what a provider has, or create one"


class ClustersScreen(TableScreen):
    """The list of clusters; it keeps itself up to date while it is on screen."""

    CSS_PATH = "clusters.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("clusters")

    def __init__(self, services: "Services", *, demo: bool = False) -> None:
        super().__init__()
        self._services = services
        self._demo = demo
        self._live = LiveRows(CLUSTER_COLUMNS)
        self._version = 0
        self._stop_watching: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """Header, the list, and below it what is cut, cannot be read or was found; the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield _ClustersPane(emphasise=not self._services.settings.ui.reduce_motion)
        yield Static(id="whole", markup=False)
        yield Static(id="unread", markup=False)
        yield Static(id="report", markup=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show what is known and follow it."""
        self._services.manager.subscribe(self._refresh_rows)
        self._live.set_state(LiveState(Phase.LIVE))
        self._refresh_rows()
        self.pane.show(CLUSTERS, "", self._live)
        self.table.set_hidden(columns_not_shown(self._services.manager.statuses))
        self.table.select("", self._services.manager.current)
        self.table.focus()

    @cached_property
    def _control(self) -> "ClusterControl":
        from kubegenie_tui.screens.cluster_control import ClusterControl

        return ClusterControl(self.app, self._services, self._report, partial(self.table.select, ""))

    def on_screen_resume(self) -> None:
        """Check health while the list is looked at."""
        self._stop_watching = self._services.manager.watch_health()

    def on_screen_suspend(self) -> None:
        """Let the clusters be while nobody looks."""
        self._stop_watching()
        self._stop_watching = lambda: None

    def _refresh_rows(self) -> None:
        self._version += 1
        statuses = self._services.manager.statuses
        for status in statuses:
            row = cluster_row(status, self._version)
            known = self._live.rows.get(row.uid)
            if known is None or known.cells != row.cells:
                self._live.put(row)
        self._live.keep_only(status.name for status in statuses)
        self._live.publish()
        if not self.is_attached:
            return
        self.table.set_hidden(columns_not_shown(statuses))
        self._tell_whole()
        self.query_one(StatusHeader).set_parts(Content.styled("KubeGenie", "bold"))
        errors = [each for each in self._services.manager.errors if each.file or not statuses]
        words = Content("\n").join(error_words(error) for error in errors)
        self.query_one("#unread", Static).update(hanging(words))
        self.set_class(bool(errors), "-unread")

    def on_resize(self) -> None:
        """Another message may be cut now."""
        self.call_after_refresh(self._tell_whole)

    @on(ResourceTable.Moved)
    def _tell_whole(self) -> None:
        """The message of the cluster under the cursor, where its column has no room for all of it."""
        message = self.table.cut("MESSAGE")
        self.query_one("#whole", Static).update(Content(message))
        self.set_class(bool(message), "-cut")

    def known(self) -> Known:
        """Kinds of the current cluster, and all clusters."""
        agent = self._services.manager.agent(self._services.manager.current)
        kinds = agent.kinds if agent else KindIndex(())
        return Known(kinds, (), [status.name for status in self._services.manager.statuses])

    def focus_now(self) -> Focus:
        """The cluster under the cursor."""
        row = self.table.current
        return Focus(row.name if row else "")

    # Keys

    @on(ResourceTable.Opened)
    def action_open_cluster(self) -> None:
        """Open the cluster under the cursor, or the marked ones as one fleet."""
        if names := tuple(row.name for row in self.pane.chosen()):
            self._do(partial(self._open, *names))

    def action_mark(self, which: str) -> None:
        """Mark the cluster under the cursor, or all that are shown."""
        table = self.table
        if which == "all":
            table.mark(table.view.window(0, len(table.view)))
        elif table.current:
            table.mark([table.current])
            table.action_move(1)
        self.pane.tell()

    def action_open_slot(self, slot: int) -> None:
        """Open the cluster on that line."""
        if row := self.table.view.row(slot - 1):
            self._do(partial(self._open, row.name))

    async def _open(self, *names: str) -> None:
        """Open one cluster, or several as one fleet; where credentials are locked the passphrase is asked for first."""
        for name in names:
            if not await self._control.unlocked(name):
                return
        self.post_message(FleetRequested(names) if len(names) > 1 else ExplorerRequested(names[0]))

    def action_go_back(self) -> None:
        """Close the report, clear the filter, or return to the cluster we came from."""
        table = self.table
        if self.has_class("-report"):
            self.remove_class("-report")
        elif table.filter_text:
            table.set_filter("")
        else:
            self.post_message(BackRequested())

    def action_act(self, what: str) -> None:
        """Do one of the acts of `ClusterControl`, mostly with the cluster under the cursor."""
        row = self.table.current
        self.remove_class("-report")
        self._do(partial(self._control.act, what, row.name if row else ""))

    @work(group="clusters", exclusive=True)
    async def _do(self, act: "Callable[[], Awaitable[None]]") -> None:
        try:
            await act()
        except KubeGenieError as error:
            self.show_fault("clusters", error)

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """In place of how far it is."""
        if group == "clusters":
            self._report(error_words(error))

    def _report(self, words: Content | Hanging) -> None:
        self.query_one("#report", Static).update(hanging(words) if isinstance(words, Content) else words)
        self.add_class("-report")
