"""What the keys of the explorer do."""

import msgspec
from textual import work

from kubegenie_tui.domain.drill import SELECTING, place_behind
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.row import Row
from kubegenie_tui.screens.explorer_rows import ExplorerRows
from kubegenie_tui.screens.messages import AskRequested, ClustersRequested, DetailRequested, LogsRequested

LOGGED = frozenset(
    {"pods", "deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch"}
)
"""Kinds that have logs, their own or their pods'."""


class ExplorerKeys(ExplorerRows):
    """Actions on the row under the cursor, the rows and the panes."""

    def action_drill_down(self) -> None:
        """Open what is behind the row, as in k9s; the object itself when nothing is."""
        row, kind = self.table.current, self.kind
        if row is None or kind is None:
            return
        if kind.id in SELECTING:
            self._drill_by_selector(kind, row)
        elif place := place_behind(kind, row):
            self.show(msgspec.structs.replace(place, tree=self.place.tree, genie=self.place.genie))
        else:
            self.action_show_object("summary")

    @work(group="drill", exclusive=True, exit_on_error=False)
    async def _drill_by_selector(self, kind: Kind, row: Row) -> None:
        try:
            place = place_behind(kind, row, await self.agent.get(kind, row.name, row.namespace))
        except KubeGenieError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        if place is None:
            self.action_show_object("summary")
        else:
            self.show(place)

    def action_show_object(self, tab: str) -> None:
        """Open the object under the cursor."""
        if ref := self.focus_now().selected:
            self.post_message(DetailRequested(ref, tab))

    def action_show_logs(self, previous: bool) -> None:
        """Open the logs of the pod, or of the newest pod behind the object."""
        ref = self.focus_now().selected
        if ref is None:
            return
        if ref.kind == "pods":
            self.post_message(LogsRequested(ref, previous=previous))
        elif ref.kind in LOGGED:
            self.action_show_object("logs")
        else:
            self.notify(f"{ref} has no logs", markup=False)

    def action_jump_owner(self) -> None:
        """Go to the object that controls this one."""
        row = self.table.current
        kind_name, _, name = row.owner.partition("/") if row else ("", "", "")
        kind = self.agent.kinds.find(kind_name)
        if row is None or not kind_name:
            self.notify("Nothing owns this object", markup=False)
        elif kind is not None:
            namespace = self.pane.namespace
            self.show(Place(kind.id, namespace, selected=name, selected_namespace=row.namespace))

    def action_ask_genie(self) -> None:
        """Open the genie with this object in mind."""
        self.post_message(AskRequested("", self.focus_now()))

    def action_namespace_slot(self, slot: int) -> None:
        """Switch to the namespace on a number key."""
        namespace = self.slots.at(slot, self.namespaces())
        if namespace is not None and self.kind is not None and self.kind.namespaced:
            self.show(msgspec.structs.replace(self.current_place(), namespace=namespace, selected=""))

    def action_mark(self, which: str) -> None:
        """Mark the row under the cursor, all shown rows, or none."""
        table = self.table
        if which == "none":
            table.marks.clear()
            table.refresh()
        elif which == "all":
            table.mark({row.uid for row in table.view.window(0, len(table.view))})
        elif table.current:
            table.mark({table.current.uid})
            table.action_move(1)
        self.pane.tell()

    def action_sort(self, title: str) -> None:
        """Sort by a column, again for the other way round."""
        self.table.sort(title)

    def action_copy_name(self) -> None:
        """Put the names of the chosen rows on the clipboard."""
        names = [row.name for row in self.pane.chosen()]
        if names:
            self.app.copy_to_clipboard("\n".join(names))
            self.notify(f"Copied {names[0] if len(names) == 1 else f'{len(names)} names'}", markup=False)

    def action_go_back(self) -> None:
        """Clear the filter, else return to the place before, else to the clusters."""
        if self.table.filter_text or self.table.faults_only:
            self.table.set_filter("")
        elif not self.back():
            self.post_message(ClustersRequested())

    def action_focus_pane(self, step: int) -> None:
        """Give the keys to the next pane."""
        panes = [widget for widget in self.query(".pane") if widget.is_on_screen and widget.focusable]
        try:
            at = next(index for index, pane in enumerate(panes) if pane.has_focus or pane.has_focus_within)
        except StopIteration:
            at = -1
        if panes:
            panes[(at + step) % len(panes)].focus()
