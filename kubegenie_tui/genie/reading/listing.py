"""Lists and counts: filtered, sorted and grouped by code, over the same rows and in the same language as the tables."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.row import Cell, Column, Row
from kubegenie_tui.domain.row_filter import RowFilter
from kubegenie_tui.domain.table_layout import format_cell
from kubegenie_tui.domain.table_view import CPU, MEMORY, TableView
from kubegenie_tui.genie.reading.rows import RowSet, live_rows
from kubegenie_tui.genie.reading.scope import Result, Scope, where, word_of

_USED = ("pods", "nodes")
_WIDEST_CELL = 60


class Listing(msgspec.Struct, frozen=True):
    """Rows that match, the first of them shown."""

    found: RowSet
    view: TableView
    shown: list[Row]
    titles: list[tuple[Column, Callable[[Row], Cell]]]
    """The columns worth telling, with how to read them."""

    @property
    def matching(self) -> int:
        """How many rows match."""
        return len(self.view)

    @property
    def total(self) -> int:
        """How many rows the scope has."""
        return self.view.total


async def list_rows(
    scope: Scope,
    kind_name: str,
    namespace: str | None = None,
    *,
    filter_text: str = "",
    sort: str = "",
    descending: bool = False,
    limit: int = 50,
) -> Result:
    """Objects of a kind. `filter_text` and `sort` are as in the tables: `RESTARTS:>5`, `app=web`, `!Running`.

    Raises:
        UsageError: no such kind or column, or a filter that cannot be understood.
        ClusterError: the cluster does not tell.
    """
    kind = scope.kind(kind_name)
    space = scope.namespace(namespace, kind)
    found = await live_rows(scope.reader, kind, space)
    view = await _arranged(scope, found, filter_text, sort, descending)
    shown = view.window(0, limit)
    listing = Listing(found, view, shown, _worth_telling(view, found, shown))
    total = f"{len(view):,} of {view.total:,}" if view.filter else f"{view.total:,}"
    summary = f"{total} {word_of(kind, view.total)}{where(kind, space)}"
    text = scope.redactor.text(_as_table(scope, listing, summary, filter_text))
    show = ShowRequested(kind.id, space, filter_text)
    return Result(summary, text, listing, show)


async def count_rows(
    scope: Scope, kind_name: str, namespace: str | None = None, *, filter_text: str = "", group_by: str = ""
) -> Result:
    """How many objects match, in all and by a column, `namespace`, `owner` or `label:KEY`.

    Raises:
        UsageError, ClusterError: as `list_rows`.
    """
    kind = scope.kind(kind_name)
    space = scope.namespace(namespace, kind)
    found = await live_rows(scope.reader, kind, space)
    view = await _arranged(scope, found, filter_text, "", False)
    summary = f"{len(view):,} of {view.total:,} {word_of(kind, view.total)}{where(kind, space)}"
    groups: Counter[str] = Counter()
    if group_by:
        reader = _group_reader(view, group_by)
        groups.update(reader(row) for row in view.window(0, len(view)))
    lines = [
        f"cluster {scope.reader.name}: {summary} {_as_filter(filter_text)}".strip(),
        *([found.note] if found.note else []),
    ]
    lines += [f"{name or '(none)'}: {number}" for name, number in groups.most_common(100)]
    text = scope.redactor.text("\n".join(lines))
    return Result(summary, text, (len(view), view.total, groups), ShowRequested(kind.id, space, filter_text))


async def _arranged(scope: Scope, found: RowSet, filter_text: str, sort: str, descending: bool) -> TableView:
    view = TableView(found.columns, scope.reader.usage if found.kind.id in _USED else None)
    columns = view.titled_columns()
    view.filter = RowFilter(filter_text, columns)
    if view.filter.note:
        raise UsageError(f'The filter "{filter_text}" cannot be used', view.filter.note)
    if sort:
        view.sort_by = _title(columns, sort)
        view.descending = descending
    for _ in view.arrange(found.rows):
        await asyncio.sleep(0)
    return view


def _title(columns: Iterable[tuple[Column, Callable[[Row], Cell]]], wanted: str) -> str:
    titles = [column.title for column, _ in columns]
    exact = [title for title in titles if title.lower() == wanted.lower()]
    close = exact or [title for title in titles if title.lower().startswith(wanted.lower())]
    if not close:
        raise UsageError(f'There is no column "{wanted}"', next_step=f"columns: {', '.join(titles)}")
    return close[0]


def _group_reader(view: TableView, group_by: str) -> Callable[[Row], str]:
    label = group_by.removeprefix("label:")
    if label != group_by:
        return lambda row: row.labels.get(label, "")
    if group_by.lower() == "owner":
        return lambda row: row.owner
    title = _title(view.titled_columns(), group_by)
    read = next(reader for column, reader in view.titled_columns() if column.title == title)
    return lambda row: str(value) if (value := read(row)) is not None else ""


def _worth_telling(view: TableView, found: RowSet, shown: list[Row]) -> list[tuple[Column, Callable[[Row], Cell]]]:
    one_namespace = bool(found.namespace) or not found.kind.namespaced
    return [
        (column, read)
        for column, read in view.titled_columns()
        if column.priority <= 1
        and not (column.title == "NAMESPACE" and one_namespace)
        and not (column in (CPU, MEMORY) and all(read(row) is None for row in shown))
    ]


def _as_table(scope: Scope, listing: Listing, summary: str, filter_text: str) -> str:
    head = f"cluster {scope.reader.name}: {summary} {_as_filter(filter_text)}".strip()
    if len(listing.shown) < listing.matching:
        head += f"; the first {len(listing.shown)} of {listing.matching:,} shown"
    lines = [head, *([listing.found.note] if listing.found.note else [])]
    if listing.shown:
        lines.append(" | ".join(column.title for column, _ in listing.titles))
        lines += [" | ".join(cells_of(listing, row)) for row in listing.shown]
    return "\n".join(lines)


def cells_of(listing: Listing, row: Row) -> list[str]:
    """A row's cells as text."""
    now = time.time()
    return [format_cell(column, read(row), now)[:_WIDEST_CELL] or "-" for column, read in listing.titles]


def _as_filter(filter_text: str) -> str:
    return f"matching `{filter_text}`" if filter_text else ""
