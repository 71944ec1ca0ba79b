"""What is wrong in a namespace or a cluster, or breaks a policy: each finding with its facts and what to change."""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.table import Table
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Aftermath, Focus, Symptom
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.scan import Comparison, clock
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.failed_work import FilledRows
from kubegenie_tui.screens.mending import Mending
from kubegenie_tui.screens.messages import BackRequested, DetailRequested, ExplorerRequested
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.prompt_line import PromptLine
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.genie.reading.diagnosing import Verdict
    from kubegenie_tui.genie.reading.scope import Scope
    from kubegenie_tui.services import Services

PROBLEMS = Kind("", "v1", "problems", "Problem", namespaced=True)
BREACHES = Kind("", "v1", "breaches", "Breach", namespaced=True)
COLUMNS = (
    Column("#", Measure.NUMBER, priority=0, width=3),
    Column("SEVERITY", Measure.STATUS, priority=0, width=8),
    Column("CHANGE", priority=0, width=12),
    Column("PROBLEM", priority=0, width=40),
    Column("RULE", priority=2),
)
_HEALTH = {
    Severity.CRITICAL: Health.BAD,
    Severity.WARNING: Health.WARN,
    Severity.NOTICE: Health.PROGRESSING,
    Severity.INFO: Health.IDLE,
}


class _ProblemsPane(TablePane):
    EVERYWHERE = "found: everything that was checked is well"
    WIDER = ": everything that was checked is well"


class ProblemsScreen(FilledRows, TableScreen):
    """Findings, the worst and most certain first; below them all that is known of the one under the cursor."""

    CSS_PATH = "problems.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("problems")
    FILLED_BY = "problems"

    def __init__(
        self,
        services: "Services",
        agent: "ClusterAgent",
        namespace: str,
        *,
        policies: bool = False,
        demo: bool = False,
    ) -> None:
        """`namespace`: empty for the whole cluster; `policies`: what breaks one, and not what is wrong."""
        super().__init__()
        self._services = services
        self._agent = agent
        self._namespace = namespace
        self._policies = policies
        self._demo = demo
        self._live = LiveRows(COLUMNS)
        self._findings: dict[str, Finding] = {}
        self._verdict: Verdict | None = None
        self._comparison: Comparison | None = None
        self._mending = Mending(self, services, self._tell_finding, self.action_refresh)

    def compose(self) -> ComposeResult:
        """Header, findings, the one under the cursor, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield _ProblemsPane(emphasise=False)
        yield Static(id="finding", markup=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look."""
        self._tell_header("looking …")
        self.pane.show(BREACHES if self._policies else PROBLEMS, self._namespace, self._live)
        self.table.set_hidden(frozenset({"AGE"}))
        self.table.sort("#", False)
        self.table.focus()
        self.action_refresh()

    @property
    def _scope(self) -> "Scope":
        from kubegenie_tui.genie.reading.scope import Scope
        from kubegenie_tui.genie.redaction.redactor import Redactor

        settings, focus = self._services.settings, Focus(self._agent.name, self._namespace)
        ignored, notes = settings.diagnosis.patterns(), self._services.store.notes
        return Scope(self._agent, focus, Redactor(), ignored=ignored, policy=settings.policy, notes=notes)

    @work(group="problems", exclusive=True)
    async def action_refresh(self) -> None:
        """Look again."""
        self._tell_header("looking …")
        try:
            verdict = await self._looked()
        except KubeGenieError as error:
            self.show_fault("problems", error)
        else:
            self._show(verdict)

    async def _looked(self) -> "Verdict":
        from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
        from kubegenie_tui.genie.reading.policies import audit_policies
        from kubegenie_tui.genie.reading.scanning import since_last

        scope, looking = self._scope, audit_policies if self._policies else diagnose_scope
        verdict: Verdict = (await looking(scope, self._namespace or "*")).data
        if not self._policies:
            self._comparison = await since_last(self._services.store.scans, scope, verdict, time.time())
        return verdict

    def _show(self, verdict: "Verdict") -> None:
        self._verdict = verdict
        self._findings = {
            f"{each.rule} {each.root} {number}": each for number, each in enumerate(verdict.findings, start=1)
        }
        for number, (uid, finding) in enumerate(self._findings.items(), start=1):
            self._live.put(self._row(number, uid, finding))
        self._live.keep_only(self._findings)
        self._live.set_state(LiveState(Phase.LIVE, time.time()))
        self._live.publish()
        self._tell_header(_state(verdict, self._comparison))
        self._tell_finding()

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """Where the findings would be."""
        super().show_fault(group, error)
        if group == self.FILLED_BY:
            self._tell_header("")

    def _row(self, number: int, uid: str, finding: Finding) -> Row:
        kind = self._agent.kinds.get(finding.root.kind)
        new = "new · " if self._comparison is not None and self._comparison.since(finding) is None else ""
        cells = (
            number,
            finding.severity.name.lower(),
            kind.kind if kind else finding.root.kind,
            finding.title.partition(": ")[2] if self._policies else f"{new}{finding.title}",
            finding.rule.removeprefix("policy/"),
        )
        root = finding.root
        version = f"{number} {new}{finding.title} {finding.cause}"
        return Row(uid, root.namespace, root.name, 0, version, cells, _HEALTH[finding.severity])

    def _tell_header(self, state: str) -> None:
        where = f"in {plain(self._namespace)}" if self._namespace else "in all namespaces"
        left = Content.assemble(
            ("KubeGenie", "bold"), "  ", (plain(self._agent.name), "bold $accent"), ("  │ ", "$rule"),
            f"{'what breaks policies' if self._policies else 'what is wrong'} {where}", (f"  {state}", "dim"),
        )  # fmt: skip
        self.query_one(StatusHeader).set_parts(left)

    @on(ResourceTable.Moved)
    def _tell_finding(self) -> None:
        finding = self._current
        notes = self._verdict.noted_of(finding) if self._verdict and finding is not None else []
        since = self._comparison.since(finding) if self._comparison and finding is not None else None
        became = self._mending.became(finding) if finding is not None else None
        told = _told(finding, notes, since, became) if finding is not None else ""
        self.query_one("#finding", Static).update(told)
        self.set_class(finding is not None, "-finding")

    @property
    def _current(self) -> Finding | None:
        row = self.table.current
        return self._findings.get(row.uid) if row else None

    def known(self) -> Known:
        """Names of this cluster, and of the others."""
        namespaces = sorted(row.name for row in self._agent.namespaces.rows.values())
        return Known(self._agent.kinds, namespaces, [status.name for status in self._services.manager.statuses])

    def focus_now(self) -> Focus:
        """The object to change."""
        finding = self._current
        if finding is None:
            return Focus(self._agent.name, self._namespace)
        root = finding.root
        ref = ObjectRef(root.kind, root.name, root.namespace, self._agent.name)
        return Focus(self._agent.name, root.namespace, root.kind, ref)

    def symptom_now(self) -> Symptom | None:
        """The finding under the cursor, to be known again."""
        finding = self._current
        return Symptom(finding.rule, finding.root, finding.title, finding.affected) if finding is not None else None

    @on(ResourceTable.Opened)
    def action_jump(self) -> None:
        """Go to the object to change."""
        if ref := self.focus_now().selected:
            self.post_message(ExplorerRequested(ref.cluster, ref.kind, scope=ref.namespace, name=ref.name))

    def action_show_object(self, tab: str) -> None:
        """Open the object to change."""
        if ref := self.focus_now().selected:
            self.post_message(DetailRequested(ref, tab))

    def action_note(self) -> None:
        """Let the person note what the fault was."""
        self.query_one(PromptLine).open(":", "note ")

    @work(group="remedy", exclusive=True)
    async def action_mend(self) -> None:
        """Look at the change that would end it, where there is a sure one; what becomes of that is told here."""
        await self._mending.propose(self._scope, self._current, self._findings.values())

    def action_leave(self) -> None:
        """Clear the filter, or go back."""
        if self.table.filter_text:
            self.table.set_filter("")
        else:
            self.post_message(BackRequested())


def _state(verdict: "Verdict", comparison: Comparison | None) -> str:
    from kubegenie_tui.genie.reading.policies import PolicyVerdict

    unread = f", without {len(verdict.unread)} kinds that may not be read" if verdict.unread else ""
    logs = len(verdict.unheard)
    unread += f", without {logs} log{'' if logs == 1 else 's'} that cannot be read" if logs else ""
    ignored = f", {verdict.ignored} ignored by your settings" if verdict.ignored else ""
    not_run = f", {len(verdict.not_run)} checks not run" if isinstance(verdict, PolicyVerdict) else ""
    what = "pods without a workload" if isinstance(verdict, PolicyVerdict) else "troubled namespaces"
    left_out = f", without {verdict.left_out} more {what}" if verdict.left_out else ""
    partly = f", in part: {'; '.join(verdict.partly)}" if verdict.partly else ""
    since = f"{comparison.words(time.time())} · " if comparison is not None else ""
    return f"{since}{verdict.checked:,} objects checked{not_run}{unread}{left_out}{ignored}{partly}"


def _told(finding: Finding, notes: Sequence[str], since: float | None, became: Aftermath | None) -> Table:
    """Cause, facts and what to do, each beside what it is."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for label, words, style in (*_became(became), *_facts(finding, notes, since)):
        table.add_row(Text(label, style="dim"), Text(plain(words), style=style))
    return table


def _facts(finding: Finding, notes: Sequence[str], since: float | None) -> Iterator[tuple[str, str, str]]:
    yield "cause", f"{finding.cause}  ({finding.confidence:.0%} sure)", ""
    yield "change", f"{finding.root} {finding.field}".rstrip(), "bold"
    for fact in finding.evidence[:4]:
        yield "seen", f"{fact.ref} {fact.field} = {fact.value}", ""
    if since is not None:
        yield "known", f"since {clock(since, time.time())}", ""
    for note in notes:
        yield "noted", note.removeprefix("Noted "), "bold"
    for step in finding.next_steps[:3]:
        yield "next", step, ""
    if finding.remedy is not None:
        yield "mend", f"{finding.remedy.operation} {finding.remedy.ref}: press m", ""


def _became(seen: Aftermath | None) -> Iterator[tuple[str, str, str]]:
    """What is seen of the change that was made to end it."""
    if seen is not None:
        yield "made", f"{seen.title} · {seen.words}", "bold"
        yield from (("", f"{note.health.glyph} {note.text}", "") for note in seen.notes)
