"""What the explorer shows in the table that has the keys, and what can be said about it."""

import contextlib
from abc import abstractmethod
from typing import TYPE_CHECKING

from textual import work

from kubegenie_tui.domain.command_line import Known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import GaveUp, KubeGenieError
from kubegenie_tui.domain.kind_groups import group_kinds
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.tabs import Shown
from kubegenie_tui.screens.half import Half
from kubegenie_tui.screens.halved import Halved
from kubegenie_tui.screens.learning import is_learning, learned
from kubegenie_tui.screens.operation_control import OperationControl
from kubegenie_tui.screens.own_commands import OwnCommands
from kubegenie_tui.screens.row_keys import marked_in
from kubegenie_tui.screens.view_control import ViewControl
from kubegenie_tui.widgets.resource_tree import ResourceTree
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.services import Services

EVERY_KIND = "api"
"""The command that lists every kind."""


class ExplorerRows(Halved[Half]):
    """The table that has the keys, as the rest of the explorer sees it."""

    def __init__(self, services: "Services", agent: "ClusterAgent", place: Place) -> None:
        super().__init__()
        self.services = services
        self.own_commands = OwnCommands(self, services)
        self.operations = OperationControl(self, services, self.own_commands)
        self.views = ViewControl(self, services)
        self.half = Half(self, agent, place, self._new_pane())
        self.halves = [self.half]

    def _new_pane(self) -> TablePane:
        return TablePane(emphasise=not self.services.settings.ui.reduce_motion)

    async def new_half(self, shown: Shown) -> Half:
        """See Halved."""
        agent = await self.services.manager.open(shown.clusters[0])
        return Half(self, agent, shown.place, self._new_pane())

    @abstractmethod
    def refresh_kinds(self) -> None:
        """A cluster has told what it serves."""

    @property
    def agent(self) -> "ClusterAgent":
        """The cluster."""
        return self.half.agent

    @property
    def place(self) -> Place:
        """Where the person went."""
        return self.half.place

    def show(self, place: Place, *, remember: bool = True) -> None:
        """Go to a place of this cluster; Escape leads back when it is remembered."""
        self.half.show(place, remember=remember)
        self.follow_half()

    def follow_half(self) -> None:
        """Stand in the tree on what is shown in the table."""
        tree = self.query_one(ResourceTree)
        tree.set_groups(group_kinds(self.agent.kinds))
        if self.kind is not None:
            tree.set_current(self.kind)

    def run_command(self, line: str) -> None:
        """See TableScreen; a kind that only the cluster knows is waited for while it has not told what it serves."""
        if line.split()[:1] == [EVERY_KIND] and is_learning(self.agent):
            self._run_when_known(line)
            return
        try:
            self.commands.run(line)
        except KubeGenieError:
            if is_learning(self.agent):
                self._run_when_known(line)
            else:
                super().run_command(line)

    @work(group="command", exclusive=True)
    async def _run_when_known(self, line: str) -> None:
        with contextlib.suppress(GaveUp):
            await learned(self.app, self.agent)
            super().run_command(line)

    def namespaces(self) -> list[str]:
        """Names of the namespaces, as far as they are known."""
        return sorted(row.name for row in self.agent.namespaces.rows.values())

    def known(self) -> Known:
        """Names of this cluster, and of the others."""
        clusters = [status.name for status in self.services.manager.statuses]
        namespaces = [*self.views.scopes, *self.namespaces()]
        return Known(self.agent.kinds, namespaces, clusters, self.views.view_names, self._words)

    def _words(self) -> dict[str, str]:
        return self.operations.words() | self.own_commands.words()

    def focus_now(self) -> Focus:
        """What the person looks at, for the genie."""
        row, kind = self.table.current, self.kind
        ref = ObjectRef(kind.id, row.name, row.namespace, self.agent.name) if row and kind else None
        marked = marked_in(self.pane, self.agent.name)
        return Focus(self.agent.name, self.half.scope, kind.id if kind else "", ref, self.table.filter_text, marked)
