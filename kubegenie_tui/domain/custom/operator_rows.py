"""Operators as table rows."""

from collections.abc import Sequence

from kubegenie_tui.domain.custom.operators import Operator
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.row import Column, Measure, Row

OPERATORS = Kind("", "v1", "operators", "Operator", namespaced=True)
"""Not a kind of the server: what the table of operators calls its rows."""
RANK = "#"
"""Title of the column that operators are sorted by at first: those in trouble first. It need not be shown."""
COLUMNS = (
    Column(RANK, Measure.NUMBER, priority=2),
    Column("STATE", Measure.STATUS, priority=0, width=24),
    Column("READY", Measure.RATIO, priority=0),
    Column("KINDS", Measure.NUMBER, priority=1),
    Column("OBJECTS", Measure.NUMBER, priority=1),
    Column("NOT READY", Measure.COUNT, priority=0),
    Column("VERSION", priority=1),
    Column("SOURCE", priority=1),
    Column("LEADER", priority=2),
)


def operator_row(operator: Operator, rank: int) -> Row:
    """One operator; `rank`: its place among all of them, those in trouble first."""
    waiting = len(operator.waiting)
    cells = (
        rank,
        operator.state,
        operator.ready or None,
        len(operator.serves),
        sum(served.total for served in operator.serves),
        waiting,
        operator.version or None,
        operator.source,
        operator.leader or None,
    )
    uid = f"{operator.source} {operator.ref}"
    return Row(uid, operator.namespace, operator.name, 0, repr(cells), cells, operator.health)


def kinds_in_words(kinds: Sequence[Kind], most: int) -> str:
    """A few kinds by their names, more than `most` by their groups, the first of them."""
    if len(kinds) <= most:
        return ", ".join(kind.id for kind in kinds)
    groups = list(dict.fromkeys(kind.group for kind in kinds))
    more = f" and {len(groups) - most} more" if len(groups) > most else ""
    return f"{len(kinds)} kinds, of {', '.join(groups[:most])}{more}"
