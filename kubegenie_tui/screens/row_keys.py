"""What keys do with rows, in one cluster and in several: the explorer and the fleet share it."""

from abc import abstractmethod
from collections.abc import Callable

from textual import on, work

from kubegenie_tui.domain.command_line import OWN, Command
from kubegenie_tui.domain.drill import SELECTING, place_behind
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.row import Row
from kubegenie_tui.screens.messages import AskRequested, DetailRequested, LogsRequested
from kubegenie_tui.screens.operation_control import OperationControl
from kubegenie_tui.screens.own_commands import OwnCommands
from kubegenie_tui.screens.table_screen import TableScreen
from kubegenie_tui.screens.view_control import ViewControl
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

LOGGED = SELECTING | {"pods"}
"""Kinds that have logs, their own or their pods'."""
MOST_TOLD = 50
"""Marked rows that the genie is told of."""


class RowKeys(TableScreen):
    """Actions on the row under the cursor and on all rows."""

    operations: OperationControl
    views: ViewControl
    own_commands: OwnCommands

    @property
    def kind(self) -> Kind | None:
        """What is shown; None before anything is."""
        return self.pane.kind

    @abstractmethod
    def current_place(self) -> Place:
        """What is shown now."""

    @abstractmethod
    def show(self, place: Place, *, remember: bool = True) -> None:
        """Show something else; `remember` that we were here."""

    @abstractmethod
    def show_behind(self, place: Place, row: Row) -> None:
        """Go to the place behind a row, in the cluster of the row."""

    @abstractmethod
    async def read_object(self, kind: Kind, row: Row) -> dict[str, object]:
        """The whole object of a row.

        Raises:
            KubeGenieError: it cannot be read.
        """

    def chosen_objects(self) -> tuple[Kind | None, list[ObjectRef]]:
        """The marked rows, else the one under the cursor, as objects; and their kind."""
        kind, here = self.kind, self.focus_now().cluster
        rows = self.pane.chosen() if kind else []
        return kind, [ObjectRef(kind.id, row.name, row.namespace, row.cluster or here) for row in rows if kind]

    @on(ResourceTable.Opened)
    def action_drill_down(self) -> None:
        """Open what is behind the row, as in k9s; the object itself when nothing is."""
        row, kind = self.table.current, self.kind
        if row is None or kind is None:
            return
        if kind.id in SELECTING:
            self._drill_by_selector(kind, row)
        elif place := place_behind(kind, row):
            self.show_behind(place, row)
        else:
            self.action_show_object("summary")

    @work(group="drill", exclusive=True)
    async def _drill_by_selector(self, kind: Kind, row: Row) -> None:
        try:
            place = place_behind(kind, row, await self.read_object(kind, row))
        except KubeGenieError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if place is None:
            self.action_show_object("summary")
        else:
            self.show_behind(place, row)

    def action_show_object(self, tab: str) -> None:
        """Open the object under the cursor."""
        if ref := self.focus_now().selected:
            self.post_message(DetailRequested(ref, tab))

    def action_show_logs(self, previous: bool) -> None:
        """Open the logs of the chosen rows: of pods, or of all pods behind them, merged by time."""
        kind, refs = self.chosen_objects()
        if kind is None or not refs:
            return
        if kind.id not in LOGGED:
            self.notify(f"{refs[0].words} has no logs", markup=False)
        else:
            self.post_message(LogsRequested(refs[0], previous=previous, others=tuple(refs[1:])))

    def action_ask_genie(self) -> None:
        """Open the genie with this object in mind."""
        self.post_message(AskRequested("", self.focus_now()))

    def action_mark(self, which: str) -> None:
        """Mark the row under the cursor, all shown rows, or none."""
        table = self.table
        if which == "none":
            table.marks.clear()
            table.refresh()
        elif which == "all":
            table.mark(table.view.window(0, len(table.view)))
        elif table.current:
            table.mark([table.current])
            table.action_move(1)
        self.pane.tell()

    def operate(self, command: Command) -> None:
        """Do something with the chosen rows, or with what is shown."""
        if command.verb in OWN:
            self.views.run(command)
            return
        if command.argument in self.own_commands:
            self.own_commands.run(command.argument, command.words)
            return
        self.operations.start(command.argument, command.words)

    def action_operate(self, words: str, view: str = "") -> None:
        """Begin the first of these operations that fits the chosen rows; nothing is changed before it was previewed.

        With a view, that is opened instead for a pod: k9s has both on one key.
        """
        if view and self.kind is not None and self.kind.id == "pods":
            self.action_show_view(view)
        else:
            self._try(lambda: self.operations.start_first(words.split()))

    def action_run_command(self, name: str) -> None:
        """Run a command of the person's own."""
        self.own_commands.try_run(name)

    def action_show_operations(self) -> None:
        """All that can be done with the chosen rows."""
        self._try(self.operations.show_menu)

    def _try(self, begin: Callable[[], None]) -> None:
        try:
            begin()
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False)

    def action_sort(self, title: str) -> None:
        """Sort by a column, again for the other way round."""
        self.table.sort(title)

    def action_choose_columns(self) -> None:
        """Choose which columns there are."""
        self.views.choose_columns()

    def action_copy_name(self) -> None:
        """Put the names of the chosen rows on the clipboard."""
        names = [row.name for row in self.pane.chosen()]
        if names:
            self.app.copy_to_clipboard("\n".join(names))
            self.notify(f"Copied {names[0] if len(names) == 1 else f'{len(names)} names'}", markup=False)


def marked_in(pane: TablePane, cluster: str) -> tuple[ObjectRef, ...]:
    """The marked rows as the genie is told of them: all of them, which must be of this cluster and few, or none."""
    kind = pane.kind
    if kind is None or not 0 < len(pane.table.marks) <= MOST_TOLD:
        return ()
    rows = pane.chosen()
    if any(row.cluster not in ("", cluster) for row in rows):
        return ()
    return tuple(ObjectRef(kind.id, row.name, row.namespace, cluster) for row in rows)
