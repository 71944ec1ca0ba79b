"""What keys and commands do in a table over several clusters."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.command_line import Command, Known, parse_command
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.row import Row
from kubegenie_tui.domain.tabs import Shown
from kubegenie_tui.screens.fleet_half import FleetHalf, half_of
from kubegenie_tui.screens.halved import Halved
from kubegenie_tui.screens.messages import BackRequested, ExplorerRequested, FleetRequested
from kubegenie_tui.screens.operation_control import OperationControl
from kubegenie_tui.screens.own_commands import OwnCommands
from kubegenie_tui.screens.row_keys import marked_in
from kubegenie_tui.screens.view_control import ViewControl

if TYPE_CHECKING:
    from kubegenie_tui.agents.fleet import Fleet
    from kubegenie_tui.services import Services


class FleetKeys(Halved[FleetHalf]):
    """Actions on rows of any of the clusters: each goes to the row's own."""

    def __init__(self, services: "Services") -> None:
        super().__init__()
        self.services = services
        self.own_commands = OwnCommands(self, services)
        self.operations = OperationControl(self, services, self.own_commands)
        self.views = ViewControl(self, services)

    @property
    def fleet(self) -> "Fleet":
        """The clusters of the table that has the keys."""
        return self.half.fleet

    async def new_half(self, shown: Shown) -> FleetHalf:
        """See Halved; a single cluster is a small fleet."""
        return half_of(self, shown.clusters, shown.place)

    def takes(self, clusters: tuple[str, ...], *, returns: bool) -> bool:
        """Whether a table over these clusters has its place here; in a split any does, for who does not just return."""
        return any(half.fleet.clusters == clusters for half in self.halves) or (not returns and len(self.halves) > 1)

    def lead(self, clusters: tuple[str, ...], wanted: FleetRequested, *, returns: bool) -> None:
        """Show some clusters in the half that has the keys; who returns from elsewhere, in the half that has them."""
        over = [half for half in self.halves if half.fleet.clusters == clusters]
        if over and self.half not in over and returns:
            self.split.turn_to(over[0])
        if self.half in over:
            self.go(wanted)
        else:
            place = wanted.leads_from(self.current_place())
            self.split.lead(half_of(self, clusters, place, self.half.pane))

    def go(self, wanted: FleetRequested) -> None:
        """Show another kind, scope or filter of the same clusters; what is left empty stays as it is."""
        here = self.current_place()
        place = wanted.leads_from(here)
        is_elsewhere = place != FleetRequested(filter=here.filter).leads_from(here)
        self.show(place, remember=is_elsewhere)

    def show(self, place: Place, *, remember: bool = True) -> None:
        """See RowKeys."""
        self.half.show(place, remember=remember)

    def known(self) -> Known:
        """Kinds of all these clusters, their namespaces, and all clusters."""
        agents = self.fleet.agents.values()
        spaces = sorted({row.name for agent in agents for row in agent.namespaces.rows.values()})
        clusters = [status.name for status in self.services.manager.statuses]
        namespaces = [*self.views.scopes, *spaces]
        return Known(self.fleet.kinds, namespaces, clusters, self.views.view_names, self._words)

    def _words(self) -> dict[str, str]:
        return self.operations.words() | self.own_commands.words()

    def focus_now(self) -> Focus:
        """The row under the cursor, in its cluster."""
        row, kind = self.table.current, self.kind
        if row is None or kind is None:
            return Focus(self.fleet.clusters[0] if self.fleet.clusters else "")
        ref = ObjectRef(kind.id, row.name, row.namespace, row.cluster)
        return Focus(
            row.cluster, row.namespace, kind.id, ref, self.table.filter_text, marked_in(self.pane, row.cluster)
        )

    def run_command(self, line: str) -> None:
        """As everywhere, but a kind or a namespace is shown for these clusters unless the line names one."""
        if command := self._of_these_clusters(line):
            kind_name = command.kind.id if command.kind else ""
            self.go(FleetRequested((), kind_name, command.namespace, command.filter))
        else:
            super().run_command(line)

    async def begin_with(self, line: str) -> None:
        """See Halved; a cluster that the line names is shown in this half."""
        await self.fleet.any_opened.wait()
        command = self._shown_by(line)
        self.run_command(f"fleet {line}" if command and command.cluster else line)

    def _of_these_clusters(self, line: str) -> Command | None:
        command = self._shown_by(line)
        return command if command and not command.cluster else None

    def _shown_by(self, line: str) -> Command | None:
        """What the line says when it shows a kind or a namespace; None when it does something else."""
        try:
            command = parse_command(line, self.known())
        except KubeGenieError:
            return None
        return command if command.verb in ("show", "ns") else None

    def show_behind(self, place: Place, row: Row) -> None:
        """See RowKeys."""
        self.post_message(ExplorerRequested(row.cluster, place.kind, place.namespace, place.filter, place.selected))

    async def read_object(self, kind: Kind, row: Row) -> dict[str, object]:
        """See RowKeys."""
        return await self.fleet.agents[row.cluster].get(kind, row.name, row.namespace)

    def action_open_cluster(self) -> None:
        """Go to the explorer of the row's cluster, on this object."""
        if (row := self.table.current) and self.kind is not None:
            self.post_message(ExplorerRequested(row.cluster, self.kind.id, row.namespace, name=row.name))

    async def action_toggle(self, what: str) -> None:
        """Show all columns, or faults only."""
        if what == "wide":
            self.table.set_wide(not self.table.wide)
        elif what == "faults":
            self.table.set_filter(self.table.filter_text, not self.table.faults_only)

    def leave(self) -> None:
        """See Halved: for where it was opened."""
        self.post_message(BackRequested())
