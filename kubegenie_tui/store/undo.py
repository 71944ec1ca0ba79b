"""What is known of changes that were made, so that they can be taken back; `changes.undo` says what a record holds."""

import msgspec

from kubegenie_tui.store.database import Database

KEPT = 500
"""Changes that are remembered: an old one rarely fits any more."""
KEPT_BYTES = 64 * 1024 * 1024
"""Room for them all; the latest is kept whatever its size."""
_COLUMNS = "id, at, cluster, title, record, undone"


class UndoRow(msgspec.Struct, frozen=True):
    """One change that was made."""

    id: int
    at: float
    """Seconds since the epoch."""
    cluster: str
    title: str
    record: bytes
    undone: bool


class UndoTable:
    """The latest changes by cluster."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, at: float, cluster: str, title: str, record: bytes) -> int:
        """Remember a change; its id. The oldest are forgotten when there are too many.

        Raises:
            StoreError: it cannot be stored.
        """
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "INSERT INTO undo (at, cluster, title, record) VALUES (?, ?, ?, ?)", (at, cluster, title, record)
            )
            assert cursor.lastrowid is not None
            await connection.execute(
                "DELETE FROM undo WHERE id <= ?1 - ?2 OR id <= (SELECT max(id) FROM (SELECT id, sum(length(record))"
                " OVER (ORDER BY id DESC) AS size FROM undo) WHERE size > ?3 AND id < ?1)",
                (cursor.lastrowid, KEPT, KEPT_BYTES),
            )
        return cursor.lastrowid

    async def recent(self, cluster: str, limit: int = 50) -> list[UndoRow]:
        """The latest changes of a cluster first."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM undo WHERE cluster = ? ORDER BY id DESC LIMIT ?",  # noqa: S608 - a constant
            (cluster, limit),
        )
        return [_row(*row) for row in rows]

    async def get(self, undo_id: int) -> UndoRow | None:
        """One change, None when it is not remembered."""
        rows = await self._database.fetch(f"SELECT {_COLUMNS} FROM undo WHERE id = ?", (undo_id,))  # noqa: S608
        return _row(*rows[0]) if rows else None

    async def mark_undone(self, undo_id: int) -> None:
        """Note that a change was taken back; an unknown one is no error."""
        async with self._database.transaction() as connection:
            await connection.execute("UPDATE undo SET undone = 1 WHERE id = ?", (undo_id,))


def _row(undo_id: int, at: float, cluster: str, title: str, record: bytes, undone: int) -> UndoRow:
    return UndoRow(undo_id, at, cluster, title, record, bool(undone))
