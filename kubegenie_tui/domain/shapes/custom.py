"""Columns of a person's own: read by JSONPath while an object is decoded, of which nothing else is kept.

A decoder is made that knows only the fields the paths lead through: all others are skipped, not parsed into values.
"""

from collections.abc import Callable, Mapping, Sequence
from sys import intern
from typing import Any

import msgspec

from kubegenie_tui.domain.json_path import JsonPath, parse_path
from kubegenie_tui.domain.row import Cell, Column, Json, Row, Shape

_Tree = dict[str, "_Tree"]


class CustomColumns:
    """What a person wants to see of one kind."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        """Columns by title.

        Raises:
            UsageError: a path cannot be understood.
        """
        self._paths = [parse_path(text) for text in paths.values()]
        self.columns = tuple(Column(title.upper(), priority=1) for title in paths)
        self._type = _struct(_tree(self._paths))
        self.cells: Callable[[Json], tuple[Cell, ...]] = self.reader(self._type, lambda found: found)
        """Reads the cells from an object's JSON."""

    def of_table_row(self) -> Callable[[Json], tuple[Cell, ...]]:
        """Reads them from a row of a Table that holds the whole object."""
        row = msgspec.defstruct("Row", [("object", self._type)])
        return self.reader(row, lambda found: found["object"])

    def of_table(self) -> Callable[[Json], tuple[Cell, ...]]:
        """Reads them from a Table with one such row."""
        row = msgspec.defstruct("Row", [("object", self._type)])
        table = msgspec.defstruct("Table", [("rows", list[row])])  # type: ignore[valid-type]
        return self.reader(table, lambda found: found["rows"][0]["object"])

    def reader(self, kind: Any, inner: Callable[[Any], Any]) -> Callable[[Json], tuple[Cell, ...]]:
        """Reads the cells from JSON of that type, where `inner` leads to the object."""
        decode = msgspec.json.Decoder(kind).decode
        nothing: tuple[Cell, ...] = (None,) * len(self._paths)

        def read(data: Json) -> tuple[Cell, ...]:
            try:
                found = inner(msgspec.to_builtins(decode(data)))
            except (msgspec.DecodeError, LookupError):
                return nothing
            return tuple(_kept(path.cell(found)) for path in self._paths)

        return read

    def shape(self, shape: Shape) -> Shape:
        """That shape with these columns after its own."""

        def decode(data: Json) -> Row:
            row = shape.decode(data)
            row.cells = (*row.cells, *self.cells(data))
            return row

        return Shape((*shape.columns, *self.columns), decode, shape.patience)


def _kept(cell: Cell) -> Cell:
    return intern(cell) if type(cell) is str and len(cell) <= 32 else cell


def _tree(paths: Sequence[JsonPath]) -> _Tree:
    """The names that the paths lead through; an empty branch is wanted whole."""
    top: _Tree = {}
    whole: set[tuple[str, ...]] = {path.fixed for path in paths}
    if () in whole:
        return {}
    for path in paths:
        branch = top
        for depth, name in enumerate(path.fixed, 1):
            branch = branch.setdefault(name, {})
            if path.fixed[:depth] in whole:
                branch.clear()
                break
    return top


def _struct(tree: _Tree) -> Any:
    """The type of an object of which only these branches are decoded."""
    if not tree:
        return Any
    fields = [
        (f"field_{number}", Any if not branch else _struct(branch) | None, msgspec.field(name=name, default=None))
        for number, (name, branch) in enumerate(tree.items())
    ]
    return msgspec.defstruct("Part", fields, omit_defaults=True)
