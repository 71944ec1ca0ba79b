"""The pane of a table over several clusters: its title tells of each cluster whose rows are not live."""

from collections.abc import Callable, Sequence

from textual import on

from kubegenie_tui.domain.live import LiveState, Phase
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane

Troubles = Callable[[], Sequence[tuple[str, str, bool]]]
"""Clusters whose rows are not live: name, words, whether that is a failure; failures first."""
NAMED = 3
"""Clusters that are named; more are counted."""


class FleetPane(TablePane):
    """Rows of one kind over several clusters."""

    EVERYWHERE = "in these clusters"

    def __init__(self, *, emphasise: bool = True) -> None:
        super().__init__(emphasise=emphasise)
        self.troubles: Troubles = tuple

    def on_mount(self) -> None:
        """Tell how the clusters are once a second."""
        self.set_interval(1.0, self.tell)

    @on(ResourceTable.Counted)
    @on(ResourceTable.Moved)
    def _heard(self, event: ResourceTable.Counted | ResourceTable.Moved) -> None:
        """Nothing around the table follows its rows: the way up to the app is spared at every change."""
        event.stop()

    def in_trouble(self, state: LiveState) -> bool:
        """See TablePane; that of one cluster is enough."""
        return any(failed for _, _, failed in self.troubles())

    def phase(self, state: LiveState) -> str:
        """How each cluster is whose rows are not live."""
        troubles = self.troubles()
        failures = [f"{plain(name)} {words}" for name, words, failed in troubles if failed]
        loading = [plain(name) for name, _, failed in troubles if not failed]
        if state.phase is Phase.LOADING and not failures:
            return "loading …"
        parts = failures[:NAMED]
        if len(failures) > NAMED:
            parts.append(f"{len(failures) - NAMED} more")
        if loading:
            parts.append(f"{loading[0] if len(loading) == 1 else f'{len(loading)} clusters'} loading …")
        return " · ".join(parts)
