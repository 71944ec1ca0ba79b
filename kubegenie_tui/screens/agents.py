"""What runs in the app for each cluster, and of plugins: how it is and what it does, to be checked, mended, stopped."""

import time
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.agents.agent import AgentState
from kubegenie_tui.agents.registry import AgentFacts, AgentRegistry
from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.messages import BackRequested
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.theme import HEALTH_VARIABLE
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from kubegenie_tui.services import Services

AGENTS = Kind("", "v1", "agents", "Agent", namespaced=False)
"""Not a kind of a server: what the table of agents calls its rows."""
COLUMNS = (
    Column("STATE", Measure.STATUS, priority=0, width=12),
    Column("CHECKED", Measure.AGE, priority=0),
    Column("LATENCY", Measure.RATIO, priority=1),
    Column("NODES", Measure.RATIO, priority=1),
    Column("FAILED", Measure.COUNT, priority=0),
    Column("HEALED", Measure.COUNT, priority=0),
    Column("RESTARTS", Measure.COUNT, priority=1),
    Column("QUEUE", Measure.COUNT, priority=0),
    Column("FROM", priority=1),
    Column("DOING", priority=1, width=16),
)
LOOK_SECONDS = 1.0
LONG = 1.0
"""Seconds of a health check, after which it is told that it goes on."""
_HEALTH = {
    AgentState.NEW: Health.IDLE,
    AgentState.STARTING: Health.PROGRESSING,
    AgentState.RUNNING: Health.OK,
    AgentState.DEGRADED: Health.WARN,
    AgentState.FAILED: Health.BAD,
    AgentState.HEALING: Health.PROGRESSING,
    AgentState.STOPPED: Health.IDLE,
}


class AgentsScreen(TableScreen):
    """A line for each agent; why the one under the cursor is not well stands below."""

    CSS_PATH = "agents.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("agents")

    def __init__(self, services: "Services", *, demo: bool = False) -> None:
        super().__init__()
        self._services = services
        self._registry = AgentRegistry(services.manager, services.crews)
        self._demo = demo
        self._live = LiveRows(COLUMNS)

    def compose(self) -> ComposeResult:
        """Header, agents, why one is not well, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield TablePane(emphasise=False)
        yield Static(id="reason", markup=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look, once a second."""
        self.pane.show(AGENTS, "", self._live)
        self.table.focus()
        left = Content.assemble(("KubeGenie", "bold"), ("  │ ", "$rule"), "agents")
        self.query_one(StatusHeader).set_parts(left)
        self.set_interval(LOOK_SECONDS, self._look)
        self._look()

    def _look(self) -> None:
        found = self._registry.all()
        for each in found:
            self._live.put(agent_row(each))
        self._live.keep_only(each.key for each in found)
        self._live.set_state(LiveState(Phase.LIVE, time.time()))
        self._live.publish()
        row = self.table.current
        told = next((lines_about(each) for each in found if row is not None and each.key == row.uid), [])
        self.query_one("#reason", Static).update(Content("\n").join(told))
        self.set_class(bool(told), "-reason")

    def known(self) -> Known:
        """The names of the clusters."""
        return Known(KindIndex(()), (), [status.name for status in self._services.manager.statuses])

    def focus_now(self) -> Focus:
        """The cluster under the cursor."""
        row = self.table.current
        return Focus(row.name if row and row.name == row.uid else "")

    @work(group="agents")
    async def action_ask(self, what: str) -> None:
        """Check the agent under the cursor, mend it, stop it, or begin with it."""
        row = self.table.current
        if row is None:
            return
        try:
            match what:
                case "initialize":
                    await self._registry.initialize(row.uid)
                case "shutdown":
                    await self._registry.shut_down(row.uid)
                case _:
                    self._registry.check(row.uid, heal=what == "heal")
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False)
        self._look()

    def action_leave(self) -> None:
        """Clear the filter, or go back."""
        if self.table.filter_text:
            self.table.set_filter("")
        else:
            self.post_message(BackRequested())


def lines_about(agent: AgentFacts) -> list[Content]:
    """That it is being checked for long, why it is not well, what wants looking after, what it did to mend itself."""
    seconds = time.time() - agent.checking if agent.checking else 0.0
    checking = [Content.styled(f"◐ is being checked, {seconds:.0f} s", "$muted")] if seconds >= LONG else []
    reason = [Content.styled(plain(agent.reason), "$warning")] if agent.reason else []
    concerns = [Content.styled(plain(each.text), HEALTH_VARIABLE[each.health]) for each in agent.concerns]
    steps = [
        Content.styled(f"{time.strftime('%H:%M:%S', time.localtime(at))}  {plain(text)}", "$muted")
        for at, text in agent.steps
    ]
    return [*checking, *reason, *concerns, *steps]


def latency_words(agent: AgentFacts) -> str | None:
    """The round trip of its last check; None when that is not known."""
    return None if agent.latency_ms is None else f"{agent.latency_ms:.0f} ms"


def _state(agent: AgentFacts) -> str:
    """What it is about; of a cluster that is not open, how it was found."""
    if agent.reach is not None and agent.state is not AgentState.STARTING:
        return f"{agent.reach.value}, not open" if agent.checked else "not open"
    return f"{agent.state.value}, idle" if agent.idle and agent.state is AgentState.RUNNING else agent.state.value


def agent_row(agent: AgentFacts) -> Row:
    """One agent; its age is how long it is looked after."""
    state = _state(agent)
    doing = ", ".join(agent.doing) or None
    nodes = f"{agent.nodes[0]}/{agent.nodes[1]}" if agent.nodes else None
    cells = (
        state,
        agent.checked or None,
        latency_words(agent),
        nodes,
        agent.failed,
        agent.healed,
        agent.restarts,
        agent.waiting,
        agent.source or "cluster",
        doing,
    )
    own = _HEALTH[agent.state] if agent.reach is None or not agent.checked else agent.reach.health
    health = max((own, *(each.health for each in agent.concerns)))
    return Row(agent.key, "", plain(agent.name), int(agent.begun), repr(cells), cells, health)
