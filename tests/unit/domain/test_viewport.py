from kubegenie_tui.domain.row import Row
from kubegenie_tui.domain.table_view import TableView
from kubegenie_tui.domain.viewport import Viewport


class Table:
    """A view with rows named by numbers, and a viewport of ten lines."""

    def __init__(self, count: int) -> None:
        self.rows = {f"{n:04}": Row(f"{n:04}", "shop", f"pod-{n:04}", 0, "1", ()) for n in range(count)}
        self.view = TableView(())
        for _ in self.view.arrange(self.rows):
            pass
        self.port = Viewport()
        self.port.resize(self.view, 10)

    def add(self, uid: str) -> None:
        self.rows[uid] = Row(uid, "shop", f"pod-{uid}", 0, "1", ())
        self.view.apply({uid: self.rows[uid]}, ())
        self.port.follow(self.view, [self.rows[uid]])

    def remove(self, uid: str) -> None:
        del self.rows[uid]
        self.view.apply({}, [uid])
        self.port.follow(self.view)

    def at_cursor(self) -> str:
        row = self.view.row(self.port.cursor)
        return row.uid if row else ""


def test_the_cursor_stays_on_top_until_the_person_moves() -> None:
    table = Table(50)
    table.add("0000-earlier"[:3])
    assert table.port.cursor == 0


def test_the_cursor_stays_on_its_object_and_line_when_rows_come_above() -> None:
    table = Table(100)
    table.port.move_to(table.view, 50)
    line = table.port.cursor - table.port.top
    for n in range(5):
        table.add(f"0000{n}")
    assert table.at_cursor() == "0050"
    assert table.port.cursor == 55
    assert table.port.cursor - table.port.top == line


def test_when_its_object_goes_the_cursor_stays_on_its_line() -> None:
    table = Table(100)
    table.port.move_to(table.view, 50)
    table.remove("0050")
    assert table.at_cursor() == "0051"
    table.remove("0051")
    assert table.at_cursor() == "0052"


def test_moving_beyond_an_end_means_that_end() -> None:
    table = Table(25)
    table.port.move_to(table.view, 99)
    assert (table.port.cursor, table.port.top) == (24, 15)
    table.port.move_to(table.view, -5)
    assert (table.port.cursor, table.port.top) == (0, 0)


def test_fewer_rows_than_lines() -> None:
    table = Table(3)
    table.port.move_to(table.view, 2)
    assert table.port.top == 0
    for uid in ("0000", "0001", "0002"):
        table.remove(uid)
    assert (table.port.cursor, table.port.top, table.port.rows(table.view)) == (0, 0, [])


def test_a_wanted_object_is_stood_on_when_it_comes() -> None:
    table = Table(100)
    table.port.want("shop", "pod-0099x")
    table.port.follow(table.view)
    assert table.at_cursor() == "0000"
    table.add("0099x")
    assert table.at_cursor() == "0099x"
    assert table.port.top <= table.port.cursor < table.port.top + 10


def test_a_wanted_object_is_looked_for_among_those_that_came() -> None:
    table = Table(100)
    table.port.want("shop", "pod-0050")
    table.port.follow(table.view, ())
    assert table.at_cursor() == "0000"
    table.port.follow(table.view)
    assert table.at_cursor() == "0050"


def test_a_wanted_object_is_that_of_its_cluster() -> None:
    table = Table(3)
    for uid, cluster in (("0003", "staging"), ("0004", "prod-eu")):
        table.rows[uid] = Row(uid, "shop", "checkout", 0, "1", (), cluster=cluster)
    table.view.apply({uid: table.rows[uid] for uid in ("0003", "0004")}, ())
    table.port.want("shop", "checkout", "prod-eu")
    table.port.follow(table.view)
    assert table.at_cursor() == "0004"
    table.port.want("shop", "checkout")
    table.port.follow(table.view)
    assert table.at_cursor() == "0003"


def test_a_smaller_window_keeps_the_cursor_in_view() -> None:
    table = Table(100)
    table.port.move_to(table.view, 9)
    table.port.resize(table.view, 4)
    assert table.port.top <= 9 < table.port.top + 4
