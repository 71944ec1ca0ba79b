"""Lists and counts: filtered, sorted and grouped by code, over the same rows and in the same language as the tables."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.row import Cell, Row
from kubegenie_tui.domain.row_filter import RowFilter
from kubegenie_tui.domain.table_layout import format_cell
from kubegenie_tui.domain.table_view import TableView
from kubegenie_tui.genie.reading.columns import Titled, title_of, titled, told_columns
from kubegenie_tui.genie.reading.cursors import cursor_after, start_at
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
    titles: list[Titled]
    """The columns that are told, with how to read them."""
    start: int = 0
    """How many rows that match come before those shown."""
    cursor: str = ""
    """With which the rows behind those shown are read; empty when there are none."""

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
    columns: Sequence[str] = (),
    cursor: str = "",
) -> Result:
    """Objects of a kind. `filter_text` and `sort` are as in the tables: `RESTARTS:>5`, `app=web`, `!Running`.

    Raises:
        UsageError: no such kind or column, a filter or selector that cannot be understood, or a cursor of another list.
        ClusterError: the cluster does not tell.
    """
    kind = scope.kind(kind_name)
    space = await scope.known_namespace(namespace, kind)
    found = await live_rows(scope.reader, kind, space)
    rows, notes = await choose(scope, found, selected)
    view = await _arranged(scope, found, rows, filter_text, sort, descending)
    question = (scope.reader.name, kind.id, space, filter_text, *selected.said, view.sort_by, str(descending))
    start, moved = start_at(view, cursor, question)
    shown = view.window(start, start + limit)
    titles = told_columns(view, found, shown, columns)
    go_on = cursor_after(view, start + len(shown), question)
    listing = Listing(found, view, len(found.rows), shown, titles, start, go_on)
    total = f"{len(view):,} of {listing.total:,}" if view.filter or selected else f"{listing.total:,}"
    summary = f"{total} {word_of(kind, listing.total)}{where(kind, space)}"
    head = _head(scope, summary, filter_text, selected)
    text = scope.redactor.text(_as_table(listing, head, [*notes, *([moved] if moved else [])]))
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
    space = await scope.known_namespace(namespace, kind)
    found = await live_rows(scope.reader, kind, space)
    rows, notes = await choose(scope, found, selected)
    view = await _arranged(scope, found, rows, filter_text, "", False)
    total = len(found.rows)
    summary = f"{len(view):,} of {total:,} {word_of(kind, total)}{where(kind, space)}"
    groups: Counter[str] = Counter()
    if group_by:
        _, read = titled(view, group_by)
        groups.update(_group(read(row)) for row in view.window(0, len(view)))
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
    if sort:
        view.sort_by = title_of(view, sort)
        view.descending = descending
    for _ in view.arrange(rows):
        await asyncio.sleep(0)
    if view.filter.note:
        raise UsageError(f'The filter "{filter_text}" cannot be used', view.filter.note)
    return view


def _group(cell: Cell) -> str:
    return str(cell) if cell is not None else ""


def _head(scope: Scope, summary: str, filter_text: str, selected: Selected) -> str:
    matching = f"matching `{filter_text}`" if filter_text else ""
    said = " ".join(part for part in (summary, selected.words, matching) if part)
    return f"cluster {scope.reader.name}: {said}"


def _notes(found: RowSet, notes: list[str]) -> list[str]:
    return [*([found.note] if found.note else []), *notes]


def _part(listing: Listing) -> str:
    number = len(listing.shown)
    return f"rows {listing.start + 1:,} to {listing.start + number:,}" if listing.start else f"the first {number}"


def _as_table(listing: Listing, head: str, notes: list[str]) -> str:
    if len(listing.shown) < listing.matching:
        head += f"; {_part(listing)} of {listing.matching:,} shown"
    if listing.cursor:
        head += f"; read on with cursor {listing.cursor}"
    lines = [head, *_notes(listing.found, notes)]
    if listing.shown:
        lines.append(" | ".join(column.title for column, _ in listing.titles))
        lines += [" | ".join(cells_of(listing, row)) for row in listing.shown]
    return "\n".join(lines)


def cells_of(listing: Listing, row: Row) -> list[str]:
    """A row's cells as text."""
    now = time.time()
    return [format_cell(column, read(row), now)[:_WIDEST_CELL] or "-" for column, read in listing.titles]
