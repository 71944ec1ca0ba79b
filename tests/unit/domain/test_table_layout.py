import pytest

from kubegenie_tui.domain.row import Cell, Column, Measure
from kubegenie_tui.domain.table_layout import GAP, Placed, format_cell, place

COLUMNS = [
    (Column("NAMESPACE", priority=0), lambda row: row.namespace),
    (Column("NAME", priority=0), lambda row: row.name),
    (Column("READY", Measure.RATIO, priority=0), lambda row: None),
    (Column("STATUS", Measure.STATUS, priority=0), lambda row: None),
    (Column("RESTARTS", Measure.COUNT, priority=1), lambda row: None),
    (Column("NODE", priority=2), lambda row: None),
    (Column("IMAGES", priority=9), lambda row: None),
    (Column("AGE", Measure.AGE, priority=0), lambda row: row.created),
]
NATURAL = {"NAMESPACE": 10, "NAME": 40, "READY": 5, "STATUS": 18, "NODE": 12, "IMAGES": 90, "AGE": 5}


def placed(available: int, *, wide: bool = False, hidden: frozenset[str] = frozenset()) -> list[Placed]:
    return place(COLUMNS, NATURAL, available, hidden=hidden, wide=wide)


def titles(available: int, *, wide: bool = False, hidden: frozenset[str] = frozenset()) -> list[str]:
    return [each.column.title for each in placed(available, wide=wide, hidden=hidden)]


def test_age_stands_after_what_matters_and_before_the_details() -> None:
    assert titles(160) == ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE"]


def test_details_go_first_when_there_is_little_room() -> None:
    assert "NODE" not in titles(100)
    assert "RESTARTS" in titles(86)


def test_at_80_columns_name_ready_status_and_age_remain() -> None:
    assert titles(66, hidden=frozenset({"NAMESPACE"}))[:3] == ["NAME", "READY", "STATUS"]
    assert "AGE" in titles(66, hidden=frozenset({"NAMESPACE"}))


@pytest.mark.parametrize("available", range(70, 170, 7))
def test_the_columns_fit(available: int) -> None:
    assert sum(each.width + GAP for each in placed(available)) - GAP <= available


def test_wide_mode_shows_all_as_wide_as_they_are() -> None:
    widths = {each.column.title: each.width for each in placed(80, wide=True)}
    assert widths["IMAGES"] == 90
    assert widths["NAME"] == 40


def test_hidden_columns_are_left_out() -> None:
    assert "NAMESPACE" not in titles(160, hidden=frozenset({"NAMESPACE"}))


@pytest.mark.parametrize(
    ("measure", "cell", "text"),
    [
        (Measure.TEXT, None, "–"),
        (Measure.TEXT, "", "–"),
        (Measure.TEXT, "web", "web"),
        (Measure.COUNT, 0, "0"),
        (Measure.AGE, 940, "60s"),
        (Measure.AGE, 0, "–"),
        (Measure.CPU, 120, "120m"),
        (Measure.BYTES, 210 * 2**20, "210Mi"),
        (Measure.NUMBER, 3.5, "3.5"),
    ],
)
def test_a_cell_in_words(measure: Measure, cell: Cell, text: str) -> None:
    assert format_cell(Column("X", measure), cell, 1000) == text


def test_numbers_stand_right() -> None:
    right = {each.column.title for each in placed(200) if each.right_aligned}
    assert right == {"READY", "RESTARTS", "AGE"}


def test_long_words_get_the_room_that_is_left() -> None:
    columns = [(Column("NAME", priority=0), lambda row: row.name), (Column("MESSAGE"), lambda row: None)]
    widths = [each.width for each in place(columns, {"NAME": 10, "MESSAGE": 200}, 100)]
    assert widths == [10, 88]


def test_words_are_cut_before_a_column_that_matters_is_dropped() -> None:
    columns = [
        (Column("NAME", priority=0), lambda row: row.name),
        (Column("PODS", Measure.RATIO, priority=1), lambda row: None),
        (Column("MESSAGE", priority=1, width=24), lambda row: None),
    ]
    widths = [each.width for each in place(columns, {"NAME": 10, "PODS": 7, "MESSAGE": 200}, 60)]
    assert widths == [10, 7, 39]
    assert len(place(columns, {"NAME": 10, "PODS": 7, "MESSAGE": 200}, 40)) == 2


def test_a_name_is_not_cut_for_content_that_may_come() -> None:
    columns = [
        (Column("NAMESPACE", width=20, priority=0), lambda row: row.namespace),
        (Column("NAME", priority=0), lambda row: row.name),
    ]
    widths = [[each.width for each in place(columns, {"NAMESPACE": 4, "NAME": 40}, room)] for room in (62, 56, 51, 45)]
    assert widths == [[20, 40], [14, 40], [9, 40], [9, 34]]


def test_a_long_state_is_cut_before_a_name_cannot_be_told_from_another() -> None:
    columns = [
        (Column("NAME", priority=0), lambda row: row.name),
        (Column("READY", Measure.RATIO, priority=0), lambda row: None),
        (Column("STATUS", Measure.STATUS, priority=0), lambda row: None),
        (Column("AGE", Measure.AGE, priority=0), lambda row: None),
    ]
    natural = {"NAME": 26, "READY": 5, "STATUS": 28, "AGE": 4}
    widths = {room: [each.width for each in place(columns, natural, room)] for room in (63, 55, 48, 40)}
    assert widths == {63: [24, 5, 24, 4], 55: [24, 5, 16, 4], 48: [19, 5, 14, 4], 40: [11, 5, 14, 4]}


def test_words_are_cut_before_a_name() -> None:
    columns = [
        (Column("NAME", priority=0), lambda row: row.name),
        (Column("ROLE", priority=1, width=20), lambda row: None),
    ]
    widths = [each.width for each in place(columns, {"NAME": 40, "ROLE": 40}, 70)]
    assert widths == [40, 28]
