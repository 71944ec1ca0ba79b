"""A kind: its definition in a few lines, its fields as a tree to unfold, and the help of the one under the cursor."""

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.custom.example import example_of
from kubegenie_tui.domain.custom.fields import Field, fields_of
from kubegenie_tui.domain.custom.telling import COLUMNS, FIELDS, NOT_SHOWN, field_rows, kind_lines
from kubegenie_tui.domain.definition import DEFINITIONS
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.yaml_text import yaml_lines
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.failed_work import FilledRows
from kubegenie_tui.screens.messages import BackRequested, ExplorerRequested, ViewRequested
from kubegenie_tui.screens.said import SaidScreen
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.theme import HEALTH_VARIABLE
from kubegenie_tui.widgets.fact_lines import FactLines
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.agents.definitions import KindFacts
    from kubegenie_tui.services import Services

LABEL = 12
"""Cells for what a line is about."""
MOST_UNFOLDED = 200
"""A structure with no more fields than this is unfolded whole."""


class DefinitionScreen(FilledRows, TableScreen):
    """Facts on top, fields below, help at the bottom."""

    CSS_PATH = "definition.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("definition")
    FILLED_BY = "definition"

    def __init__(self, services: "Services", agent: "ClusterAgent", kind: Kind, *, demo: bool = False) -> None:
        super().__init__()
        self._services = services
        self._agent = agent
        self._kind_shown = kind
        self._demo = demo
        self._live = LiveRows(COLUMNS)
        self._found: KindFacts | None = None
        self._fields: dict[str, Field] = {}
        self._unfolded: frozenset[str] | None = frozenset()
        """Paths of the fields that are unfolded; None for all."""

    def compose(self) -> ComposeResult:
        """Header, facts, fields, help, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        yield FactLines(id="facts")
        yield TablePane(emphasise=False)
        yield Static(id="help", markup=False)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read."""
        self.pane.show(FIELDS, "", self._live)
        self.table.set_hidden(NOT_SHOWN)
        self.table.focus()
        self._tell_header()
        self.action_refresh()

    # Reading

    @work(group="definition", exclusive=True)
    async def action_refresh(self, version: str = "") -> None:
        """Read again, perhaps in another version."""
        from kubegenie_tui.agents.definitions import read_kind

        try:
            self._found = await read_kind(self._agent, self._kind_shown, version or self._kind_shown.version)
        except KubeGenieError as error:
            self.show_fault("definition", error)
        else:
            self._kind_shown = self._found.kind
            every = sum(1 for _, _ in zip(fields_of(self._found.structure), range(MOST_UNFOLDED + 1), strict=False))
            self._unfolded = None if every <= MOST_UNFOLDED else frozenset({"spec", "status"})
            self._tell_facts()
            self._show_fields()

    def _show_fields(self) -> None:
        if self._found is None:
            return
        is_sought = bool(self.table.filter_text)
        unfolded = None if is_sought else self._unfolded
        shown = fields_of(self._found.structure, lambda path: unfolded is None or path in unfolded)
        self._fields = {field.path: field for field in shown}
        rows = field_rows(self._fields.values(), unfolded, by_path=is_sought)
        for row in rows:
            self._live.put(row)
        self._live.keep_only(row.uid for row in rows)
        self._live.set_state(LiveState(Phase.LIVE, time.time()))
        self._live.publish()
        self._tell_help()

    def _tell_facts(self) -> None:
        found = self._found
        assert found is not None
        lines = [
            Content.assemble(
                (line.label.ljust(LABEL), "$muted"),
                (plain(line.words), HEALTH_VARIABLE[line.health] if line.health > Health.OK else "$foreground"),
            )
            for line in kind_lines(found.kind, found.definition, found.instances)
        ]
        lines += [Content.styled(f"{'':{LABEL}}▲ {plain(note)}", "$warning") for note in found.notes]
        self.query_one("#facts", FactLines).set_lines(lines, LABEL)

    def _tell_header(self) -> None:
        left = Content.assemble(
            ("KubeGenie", "bold"),
            "  ",
            (plain(self._agent.name), "bold $accent"),
            ("  │ ", "$rule"),
            f"what a {plain(self._kind_shown.kind)} is",
        )
        self.query_one(StatusHeader).set_parts(left)

    @on(ResourceTable.Counted)
    @on(ResourceTable.Moved)
    def _tell_help(self) -> None:
        field = self._field
        help = self.query_one("#help", Static)
        help.display = field is not None
        if field is not None:
            help.update(Content.assemble((field.path, "bold $accent"), f"  {field.help}"))

    @property
    def _field(self) -> Field | None:
        row = self.table.current
        return self._fields.get(row.uid) if row else None

    # What every table can do

    def known(self) -> Known:
        """Names of this cluster, and of the others."""
        namespaces = sorted(row.name for row in self._agent.namespaces.rows.values())
        return Known(self._agent.kinds, namespaces, [status.name for status in self._services.manager.statuses])

    def focus_now(self) -> Focus:
        """The definition, where there is one."""
        ref = None
        if self._found is not None and self._found.definition is not None:
            ref = ObjectRef(DEFINITIONS, self._kind_shown.id, "", self._agent.name)
        return Focus(self._agent.name, "", DEFINITIONS if ref else self._kind_shown.id, ref)

    # Keys

    @on(ResourceTable.Opened)
    def action_fold(self) -> None:
        """Unfold the field under the cursor, or fold it up again."""
        field = self._field
        if field is None or not field.below or self.table.filter_text:
            return
        now = self._unfolded if self._unfolded is not None else frozenset(self._fields)
        self._unfolded = now - {field.path} if field.path in now else now | {field.path}
        self._show_fields()

    def action_fold_all(self) -> None:
        """Unfold everything, or fold it up."""
        self._unfolded = frozenset({"spec"}) if self._unfolded is None else None
        self._show_fields()

    def on_prompt_line_typed(self) -> None:
        """What is looked for may be anywhere below."""
        self._show_fields()

    def action_next_version(self) -> None:
        """Show the next version that is served."""
        found = self._found
        if found is None or found.definition is None:
            return
        served = [version.name for version in found.definition.versions if version.served]
        if len(served) < 2:
            self.notify(f"{found.kind.version} is the only version that is served", markup=False)
            return
        at = served.index(found.kind.version) if found.kind.version in served else -1
        self.action_refresh(served[(at + 1) % len(served)])

    def action_show_example(self) -> None:
        """A small object of the kind."""
        if self._found is not None:
            made = example_of(self._kind_shown, self._found.structure)
            title = f"An example of {self._kind_shown.kind} {self._kind_shown.api_version}"
            self.app.push_screen(SaidScreen(title, list(yaml_lines(made))))

    def action_create(self) -> None:
        """Begin a new object of the kind."""
        self.post_message(ViewRequested("create", self._agent.name, scope="", argument=self._kind_shown.id, typed=True))

    def action_show_objects(self) -> None:
        """Go to the objects of the kind."""
        self.post_message(ExplorerRequested(self._agent.name, self._kind_shown.id, scope=""))

    def action_copy_path(self) -> None:
        """Copy the path of the field."""
        if field := self._field:
            self.app.copy_to_clipboard(field.path)
            self.notify(f"Copied {field.path}", markup=False)

    def action_leave(self) -> None:
        """Clear the filter, or go back."""
        if self.table.filter_text:
            self.table.set_filter("")
            self._show_fields()
        else:
            self.post_message(BackRequested())
