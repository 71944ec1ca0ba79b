"""What the keys of the explorer do, besides what they do with rows everywhere."""

from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from textual import on

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.row import Row
from kubegenie_tui.screens.explorer_rows import ExplorerRows
from kubegenie_tui.screens.messages import ClustersRequested, ExplorerRequested
from kubegenie_tui.widgets.resource_tree import ResourceTree

if TYPE_CHECKING:
    from kubegenie_tui.screens.key_rights import KeyRights


class ExplorerKeys(ExplorerRows):
    """Actions on the places of one cluster and on the panes."""

    def show_behind(self, place: Place, row: Row) -> None:
        """See RowKeys."""
        kept = {"tree": self.place.tree, "genie": self.place.genie, "wide": self.table.wide}
        self.show(msgspec.structs.replace(place, **kept))

    async def read_object(self, kind: Kind, row: Row) -> dict[str, object]:
        """See RowKeys."""
        return await self.agent.get(kind, row.name, row.namespace)

    @cached_property
    def rights(self) -> "KeyRights":
        """Mutes keys that the server would refuse."""
        from kubegenie_tui.screens.key_rights import KeyRights

        return KeyRights(self)

    def go(self, wanted: ExplorerRequested) -> None:
        """Show what was asked for; what was left open stays as it is."""
        here = self.current_place()
        if (place := wanted.leads_from(here)) is not here:
            self.show(place)

    def on_detail_view_closed(self) -> None:
        """Give the keys back from the object below the table."""
        self.table.focus()

    @on(ResourceTree.Chosen)
    def _choose(self, event: ResourceTree.Chosen) -> None:
        namespace = self.pane.namespace if event.kind.namespaced else ""
        self.show(Place(event.kind.id, namespace, wide=self.table.wide))
        self.table.focus()

    def action_jump_owner(self) -> None:
        """Go to the object that controls this one."""
        row = self.table.current
        kind_name, _, name = row.owner.partition("/") if row else ("", "", "")
        kind = self.agent.kinds.find(kind_name)
        if row is None or not kind_name:
            self.notify("Nothing owns this object", markup=False)
        elif kind is not None:
            place = Place(kind.id, self.pane.namespace, selected=name, selected_namespace=row.namespace)
            self.show(msgspec.structs.replace(place, wide=self.table.wide))

    def action_namespace_slot(self, slot: int) -> None:
        """Switch to the namespace on a number key."""
        namespace = self.half.slots.at(slot, self.namespaces())
        if namespace is not None and self.kind is not None and self.kind.namespaced:
            self.show(msgspec.structs.replace(self.current_place(), namespace=namespace, selected=""))

    def leave(self) -> None:
        """See Halved: for the clusters."""
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
