"""The operators of a cluster: how they are, which kinds they look after, and which objects are not ready."""

import secrets
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.custom.operator_rows import COLUMNS, OPERATORS, RANK, kinds_in_words, operator_row
from kubegenie_tui.domain.custom.operators import Operator
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.failed_work import FilledRows
from kubegenie_tui.screens.learning import until_told
from kubegenie_tui.screens.messages import (
    BackRequested,
    DetailRequested,
    ExplorerRequested,
    LogsRequested,
    PlanRequested,
    ViewRequested,
)
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.theme import HEALTH_VARIABLE
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.key_names import key_now
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from textual.timer import Timer

    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.agents.operators import Found
    from kubegenie_tui.services import Services

MOST_TOLD = 6
"""Objects of an operator that are not ready and named below the table."""
MOST_KINDS = 12
"""Kinds that are named."""
MOST_NOTES = 3
"""Of what is wrong around all of them."""
REFRESH_SECONDS = 30.0
SLOWER = 10
"""A look that takes long is done less often: this many times as long after it at least."""


class OperatorsScreen(FilledRows, TableScreen):
    """A line for each operator; what is wrong with the one under the cursor stands below."""

    CSS_PATH = "operators.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("operators")
    FILLED_BY = "operators"

    def __init__(self, services: "Services", agent: "ClusterAgent", *, demo: bool = False) -> None:
        super().__init__()
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
        self._services = services
        self._agent = agent
        self._demo = demo
        self._live = LiveRows(COLUMNS)
        self._operators: dict[str, Operator] = {}
        self._next: Timer | None = None
        """When it is looked at again."""

    def compose(self) -> ComposeResult:
        """Header, operators, the one under the cursor, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield TablePane(emphasise=False)
        with VerticalScroll(id="about"):
            yield Static(markup=False)
        yield Static(id="notes", markup=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look, and look again now and then."""
        self.pane.show(OPERATORS, "", self._live)
        self.table.set_hidden(frozenset({"AGE", RANK}))
        self.table.sort(RANK, False)
        self.table.focus()
        self._tell_header()
        self.action_refresh()

    @work(group="operators", exclusive=True)
    async def action_refresh(self) -> None:
        """Look again."""
        from kubegenie_tui.agents.operators import find_operators

        begun = time.monotonic()
        if self._next is not None:
            self._next.stop()
        try:
            await until_told(self._agent)
            found = await find_operators(self._agent)
        except KubeGenieError as error:
            self.show_fault("operators", error)
        else:
            self._show(found)
            after = max(REFRESH_SECONDS, SLOWER * (time.monotonic() - begun))
            self._next = self.set_timer(after, self.action_refresh)

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """Where the operators would be, which are looked for again."""
        super().show_fault(group, error)
        if group == self.FILLED_BY:
            self._next = self.set_timer(REFRESH_SECONDS, self.action_refresh)

    def _show(self, found: "Found") -> None:
        rows = [operator_row(each, rank) for rank, each in enumerate(found.operators)]
        self._operators = {row.uid: each for row, each in zip(rows, found.operators, strict=True)}
        for row in rows:
            self._live.put(row)
        self._live.keep_only(row.uid for row in rows)
        self._live.set_state(LiveState(Phase.LIVE, time.time()))
        self._live.publish()
        notes = [Content.styled(f"▲ {plain(note)}", "$warning") for note in found.notes[:MOST_NOTES]]
        if len(found.notes) > MOST_NOTES:
            notes.append(Content.styled(f"▲ and {len(found.notes) - MOST_NOTES} more like these", "$warning"))
        if found.unserved:
            words = f"○ nobody was found to look after {kinds_in_words(found.unserved, MOST_TOLD)}"
            notes.append(Content.styled(words, "$muted"))
        self.query_one("#notes", Static).update(Content("\n").join(notes))
        self.set_class(bool(notes), "-notes")
        self._tell_about()
        self._tell_header()

    def _tell_header(self) -> None:
        left = Content.assemble(
            ("KubeGenie", "bold"), "  ", (plain(self._agent.name), "bold $accent"), ("  │ ", "$rule"), "operators"
        )
        self.query_one(StatusHeader).set_parts(left)

    @on(ResourceTable.Moved)
    @on(ResourceTable.Counted)
    def _tell_about(self) -> None:
        operator = self._chosen
        about = self.query_one("#about")
        about.display = operator is not None
        if operator is not None:
            about.query_one(Static).update(Content("\n").join(_lines(operator, key_now(self, "show-not-ready"))))
        self.refresh_bindings()

    @property
    def _chosen(self) -> Operator | None:
        row = self.table.current
        return self._operators.get(row.uid) if row else None

    # What every table can do

    def known(self) -> Known:
        """Names of this cluster, and of the others."""
        namespaces = sorted(row.name for row in self._agent.namespaces.rows.values())
        return Known(self._agent.kinds, namespaces, [status.name for status in self._services.manager.statuses])

    def focus_now(self) -> Focus:
        """What stands for the operator under the cursor."""
        operator = self._chosen
        if operator is None:
            return Focus(self._agent.name)
        return Focus(self._agent.name, operator.ref.namespace, operator.ref.kind, operator.ref)

    # Keys

    @on(ResourceTable.Opened)
    def action_show_waiting(self) -> None:
        """Pick one of its objects that are not ready, to see how far it is."""
        operator = self._chosen
        if operator is None:
            return
        choices = [
            Choice(str(at), Content.assemble(plain(ref.words), (f"  {plain(state.words)}", "$muted")))
            for at, (ref, state) in enumerate(operator.waiting)
        ]
        picker = PickerScreen(f"Not ready, of {plain(operator.name)}", choices, nothing="all its objects are ready")
        self.app.push_screen(picker, lambda picked: self._open(operator, picked))

    def _open(self, operator: Operator, picked: str | None) -> None:
        if picked is not None:
            ref, _ = operator.waiting[int(picked)]
            self.post_message(ViewRequested("reconcile", ref.cluster, ref))

    def action_jump(self) -> None:
        """Go to the operator's workload, or to what OLM has of it, in the explorer."""
        if operator := self._chosen:
            ref = operator.workload or operator.ref
            self.post_message(ExplorerRequested(ref.cluster, ref.kind, scope=ref.namespace, name=ref.name))

    def action_show_kinds(self) -> None:
        """Pick one of its kinds, to see the objects."""
        operator = self._chosen
        if operator is None:
            return
        choices = [
            Choice(each.kind.id, Content.assemble(each.kind.id, (f"  {each.total:,}", "$muted")))
            for each in operator.serves
        ]
        picker = PickerScreen(f"Kinds of {plain(operator.name)}", choices, nothing="it has none in this cluster")

        def go(picked: str | None) -> None:
            if picked is not None:
                self.post_message(ExplorerRequested(self._agent.name, picked, scope=""))

        self.app.push_screen(picker, go)

    def action_show_object(self, tab: str) -> None:
        """Open the workload, or what OLM has of it."""
        if operator := self._chosen:
            self.post_message(DetailRequested(operator.ref, tab))

    def action_show_logs(self) -> None:
        """Open its logs."""
        operator = self._chosen
        if operator is not None and operator.workload is not None:
            self.post_message(LogsRequested(operator.workload))
        else:
            self.notify("No workload of it was found", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only where an install plan waits is there something to approve."""
        if action == "approve":
            return self._chosen is not None and self._chosen.approval is not None
        return True

    @work(group="operators-approve", exclusive=True)
    async def action_approve(self) -> None:
        """Plan to approve the install plan that waits for a yes."""
        from kubegenie_tui.changes.operations.operation import Request
        from kubegenie_tui.changes.operations.reconciling import APPROVE
        from kubegenie_tui.changes.operations.target import read_targets

        operator = self._chosen
        if operator is None or operator.approval is None:
            return
        try:
            targets = await read_targets(self._agent, [operator.approval])
            plan = await APPROVE.plan(Request(self._agent, targets, time.time(), secrets.token_hex(2)))
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False)
        else:
            self.post_message(PlanRequested(plan))

    def action_leave(self) -> None:
        """Clear the filter, or go back."""
        if self.table.filter_text:
            self.table.set_filter("")
        else:
            self.post_message(BackRequested())


def _lines(operator: Operator, key: str) -> Iterator[Content]:
    """What is known of it; the key lists all of it that is not ready."""
    ink = HEALTH_VARIABLE[operator.health]
    yield Content.assemble(
        (plain(operator.name), "bold"), "  ", (f"{operator.health.glyph} {plain(operator.state)}", ink)
    )
    yield from (Content.styled(f"▲ {plain(note)}", "$warning") for note in operator.notes if note != operator.state)
    kinds = ", ".join(f"{each.kind.kind} {each.total:,}" for each in operator.serves[:MOST_KINDS])
    more = f" and {len(operator.serves) - MOST_KINDS} more" if len(operator.serves) > MOST_KINDS else ""
    yield Content.styled(f"looks after {kinds or 'no kind that was found'}{more}", "$muted")
    if operator.leader:
        yield Content.styled(f"led by {plain(operator.leader)}", "$muted")
    yield from (Content.styled(plain(fact), "$muted") for fact in operator.facts)
    waiting = operator.waiting
    for ref, state in waiting[:MOST_TOLD]:
        words = f"{state.health.glyph} {plain(ref.words)}  {plain(state.words)}"
        yield Content.styled(words, HEALTH_VARIABLE[state.health])
    if len(waiting) > MOST_TOLD:
        yield Content.styled(f"and {len(waiting) - MOST_TOLD} more: {key} lists them", "$muted")
