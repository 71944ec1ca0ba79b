"""Rows and columns: what a table shows of an object, and nothing more of it is kept."""

from collections.abc import Callable
from enum import Enum

import msgspec

from kubegenie_tui.domain.health import Health

Cell = str | int | float | None
"""What a column holds: text, a number, seconds since the epoch (Kind.AGE), or nothing known."""


Json = bytes | memoryview
"""A JSON document, or the part of a buffer that holds one: not copied until something of it is kept."""


class Row(msgspec.Struct, gc=False):
    """One object as a table knows it. Flat, and invisible to the garbage collector: 50,000 of them cost it nothing."""

    uid: str
    namespace: str
    name: str
    created: int
    """Seconds since the epoch; 0 when unknown."""
    version: str
    """resourceVersion: equal means unchanged, nothing else may be read from it."""
    cells: tuple[Cell, ...]
    """As many as the shape has columns; name, namespace and age are not among them."""
    health: Health = Health.OK
    labels: dict[str, str] = {}
    """Shared between rows with the same labels: never change it."""
    owner: str = ""
    """The controlling owner as `Kind/name`, empty without one."""
    owner_uid: str = ""
    terminating: bool = False
    cluster: str = ""
    """Name of its cluster; only told where rows of several clusters meet."""


class Measure(Enum):
    """How a cell is written, aligned and compared."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    """A number that is muted when zero (restarts)."""
    AGE = "age"
    """Seconds since the epoch, written as time passed."""
    RATIO = "ratio"
    """Text such as `2/3`; compared by the missing part."""
    STATUS = "status"
    """Text that carries the row's health."""
    CPU = "cpu"
    """Millicores."""
    BYTES = "bytes"


class Column(msgspec.Struct, frozen=True):
    """One column of a table."""

    title: str
    measure: Measure = Measure.TEXT
    priority: int = 1
    """0 is always shown, 1 when there is room, 2 in a wide table, 9 only in wide mode."""
    width: int = 0
    """The narrowest useful width in cells; 0 lets the content decide."""


class Shape(msgspec.Struct, frozen=True):
    """How objects of one kind become rows."""

    columns: tuple[Column, ...]
    """The columns of `Row.cells`, in order."""
    decode: Callable[[Json], Row]
    """One object's JSON to its row. Raises msgspec.DecodeError or ValidationError on what is not such an object."""
    patience: int = 0
    """Seconds after which a row that is still PROGRESSING counts as WARN; 0 for kinds that may take their time."""
