import time

import pytest

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.row_filter import RowFilter
from kubegenie_tui.domain.table_view import TableView
from tests.unit.domain.test_expression import ENDLESS

COLUMNS = (
    Column("READY", Measure.RATIO),
    Column("STATUS", Measure.STATUS),
    Column("RESTARTS", Measure.COUNT),
    Column("NODE"),
)
ROW = Row(
    "1", "shop", "checkout-7c9f4-x2xkq", int(time.time()) - 7200, "1",
    ("0/1", "CrashLoopBackOff", 14, "node-3"), Health.BAD, {"app": "checkout", "team": "shop"},
    "ReplicaSet/checkout-7c9f4",
)  # fmt: skip


def passes(text: str, faults_only: bool = False) -> bool:
    view = TableView(COLUMNS, {"shop/checkout-7c9f4-x2xkq": (120, 200 * 2**20)})
    return RowFilter(text, view.titled_columns(), faults_only)(ROW)


@pytest.mark.parametrize(
    "text",
    [
        "", "checkout", "CHECKOUT", "crashloop", "shop", "check.*xkq", "payments|checkout", "!payments",
        "checkout !payments",
        "app=checkout", "-l app=checkout", "app==checkout", "app!=web", "app=checkout,team!=sre",
        "STATUS:crash", "status:Crash",
        "RESTARTS:>5", "restarts:>=14",
        "restarts:=14", "NODE:node-3", "AGE:>1h", "age:<3h", "CPU:>100m", "MEM:<1Gi", "NAMESPACE:^shop$", "!(broken|x",
        "HEALTH:failing", "health:warning|failing", "!HEALTH:^ok$",
        "OWNER:replicaset/", "owner:^ReplicaSet/checkout-7c9f4$", "!OWNER:daemonset",
    ],
)  # fmt: skip
def test_the_row_passes(text: str) -> None:
    assert passes(text)


@pytest.mark.parametrize(
    "text",
    [
        "payments", "!checkout", "checkout payments", "app=web", "app!=checkout", "missing=x",
        "app=checkout,team=sre", "STATUS:Running",
        "RESTARTS:>14",
        "AGE:<1h", "CPU:>1", "MEM:>1Gi", "[broken", "HEALTH:ok", "!HEALTH:failing",
        "OWNER:^checkout", "OWNER:daemonset",
    ],
)  # fmt: skip
def test_the_row_is_left_out(text: str) -> None:
    assert not passes(text)


@pytest.mark.parametrize("text", ["[broken", "RESTARTS:>many", "AGE:>soon"])
def test_what_is_not_understood_is_said(text: str) -> None:
    view = TableView(COLUMNS)
    assert RowFilter(text, view.titled_columns()).note


def test_faults_only() -> None:
    assert passes("", faults_only=True)
    well = Row("2", "shop", "web", 0, "1", ("1/1", "Running", 0, "n"))
    assert not RowFilter("", (), faults_only=True)(well)


@pytest.mark.parametrize(("text", "name"), ENDLESS)
def test_an_expression_that_finds_no_end_is_taken_as_plain_text(text: str, name: str) -> None:
    term, cells = text.replace(" ", ""), ("0/1", name.replace(" ", ""), 0, "")
    rows = {str(n): Row(str(n), "shop", f"web-{n}", 0, "1", cells, Health.OK, {}, "") for n in range(300)}
    rows["0"] = Row("0", "shop", "web-0", 0, "1", ("0/1", term, 0, ""), Health.OK, {}, "")
    view = TableView(COLUMNS)
    view.filter = RowFilter(f"STATUS:{term}", view.titled_columns())
    assert not view.filter.note
    assert len(list(view.arrange(rows))) > 0
    assert view.filter.note == f"`{term}` takes too long to match: taken as plain text"
    assert [row.name for row in view.window(0, 9)] == ["web-0"]
