"""The columns of a list: those worth telling, or those that were named."""

from collections.abc import Callable, Iterable, Sequence

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.namespace_set import is_one
from kubegenie_tui.domain.row import Cell, Column, Row
from kubegenie_tui.domain.table_view import CPU, MEMORY, NAME, NAMESPACE, TableView
from kubegenie_tui.genie.reading.rows import RowSet

Titled = tuple[Column, Callable[[Row], Cell]]
"""A column, and how a row's cell of it is read."""
_LABEL = "label:"
_SPOKEN = {"replicas": ("DESIRED", "UP-TO-DATE")}
"""What people say of a column, and how tables call it: those of a Deployment are counted in its newest revision."""


def title_of(view: TableView, wanted: str) -> str:
    """The title that is meant, case ignored and perhaps cut short.

    Raises:
        UsageError: no column is called so.
    """
    titles = [column.title for column, _ in view.titled_columns()]
    exact = [title for title in titles if title.lower() == wanted.lower()]
    exact = exact or [title for title in _SPOKEN.get(wanted.lower(), ()) if title in titles]
    close = exact or [title for title in titles if title.lower().startswith(wanted.lower())]
    if not close:
        hint = f"columns: {', '.join(titles)}; owner and label:KEY are others"
        raise UsageError(f'There is no column "{wanted}"', next_step=hint)
    return close[0]


def titled(view: TableView, wanted: str) -> Titled:
    """A column by its title, `owner`, or `label:KEY`.

    Raises:
        UsageError: as `title_of`.
    """
    label = wanted.removeprefix(_LABEL)
    if label != wanted:
        return Column(wanted), lambda row: row.labels.get(label, "")
    if wanted.lower() == "owner":
        return Column("OWNER"), lambda row: row.owner
    title = title_of(view, wanted)
    return next(each for each in view.titled_columns() if each[0].title == title)


def told_columns(view: TableView, found: RowSet, shown: Sequence[Row], named: Iterable[str]) -> list[Titled]:
    """The columns that are named, behind those that say which object it is; unnamed, those worth telling.

    Raises:
        UsageError: as `title_of`.
    """
    chosen = [titled(view, each.strip()) for each in named]
    if not chosen:
        return _worth_telling(view, found, shown)
    identity = [titled(view, each.title) for each in (NAMESPACE, NAME) if each is NAME or not _is_one(found)]
    return list({column.title: (column, read) for column, read in (*identity, *chosen)}.values())


def _is_one(found: RowSet) -> bool:
    """Whether all rows have the same namespace, or none."""
    return is_one(found.namespace) or not found.kind.namespaced


def _worth_telling(view: TableView, found: RowSet, shown: Sequence[Row]) -> list[Titled]:
    return [
        (column, read)
        for column, read in view.titled_columns()
        if column.priority <= 1
        and not (column is NAMESPACE and _is_one(found))
        and not (column in (CPU, MEMORY) and all(read(row) is None for row in shown))
    ]
