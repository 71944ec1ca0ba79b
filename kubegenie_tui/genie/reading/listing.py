"""Lists and counts: filtered, sorted and grouped by code, over the same rows and in the same language as the tables."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec

from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.row import Cell, Column, Row
from kubegenie_tui.domain.row_filter import RowFilter
from kubegenie_tui.domain.table_layout import format_cell
from kubegenie_tui.domain.table_view import CPU, MEMORY, TableView
from kubegenie_tui.genie.reading.rows import RowSet, live_rows
from kubegenie_tui.genie.reading.scope import Result, Scope, where, word_of
from kubegenie_tui.genie.reading.selecting import EVERYTHING, Selected, choose

_USED = ("pods", "nodes")
_WIDEST_CELL = 60
_MOST_GROUPS = 100


class Listing(msgspec.Struct, frozen=True):
    """Rows that match, the first of them shown."""

    found: RowSet
    view: TableView
    total: int
    """How many rows the scope has."""
    shown: list[Row]
    titles: list[tuple[Column, Callable[[Row], Cell]]]
    """The columns worth telling, with how to read them."""

    @property
    def matching(self) -> int:
        """How many rows match."""
        return len(self.view)


async def list_rows(
    scope: Scope,
    kind_name: str,
    namespace: str | None = None,
    *,
    filter_text: str = "",
    sort: str = "",
    descending: bool = False,
    limit: int = 50,
    selected: Selected = EVERYTHING,
) -> Result:
    """Objects of a kind. `filter_text` and `sort` are as in the tables: `RESTARTS:>5`, `app=web`, `!Running`.

    Raises:
        UsageError: no such kind or column, or a filter or selector that cannot be understood.
        ClusterError: the cluster does not tell.
    """
    kind = scope.kind(kind_name)
    space = scope.namespace(namespace, kind)
    found = await live_rows(scope.reader, kind, space)
    rows, notes = await choose(scope, found, selected)
    view = await _arranged(scope, found, rows, filter_text, sort, descending)
    shown = view.window(0, limit)
    listing = Listing(found, view, len(found.rows), shown, _worth_telling(view, found, shown))
    total = f"{len(view):,} of {listing.total:,}" if view.filter or selected else f"{listing.total:,}"
    summary = f"{total} {word_of(kind, listing.total)}{where(kind, space)}"
    head = _head(scope, summary, filter_text, selected)
    text = scope.redactor.text(_as_table(listing, head, notes))
    show = ShowRequested(kind.id, space, selected.shown_by(filter_text))
    return Result(summary, text, listing, show)


async def count_rows(
    scope: Scope,
    kind_name: str,
    namespace: str | None = None,
    *,
    filter_text: str = "",
    group_by: str = "",
    selected: Selected = EVERYTHING,
) -> Result:
    """How many objects match, in all and by a column, `namespace`, `owner` or `label:KEY`.

    Raises:
        UsageError, ClusterError: as `list_rows`.
    """
    kind = scope.kind(kind_name)
    space = scope.namespace(namespace, kind)
    found = await live_rows(scope.reader, kind, space)
    rows, notes = await choose(scope, found, selected)
    view = await _arranged(scope, found, rows, filter_text, "", False)
    total = len(found.rows)
    summary = f"{len(view):,} of {total:,} {word_of(kind, total)}{where(kind, space)}"
    groups: Counter[str] = Counter()
    if group_by:
        reader = _group_reader(view, group_by)
        groups.update(reader(row) for row in view.window(0, len(view)))
    lines = [_head(scope, summary, filter_text, selected), *_notes(found, notes)]
    if len(groups) > _MOST_GROUPS:
        lines.append(f"{len(groups):,} groups, the largest {_MOST_GROUPS} shown")
    lines += [f"{name or '(none)'}: {number}" for name, number in groups.most_common(_MOST_GROUPS)]
    show = ShowRequested(kind.id, space, selected.shown_by(filter_text))
    return Result(summary, scope.redactor.text("\n".join(lines)), (len(view), total, groups), show)


async def _arranged(
    scope: Scope, found: RowSet, rows: Mapping[str, Row], filter_text: str, sort: str, descending: bool
) -> TableView:
    view = TableView(found.columns, scope.reader.usage if found.kind.id in _USED else None)
    columns = view.titled_columns()
    view.filter = RowFilter(filter_text, columns)
    if view.filter.note:
        raise UsageError(f'The filter "{filter_text}" cannot be used', view.filter.note)
    if sort:
        view.sort_by = _title(columns, sort)
        view.descending = descending
    for _ in view.arrange(rows):
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


def _head(scope: Scope, summary: str, filter_text: str, selected: Selected) -> str:
    matching = f"matching `{filter_text}`" if filter_text else ""
    said = " ".join(part for part in (summary, selected.words, matching) if part)
    return f"cluster {scope.reader.name}: {said}"


def _notes(found: RowSet, notes: list[str]) -> list[str]:
    return [*([found.note] if found.note else []), *notes]


def _as_table(listing: Listing, head: str, notes: list[str]) -> str:
    if len(listing.shown) < listing.matching:
        head += f"; the first {len(listing.shown)} of {listing.matching:,} shown"
    lines = [head, *_notes(listing.found, notes)]
    if listing.shown:
        lines.append(" | ".join(column.title for column, _ in listing.titles))
        lines += [" | ".join(cells_of(listing, row)) for row in listing.shown]
    return "\n".join(lines)


def cells_of(listing: Listing, row: Row) -> list[str]:
    """A row's cells as text."""
    now = time.time()
    return [format_cell(column, read(row), now)[:_WIDEST_CELL] or "-" for column, read in listing.titles]
