"""The text view stays fast, safe and at its place, whatever text it is given."""

import pytest
from rich.cells import cell_len

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.widgets.text_layout import TextLayout
from kubegenie_tui.widgets.text_runs import Span
from kubegenie_tui.widgets.text_view import TextView
from tests.ui.stage import Stage, lines_of, until
from tests.unit.domain.test_expression import ENDLESS

SIZE = (40, 10)
HOSTILE = [
    "path [/var/run] [bold]",
    plain("\x1b[31mred\x1b[0m"),
    plain("ab\u202ecd"),
    "日本語" * 30,
    "e\u0301" * 50,
    "\U0001f600" * 30,
]


def numbered(count: int) -> list[str]:
    return [f"line {number}" for number in range(count)]


async def test_it_shows_a_window_and_scrolls() -> None:
    view = TextView()
    async with Stage(view).run_test(size=SIZE) as pilot:
        view.set_lines(numbered(100))
        view.focus()
        await pilot.pause()
        assert lines_of(view)[0].startswith("line 0")
        await pilot.press("down", "j", "pagedown")
        assert view.top == 11
        await pilot.press("end")
        assert lines_of(view)[-1].startswith("line 99")
        await pilot.press("up")
        assert view.top == 89
        await pilot.press("home", "up")
        assert view.top == 0


async def test_the_place_stays_when_the_text_is_fetched_again() -> None:
    view = TextView()
    async with Stage(view).run_test(size=SIZE):
        view.set_lines(numbered(100))
        view.scroll_to_row(50)
        view.set_lines([*numbered(100), "one more"])
        assert view.top == 50
        view.set_lines(numbered(20))
        assert view.top == 10


async def test_a_line_of_a_megabyte_scrolls_sideways_and_wraps() -> None:
    view = TextView()
    async with Stage(view).run_test(size=SIZE) as pilot:
        view.set_lines(["start " + "x" * 1_000_000 + " end", "é" * 1_000_000])
        view.focus()
        await pilot.press("right", "right")
        assert view.left == 16
        view.action_scroll_sideways(999_900)
        assert lines_of(view)[1].endswith("é")
        view.set_wrap(True)
        await pilot.press("end")
        assert view.place.at(view.place.rows - 1)[0] == 1


@pytest.mark.parametrize("wrap", [False, True])
async def test_every_row_fits_whatever_the_characters(wrap: bool) -> None:
    view = TextView(wrap=wrap)
    async with Stage(view).run_test(size=SIZE):
        view.set_lines(HOSTILE)
        rows = [view.row_strip(*view.place.at(row)).text for row in range(view.place.rows)]
        assert all(cell_len(row) <= SIZE[0] for row in rows)
        assert {cell_len(view.render_line(y).text) for y in range(view.size.height)} == {SIZE[0]}
        if wrap:
            assert sum(row.count("日") for row in rows) == 30, "nothing gets lost between two rows"


@pytest.mark.parametrize("text", ["日本語" * 30, "a日" * 40, "é" * 5000, "日" * 5000, "x" * 79, ""])
@pytest.mark.parametrize("room", [1, 2, 7, 39, 40])
def test_wrapped_parts_are_the_line(text: str, room: int) -> None:
    layout = TextLayout()
    layout.room, layout.wrap = room, True
    layout.measure([text])
    parts = [layout.window(text, part, 0)[:2] for part in range(layout.rows)]
    assert "".join(text[start:end] for start, end in parts) == text
    if room > 2:
        assert all(cell_len(text[start:end]) <= room for start, end in parts)


def test_rows_of_shown_lines_only() -> None:
    layout = TextLayout()
    layout.room, layout.wrap = 10, True
    layout.measure(["a" * 25, "b", "c" * 15, "d"])
    assert [layout.at(row) for row in range(layout.rows)] == [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (2, 1), (3, 0)]
    layout.shown = [0, 2]
    layout.arrange()
    assert [layout.at(row)[0] for row in range(layout.rows)] == [0, 0, 0, 2, 2]
    layout.extend([11], [4])
    assert layout.at(layout.rows - 1) == (4, 1)
    assert layout.row_of(3) == 5, "a hidden line is where the next shown one is"
    assert layout.drop(1) == 3
    assert [layout.at(row)[0] for row in range(layout.rows)] == [1, 1, 3, 3]


async def test_search_counts_walks_and_goes_round() -> None:
    view = TextView()
    app = Stage(view)
    async with app.run_test(size=SIZE) as pilot:
        view.set_lines([f"{number} {'needle' if number % 10 == 5 else 'hay'}" for number in range(50)])
        view.search("needle")
        await until(pilot, lambda: view.find.complete and view.match == 5)
        assert len(view.find.matches) == 5
        view.action_next_match(1)
        assert view.match == 15
        assert view.top <= 15 < view.top + view.size.height
        view.action_next_match(-1)
        view.action_next_match(-1)
        assert view.match == 45
        view.search("")
        assert not view.find.matches


async def test_search_marks_what_it_finds_without_colour_alone() -> None:
    view = TextView()
    async with Stage(view).run_test(size=SIZE) as pilot:
        view.set_lines(["nothing", "a needle and a needle"])
        view.search("needle")
        await until(pilot, lambda: view.match == 1)
        marked = [segment.text for segment in view.render_line(1) if segment.style and segment.style.reverse]
        assert marked == ["needle", "needle"]


async def test_search_brings_a_match_far_to_the_right_into_view() -> None:
    view = TextView()
    async with Stage(view).run_test(size=SIZE) as pilot:
        view.set_lines(["x" * 500 + "needle"])
        view.search("needle")
        await until(pilot, lambda: view.match == 0)
        assert "needle" in lines_of(view)[0]


def test_lower_case_finds_both_a_tilde_means_a_pattern() -> None:
    from kubegenie_tui.widgets.text_search import TextSearch

    find = TextSearch()
    find.set_query("error")
    assert find.hit("ERROR")
    find.set_query("Error")
    assert not find.hit("ERROR")
    find.set_query("a.c[")
    assert find.hit("xa.c[x")
    assert not find.hit("abc[")
    find.set_query("~a.c|z")
    assert find.hit("abc")
    with pytest.raises(UsageError):
        find.set_query("~(")


@pytest.mark.parametrize(("text", "line"), ENDLESS)
async def test_an_expression_that_finds_no_end_is_looked_for_no_more(text: str, line: str) -> None:
    view = TextView()
    async with Stage(view).run_test(size=SIZE) as pilot:
        view.set_lines(["an ordinary line", line, "another"])
        view.search(f"~{text}")
        await until(pilot, lambda: "takes too long to match" in view.find.fault)
        assert view.find.complete
        assert not view.find.active
        view.search("another")
        await until(pilot, lambda: view.match == 2)
        assert not view.find.fault


async def test_a_hundred_thousand_lines() -> None:
    view = TextView()
    async with Stage(view).run_test(size=(160, 45)) as pilot:
        lines = [f"line {number} " + "word " * 20 for number in range(100_000)]
        view.set_lines(lines)
        view.focus()
        await pilot.press("end")
        await until(pilot, lambda: any("line 99999 " in line for line in lines_of(view)))
        await pilot.press("home")
        view.search("line 99999")
        await until(pilot, lambda: view.match == 99_999)


async def test_spans_colour_and_selection_copies() -> None:
    class Coloured(TextView):
        def spans(self, line: int) -> list[Span]:
            return [Span(0, 4, "bad")]

    view = Coloured()
    app = Stage(view)
    async with app.run_test(size=SIZE) as pilot:
        view.set_lines(["fail here", "second line"])
        await pilot.pause()
        first = next(iter(view.render_line(0)))
        assert (first.text, first.style and first.style.color == view.ink("bad").color) == ("fail", True)
        await pilot.mouse_down(view, offset=(5, 0))
        await pilot.hover(view, offset=(5, 1))
        await pilot.mouse_up(view, offset=(5, 1))
        assert app.screen.get_selected_text() == "here\nsecond"


async def test_the_thumb_can_be_dragged() -> None:
    view = TextView()
    async with Stage(view).run_test(size=SIZE) as pilot:
        view.set_lines(numbered(100))
        await pilot.pause()
        assert lines_of(view)[0].endswith("▐")
        await pilot.mouse_down(view, offset=(SIZE[0] - 1, 9))
        await pilot.mouse_up(view, offset=(SIZE[0] - 1, 9))
        assert view.top == view.last_top
        assert lines_of(view)[9].endswith("▐")
