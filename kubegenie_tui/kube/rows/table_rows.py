"""Rows that the server makes: kinds without a shape of ours come as Tables, with the columns their authors chose."""

import re
import time
from collections.abc import Callable, Mapping
from sys import intern
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.quantity import parse_time
from kubegenie_tui.domain.row import Cell, Column, Json, Measure, Row
from kubegenie_tui.domain.shapes.base import Meta
from kubegenie_tui.domain.shapes.custom import CustomColumns
from kubegenie_tui.domain.shapes.words import TELLING, health_of_word
from kubegenie_tui.kube.rows.formats import JSON, ListHead, Mark, Marked, metadata_row

if TYPE_CHECKING:
    from kubegenie_tui.domain.health import Health

_TABLE = f"{JSON};as=Table;v=v1;g=meta.k8s.io"
_OURS = frozenset({"NAME", "NAMESPACE", "AGE", "CREATED AT"})
"""Columns that every row has already."""
_LONGEST_CELL = 1000
_PASSED = re.compile(r"(?:(\d+)y)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")
_UNITS = (31_536_000, 86_400, 3_600, 60, 1)


class NotATable(Exception):
    """The server ignores our wish for a Table and sends the objects themselves."""


class _Definition(msgspec.Struct):
    name: str
    type: str = "string"
    priority: int = 0


class _Object(msgspec.Struct):
    metadata: Meta


class _TableRow(msgspec.Struct):
    cells: list[msgspec.Raw]
    object: _Object


class _Table(msgspec.Struct, rename="camel"):
    kind: str = ""
    metadata: ListHead = msgspec.field(default_factory=ListHead)
    column_definitions: list[_Definition] | None = None
    rows: list[_TableRow] | None = None


class _Columns(msgspec.Struct, rename="camel"):
    kind: str = ""
    column_definitions: list[_Definition] | None = None


class _MarkedRow(msgspec.Struct):
    object: Marked


class _MarkedTable(msgspec.Struct):
    kind: str = ""
    rows: list[_MarkedRow] | None = None


_TABLES = msgspec.json.Decoder(_Table)
_ROWS = msgspec.json.Decoder(_TableRow)
_COLUMNS = msgspec.json.Decoder(_Columns)
_MARKED_TABLES = msgspec.json.Decoder(_MarkedTable)
_MARKED_ROWS = msgspec.json.Decoder(_MarkedRow)
_CELL = msgspec.json.Decoder()


class _Taken(msgspec.Struct, frozen=True):
    """A column that we show, and where its cells are."""

    index: int
    column: Column
    is_date: bool


class TableFormat:
    """Rows as the server writes them, with the metadata of their objects."""

    patience = 0

    def __init__(
        self,
        columns_known: Callable[[tuple[Column, ...]], None],
        *,
        secret: bool,
        custom: CustomColumns | None = None,
    ) -> None:
        """A format for one kind.

        Args:
            columns_known: called with the columns, before the first row that has them.
            secret: never accept the objects themselves.
            custom: columns of the person's own, for which whole objects are asked for; never of a Secret.
        """
        self._custom = custom = None if secret else custom
        self.params: Mapping[str, str] = {"includeObject": "Object" if custom else "Metadata"}
        self._of_item = custom.of_table_row() if custom else _no_cells
        self._of_event = custom.of_table() if custom else _no_cells
        self.list_accept = self.watch_accept = _TABLE if secret else f"{_TABLE},{JSON}"
        self._columns_known = columns_known
        self._taken: tuple[_Taken, ...] = ()
        self._definitions: list[tuple[str, str, int]] | None = None

    def head(self, data: Json) -> ListHead:
        """See Format; raises NotATable."""
        table = _TABLES.decode(data)
        self._learn(table)
        return table.metadata

    def row(self, item: Json) -> Row:
        """See Format."""
        row = self._row(_ROWS.decode(item))
        row.cells += self._of_item(item)
        return row

    def event_row(self, data: Json) -> Row:
        """See Format; raises NotATable."""
        table = _TABLES.decode(data)
        self._learn(table)
        if not table.rows:
            raise msgspec.ValidationError("a Table without a row")
        row = self._row(table.rows[0])
        row.cells += self._of_event(data)
        return row

    def mark(self, data: Json) -> Mark:
        """See Format; raises NotATable."""
        if self._definitions is None:  # of an empty collection the first Table is a bookmark's
            self._learn(_COLUMNS.decode(data))
        rows = _MARKED_TABLES.decode(data).rows
        if not rows:
            raise msgspec.ValidationError("a Table without a row")
        return rows[0].object.metadata

    def item_mark(self, item: Json) -> Mark:
        """See Format."""
        return _MARKED_ROWS.decode(item).object.metadata

    def _learn(self, table: _Table | _Columns) -> None:
        """Take over the columns, which only the first of many Tables carries."""
        if table.kind != "Table":
            raise NotATable
        if not table.column_definitions:
            return
        definitions = [(each.name, each.type, each.priority) for each in table.column_definitions]
        if definitions != self._definitions:
            self._definitions = definitions
            self._taken = _taken(table.column_definitions)
            own = self._custom.columns if self._custom else ()
            self._columns_known((*(taken.column for taken in self._taken), *own))

    def _row(self, source: _TableRow) -> Row:
        found: list[Cell] = []
        said: list[Health] = []
        for taken in self._taken:
            cell = _cell(source.cells[taken.index], taken) if taken.index < len(source.cells) else None
            found.append(cell)
            word = health_of_word(taken.column.title, cell) if isinstance(cell, str) else None
            if word is not None:
                said.append(word)
        row = metadata_row(source.object.metadata)
        row.cells = tuple(found)
        if said and not row.terminating:
            row.health = max(said)
        return row


def _no_cells(data: Json) -> tuple[Cell, ...]:
    return ()


def _taken(definitions: list[_Definition]) -> tuple[_Taken, ...]:
    titles = [(index, each.name.upper(), each) for index, each in enumerate(definitions)]
    shown = [entry for entry in titles if entry[1] not in _OURS]
    telling = next((title for title in TELLING if any(title == shown_title for _, shown_title, _ in shown)), "")
    return tuple(
        _Taken(
            index,
            Column(intern(title), _measure(each, is_telling=title == telling), _priority(each)),
            each.type == "date",
        )
        for index, title, each in shown
    )


def _measure(definition: _Definition, *, is_telling: bool) -> Measure:
    if is_telling:
        return Measure.STATUS
    if definition.type in ("integer", "number"):
        return Measure.NUMBER
    return Measure.AGE if definition.type == "date" else Measure.TEXT


def _priority(definition: _Definition) -> int:
    return 9 if definition.priority > 0 else 1


def _cell(raw: msgspec.Raw, taken: _Taken) -> Cell:
    value = _CELL.decode(raw)
    if isinstance(value, bool):
        return "true" if value else "false"
    if taken.is_date and isinstance(value, str):
        return _moment(value)
    if value is None or isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return intern(text) if len(text) <= 32 else text[:_LONGEST_CELL]


def _moment(text: str) -> Cell:
    """A date cell as seconds since the epoch: a timestamp, or the time passed as a person reads it (`3d4h`)."""
    if "T" in text:
        return parse_time(text) or None
    passed = _PASSED.match(text)
    if not text or passed is None:
        return None
    return int(time.time()) - sum(int(part or 0) * unit for part, unit in zip(passed.groups(), _UNITS, strict=True))
