"""The numbers of a pulse, and the small charts they make."""

import random

import pytest

from kubegenie_tui.domain.cluster import ClusterStatus, Reach
from kubegenie_tui.domain.fleet_pulse import FLEET_COLUMNS, added_up, cluster_pulse_row, fleet_consumers, fleet_use
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.pulse import (
    MINUTES,
    SAMPLES,
    PulseHistory,
    Use,
    gauge,
    kind_row,
    share_bar,
    sparkline,
    top_consumers,
    use_of,
    warnings_seen,
)
from kubegenie_tui.domain.row import Column, Row

NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("values", "width", "top", "expected"),
    [
        ([], 5, 0.0, ""),
        ([0, 0], 5, 0.0, "▁▁"),
        ([0, 1, 2, 3, 4, 5, 6, 7], 8, 0.0, "▁▂▃▄▅▆▇█"),
        ([1, 2, 3], 2, 0.0, "▆█"),
        ([1], 5, 100.0, "▂"),
        ([500], 5, 100.0, "█"),
        ([1, 2], 0, 0.0, ""),
    ],
)
def test_sparklines(values: list[float], width: int, top: float, expected: str) -> None:
    assert sparkline(values, width, top) == expected


@pytest.mark.parametrize(("part", "whole", "expected"), [(0, 0, "░░░░"), (1, 2, "██░░"), (9, 3, "████")])
def test_gauges(part: float, whole: float, expected: str) -> None:
    assert gauge(part, whole, 4) == expected


def row(name: str, health: Health = Health.OK, *cells: str | int) -> Row:
    return Row(name, "", name, 0, "1", cells, health)


def test_counts_of_a_kind_add_up_whatever_its_health() -> None:
    chance = random.Random(4)
    for _ in range(50):
        rows = [row(str(at), chance.choice(list(Health))) for at in range(chance.randint(0, 40))]
        found = kind_row("pods", "Pods", rows)
        total, *told, bar = found.cells
        assert total == len(rows) == sum(int(str(count)) for count in told)
        assert found.health == max((each.health for each in rows), default=Health.IDLE)
        assert len(str(bar)) <= 24


def test_one_failing_pod_of_thousands_is_seen() -> None:
    assert share_bar({Health.OK: 9_999, Health.BAD: 1}) == "█" + "─" * 23
    assert share_bar({}) == ""


def test_what_nodes_use() -> None:
    columns = (Column("STATUS"), Column("CPU/A"), Column("MEM/A"))
    nodes = [row("a", Health.OK, "Ready", 4000, 8), row("b", Health.OK, "Ready", 2000, "unknown")]
    assert use_of({"a": (1000, 3), "shop/x": (9, 9)}, nodes, columns) == Use(1000, 3, 6000, 8)


def test_top_consumers_are_pods() -> None:
    usage = {"node": (9000, 9000), "a/x": (1, 30), "a/y": (2, 20), "a/z": (2, 10)}
    assert top_consumers(usage, 0, 2) == [("a/y", 2), ("a/z", 2)]
    assert top_consumers(usage, 1, 1) == [("a/x", 30)]


def test_only_warnings_are_counted() -> None:
    columns = (Column("LAST SEEN"), Column("TYPE"))
    events = [
        row("1", Health.WARN, 60, "Warning"),
        row("2", Health.OK, 70, "Normal"),
        row("3", Health.WARN, 0, "Warning"),
    ]
    assert list(warnings_seen(events, columns)) == [60.0]


def test_a_warning_that_comes_again_still_counts_in_its_old_minute() -> None:
    history = PulseHistory()
    history.note_warnings([NOW - 120, NOW - 120], NOW)
    history.note_warnings([NOW - 120, NOW], NOW)
    found = history.warnings(NOW)
    assert (len(found), found[-1], found[-3]) == (MINUTES, 1, 2)
    assert sum(history.warnings(NOW + 60 * MINUTES)) == 0


def test_history_is_bounded() -> None:
    history = PulseHistory()
    for moment in range(SAMPLES * 3):
        history.note_use(Use(moment, moment))
        history.note_warnings([moment * 60.0], moment * 60.0)
    assert len(history.cpu) == len(history.memory) == SAMPLES
    assert history.cpu[-1] == SAMPLES * 3 - 1
    assert len(history._warnings) <= MINUTES


def test_a_cluster_that_was_not_measured_has_no_charts() -> None:
    found = cluster_pulse_row(ClusterStatus("a", "", reach=Reach.UNREACHABLE), Use(), [], [], [])
    cells = {column.title: cell for column, cell in zip(FLEET_COLUMNS, found.cells, strict=True)}
    assert (cells["STATE"], cells["CPU"], cells["CPU CHART"], cells["WARN/MIN"]) == ("unreachable", None, None, None)
    assert found.health is Health.BAD


def test_a_cluster_with_problems_warns() -> None:
    status = ClusterStatus("a", "", reach=Reach.READY, problems=3, nodes=2, nodes_ready=1)
    found = cluster_pulse_row(status, Use(1, 1, 4, 2), [1], [1], [0, 2])
    assert found.health is Health.WARN
    assert found.cells[1] == "1/2"
    assert found.cells[4] == "25%"
    assert found.cells[8] == 2


def test_a_cluster_with_a_workload_that_is_ill_warns() -> None:
    status = ClusterStatus("a", "", reach=Reach.READY)
    well, ill = (cluster_pulse_row(status, Use(), [], [], [], (count, 12)) for count in (12, 11))
    assert (well.cells[3], well.health) == ("12/12", Reach.READY.health)
    assert (ill.cells[0], ill.cells[3], ill.health) == ("1 problem", "11/12", Health.WARN)


def test_the_largest_of_all_clusters_with_their_names() -> None:
    usages = {"prod": {"shop/web": (300, 10), "shop/db": (100, 90), "node-1": (9000, 9000)}, "edge": {"a/b": (200, 50)}}
    assert fleet_consumers(usages, 0, 2) == [("prod shop/web", 300), ("edge a/b", 200)]
    assert fleet_consumers(usages, 1, 9) == [("prod shop/db", 90), ("edge a/b", 50), ("prod shop/web", 10)]
    assert fleet_consumers({}, 0, 3) == []


def test_clusters_added_up_as_far_back_as_all_go() -> None:
    assert added_up([[1, 2, 3], [10, 20], []]) == [12, 23]
    assert added_up([[], []]) == []
    assert fleet_use([Use(1, 2, 10, 20), Use(3, 4, 30, 40)]) == Use(4, 6, 40, 60)
