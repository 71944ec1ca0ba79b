"""How far the operator of one object is with it: generation, conditions, events, and who looks after it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from kubegenie_tui.domain.custom.bullets import bullets
from kubegenie_tui.domain.custom.pausing import pause_of
from kubegenie_tui.domain.custom.reconciling import ReconcileState, reconcile_state
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.domain.text import plain
from kubegenie_tui.key_sharing import OBJECT_KEYS
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.messages import BackRequested, DetailRequested, LogsRequested, OperationRequested
from kubegenie_tui.screens.object_keys import AboutObject
from kubegenie_tui.theme import HEALTH_VARIABLE
from kubegenie_tui.widgets.background import under_way
from kubegenie_tui.widgets.fact_lines import FactLines
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.pane_title import PaneTitle
from kubegenie_tui.widgets.table_pane import error_words

if TYPE_CHECKING:
    from kubegenie_tui.domain.custom.operators import Operator

REFRESH_SECONDS = 5.0
MOST_EVENTS = 12
LABEL = 14
"""Cells for what a line is about."""


class ReconcileScreen(AboutObject):
    """The state on top, conditions, events, and the operators below."""

    CSS_PATH = "reconcile.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("reconcile"), *bindings("explorer", OBJECT_KEYS)]

    _state: ReconcileState | None = None
    _operators: "list[Operator] | None" = None
    """Those that look after the kind; None until they were looked for."""

    def compose(self) -> ComposeResult:
        """Header, title, text, footer."""
        yield self.header()
        yield PaneTitle()
        with VerticalScroll():
            yield FactLines(id="state")
            yield FactLines(id="operators")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read, and read again now and then."""
        super().on_mount()
        title = Content.assemble("Reconciling  ", (f"{plain(self._kind.kind)} {plain(self._ref.name)}", "$foreground"))
        self.query_one(PaneTitle).set_content(title)
        self.query_one(PaneTitle).add_class("-focused")
        self.query_one(VerticalScroll).focus()
        self.set_interval(REFRESH_SECONDS, self._look_again)
        self.action_refresh()
        self._find_operators()

    def _look_again(self) -> None:
        if not under_way(self, "reconcile"):
            self.action_refresh()

    @work(group="reconcile", exclusive=True)
    async def action_refresh(self) -> None:
        """Read again."""
        try:
            manifest = await self._agent.get(self._kind, self._ref.name, self._ref.namespace)
            events = await self._agent.events_of(self._ref.namespace, text_at(manifest, "metadata.uid"))
        except KubeGenieError as error:
            self.show_fault("reconcile", error)
            return
        self._state = reconcile_state(self._kind, manifest)
        lines = [*_state_lines(self._kind, self._state, self.now()), *_event_lines(events, self.now())]
        self.query_one("#state", FactLines).set_lines(lines, LABEL)

    @work(group="reconcile-operators", exclusive=True)
    async def _find_operators(self) -> None:
        from kubegenie_tui.agents.operators import find_operators

        told = self.query_one("#operators", FactLines)
        told.set_lines([Content(), Content.styled("looking for its operator …", "$muted")])
        try:
            found = await find_operators(self._agent, (self._kind.id,))
        except KubeGenieError as error:
            self.show_fault("reconcile-operators", error)
            return
        self._operators = [
            each for each in found.operators if self._kind.id in {served.kind.id for served in each.serves}
        ]
        told.set_lines(_operator_lines(self._operators), LABEL)

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """In place of what cannot be shown."""
        part = "#operators" if group == "reconcile-operators" else "#state"
        self.query_one(part, FactLines).set_lines([error_words(error)])

    # Keys

    def object_at_hand(self) -> ObjectRef:
        """The object itself."""
        return self._ref

    def action_show_object(self, tab: str) -> None:
        """Open the object."""
        self.post_message(DetailRequested(self._ref, tab))

    def action_show_logs(self) -> None:
        """Open the logs of its operator, looking for the object's name."""
        workload = next((each.workload for each in self._operators or () if each.workload), None)
        if workload is None:
            self.notify("No workload of its operator was found", severity="warning", markup=False)
        else:
            self.post_message(LogsRequested(workload, find=self._ref.name))

    def action_toggle_pause(self) -> None:
        """Plan to have its operator leave it alone, or look after it again."""
        if pause_of(self._kind) is None:
            words = f"No way to pause a {self._kind.kind} is known"
            self.notify(words, severity="warning", markup=False)
        elif self._state is not None:
            word = "resume-reconciling" if self._state.paused else "pause-reconciling"
            self.post_message(OperationRequested((word,)))

    def action_leave(self) -> None:
        """Back to where we came from."""
        self.post_message(BackRequested())


def _state_lines(kind: Kind, state: ReconcileState, now: float) -> Iterator[Content]:
    ink = HEALTH_VARIABLE[state.health]
    yield _line("state", (f"{state.health.glyph} {plain(state.words)}", ink))
    if state.generation is not None:
        seen = "its operator does not tell which it has seen" if state.observed is None else f"{state.observed} seen"
        words = f"{state.generation}, {seen}"
        yield _line("generation", (f"▲ {words}: behind", "$warning") if state.behind else (words, "$foreground"))
    pause = pause_of(kind)
    if pause is None:
        yield _line("pausing", ("no way is known for this kind", "$muted"))
    else:
        place = f"{'.'.join(pause.path[:2])}{f' {pause.path[2]}' if len(pause.path) > 2 else ''}"
        yield _line("pausing", (f"{'⏸ paused' if state.paused else 'not paused'}, by {place}", "$foreground"))
    yield Content()
    for each in state.conditions:
        since = parse_time(each.since)
        age = f"  {format_age(now - since)}" if since else ""
        first, *others = bullets(plain(each.message))
        told = "  ".join(filter(None, (plain(each.reason), "" if others else first)))
        yield _line(
            each.type, (f"{each.health.glyph} {plain(each.status)}", HEALTH_VARIABLE[each.health]), f"{age}  {told}"
        )
        yield from (_line("", (line, "$muted")) for line in ((first, *others) if others else ()))


def _event_lines(events: Sequence[dict[str, Any]], now: float) -> Iterator[Content]:
    yield Content()
    if not events:
        yield _line("events", ("none", "$muted"))
    for event in list(events)[-MOST_EVENTS:][::-1]:
        told = text_at(event, "lastTimestamp") or text_at(event, "metadata.creationTimestamp")
        since = parse_time(told)
        age = format_age(now - since) if since else ""
        ink = "$warning" if text_at(event, "type") == "Warning" else "$foreground"
        yield _line("event", (text_at(event, "reason"), ink), f"  {age}  {text_at(event, 'message')}")


def _operator_lines(operators: "Sequence[Operator]") -> Iterator[Content]:
    yield Content()
    if not operators:
        yield _line("operator", ("nobody was found that looks after this kind", "$warning"))
    for each in operators:
        what = f"{each.health.glyph} {plain(each.namespace)}/{plain(each.name)}  {plain(each.state)}"
        yield _line("operator", (what, HEALTH_VARIABLE[each.health]), f"  {each.source} {each.version}")
        yield _line("leader", (plain(each.leader) or "no lease of it was found", "$muted"))


def _line(label: str, words: tuple[str, str], more: str = "") -> Content:
    return Content.assemble((f"{plain(label)} ".ljust(LABEL), "$muted"), words, (more, "$muted"))
