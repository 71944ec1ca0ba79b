"""The line of titles: an arrow belongs to one of them."""

import pytest
from rich.style import Style

from kubegenie_tui.domain.row import Column, Measure
from kubegenie_tui.domain.table_layout import Placed
from kubegenie_tui.widgets.row_painter import INKS, RowPainter, _fit

COLUMNS = [
    Placed(Column("STATUS", Measure.STATUS), lambda row: None, 12),
    Placed(Column("RESTARTS", Measure.COUNT), lambda row: None, 10),
    Placed(Column("NODE"), lambda row: None, 8),
]


def titles(columns: list[Placed], orders: dict[str, bool]) -> str:
    painter = RowPainter()
    painter.ink({ink: Style() for ink in (*INKS, "base")})
    painter.placed = columns
    return "".join(segment.text for segment in painter.header(orders))


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("STATUS", "  STATUS↑         RESTARTS  NODE    "),
        ("RESTARTS", "  STATUS          RESTARTS↑ NODE    "),
        ("NODE", "  STATUS          RESTARTS  NODE↑   "),
    ],
)
def test_the_arrow_stands_beside_its_title(title: str, line: str) -> None:
    assert titles(COLUMNS, {title: False}) == line


def test_a_title_as_wide_as_its_column_has_the_arrow_behind_it() -> None:
    assert titles([Placed(Column("TYPE"), lambda row: None, 4), COLUMNS[2]], {"TYPE": True}) == "  TYPE↓ NODE    "


@pytest.mark.parametrize(
    ("title", "cut"), [("NAME", "spec.…licas"), ("FIELD", "spec.…licas"), ("STATUS", "spec.topol…")]
)
def test_what_is_told_apart_by_its_end_keeps_it(title: str, cut: str) -> None:
    assert _fit("spec.topology.replicas", Placed(Column(title), lambda row: None, 11)) == cut
