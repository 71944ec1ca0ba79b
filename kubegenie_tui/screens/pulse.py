"""How a cluster does, at one glance: charts, the health of each kind, and who uses the most."""

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.agents.pulse import PulseWatch
from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.pulse import KIND_COLUMNS, top_consumers
from kubegenie_tui.domain.quantity import format_bytes, format_cpu
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.cluster_header import header_parts
from kubegenie_tui.screens.messages import BackRequested, ExplorerRequested
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.pulse_lines import BESIDE_CHART, consumers, use_line, warnings_line
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.services import Services

KINDS = Kind("", "v1", "kinds", "Kind", namespaced=False)
NOT_SHOWN = frozenset({"NAMESPACE", "AGE"})
BEAT_SECONDS = 2.0
LEAST_CONSUMERS, MOST_CONSUMERS = 4, 16
BESIDE = 22
"""Rows of the screen for all that is not the largest consumers."""


class PulseScreen(TableScreen):
    """The pulse of one cluster; it watches only while it is open."""

    CSS_PATH = "pulse.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("pulse")

    def __init__(self, services: "Services", agent: "ClusterAgent", *, demo: bool = False) -> None:
        super().__init__()
        self._services = services
        self._agent = agent
        self._demo = demo
        self._watch = PulseWatch(agent)
        self._live = LiveRows(KIND_COLUMNS)

    def compose(self) -> ComposeResult:
        """Header, charts, kinds, the largest consumers, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield Static(id="charts", markup=False)
        yield TablePane(emphasise=False)
        yield Static(id="top", markup=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin to look."""
        self.pane.show(KINDS, "", self._live)
        self.table.set_hidden(NOT_SHOWN)
        self.table.focus()
        self.set_interval(BEAT_SECONDS, self._beat)
        self._beat()

    def on_unmount(self) -> None:
        """Look no more."""
        self._watch.release()

    def _beat(self) -> None:
        now = time.time()
        self._watch.note(now)
        for row in self._watch.kind_rows():
            known = self._live.rows.get(row.uid)
            if known is None or known.cells != row.cells:
                self._live.put(row)
        phase = Phase.LOADING if self._watch.loading else Phase.LIVE
        if phase is not self._live.state.phase:
            self._live.set_state(LiveState(phase, now))
        self._live.publish()
        width = self.size.width
        self.query_one("#charts", Static).update(self._charts(now, width))
        self.query_one("#top", Static).update(self._top(width))
        self.query_one(StatusHeader).set_parts(*header_parts(self._services, self._agent.name, "", width))

    def _charts(self, now: float, width: int) -> Content:
        history, use, room = self._agent.pulse, self._watch.use(), max(10, width - BESIDE_CHART)
        lines = [
            use_line("CPU", format_cpu, (use.cpu, use.cpu_room), list(history.cpu), room),
            use_line("Memory", format_bytes, (use.memory, use.memory_room), list(history.memory), room),
            warnings_line(history.warnings(now), room),
        ]
        return Content("\n").join(lines)

    def _top(self, width: int) -> Content:
        usage = self._agent.usage
        count = max(LEAST_CONSUMERS, min(self.size.height - BESIDE, MOST_CONSUMERS))
        return consumers(top_consumers(usage, 0, count), top_consumers(usage, 1, count), width)

    def known(self) -> Known:
        """Names of this cluster, and of the others."""
        namespaces = sorted(row.name for row in self._agent.namespaces.rows.values())
        return Known(self._agent.kinds, namespaces, [status.name for status in self._services.manager.statuses])

    def focus_now(self) -> Focus:
        """The cluster, and the kind under the cursor."""
        row = self.table.current
        return Focus(self._agent.name, "", row.uid if row else "")

    @on(ResourceTable.Opened)
    def action_open_kind(self) -> None:
        """Go to the objects of the kind under the cursor, in all namespaces."""
        if row := self.table.current:
            self.post_message(ExplorerRequested(self._agent.name, row.uid, scope=""))

    def action_leave(self) -> None:
        """Clear the filter, or go back."""
        if self.table.filter_text:
            self.table.set_filter("")
        else:
            self.post_message(BackRequested())
