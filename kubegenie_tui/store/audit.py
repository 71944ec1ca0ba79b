"""The audit log's rows. What they say, and the chain that seals them, is made by `changes.audit`."""

from collections.abc import Callable

import msgspec

from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.store.database import Database


class AuditRow(msgspec.Struct, frozen=True):
    """One row as it is kept."""

    seq: int
    """1 for the first, without gaps."""
    entry: bytes
    """The entry as JSON, byte for byte as it was sealed."""
    hash: bytes
    """The seal over this entry and the hash before."""


Seal = Callable[[AuditRow | None], AuditRow]
"""Makes the next row from the last one."""

_ROW = "seq, CAST(entry AS BLOB), CAST(hash AS BLOB)"
"""As bytes: a damaged text might not be UTF-8 any more, and must still be read to be found out."""


class AuditTable:
    """Rows that are only ever added: the database itself refuses to change or delete one, except by `cut`."""

    def __init__(self, database: Database, *, lasting: bool = True) -> None:
        self._database = database
        self._lasting = lasting

    async def append(self, seal: Seal) -> AuditRow:
        """Add the row that `seal` makes of the last one; when this returns it is on the disk.

        Nobody else, in this process or another, adds a row between the two.

        Raises:
            StoreError: it cannot be kept.
        """
        if not self._lasting:
            raise StoreError("The audit log cannot be kept", "there is no database to keep it in", "`kubegenie doctor`")
        async with self._database.transaction(durable=True) as connection:
            last = await connection.execute_fetchall(f"SELECT {_ROW} FROM audit ORDER BY seq DESC LIMIT 1")  # noqa: S608
            row = seal(next((AuditRow(*found) for found in last), None))
            await connection.execute(
                "INSERT INTO audit (seq, entry, hash) VALUES (?, ?, ?)", (row.seq, row.entry.decode(), row.hash)
            )
        return row

    async def cut(self, last: AuditRow) -> None:
        """Take out a row and all before it, provided that it is as given and not the last one.

        Raises:
            StoreError: it is not, or the database cannot be written.
        """
        async with self._database.transaction(durable=True) as connection:
            found = await connection.execute_fetchall(
                "SELECT EXISTS (SELECT 1 FROM audit WHERE seq = ?1 AND CAST(hash AS BLOB) = ?2)"
                " AND EXISTS (SELECT 1 FROM audit WHERE seq > ?1)",
                (last.seq, last.hash),
            )
            if [tuple(row) for row in found] != [(1,)]:
                raise StoreError("The audit log changed meanwhile", "so nothing was taken out of it", "try again")
            (guard,) = await connection.execute_fetchall(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'audit_no_delete'"
            )
            await connection.execute("DROP TRIGGER audit_no_delete")
            await connection.execute("DELETE FROM audit WHERE seq <= ?", (last.seq,))
            await connection.execute(str(guard[0]))

    async def get(self, seq: int) -> AuditRow | None:
        """One row, None when there is none."""
        rows = await self._database.fetch(f"SELECT {_ROW} FROM audit WHERE seq = ?", (seq,))  # noqa: S608 - a constant
        return AuditRow(*rows[0]) if rows else None

    async def latest(self, limit: int, cluster: str | None = None, since: float = 0.0) -> list[AuditRow]:
        """The newest rows first; with `cluster`, only those about it; none from before `since` (seconds since 1970)."""
        rows = await self._database.fetch(
            f"SELECT {_ROW} FROM audit WHERE"  # noqa: S608 - a constant
            " CASE WHEN json_valid(entry) THEN json_extract(entry, '$.at') >= ?2"
            " AND (?1 IS NULL OR json_extract(entry, '$.cluster') = ?1) END ORDER BY seq DESC LIMIT ?3",
            (cluster, since, limit),
        )
        return [AuditRow(*row) for row in rows]

    async def page(self, after: int, size: int) -> list[AuditRow]:
        """The next rows after a sequence number, in order."""
        rows = await self._database.fetch(
            f"SELECT {_ROW} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",  # noqa: S608 - a constant
            (after, size),
        )
        return [AuditRow(*row) for row in rows]
