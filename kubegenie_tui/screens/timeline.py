"""What changed in a cluster, or with one object, the newest first; it grows while it is open."""

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.timeline import Change
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.messages import BackRequested, DetailRequested, ExplorerRequested
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.services import Services

CHANGES = Kind("", "v1", "changes", "Change", namespaced=True)
LOOK_SECONDS = 2.0
COLUMNS = (
    Column("TIME", priority=0, width=8),
    Column("KIND", priority=0),
    Column("WHAT", Measure.STATUS, priority=0, width=28),
)


class _ChangesPane(TablePane):
    EVERYWHERE = "yet: what changes while KubeGenie looks is kept"


class TimelineScreen(TableScreen):
    """Changes as they were heard of."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("timeline")

    def __init__(
        self, services: "Services", agent: "ClusterAgent", ref: ObjectRef | None = None, *, demo: bool = False
    ) -> None:
        """Of one object, or without one of the whole cluster."""
        super().__init__()
        self._services = services
        self._agent = agent
        self._ref = ref
        self._demo = demo
        self._live = LiveRows(COLUMNS)
        self._changes: dict[str, Change] = {}
        self._newest = 0

    def compose(self) -> ComposeResult:
        """Header, changes, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield _ChangesPane(emphasise=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show what is kept, and look for more now and then."""
        self.pane.show(CHANGES, "", self._live)
        self.table.sort("AGE", False)
        self.table.focus()
        self.set_interval(LOOK_SECONDS, self._look)
        self._look()

    @work(group="timeline", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        try:
            found = await self._services.store.timeline.read(self._agent.name, ref=self._ref, after=self._newest)
        except KubeGenieError as error:
            self._live.set_state(LiveState(Phase.DENIED, time.time(), error))
            self._live.publish()
            return
        self._newest = max([self._newest, *(change.id for change in found)])
        for change in found:
            self._changes[str(change.id)] = change
            self._live.put(self._row(change))
        if self._live.state.phase is not Phase.LIVE:
            self._live.set_state(LiveState(Phase.LIVE, time.time()))
        self._live.publish()
        self._tell_header()

    def _row(self, change: Change) -> Row:
        kind = self._agent.kinds.get(change.kind)
        clock = time.strftime("%H:%M:%S", time.localtime(change.at))
        cells = (clock, kind.kind if kind else change.kind, plain(change.words))
        return Row(
            str(change.id), change.namespace, change.name, int(change.at), str(change.id), cells, Health(change.health)
        )

    def _tell_header(self) -> None:
        what = f"what changed with {plain(self._ref.words)}" if self._ref else "what changed, of what was looked at"
        left = Content.assemble(
            ("KubeGenie", "bold"), "  ", (plain(self._agent.name), "bold $accent"), ("  │ ", "$rule"), what
        )
        clock = time.strftime("%H:%M", time.localtime(time.time()))
        self.query_one(StatusHeader).set_parts(left, Content(clock))

    def known(self) -> Known:
        """Names of this cluster, and of the others."""
        namespaces = sorted(row.name for row in self._agent.namespaces.rows.values())
        return Known(self._agent.kinds, namespaces, [status.name for status in self._services.manager.statuses])

    def focus_now(self) -> Focus:
        """The object under the cursor."""
        row = self.table.current
        change = self._changes.get(row.uid) if row else None
        if change is None:
            return Focus(self._agent.name)
        ref = ObjectRef(change.kind, change.name, change.namespace, self._agent.name)
        return Focus(self._agent.name, change.namespace, change.kind, ref)

    @on(ResourceTable.Opened)
    def action_jump(self) -> None:
        """Go to the object in the explorer."""
        if ref := self.focus_now().selected:
            self.post_message(ExplorerRequested(ref.cluster, ref.kind, scope=ref.namespace, name=ref.name))

    def action_show_object(self, tab: str) -> None:
        """Open the object."""
        if ref := self.focus_now().selected:
            self.post_message(DetailRequested(ref, tab))

    def action_leave(self) -> None:
        """Clear the filter, or go back."""
        if self.table.filter_text:
            self.table.set_filter("")
        else:
            self.post_message(BackRequested())
