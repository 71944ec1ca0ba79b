"""The table view of several clusters: a column more, and each cluster's own columns and use of CPU and memory."""

from collections.abc import Callable, Mapping

from kubegenie_tui.domain.fleet_rows import FleetRows, identity
from kubegenie_tui.domain.row import Cell, Column, Row
from kubegenie_tui.domain.table_view import TableView, Usage, place_of

CLUSTER = Column("CLUSTER", priority=0, width=7)
_NOTHING: Usage = {}
_NOT_MEASURED = (None, None)


class FleetView(TableView):
    """An ordering of the rows of several clusters."""

    def __init__(self, fleet: FleetRows) -> None:
        super().__init__(fleet.columns)
        self._fleet = fleet
        self.usage_of: Mapping[str, Usage] = {}
        """Use of CPU and memory by cluster."""

    def set_usage(self, usage_of: Mapping[str, Usage]) -> None:
        """The clusters have measured anew."""
        self.usage_of = usage_of
        self.usage = next((usage for usage in usage_of.values() if usage), _NOTHING)

    def titled_columns(self) -> list[tuple[Column, Callable[[Row], Cell]]]:
        """See TableView; the cluster comes first."""
        return [(CLUSTER, _cluster), *super().titled_columns()]

    def identity(self, row: Row) -> str:
        """See TableView."""
        return identity(row.cluster, row.uid)

    def cell_reader(self, index: int) -> Callable[[Row], Cell]:
        """See TableView. A cluster that serves another version may have other columns: they are found by title."""
        read = super().cell_reader(index)
        title = self.columns[index].title
        others = {
            cluster: next((at for at, column in enumerate(columns) if column.title == title), -1)
            for cluster, columns in self._fleet.differing().items()
        }
        if not others:
            return read

        def read_by_title(row: Row) -> Cell:
            at = others.get(row.cluster)
            if at is None:
                return read(row)
            return row.cells[at] if 0 <= at < len(row.cells) else None

        return read_by_title

    def used(self, row: Row) -> tuple[int | None, int | None]:
        """See TableView."""
        return self.usage_of.get(row.cluster, _NOTHING).get(place_of(row), _NOT_MEASURED)


def _cluster(row: Row) -> Cell:
    return row.cluster
