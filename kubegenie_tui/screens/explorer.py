"""One cluster: kinds at the left, rows in the middle, detail below, the genie at the right."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.kind_groups import group_kinds
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.domain.place import Place
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.cluster_header import header_parts
from kubegenie_tui.screens.explorer_keys import ExplorerKeys
from kubegenie_tui.screens.messages import ExplorerRequested
from kubegenie_tui.screens.side_panes import SidePanes
from kubegenie_tui.screens.tree_counts import TreeCounts
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.resource_tree import ResourceTree
from kubegenie_tui.widgets.table_pane import TablePane

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.services import Services

ROWS_FIRST = 0.5
"""Seconds the panes around the table wait for the first rows: what people came for comes first."""


class ExplorerScreen(ExplorerKeys):
    """The panes of one cluster, and what keeps them up to date."""

    CSS_PATH = "explorer.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("explorer")

    def __init__(self, services: "Services", agent: "ClusterAgent", place: Place, *, demo: bool = False) -> None:
        super().__init__(services, agent, place)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
        self.add_class("-wide", update=False)  # as most are: one styling of everything less at the start
        self._demo = demo
        self._counts = TreeCounts(agent)
        self._sides = SidePanes(self)
        self._unsubscribe: list[Callable[[], None]] = []

    def compose(self) -> ComposeResult:
        """Header, panes, the line for typing, footer; detail and chat come when they are first shown."""
        yield StatusHeader(demo=self._demo)
        with Horizontal(id="panes"):
            yield ResourceTree()
            with Vertical(id="middle"):
                yield TablePane(emphasise=not self.services.settings.ui.reduce_motion)
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show the place we were in, then what stands around it."""
        self.table.focus()
        self.show(self.place, remember=False)
        self._unsubscribe += [
            self.services.manager.subscribe(self._refresh_header),
            self.agent.on_kinds(self._refresh_kinds),
        ]
        self.set_interval(0.5, self._refresh_numbers)
        self._refresh_header()
        self.set_timer(ROWS_FIRST, self._sides.open_first)

    def on_unmount(self) -> None:
        """Let go of everything that lives on."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._counts.release()
        self._sides.release()
        self.release()

    def on_screen_suspend(self) -> None:
        """Keep the place for the next start."""
        self.keep_place()

    @work(group="keep-place", exclusive=True)
    async def keep_place(self) -> None:
        """Write down where the person is."""
        if self.kind is not None:
            store = self.services.store
            await store.places.save(self.agent.name, self._sides.noted(self.current_place()))
            await store.facts.set("history", self.agent.name, self.history.text())

    def show(self, place: Place, *, remember: bool = True) -> None:
        """Go to a place of this cluster, and say so."""
        super().show(place, remember=remember)
        self.query_one(ResourceTree).announce()
        self._refresh_header()

    def _refresh_header(self) -> None:
        if self.is_attached:
            parts = header_parts(self.services, self.agent.name, self.pane.namespace, self.size.width)
            self.query_one(StatusHeader).set_parts(*parts)

    def _refresh_kinds(self) -> None:
        self.query_one(ResourceTree).set_groups(group_kinds(self.agent.kinds))
        self.go_on()

    def _refresh_numbers(self) -> None:
        if self.is_current:
            self.query_one(ResourceTree).set_counts(self._counts.numbers())
            if self.kind and self.table.view.usage is not self.agent.usage and self.kind.id in ("pods", "nodes"):
                self.table.set_usage(self.agent.usage)

    @on(ResourceTree.Unfolded)
    def _count(self, event: ResourceTree.Unfolded) -> None:
        self._counts.follow(event.kinds if self._sides.shows("tree") else (), self.scope)

    @on(ResourceTree.Chosen)
    def _choose(self, event: ResourceTree.Chosen) -> None:
        namespace = self.pane.namespace if event.kind.namespaced else ""
        self.show(Place(event.kind.id, namespace))
        self.table.focus()

    @on(ResourceTable.Counted)
    def _rows_came(self) -> None:
        loading = self.table.live.state.phase is Phase.LOADING
        if len(self.table.view) >= self.table.size.height or not loading:
            self.call_after_refresh(self._sides.open_first)

    @on(ResourceTable.Moved)
    def _moved(self, event: ResourceTable.Moved) -> None:
        self._sides.follow(event.row)

    def on_detail_view_closed(self) -> None:
        """Give the keys back from the object below the table."""
        self.table.focus()

    async def ask(self, text: str, focus: Focus) -> None:
        """Open the genie beside the rows."""
        await self._sides.ask(text, focus)

    def go(self, wanted: ExplorerRequested) -> None:
        """Show what was asked for; what was left open stays as it is."""
        here = self.current_place()
        if (place := wanted.leads_from(here)) is not here:
            self.show(place)

    async def action_toggle(self, what: str) -> None:
        """Show or hide a pane, all columns, or healthy rows."""
        if what == "wide":
            self.table.toggle_wide()
        elif what == "faults":
            self.table.set_filter(self.table.filter_text, not self.table.faults_only)
        else:
            await self._sides.toggle(what)
