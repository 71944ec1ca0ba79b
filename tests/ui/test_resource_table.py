import random

import pytest

from kubegenie_tui.domain.errors import Forbidden
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.row import Row
from tests.ui.stage import until
from tests.ui.table_app import COLUMNS, TableApp, live_rows, pod

HOSTILE = [
    "path [/var/run]", "[bold red]x[/]", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "‮gnp.exe", "漢字カナ", "a\nb\tc",
    "\u200b\u2066x",
    "👩‍👩‍👧‍👦 family", "\x9b31m", "x" * 100_000, "", " ", "[", "]", "\\[", "$name", "%s %d", "é́́́",
]  # fmt: skip


def pods(count: int) -> LiveRows:
    return live_rows(*(pod(f"web-{n:05}") for n in range(count)))


async def test_only_the_lines_in_view_are_drawn_and_keys_move() -> None:
    app = TableApp(pods(10_000))
    async with app.run_test(size=(100, 20)) as pilot:
        await until(pilot, lambda: "web-00000" in app.lines()[2])
        assert len([line for line in app.lines() if "web-" in line]) == 18
        await pilot.press("down", "down")
        assert app.table.current is not None
        assert app.table.current.name == "web-00002"
        await pilot.press("pagedown")
        assert app.table.current.name == "web-00020"
        await pilot.press("G")
        assert app.table.current.name == "web-09999"
        assert "web-09999" in app.lines()[-1]
        await pilot.press("g")
        assert app.table.current.name == "web-00000"


async def test_the_cursor_stays_on_its_object_when_rows_come_and_go() -> None:
    live = pods(100)
    app = TableApp(live)
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.press("pagedown", "down")
        before = app.table.current
        line = next(y for y, text in enumerate(app.lines()) if before and before.name in text)
        for n in range(7):
            live.put(pod(f"a-{n}"))
        live.remove("shop/web-00001")
        live.publish()
        await pilot.pause()
        assert app.table.current is before
        assert before is not None
        assert before.name in app.lines()[line]


async def test_a_change_appears_without_a_key() -> None:
    live = live_rows(pod("web"))
    app = TableApp(live)
    async with app.run_test(size=(100, 20)) as pilot:
        live.put(pod("web", "CrashLoopBackOff", 4))
        live.publish()
        await pilot.pause()
        assert "✖ CrashLoopBackOff" in app.lines()[2]
        assert "   4" in app.lines()[2]


async def test_sort_by_key_and_by_clicking_a_title() -> None:
    live = live_rows(pod("a", restarts=1), pod("b", restarts=9), pod("c", restarts=5))
    app = TableApp(live)
    async with app.run_test(size=(100, 20)) as pilot:
        app.table.sort("RESTARTS")
        await pilot.pause()
        assert app.names() == ["b", "c", "a"]
        assert "RESTARTS↓" in app.lines()[1].replace(" ", "")
        x = app.lines()[1].index("NAME ")
        await pilot.click(app.table, offset=(x, 0))
        assert app.names() == ["a", "b", "c"]


async def test_filter_and_faults() -> None:
    live = live_rows(pod("web-1"), pod("web-2", "Error"), pod("db-1"))
    app = TableApp(live)
    async with app.run_test(size=(100, 20)) as pilot:
        app.table.set_filter("web")
        await pilot.pause()
        assert "2 of 3" in app.lines()[0]
        assert "/web" in app.lines()[0]
        app.table.set_filter("web", faults_only=True)
        await pilot.pause()
        assert "faults only" in app.lines()[0]
        assert "1 of 3" in app.lines()[0]
        live.put(pod("web-3", "Error"))
        live.publish()
        await pilot.pause()
        assert "2 of 4" in app.lines()[0]


async def test_marks_survive_sorting_and_go_with_their_rows() -> None:
    live = live_rows(pod("a"), pod("b"), pod("c"))
    app = TableApp(live)
    async with app.run_test(size=(100, 20)) as pilot:
        app.table.mark([app.live.rows["shop/a"], app.live.rows["shop/c"]])
        app.table.sort("NAME", descending=True)
        await pilot.pause()
        assert [row.name for row in app.pane.chosen()] == ["c", "a"]
        live.remove("shop/a")
        live.publish()
        await pilot.pause()
        assert [row.name for row in app.pane.chosen()] == ["c"]
        assert "1 marked" in app.lines()[0]


async def test_marked_rows_are_given_as_they_stand_and_hidden_ones_last() -> None:
    names = list("hgfedcba")
    app = TableApp(live_rows(*map(pod, names)))
    async with app.run_test(size=(100, 20)) as pilot:
        app.table.mark(list(app.live.rows.values()))
        assert [row.name for row in app.pane.chosen()] == sorted(names)
        app.table.set_filter("^g")
        await pilot.pause()
        assert [row.name for row in app.pane.chosen()] == ["g", *"abcdefh"]


async def test_columns_scroll_sideways_in_wide_mode() -> None:
    app = TableApp(live_rows(pod("w" * 90), pod("short")))
    async with app.run_test(size=(60, 10)) as pilot:
        assert "…" in app.lines()[3]
        app.table.set_wide(not app.table.wide)
        await pilot.press(*["right"] * 20)
        assert "node-1" in app.lines()[2]


async def test_many_rows_are_ordered_without_losing_changes_meanwhile() -> None:
    live = pods(6_000)
    app = TableApp(live)
    async with app.run_test(size=(100, 20)) as pilot:
        app.table.sort("RESTARTS")
        live.put(pod("web-03000", restarts=99))
        live.publish()
        await until(pilot, lambda: "web-03000" in app.lines()[2])


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (20, 5), (3, 2)])
async def test_hostile_text_stays_text(size: tuple[int, int]) -> None:
    rows = [
        Row(f"{n}", text, text, 1, "1", (text, text, n, text), labels={text: text}) for n, text in enumerate(HOSTILE)
    ]
    app = TableApp(live_rows(*rows))
    async with app.run_test(size=size) as pilot:
        app.table.set_filter("[")
        app.table.set_filter("")
        app.table.set_wide(not app.table.wide)
        await pilot.press("down", "right", "end")
        text = "\n".join(app.lines())
        assert not any(ord(character) < 32 and character != "\n" for character in text)
        assert "\u202e" not in text
        assert "\x9b" not in text


async def test_each_phase_is_told() -> None:
    live = LiveRows(COLUMNS)
    app = TableApp(live)
    async with app.run_test(size=(100, 20)) as pilot:
        assert "loading" in app.lines()[0]
        live.put(pod("a"))
        live.publish()
        await pilot.pause()
        assert "1" in app.lines()[0]
        live.set_state(LiveState(Phase.STALE, since=1.0, error=Forbidden("Not allowed to list [secrets]")))
        live.publish()
        await pilot.pause()
        assert "stale" in app.lines()[0]
        assert "retrying · Not allowed to list [secrets]" in app.lines()[0]


async def test_a_denied_kind_says_why_in_the_pane() -> None:
    live = LiveRows(COLUMNS)
    app = TableApp(live)
    async with app.run_test(size=(100, 20)) as pilot:
        error = Forbidden("You may not list secrets", "user jane has no such right [x]", "ask for a role with list")
        live.set_state(LiveState(Phase.DENIED, error=error))
        live.publish()
        await pilot.pause()
        text = "\n".join(app.lines())
        assert "You may not list secrets" in text
        assert "[x]" in text
        assert "ask for a role" in text
        assert "or go to a namespace where you may: `:ns NAME`" in text


async def test_an_empty_table_says_what_to_do() -> None:
    live = live_rows()
    app = TableApp(live)
    async with app.run_test(size=(100, 20)) as pilot:
        assert "There are no pods" in "\n".join(app.lines())
        live.put(pod("a"))
        live.publish()
        app.table.set_filter("nothing like it")
        await pilot.pause()
        assert "No pods pass the filter." in "\n".join(app.lines())


async def test_random_histories_draw_what_is_there() -> None:
    chance = random.Random(7)
    live = live_rows()
    app = TableApp(live, emphasise=True)
    async with app.run_test(size=(100, 24)) as pilot:
        for _ in range(40):
            for _ in range(chance.randrange(8)):
                live.put(pod(f"p-{chance.randrange(60):02}", chance.choice(["Running", "Error"]), chance.randrange(9)))
            for uid in chance.sample(sorted(live.rows), k=min(len(live.rows), chance.randrange(4))):
                live.remove(uid)
            live.publish()
            await pilot.press(chance.choice(["down", "up", "pagedown", "pageup", "end", "home"]))
        await pilot.pause()
        wanted = sorted(row.name for row in live.rows.values())
        top = app.table.viewport.top
        assert app.names() == wanted[top : top + app.table.viewport.page]
