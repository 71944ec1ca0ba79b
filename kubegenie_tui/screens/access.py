"""What somebody may do in a cluster, or who may do something, each with the binding and the role that say so."""

import shlex
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.access.question import Question
from kubegenie_tui.domain.access.rows import (
    CAN_COLUMNS,
    NOT_SHOWN,
    SUBJECT_COLUMNS,
    WHO_COLUMNS,
    can_rows,
    first_grants,
    subject_rows,
    who_rows,
)
from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.failed_work import FilledRows
from kubegenie_tui.screens.learning import until_told
from kubegenie_tui.screens.messages import BackRequested, ExplorerRequested, ViewRequested
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.domain.access.evaluate import Grant
    from kubegenie_tui.services import Services

RIGHTS = Kind("", "v1", "permissions", "Permission", namespaced=False)
SUBJECTS = Kind("", "v1", "subjects", "Subject", namespaced=False)
NAMED = {
    "User": Kind("", "v1", "users", "User", namespaced=False),
    "Group": Kind("", "v1", "groups", "Group", namespaced=False),
}


class _GrantsPane(TablePane):
    EVERYWHERE = "that a binding gives"


class _SubjectsPane(TablePane):
    EVERYWHERE = "that a binding names"


class AccessScreen(FilledRows, TableScreen):
    """The answer to one question, as a table."""

    CSS_PATH = "access.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("access")
    FILLED_BY = "access"

    def __init__(
        self, services: "Services", agent: "ClusterAgent", question: Question, asked: str, *, demo: bool = False
    ) -> None:
        """`asked`: the question in the person's words."""
        super().__init__()
        self._services = services
        self._agent = agent
        self._question = question
        self._asked = asked
        self._demo = demo
        self._grants: dict[str, Grant] = {}
        self._about_subjects = bool(question.request or question.subjects)
        columns = WHO_COLUMNS if question.request else SUBJECT_COLUMNS if question.subjects else CAN_COLUMNS
        self._live = LiveRows(columns)

    def compose(self) -> ComposeResult:
        """Header, table, what could not be read, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield (_SubjectsPane if self._about_subjects else _GrantsPane)(emphasise=False)
        yield Static(id="notes", markup=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Ask."""
        self._tell_header("")
        named = NAMED.get(self._question.subjects, SUBJECTS)
        self.pane.show(named if self._about_subjects else RIGHTS, "", self._live)
        self.table.set_hidden(NOT_SHOWN)
        self.table.focus()
        self.action_refresh()

    @work(group="access", exclusive=True)
    async def action_refresh(self) -> None:
        """Ask again."""
        from kubegenie_tui.agents.access import answer

        try:
            await until_told(self._agent)
            found = await answer(self._agent, self._question)
        except KubeGenieError as error:
            self.show_fault("access", error)
        else:
            kinds = self._agent.kinds
            of_subjects = who_rows if self._question.request else subject_rows
            rows = of_subjects(found.grants) if self._about_subjects else can_rows(found.grants, kinds)
            self._grants = first_grants(found.grants, kinds, by_subject=self._about_subjects)
            for row in rows:
                self._live.put(row)
            self._live.keep_only(row.uid for row in rows)
            self._live.set_state(LiveState(Phase.LIVE))
            self._live.publish()
            self._tell_header(found.who)
            self._tell_notes(found.notes)

    def _tell_notes(self, notes: tuple[str, ...]) -> None:
        lines = [Content.styled(f"▲ {plain(note)}", "$warning") for note in notes]
        self.query_one("#notes", Static).update(Content("\n").join(lines))
        self.set_class(bool(notes), "-notes")

    def _tell_header(self, who: str) -> None:
        scope = plain(self._question.namespace) or "all namespaces"
        left = Content.assemble(
            ("KubeGenie", "bold"),
            "  ",
            (plain(self._agent.name), "bold $accent"),
            ("  │ ", "$rule"),
            plain(self._asked if self._about_subjects else f"what {who or '…'} may do in {scope}"),
        )
        self.query_one(StatusHeader).set_parts(left)

    def known(self) -> Known:
        """Names of this cluster, and of the others."""
        namespaces = sorted(row.name for row in self._agent.namespaces.rows.values())
        clusters = [status.name for status in self._services.manager.statuses]
        return Known(self._agent.kinds, namespaces, clusters)

    def focus_now(self) -> Focus:
        """The cluster and the namespace of the question."""
        return Focus(self._agent.name, self._question.namespace)

    @on(ResourceTable.Opened)
    def action_jump(self) -> None:
        """Go to the binding that says so; from a list of subjects, to what the one under the cursor may do."""
        row = self.table.current
        if row is not None and self._question.subjects:
            self.post_message(ViewRequested("can", self._agent.name, argument=f"{shlex.quote(row.uid)} -A", typed=True))
            return
        grant = self._grants.get(row.uid) if row else None
        if grant is None or grant.binding is None or not grant.binding.name:
            self.notify("No binding says so", markup=False)
            return
        binding = grant.binding
        plural = "rolebindings" if binding.namespace else "clusterrolebindings"
        kind = f"{plural}.rbac.authorization.k8s.io"
        self.post_message(ExplorerRequested(self._agent.name, kind, scope=binding.namespace, name=binding.name))

    def action_leave(self) -> None:
        """Clear the filter, or go back."""
        if self.table.filter_text:
            self.table.set_filter("")
        else:
            self.post_message(BackRequested())
