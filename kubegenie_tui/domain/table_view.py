"""The table view: rows in, an ordered list out. Filter and sort are kept up to date change by change, never redone."""

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from kubegenie_tui.domain.row import Cell, Column, Measure, Row
from kubegenie_tui.domain.row_filter import RowFilter
from kubegenie_tui.domain.row_order import Order, Rank, Worth, ranking

NAMESPACE = Column("NAMESPACE", priority=0, width=12)
NAME = Column("NAME", priority=0)
AGE = Column("AGE", Measure.AGE, priority=0, width=5)

Usage = Mapping[str, tuple[int, int]]
"""`namespace/name`, or `name`, to millicores and bytes."""
Key = str | tuple[Worth, str]
"""What a row is sorted by, of one type for all rows: its place, or first what it is worth.

A place is namespace, name and identity in one text: texts are sorted thirty times faster than tuples of texts that are
alike at first, as the rows of many clusters are.
"""

_FEW = 64
"""Up to so many changes are inserted one by one; more are merged."""


class TableView:
    """An ordering of rows by one column, of those that pass a filter. The row objects stay the caller's."""

    def __init__(self, columns: tuple[Column, ...], usage: Usage | None = None) -> None:
        self.columns = columns
        self.usage: Usage = usage or {}
        self.sort_by = ""
        """Title of the column sorted by; empty for namespace and name."""
        self.descending = False
        self.then: tuple[Order, ...] = ()
        """Further columns, for rows that are alike in the first."""
        self.filter = RowFilter()
        self.total = 0
        """Rows known, shown or not."""
        self._rows: Mapping[str, Row] = {}
        self._keys: list[Key] = []
        self._key_of: dict[str, Key] = {}
        self._rank: Rank | None = None
        self._reversed = False
        self._missed: dict[str, Row | None] | None = None
        """Changes that came while rows are being arranged; None stands for a row that went."""

    def __len__(self) -> int:
        return len(self._keys)

    def row(self, index: int) -> Row | None:
        """The row shown at `index`; None beyond the end or when it has just gone."""
        if not 0 <= index < len(self._keys):
            return None
        return self._rows.get(_identity_in(self._keys[-1 - index if self._reversed else index]))

    def window(self, start: int, stop: int) -> list[Row]:
        """The rows shown from `start` up to `stop`."""
        return [row for index in range(start, min(stop, len(self))) if (row := self.row(index))]

    def index_of(self, uid: str) -> int | None:
        """Where a row is shown; None when it is not."""
        key = self._key_of.get(uid)
        if key is None:
            return None
        index = bisect_left(self._keys, key)
        return len(self._keys) - 1 - index if self._reversed else index

    def find(self, namespace: str, name: str, cluster: str = "", among: Iterable[Row] | None = None) -> int | None:
        """Where an object is shown, by name, of any cluster when none is given; None when it is not.

        It is looked for among these rows, or among all.
        """
        rows = self._rows.values() if among is None else among
        found = (row for row in rows if row.name == name and row.namespace == namespace)
        row = next((row for row in found if row.cluster == cluster or not cluster), None)
        return self.index_of(self.identity(row)) if row else None

    def titled_columns(self) -> list[tuple[Column, Callable[[Row], Cell]]]:
        """Every column with the function that reads it, name, namespace, use and age included."""
        cells = [(column, self.cell_reader(index)) for index, column in enumerate(self.columns)]
        use = [(CPU, self._cpu), (MEMORY, self._memory)] if self.usage else []
        return [(NAMESPACE, _namespace), (NAME, _name), *cells, *use, (AGE, _created)]

    def identity(self, row: Row) -> str:
        """What the row is known by among the rows shown: the key under which `arrange` and `apply` are given it."""
        return row.uid

    def cell_reader(self, index: int) -> Callable[[Row], Cell]:
        """Reads the cell of the column of that index."""
        return lambda row: row.cells[index] if index < len(row.cells) else None

    def used(self, row: Row) -> tuple[int | None, int | None]:
        """Millicores and bytes, None where they are not measured."""
        return self.usage.get(place_of(row), _NOT_MEASURED)

    def arrange(self, rows: Mapping[str, Row]) -> Iterator[None]:
        """Order all rows anew, after another sort, filter or set of rows; yields between slices of work.

        Until the last step the view shows what it showed before.
        """
        rank, backwards = ranking(self.orders, self.titled_columns()) if self.sort_by else (None, self.descending)
        keep, taken = self.filter, self.filter.note
        missed = self._missed = {}
        keys: list[Key] = []
        todo = iter(list(rows.values()))
        while batch := list(islice(todo, keep.batch)):
            shown = filter(keep, batch) if keep else batch
            fresh = [_key(rank, row, self.identity(row)) for row in shown]
            keys += sorted(fresh)
            yield
            if keep.note != taken:  # a term is taken otherwise than it was for the rows before
                yield from self.arrange(rows)
                return
        keys.sort()
        yield
        self._rows, self._keys, self._key_of = rows, keys, {_identity_in(key): key for key in keys}
        self._rank, self._reversed, self.total, self._missed = rank, backwards, len(rows), None
        self.apply(
            {uid: row for uid, row in missed.items() if row}, [uid for uid, row in missed.items() if row is None]
        )

    def apply(self, upserted: Mapping[str, Row], removed: Collection[str]) -> bool:
        """Take in changes of the rows given to `arrange`; True when any shown line moved, came or went."""
        if self._missed is not None:
            self._missed.update(upserted)
            self._missed.update(dict.fromkeys(removed))
        self.total = len(self._rows)
        left, came = self._rekey(upserted, removed)
        if len(left) + len(came) <= _FEW:
            self._apply_few(left, came)
        else:
            self._merge(left, came)
        return bool(left or came)

    def _rekey(self, upserted: Mapping[str, Row], removed: Collection[str]) -> tuple[list[Key], list[Key]]:
        """Give changed rows their keys; the keys that are no longer shown, and those that are from now on."""
        key_of, rank, keep = self._key_of, self._rank, self.filter
        filtered = bool(keep)
        left = [key_of.pop(uid) for uid in removed if uid in key_of]
        came: list[Key] = []
        for uid, row in upserted.items():
            old = key_of.get(uid)
            if filtered and not keep(row):
                if old is not None:
                    left.append(key_of.pop(uid))
                continue
            key = _key(rank, row, uid)
            if key != old:
                key_of[uid] = key
                came.append(key)
                if old is not None:
                    left.append(old)
        return left, came

    def _apply_few(self, left: Iterable[Key], came: Iterable[Key]) -> None:
        for key in left:
            del self._keys[bisect_left(self._keys, key)]
        for key in came:
            insort(self._keys, key)

    def _merge(self, left: Iterable[Key], came: list[Key]) -> None:
        if gone := set(left):
            self._keys = [key for key in self._keys if key not in gone]
        self._keys += sorted(came)
        self._keys.sort()

    @property
    def orders(self) -> tuple[Order, ...]:
        """All columns sorted by, the first first."""
        return ((self.sort_by, self.descending), *self.then) if self.sort_by else ()

    def set_orders(self, orders: Sequence[Order]) -> None:
        """Sort by these columns; by none, namespace and name decide."""
        self.sort_by, self.descending = orders[0] if orders else ("", False)
        self.then = tuple(orders[1:])

    def _cpu(self, row: Row) -> Cell:
        return self.used(row)[0]

    def _memory(self, row: Row) -> Cell:
        return self.used(row)[1]


CPU = Column("CPU", Measure.CPU, priority=1)
MEMORY = Column("MEM", Measure.BYTES, priority=1)
_NOT_MEASURED = (None, None)


def _name(row: Row) -> Cell:
    return row.name


def _namespace(row: Row) -> Cell:
    return row.namespace


def _created(row: Row) -> Cell:
    return row.created


def place_of(row: Row) -> str:
    """What the use of CPU and memory is told by: `namespace/name`, or the name."""
    return f"{row.namespace}/{row.name}" if row.namespace else row.name


def _key(rank: Rank | None, row: Row, known_by: str) -> Key:
    named = f"{row.namespace}\0{row.name}"
    if named.count("\0") > 1:  # no server takes such a name, but one that means ill may send it
        named = "\0".join(part.replace("\0", "\1") for part in (row.namespace, row.name))
    place = f"{named}\0{known_by}"
    return (rank(row), place) if rank else place


def _identity_in(key: Key) -> str:
    return (key if isinstance(key, str) else key[1]).split("\0", 2)[2]
