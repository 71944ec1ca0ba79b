from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.content import Content

from kubegenie_tui.widgets.answer_table import GAP, fitted, natural_widths, table_lines

ROW = ("checkout-58d1b-q7wzn-2kxkq", "0/1", "CrashLoopBackOff")


def test_all_columns_stay_whole_when_there_is_room() -> None:
    assert fitted([24, 5, 16], 100) == [24, 5, 16]


def test_the_last_that_fits_is_cut_and_the_rest_left_out() -> None:
    assert fitted([24, 5, 26, 8, 6], 46) == [21, 5, 12]


def test_a_name_too_wide_gives_way_to_what_is_told_of_it() -> None:
    assert fitted([80, 5], 40) == [33, 5]


def test_a_name_is_cut_in_the_middle_and_what_was_left_out_is_counted() -> None:
    rows = [[*map(Content, row)] for row in (("NAME", "READY", "STATUS"), ROW)]
    assert [line.plain for line in table_lines(rows, 26)] == ["NAME             READY  +1", "checkou…n-2kxkq  0/1  "]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 60), min_size=1, max_size=9), st.integers(6, 120))
def test_it_never_gets_wider_than_the_room(widths: list[int], room: int) -> None:
    fitting = fitted(widths, room)
    assert sum(fitting) + GAP * (len(fitting) - 1) <= room
    assert fitting


def test_widths_are_those_of_the_widest_cells_and_rows_may_be_short() -> None:
    lines = [[Content("NAME"), Content("日本")], [Content("a-long-name")], [Content("b"), Content("x")]]
    assert natural_widths(lines) == [11, 4]
