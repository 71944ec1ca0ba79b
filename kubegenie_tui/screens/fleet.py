"""One kind over several clusters in one live table; what is done with a row is done in the row's cluster."""

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from kubegenie_tui.domain.place import Place
from kubegenie_tui.key_sharing import ROW_KEYS
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.fleet_half import half_of
from kubegenie_tui.screens.fleet_keys import FleetKeys
from kubegenie_tui.screens.messages import PlaceShown
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.table_pane import TablePanes

if TYPE_CHECKING:
    from kubegenie_tui.services import Services

LOOK_SECONDS = 2.0
"""Between two looks at what was measured."""


class FleetScreen(FleetKeys):
    """The rows of some clusters, in one table or in two, and what keeps them up to date."""

    CSS_PATH = "fleet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("explorer", ROW_KEYS), *bindings("fleet")]

    def __init__(self, services: "Services", clusters: tuple[str, ...], place: Place, *, demo: bool = False) -> None:
        """A table that is not filled yet.

        Args:
            services: what screens work with.
            clusters: their names.
            place: what to show of them.
            demo: whether the clusters are simulated.
        """
        super().__init__(services)
        self.half = half_of(self, clusters, place)
        self.halves = [self.half]
        self._demo = demo

    def compose(self) -> ComposeResult:
        """Header, table, the line for typing, footer."""
        yield StatusHeader(demo=self._demo)
        with TablePanes(id="middle"):
            yield self.half.pane
        yield self.prompt_line()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show what was asked for and open the clusters meanwhile."""
        self.table.focus()
        self.half.begin()
        self._open_second()
        self.set_interval(LOOK_SECONDS, self._refresh_usage)
        self.set_interval(LOOK_SECONDS, self._refresh_header)

    @work(group="open-second", exclusive=True)
    async def _open_second(self) -> None:
        if (kept := self.to_open) is not None:
            await self.fleet.any_opened.wait()
            await self.split.open_kept(kept)
            self.to_open = None

    def on_unmount(self) -> None:
        """Let go of the clusters."""
        for half in self.halves:
            half.close()

    def rest(self) -> None:
        """See TableScreen."""
        super().rest()
        self.workers.cancel_group(self, "open-second")

    def wake(self) -> None:
        """See TableScreen."""
        super().wake()
        self._open_second()

    def follow_half(self) -> None:
        """See Halved."""
        self._refresh_header()
        self.post_message(PlaceShown())

    def _refresh_usage(self) -> None:
        for half in self.halves:
            half.refresh_usage()

    def _refresh_header(self) -> None:
        clusters = self.fleet.clusters
        names = " ".join(clusters) if len(clusters) <= 4 else f"{len(clusters)} clusters"
        left = Content.assemble(("KubeGenie", "bold"), "  ", (names, "bold $accent"))
        self.query_one(StatusHeader).set_parts(left)
