"""How all clusters do: one line each, with what they use and how many warnings they give."""

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.agents.pulse import PulseWatch
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.fleet_pulse import (
    FLEET_COLUMNS,
    FLEET_KINDS,
    WORKLOADS,
    added_up,
    cluster_pulse_row,
    fleet_consumers,
    fleet_use,
)
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.pulse import Use
from kubegenie_tui.domain.quantity import format_bytes, format_cpu
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.messages import BackRequested, ViewRequested
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.pulse_lines import BESIDE_CHART, consumers, use_line, warnings_line
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubegenie_tui.services import Services

CLUSTERS = Kind("", "v1", "clusters", "Cluster", namespaced=False)
NOT_SHOWN = frozenset({"NAMESPACE", "AGE"})
BEAT_SECONDS = 2.0
LEAST_CONSUMERS, MOST_CONSUMERS = 4, 16
BESIDE = 12
"""Rows of the screen for all that is neither clusters nor the largest consumers."""


class FleetPulseScreen(TableScreen):
    """The pulse of every cluster; what is watched for it is few and small, and only while it is open."""

    CSS_PATH = "pulse.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("pulse")

    def __init__(self, services: "Services", *, demo: bool = False) -> None:
        super().__init__()
        self._services = services
        self._demo = demo
        self._watches: dict[str, PulseWatch] = {}
        self._live = LiveRows(FLEET_COLUMNS)
        self._stop_watching: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """Header, charts, clusters, the largest consumers, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield Static(id="charts", markup=False)
        yield TablePane(emphasise=False)
        yield Static(id="top", markup=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin to look: a cluster that does not answer keeps no other from being shown."""
        self._stop_watching = self._services.manager.watch_health()
        self.pane.show(CLUSTERS, "", self._live)
        self.table.set_hidden(NOT_SHOWN)
        self.table.focus()
        for status in self._statuses():
            self._open(status.name)
        self.set_interval(BEAT_SECONDS, self._beat)
        self._beat()

    def on_unmount(self) -> None:
        """Look no more."""
        self._stop_watching()
        for watch in self._watches.values():
            watch.release()

    @work(group="open")
    async def _open(self, cluster: str) -> None:
        try:
            agent = await self._services.manager.open(cluster)
        except KubeGenieError:
            return  # its state and its message are in the list of clusters
        self._watches[cluster] = PulseWatch(agent, FLEET_KINDS)

    def _beat(self) -> None:
        now = time.time()
        statuses = self._statuses()
        for status in statuses:
            row = cluster_pulse_row(status, *self._taken(status, now))
            known = self._live.rows.get(row.uid)
            if known is None or known.cells != row.cells:
                self._live.put(row)
        self._live.keep_only(status.name for status in statuses)
        self._live.set_state(LiveState(Phase.LIVE, now))
        self._live.publish()
        self.query_one("#charts", Static).update(self._charts(now, self.size.width))
        self.query_one("#top", Static).update(self._top(len(statuses)))
        left = Content.assemble(("KubeGenie", "bold"), "  ", ("pulse of all clusters", "$foreground"))
        self.query_one(StatusHeader).set_parts(left)

    def _charts(self, now: float, width: int) -> Content:
        watches, room = list(self._watches.values()), max(10, width - BESIDE_CHART)
        use = fleet_use(watch.use() for watch in watches)
        cpu = added_up(list(watch.agent.pulse.cpu) for watch in watches)
        memory = added_up(list(watch.agent.pulse.memory) for watch in watches)
        lines = [
            use_line("CPU", format_cpu, (use.cpu, use.cpu_room), cpu, room),
            use_line("Memory", format_bytes, (use.memory, use.memory_room), memory, room),
            warnings_line(added_up(watch.warnings(now) for watch in watches), room),
        ]
        return Content("\n").join(lines)

    def _top(self, clusters: int) -> Content:
        usages = {cluster: watch.agent.usage for cluster, watch in self._watches.items()}
        count = max(LEAST_CONSUMERS, min(self.size.height - BESIDE - clusters, MOST_CONSUMERS))
        return consumers(fleet_consumers(usages, 0, count), fleet_consumers(usages, 1, count), self.size.width)

    def _statuses(self) -> list[ClusterStatus]:
        """Of every cluster once, not of those in which we act as somebody else besides."""
        return [status for status in self._services.manager.statuses if not status.is_impersonated]

    def _taken(
        self, status: ClusterStatus, now: float
    ) -> tuple[Use, list[int], list[int], list[int], tuple[int, int] | None]:
        watch = self._watches.get(status.name)
        if watch is None:
            return Use(), [], [], [], None
        watch.note(now)
        history = watch.agent.pulse
        return watch.use(), list(history.cpu), list(history.memory), watch.warnings(now), watch.well(WORKLOADS)

    def known(self) -> Known:
        """All clusters."""
        return Known(KindIndex(()), (), [status.name for status in self._services.manager.statuses])

    def focus_now(self) -> Focus:
        """The cluster under the cursor."""
        row = self.table.current
        return Focus(row.name if row else "")

    @on(ResourceTable.Opened)
    def action_open_kind(self) -> None:
        """The pulse of the cluster under the cursor."""
        if row := self.table.current:
            self.post_message(ViewRequested("pulse", row.name))

    def action_leave(self) -> None:
        """Clear the filter, or go back."""
        if self.table.filter_text:
            self.table.set_filter("")
        else:
            self.post_message(BackRequested())
