"""Which pods a diagnosis reads whole: the unwell ones, and those whose container ended within the last day."""

import time

import pytest

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.genie.reading.pod_rows import is_troubled
from kubegenie_tui.genie.reading.rows import RowSet

COLUMNS = (Column("RESTARTS", Measure.COUNT, 1), Column("LAST RESTART", Measure.AGE, 9))


@pytest.mark.parametrize(("restarts", "hours", "read"), [(4, 23, True), (1, 1, True), (4, 25, False), (0, 0, False)])
def test_a_pod_that_runs_well_is_read_whole_for_a_day_after_its_last_restart(
    restarts: int, hours: int, read: bool
) -> None:
    row = Row("uid-1", "shop", "web-1", 0, "1", (restarts, time.time() - hours * 3_600))
    rows = RowSet(KindIndex(BUILTIN_KINDS).resolve("pods"), "", COLUMNS, {row.uid: row})
    assert is_troubled(rows, row) is read
