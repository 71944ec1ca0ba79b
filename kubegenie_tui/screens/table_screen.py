"""What every screen around one table has: the filter and the command line below it."""

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.events import Key

from kubegenie_tui.domain.command_line import OWN, Command, Known
from kubegenie_tui.domain.conversation import Focus, Symptom
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.screens.command_control import CommandControl
from kubegenie_tui.screens.messages import ViewRequested
from kubegenie_tui.screens.painting import PaintedScreen
from kubegenie_tui.widgets.prompt_line import PromptLine
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from kubegenie_tui.screens.own_commands import OwnCommands


class TableScreen(PaintedScreen):
    """A table, `/` and `:`."""

    def __init__(self) -> None:
        super().__init__()
        self.commands = CommandControl(self, self.known, self.focus_now, self.operate)
        self.own_commands: OwnCommands | None = None

    @abstractmethod
    def known(self) -> Known:
        """The names a command can be completed from."""

    @abstractmethod
    def focus_now(self) -> Focus:
        """What the person looks at, for the genie."""

    def symptom_now(self) -> Symptom | None:
        """The finding under the cursor, to be known again; None where there are none."""
        return None

    def operate(self, command: Command) -> None:
        """Do something with the chosen rows.

        Raises:
            UsageError: nothing can be done with rows like these.
        """
        what = command.verb if command.verb in OWN else command.argument
        raise UsageError(f"{what} is done with objects of a cluster", next_step="open one first")

    def rest(self) -> None:
        """Another place is looked at: hold nothing of the clusters."""

    def wake(self) -> None:
        """This place is looked at again: be up to date."""

    @property
    def pane(self) -> TablePane:
        """The pane with the table."""
        return self.query_one(TablePane)

    @property
    def table(self) -> ResourceTable:
        """The table."""
        return self.query_one(ResourceTable)

    def prompt_line(self) -> PromptLine:
        """The line for typing, to be placed above the footer."""
        return PromptLine(self.commands.complete)

    def on_key(self, event: Key) -> None:
        """A key that does nothing on a row may be one of a plugin's."""
        if self.own_commands is not None and self.table.has_focus:
            self.own_commands.press(event)

    def when_known(self, then: Callable[[], object]) -> None:
        """Do something once every command is known."""
        if self.own_commands is not None and self.own_commands.pending:
            self.own_commands.after_loading(then)
        else:
            then()

    def open_command(self) -> None:
        """Let the person type a command."""
        self.when_known(lambda: None)
        self.query_one(PromptLine).open(":")

    def action_filter_rows(self) -> None:
        """Let the person type a filter."""
        self.query_one(PromptLine).open("/", self.table.filter_text)

    def action_show_view(self, view: str) -> None:
        """Open a view of the object under the cursor."""
        focus = self.focus_now()
        self.post_message(ViewRequested(view, focus.cluster, focus.selected, focus.only_namespace))

    @on(PromptLine.Typed)
    def _filter_as_typed(self, event: PromptLine.Typed) -> None:
        if event.mode == "/":
            self.table.set_filter(event.text, self.table.faults_only)

    @on(PromptLine.Submitted)
    def _run_command(self, event: PromptLine.Submitted) -> None:
        self.table.focus()
        if event.mode == ":" and event.text:
            self.run_command(event.text)

    def run_command(self, line: str) -> None:
        """Do what a command line says; what cannot be understood is said."""
        try:
            self.commands.run(line)
        except KubeGenieError as error:
            if self.own_commands is not None and self.own_commands.pending:
                self.own_commands.after_loading(lambda: self.run_command(line))
            else:
                self.notify(str(error), severity="warning", markup=False)

    @on(PromptLine.Cancelled)
    def _stop_typing(self, event: PromptLine.Cancelled) -> None:
        if event.mode == "/":
            self.table.set_filter("", self.table.faults_only)
        self.table.focus()
