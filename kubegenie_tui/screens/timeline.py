"""What changed in a cluster, or with one object, the newest first; what can tell is followed while it is open."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from kubegenie_tui.agents.following import Following
from kubegenie_tui.domain.cluster_reader import kinds_known
from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.swinging import Folding, Told
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.timeline import Change
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.failed_work import FilledRows
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
OF_ONE = Kind("", "v1", "changes", "Change", namespaced=False)
LOOK_SECONDS = 2.0
COLUMNS = (
    Column("TIME", priority=0, width=8),
    Column("KIND", priority=0),
    Column("WHAT", Measure.STATUS, priority=0, width=28),
)


class _ChangesPane(TablePane):
    EVERYWHERE = "to tell of: what happens from now on, while this is open, is told and kept"
    WIDER = " to tell of. `:timeline` shows those of all namespaces"
    _notes: Sequence[str] = ()

    def tell_notes(self, notes: Sequence[str]) -> None:
        """Say what is not among the changes."""
        if notes != self._notes:
            self._notes = notes
            self.tell()

    def phase(self, state: LiveState) -> str:
        """How far the rows can be trusted, and what is not among them."""
        return " · ".join(filter(None, (super().phase(state), *self._notes)))


class TimelineScreen(FilledRows, TableScreen):
    """Changes as they were heard of."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("timeline")
    FILLED_BY = "timeline"

    def __init__(
        self,
        services: "Services",
        agent: "ClusterAgent",
        ref: ObjectRef | None = None,
        namespace: str = "",
        *,
        demo: bool = False,
    ) -> None:
        """Of one object, or without one of a namespace, or of the whole cluster."""
        super().__init__()
        self._services = services
        self._agent = agent
        self._ref = ref
        self._namespace = namespace
        self._demo = demo
        self._live = LiveRows(COLUMNS)
        self._changes: dict[str, Change] = {}
        self._folding = Folding()
        self._newest = 0
        self._following: Following | None = None
        self._asked = False

    def compose(self) -> ComposeResult:
        """Header, changes, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield _ChangesPane(emphasise=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show what is kept and what the objects tell, and look for more now and then."""
        self.pane.show(OF_ONE if self._ref else CHANGES, self._namespace, self._live)
        self.table.set_hidden(frozenset({"AGE", "NAMESPACE"} if self._ref or self._namespace else {"AGE"}))
        self.table.sort("AGE", False)
        self.table.focus()
        self.set_interval(LOOK_SECONDS, self._look)
        self._look()
        self._ask()

    def on_unmount(self) -> None:
        """Follow no more."""
        if self._following is not None:
            self._following.release()

    @work(group="past", exclusive=True)
    async def _ask(self) -> None:
        """Follow what can tell, once the cluster has told what it serves, and ask it for its past."""
        await kinds_known(self._agent)
        self._following = Following(self._agent, self._ref, self._namespace)
        past = await self._following.past()
        self._asked = True
        born = {change.ref for change in self._changes.values() if change.what == "came"}
        self._show([Told(_key(each), each) for each in past if not (each.what == "came" and each.ref in born)])

    @work(group="timeline", exclusive=True)
    async def _look(self) -> None:
        try:
            found = await self._services.store.timeline.read(self._agent.name, ref=self._ref, after=self._newest)
        except KubeGenieError as error:
            self.show_fault("timeline", error)
            return
        self._newest = max([self._newest, *(change.id for change in found)])
        here = (change for change in reversed(found) if not self._namespace or change.namespace == self._namespace)
        self._show([self._folding.told(change) for change in here])

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """In place of what cannot be shown; that the past cannot be told takes nothing from what is seen."""
        past_alone = group == "past" and self._live.state.phase is Phase.LIVE
        super().show_fault("" if past_alone else self.FILLED_BY, error)

    def _show(self, lines: Sequence[Told]) -> None:
        for line in lines:
            self._changes[line.key] = line.change
            self._live.put(self._row(line))
            self._live.remove(line.hides)
        if (self._asked or lines) and self._live.state.phase is not Phase.LIVE:
            self._live.set_state(LiveState(Phase.LIVE, time.time()))
        self._live.publish()
        self.query_one(_ChangesPane).tell_notes(self._following.notes if self._following else ())
        self._tell_header()

    def _row(self, line: Told) -> Row:
        change = line.change
        kind = self._agent.kinds.get(change.kind)
        cells = (_when(change.at), kind.kind if kind else change.kind, plain(line.words))
        at, health = int(change.at), Health(change.health)
        return Row(line.key, change.namespace, change.name, at, str(change.id), cells, health)

    def _tell_header(self) -> None:
        what = f"what changed with {plain(self._ref.words)}" if self._ref else "what changed"
        left = Content.assemble(
            ("KubeGenie", "bold"), "  ", (plain(self._agent.name), "bold $accent"), ("  │ ", "$rule"), what
        )
        self.query_one(StatusHeader).set_parts(left)

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


def _key(change: Change) -> str:
    """The identity of what an object tells itself, which is kept nowhere else."""
    return repr(change)


def _when(at: float) -> str:
    """The time of day, before it the day where it is another."""
    then, now = time.localtime(at), time.localtime(time.time())
    if then[:3] == now[:3]:
        return time.strftime("%H:%M:%S", then)
    return time.strftime("%b %d %H:%M" if then.tm_year == now.tm_year else "%Y-%m-%d", then)
