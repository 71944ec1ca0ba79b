from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.row_filter import RowFilter
from kubegenie_tui.domain.table_view import TableView

COLUMNS = (Column("READY", Measure.RATIO), Column("STATUS", Measure.STATUS), Column("RESTARTS", Measure.COUNT))


def pod(
    uid: str, name: str = "", namespace: str = "shop", ready: str = "1/1", status: str = "Running", restarts: int = 0
) -> Row:
    health = Health.OK if status == "Running" else Health.BAD
    return Row(uid, namespace, name or uid, 1000, "1", (ready, status, restarts), health, {"app": name or uid})


def arranged(view: TableView, rows: dict[str, Row]) -> list[str]:
    for _ in view.arrange(rows):
        pass
    return [row.uid for row in view.window(0, len(view))]


def test_rows_stand_by_namespace_and_name() -> None:
    rows = {row.uid: row for row in (pod("1", "b"), pod("2", "a"), pod("3", "c", "alpha"))}
    assert arranged(TableView(COLUMNS), rows) == ["3", "2", "1"]


def test_a_name_that_has_what_stands_between_names_is_shown_all_the_same() -> None:
    rows = {row.uid: row for row in (pod("1", "a\0b", "s\0hop"), pod("2\0x", "a"), pod("3", "\0"))}
    view = TableView(COLUMNS)
    assert sorted(arranged(view, rows)) == ["1", "2\0x", "3"]
    assert [view.index_of(uid) for uid in arranged(view, rows)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("title", "descending", "expected"),
    [
        ("RESTARTS", True, ["c", "b", "a"]),
        ("RESTARTS", False, ["a", "b", "c"]),
        ("STATUS", False, ["c", "a", "b"]),
        ("READY", True, ["b", "a", "c"]),
        ("NAME", True, ["c", "b", "a"]),
        ("no such column", False, ["a", "b", "c"]),
    ],
)
def test_sort_by_a_column(title: str, descending: bool, expected: list[str]) -> None:
    rows = {
        row.uid: row
        for row in (
            pod("a", restarts=0, ready="1/1"),
            pod("b", restarts=2, ready="0/3"),
            pod("c", restarts=9, ready="2/2", status="CrashLoopBackOff"),
        )
    }
    view = TableView(COLUMNS)
    view.sort_by, view.descending = title, descending
    assert arranged(view, rows) == expected


def test_age_ascending_puts_the_youngest_first() -> None:
    rows = {uid: Row(uid, "", uid, created, "1", ()) for uid, created in (("old", 10), ("new", 99), ("unknown", 0))}
    view = TableView(())
    view.sort_by = "AGE"
    assert arranged(view, rows) == ["new", "old", "unknown"]


def test_use_is_a_column_when_there_are_figures() -> None:
    rows = {"a": pod("a"), "b": pod("b"), "c": pod("c")}
    view = TableView(COLUMNS, {"shop/a": (10, 500), "shop/b": (90, 100)})
    view.sort_by, view.descending = "CPU", True
    assert arranged(view, rows) == ["b", "a", "c"]


def test_a_change_that_moves_nothing_is_told_as_such() -> None:
    rows = {"a": pod("a"), "b": pod("b")}
    view = TableView(COLUMNS)
    arranged(view, rows)
    rows["a"] = pod("a", restarts=5)
    assert view.apply({"a": rows["a"]}, ()) is False
    assert view.row(0) is rows["a"]


@dataclass
class History:
    rows: dict[str, Row] = field(default_factory=dict)


ROW = st.builds(
    pod,
    st.integers(0, 120).map(str),
    st.sampled_from(["a", "b", "c", "dd"]),
    st.sampled_from(["x", "y"]),
    st.sampled_from(["0/1", "1/1", "2/3", "odd"]),
    st.sampled_from(["Running", "Failed"]),
    st.integers(0, 3),
)
STEP = st.tuples(st.lists(ROW, max_size=100), st.lists(st.integers(0, 120).map(str), max_size=40))


@settings(max_examples=60)
@given(
    steps=st.lists(STEP, max_size=8),
    sort=st.sampled_from(["", "NAME", "STATUS", "READY", "RESTARTS", "AGE"]),
    descending=st.booleans(),
    text=st.sampled_from(["", "a", "!Failed", "RESTARTS:>1", "b|c"]),
)
def test_following_changes_equals_arranging_anew(
    steps: list[tuple[list[Row], list[str]]], sort: str, descending: bool, text: str
) -> None:
    rows: dict[str, Row] = {}
    view, fresh = TableView(COLUMNS), TableView(COLUMNS)
    for each in (view, fresh):
        each.sort_by, each.descending = sort, descending
        each.filter = RowFilter(text, each.titled_columns())
    arranged(view, rows)
    for upserted, removed in steps:
        changed = {row.uid: row for row in upserted if row.uid not in removed}
        rows.update(changed)
        for uid in removed:
            rows.pop(uid, None)
        view.apply(changed, removed)
        assert [row.uid for row in view.window(0, len(view))] == arranged(fresh, dict(rows))
        assert view.total == len(rows)
        for index, row in enumerate(view.window(0, len(view))):
            assert view.index_of(row.uid) == index


def test_beyond_the_end_there_is_no_row() -> None:
    view = TableView(COLUMNS)
    arranged(view, {"a": pod("a")})
    assert view.row(1) is None
    assert view.row(-1) is None
    assert view.index_of("other") is None


def test_changes_while_arranging_are_not_lost() -> None:
    rows = {f"{n:05}": pod(f"{n:05}") for n in range(3_000)}
    view = TableView(COLUMNS)
    steps = view.arrange(rows)
    next(steps)
    rows["00001x"] = pod("00001x")
    del rows["00002"]
    view.apply({"00001x": rows["00001x"]}, ["00002"])
    for _ in steps:
        pass
    assert [row.uid for row in view.window(0, 4)] == ["00000", "00001", "00001x", "00003"]
    assert len(view) == 3_000


def test_sort_by_several_columns_each_in_its_own_direction() -> None:
    rows = {
        row.uid: row
        for row in (
            pod("1", "ab", status="Running", restarts=1),
            pod("2", "a", status="Running", restarts=1),
            pod("3", "b", status="Running", restarts=7),
            pod("4", "c", status="Error", restarts=1),
        )
    }
    view = TableView(COLUMNS)
    view.set_orders((("STATUS", True), ("RESTARTS", True), ("NAME", True)))
    assert arranged(view, rows) == ["3", "1", "2", "4"]
    view.set_orders((("RESTARTS", False), ("STATUS", False), ("NAME", False)))
    assert arranged(view, rows) == ["4", "2", "1", "3"]
    view.apply({"4": pod("4", "c", status="Error", restarts=9)}, ())
    rows["4"] = pod("4", "c", status="Error", restarts=9)
    assert [row.uid for row in view.window(0, 4)] == ["2", "1", "3", "4"]


def test_numbers_in_a_column_of_words_stand_by_their_size() -> None:
    rows = {uid: Row(uid, "", uid, 0, "1", (cell,)) for uid, cell in (("a", 10), ("b", 9), ("c", None), ("d", "x"))}
    view = TableView((Column("OWN"),))
    view.sort_by = "OWN"
    assert arranged(view, rows) == ["c", "b", "a", "d"]
