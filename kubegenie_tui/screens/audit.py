"""What was changed in a cluster from here, by whom, and how it went: the latest of the audit log, as it grows."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from kubegenie_tui.changes.audit import Entry, paired
from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.row import Cell, Column, Measure, Row
from kubegenie_tui.domain.table_view import TableView
from kubegenie_tui.domain.text import plain
from kubegenie_tui.key_sharing import SORT_KEYS
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.failed_work import FilledRows
from kubegenie_tui.screens.messages import BackRequested
from kubegenie_tui.screens.said import SaidScreen
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from kubegenie_tui.services import Services

ENTRIES = Kind("", "v1", "changes", "Change", namespaced=True)
LOOK_SECONDS = 2.0
"""Between two looks at the log."""
MOST_ENTRIES = 1000
"""Of the audit log that are shown; each change has two."""
COLUMNS = (
    Column("RESULT", Measure.STATUS, priority=0, width=9),
    Column("TIER", priority=2),
    Column("CHANGE", priority=0, width=26),
    Column("WHO", priority=0, width=16),
    Column("APPROVED", priority=1),
    Column("ANSWER", priority=2),
)
_HEALTH = {"done": Health.OK, "failed": Health.BAD, "unknown": Health.WARN}


class _EntriesPane(TablePane):
    EVERYWHERE = "made from here yet"


class _Entries(TableView):
    """Where there is little room, the namespace gives way: the change names it."""

    def titled_columns(self) -> list[tuple[Column, Callable[[Row], Cell]]]:
        """See TableView."""
        (namespace, read), *others = super().titled_columns()
        return [(msgspec.structs.replace(namespace, priority=1), read), *others]


class AuditScreen(FilledRows, TableScreen):
    """Reads only; what is in the log cannot be changed from anywhere."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("audit"), *bindings("explorer", SORT_KEYS)]
    FILLED_BY = "look"

    def __init__(self, services: "Services", cluster: str, *, demo: bool = False) -> None:
        """The log of one cluster."""
        super().__init__()
        self._services = services
        self._cluster = cluster
        self._demo = demo
        self._live = LiveRows(COLUMNS)
        self._pairs: dict[str, tuple[Entry, Entry | None]] = {}

    def compose(self) -> ComposeResult:
        """Header, entries, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield _EntriesPane(emphasise=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look at once, and again from time to time."""
        words = "audit log; kubegenie audit verify proves it unaltered"
        left = (("KubeGenie", "bold"), "  ", (plain(self._cluster), "bold $accent"), ("  │ ", "$rule"), words)
        self.query_one(StatusHeader).set_parts(Content.assemble(*left))
        self.pane.show(ENTRIES, "", self._live, view=_Entries(COLUMNS))
        self.table.sort("AGE", False)
        self.table.focus()
        self.set_interval(LOOK_SECONDS, self._look)
        self._look()

    @work(group="look", exclusive=True)
    async def _look(self) -> None:
        try:
            audit = (await self._services.changes()).audit
            found = paired(await audit.entries(MOST_ENTRIES, self._cluster))
        except KubeGenieError as error:
            self.show_fault("look", error)
            return
        for intent, result in found:
            pair = (intent, result)
            if self._pairs.get(str(intent.seq)) != pair:
                self._pairs[str(intent.seq)] = pair
                self._live.put(_row(intent, result))
        if self._live.state.phase is not Phase.LIVE:
            self._live.set_state(LiveState(Phase.LIVE, time.time()))
        self._live.publish()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is an entry to show where there is a row."""
        return action != "show_entry" or bool(self._pairs)

    def known(self) -> Known:
        """Names of this cluster, and of the others."""
        names = [status.name for status in self._services.manager.statuses]
        agent = self._services.manager.agent(self._cluster)
        if agent is None:
            return Known(KindIndex(()), clusters=names)
        return Known(agent.kinds, sorted(row.name for row in agent.namespaces.rows.values()), names)

    def focus_now(self) -> Focus:
        """The cluster: what is in the log need not be there any more."""
        return Focus(self._cluster)

    @on(ResourceTable.Opened)
    def action_show_entry(self) -> None:
        """The whole entry."""
        if row := self.table.current:
            intent, result = self._pairs[row.uid]
            self.app.push_screen(SaidScreen(intent.plan, told(intent, result)))

    def action_sort(self, title: str) -> None:
        """Sort by a column, again for the other way round."""
        self.table.sort(title)

    def action_toggle_wide(self) -> None:
        """Show all columns as wide as they are, or what fits."""
        self.table.set_wide(not self.table.wide)

    def action_leave(self) -> None:
        """Clear the filter, or go back."""
        if self.table.filter_text:
            self.table.set_filter("")
        else:
            self.post_message(BackRequested())


def _row(intent: Entry, result: Entry | None) -> Row:
    """One change: what was wanted, and what came of it."""
    word = result.result if result else "no result"
    answer = f"{result.latency_ms:.0f} ms {result.message}".strip() if result else ""
    words = (word, f"W{intent.tier}", intent.plan, _whom(intent), intent.how, answer)
    cells = tuple(plain(each) for each in words)
    health = _HEALTH.get(word, Health.WARN)
    version = f"{intent.seq}/{result.seq if result else 0}"
    return Row(str(intent.seq), intent.namespace, intent.name, int(intent.at), version, cells, health)


def _whom(intent: Entry) -> str:
    return intent.identity if intent.asked_by == "person" else f"{intent.identity}, asked by {intent.asked_by}"


def told(intent: Entry, result: Entry | None) -> list[str]:
    """All that the log holds of a change, a line each."""
    facts = {
        "time": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(intent.at)),
        "who": intent.actor,
        "identity": intent.identity,
        "groups": ", ".join(intent.groups),
        "asked by": intent.asked_by,
        "chat": f"conversation {intent.conversation}" if intent.conversation else "",
        "cluster": intent.cluster,
        "change": intent.plan,
        "verb": f"{intent.verb} {intent.subresource}".strip(),
        "object": f"{intent.kind} {'/'.join(part for part in (intent.namespace, intent.name) if part)}",
        "uid": intent.uid,
        "diff hash": intent.diff_hash,
        "tier": f"W{intent.tier}",
        "approved": intent.how,
        "result": result.result if result else "none: KubeGenie ended in between; look at the object",
    }
    if result is not None:
        facts |= {"status": str(result.code or ""), "answer": result.message, "latency": f"{result.latency_ms:.0f} ms"}
    facts["entries"] = f"{intent.seq} and {result.seq}" if result else str(intent.seq)
    return [f"{name:<10}  {plain(value)}" for name, value in facts.items() if value]
