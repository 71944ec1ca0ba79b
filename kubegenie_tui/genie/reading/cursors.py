"""How a list is read on: a cursor tells where its last row stood, and is good for the same question alone."""

import hashlib
import re
import zlib

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.row import Row
from kubegenie_tui.domain.table_view import TableView

_CURSOR = re.compile(r"(?P<stop>\d{1,7})-(?P<question>[0-9a-f]{8})-(?P<last>[0-9a-f]{8})")
MOVED = "the list has changed since the cursor was told: rows may be missing, or told twice"


def cursor_after(view: TableView, stop: int, question: tuple[str, ...]) -> str:
    """The cursor for the rows from `stop` on; empty when there are none.

    Args:
        view: the rows in their order.
        stop: how many of them are told.
        question: all that decides which rows there are, and their order.
    """
    last = view.row(stop - 1)
    return f"{stop}-{_digest(question)}-{_mark(last)}" if last is not None and stop < len(view) else ""


def start_at(view: TableView, cursor: str, question: tuple[str, ...]) -> tuple[int, str]:
    """The index of the row to go on with, and what has to be known about it.

    Raises:
        UsageError: it is no cursor, or that of another question.
    """
    if not cursor:
        return 0, ""
    match = _CURSOR.fullmatch(cursor.strip())
    if match is None:
        raise UsageError(f'"{cursor}" is no cursor', next_step="give it as the list told it, or leave it out")
    if match["question"] != _digest(question):
        why = "cluster, kind, namespace, filter, selectors and sort have to be those of the list that told it"
        raise UsageError("This cursor is of another list", why, "ask as then, or leave the cursor out")
    stop = int(match["stop"])
    last = view.row(stop - 1)
    if last is not None and _mark(last) == match["last"]:
        return stop, ""
    return _moved(view, stop, match["last"])


def _moved(view: TableView, stop: int, mark: str) -> tuple[int, str]:
    """Behind the row that was the last; where the order is by what changes it may have jumped, and its place counts."""
    rows = enumerate(view.window(0, len(view))) if not view.sort_by else ()
    found = next((index + 1 for index, row in rows if _mark(row) == mark), None)
    return (found, "") if found is not None else (min(stop, len(view)), MOVED)


def _digest(question: tuple[str, ...]) -> str:
    return hashlib.blake2s("\0".join(question).encode(), digest_size=4).hexdigest()


def _mark(row: Row) -> str:
    return f"{zlib.crc32(row.uid.encode()):08x}"
