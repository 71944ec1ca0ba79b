"""What is known of changes that were made, so that they can be taken back; `changes.written` says what records hold."""

from collections.abc import Sequence
from typing import Any

import msgspec

from kubegenie_tui.store.database import Database

KEPT = 500
"""Changes that are remembered: an old one rarely fits any more."""
KEPT_BYTES = 64 * 1024 * 1024
"""Room for them all; the latest is kept whatever its size."""
_COLUMNS = "id, at, cluster, title, record, undone"
_PUT = "INSERT OR REPLACE INTO undo_steps (undo_id, seq, step, made) VALUES (?, ?, ?, ?)"


class KeptStep(msgspec.Struct, frozen=True):
    """One step of a change."""

    seq: int
    """Number of its intent in the audit log."""
    step: bytes
    made: bool
    """Whether the server has answered that it is made; nobody knows else."""


class UndoRow(msgspec.Struct, frozen=True):
    """One change that was made."""

    id: int
    at: float
    """Seconds since the epoch."""
    cluster: str
    title: str
    record: bytes
    undone: bool
    steps: tuple[KeptStep, ...] = ()
    """In the order in which they were written."""


class UndoTable:
    """The latest changes by cluster."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, at: float, cluster: str, title: str, record: bytes, steps: Sequence[KeptStep] = ()) -> int:
        """Remember a change; its id. The oldest are forgotten when there are too many.

        Raises:
            StoreError: it cannot be stored.
        """
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                "INSERT INTO undo (at, cluster, title, record) VALUES (?, ?, ?, ?)", (at, cluster, title, record)
            )
            assert cursor.lastrowid is not None
            for step in steps:
                await connection.execute(_PUT, (cursor.lastrowid, *msgspec.structs.astuple(step)))
            await connection.execute(
                "DELETE FROM undo WHERE id <= ?1 - ?2 OR id <= (SELECT max(id) FROM (SELECT id, sum(length(record)"
                " + (SELECT coalesce(sum(length(step)), 0) FROM undo_steps WHERE undo_id = undo.id))"
                " OVER (ORDER BY id DESC) AS size FROM undo) WHERE size > ?3 AND id < ?1)",
                (cursor.lastrowid, KEPT, KEPT_BYTES),
            )
        return cursor.lastrowid

    async def put_step(self, undo_id: int, step: KeptStep) -> None:
        """Remember a step of a change, in place of what was known of it.

        Raises:
            StoreError: it cannot be stored, or the change is not remembered any more.
        """
        async with self._database.transaction() as connection:
            await connection.execute(_PUT, (undo_id, *msgspec.structs.astuple(step)))

    async def drop_step(self, undo_id: int, seq: int) -> bool:
        """Forget a step, and the change with its last one; whether any is left.

        Raises:
            StoreError: it cannot be stored.
        """
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM undo_steps WHERE undo_id = ? AND seq = ?", (undo_id, seq))
            gone = await connection.execute(
                "DELETE FROM undo WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM undo_steps WHERE undo_id = ?1)",
                (undo_id,),
            )
        return gone.rowcount == 0

    async def recent(self, cluster: str, limit: int = 50) -> list[UndoRow]:
        """The latest changes of a cluster first."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM undo WHERE cluster = ? ORDER BY id DESC LIMIT ?",  # noqa: S608 - a constant
            (cluster, limit),
        )
        return await self._with_steps(rows)

    async def get(self, undo_id: int) -> UndoRow | None:
        """One change, None when it is not remembered."""
        rows = await self._database.fetch(f"SELECT {_COLUMNS} FROM undo WHERE id = ?", (undo_id,))  # noqa: S608
        return next(iter(await self._with_steps(rows)), None)

    async def mark_undone(self, undo_id: int) -> None:
        """Note that a change was taken back; an unknown one is no error."""
        async with self._database.transaction() as connection:
            await connection.execute("UPDATE undo SET undone = 1 WHERE id = ?", (undo_id,))

    async def _with_steps(self, rows: Sequence[tuple[Any, ...]]) -> list[UndoRow]:
        """The rows of changes, as they were found, with the steps of each."""
        found: dict[int, list[KeptStep]] = {row[0]: [] for row in rows}
        steps = await self._database.fetch(
            "SELECT undo_id, seq, step, made FROM undo_steps"
            " WHERE undo_id IN (SELECT value FROM json_each(?)) ORDER BY undo_id, seq",
            (msgspec.json.encode(list(found)).decode(),),
        )
        for undo_id, seq, step, made in steps:
            found[undo_id].append(KeptStep(seq, step, bool(made)))
        return [
            UndoRow(undo_id, at, cluster, title, record, bool(undone), tuple(found[undo_id]))
            for undo_id, at, cluster, title, record, undone in rows
        ]
