"""One cluster: kinds at the left, rows in the middle, detail below, the genie at the right."""

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.kind_groups import group_kinds
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.domain.place import Place
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.cluster_header import header_parts
from kubegenie_tui.screens.explorer_keys import ExplorerKeys
from kubegenie_tui.screens.messages import PlaceShown
from kubegenie_tui.screens.side_panes import SidePanes
from kubegenie_tui.screens.tree_counts import TreeCounts
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.resource_tree import ResourceTree
from kubegenie_tui.widgets.table_pane import TablePanes

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
        self._counts = TreeCounts()
        self._sides = SidePanes(self)
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """Header, panes, the line for typing, footer; detail and chat come when they are first shown."""
        yield StatusHeader(demo=self._demo)
        with Horizontal(id="panes"):
            yield ResourceTree()
            with TablePanes(id="middle"):
                yield self.half.pane
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show the place we were in, then what stands around it."""
        self.table.focus()
        self.half.begin()
        self.follow_half()
        self._unsubscribe = self.services.manager.subscribe(self._refresh_header)
        self.set_interval(0.5, self._refresh_numbers)
        self._refresh_header()
        self.set_timer(ROWS_FIRST, self._open_around)

    def on_unmount(self) -> None:
        """Let go of everything that lives on."""
        self._unsubscribe()
        self.rest()
        for half in self.halves:
            half.close()

    def on_screen_suspend(self) -> None:
        """Keep the place for the next start."""
        self.keep_place()

    def rest(self) -> None:
        """See TableScreen."""
        super().rest()
        self._counts.release()
        self._sides.release()

    def wake(self) -> None:
        """See TableScreen."""
        kind = self.kind
        super().wake()
        if self.kind is not kind:
            self.follow_half()
        elif kind is not None:
            self.query_one(ResourceTree).announce()
            self._sides.follow(self.table.current)

    def noted(self, place: Place) -> Place:
        """See Halved."""
        return self._sides.noted(place)

    @work(group="keep-place", exclusive=True)
    async def keep_place(self) -> None:
        """Write down where the person is."""
        await self.half.keep(self.services.store, self.noted(self.current_place()))

    def follow_half(self) -> None:
        """See Halved."""
        super().follow_half()
        self.query_one(ResourceTree).announce()
        self._refresh_header()
        self._sides.follow(self.table.current)
        self.rights.look()
        self.post_message(PlaceShown())

    def _refresh_header(self) -> None:
        if self.is_attached:
            parts = header_parts(self.services, self.agent.name, self.pane.namespace, self.size.width)
            self.query_one(StatusHeader).set_parts(*parts)

    def refresh_kinds(self) -> None:
        """See ExplorerRows."""
        for half in self.halves:
            if half.go_on() and half is self.half:
                self.follow_half()
        self.query_one(ResourceTree).set_groups(group_kinds(self.agent.kinds))

    def _refresh_numbers(self) -> None:
        self._refresh_header()
        if self.is_current:
            self.query_one(ResourceTree).set_counts(self._counts.numbers())
            for half in self.halves:
                half.refresh_usage()

    @on(ResourceTree.Unfolded)
    def _count(self, event: ResourceTree.Unfolded) -> None:
        self._counts.follow(self.agent, event.kinds if self._sides.shows("tree") else (), self.half.scope)

    @on(ResourceTable.Counted)
    def _rows_came(self) -> None:
        loading = self.table.live.state.phase is Phase.LOADING
        if len(self.table.view) >= self.table.size.height or not loading:
            self.call_after_refresh(self._open_around)

    async def _open_around(self) -> None:
        if not self.query(ResourceTable):
            return  # the screen is on its way out
        await self._sides.open_first()
        if (kept := self.to_open) is not None:
            self.to_open = None
            await self.split.open_kept(kept)

    @on(ResourceTable.Moved)
    def _moved(self) -> None:
        self._sides.follow(self.table.current)

    async def ask(self, text: str, focus: Focus) -> None:
        """Open the genie beside the rows."""
        await self._sides.ask(text, focus)

    async def action_toggle(self, what: str) -> None:
        """Show or hide a pane, all columns, or healthy rows."""
        if what == "wide":
            self.table.set_wide(not self.table.wide)
        elif what == "faults":
            self.table.set_filter(self.table.filter_text, not self.table.faults_only)
        else:
            await self._sides.toggle(what)
