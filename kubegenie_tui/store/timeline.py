"""What changed in each cluster: the newest of it, for looking back."""

from collections.abc import Sequence

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.timeline import Change
from kubegenie_tui.store.database import Database

MOST = 20_000
"""Changes kept of one cluster."""
_CLEAN_EVERY = 1_000
"""Changes between two looks for old ones."""
_COLUMNS = "at, kind, namespace, name, what, before, after, health, id"


class KeptTimeline:
    """Changes by cluster."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._added: dict[str, int] = {}

    async def add(self, cluster: str, changes: Sequence[Change]) -> None:
        """Keep changes, in their order; the oldest beyond MOST are dropped now and then.

        Raises:
            StoreError: they cannot be stored.
        """
        rows = [(cluster, c.at, c.kind, c.namespace, c.name, c.what, c.before, c.after, c.health) for c in changes]
        added = self._added.get(cluster, _CLEAN_EVERY) + len(rows)
        async with self._database.transaction() as connection:
            await connection.executemany(
                "INSERT INTO timeline (cluster, at, kind, namespace, name, what, before, after, health)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            if added > _CLEAN_EVERY:
                added = 0
                await connection.execute(
                    "DELETE FROM timeline WHERE cluster = ?1 AND id <="
                    " (SELECT id FROM timeline WHERE cluster = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                    (cluster, MOST),
                )
        self._added[cluster] = added

    async def read(
        self, cluster: str, *, ref: ObjectRef | None = None, after: int = 0, limit: int = 2_000
    ) -> list[Change]:
        """The newest changes, the newest first: of a cluster or of one object, with ids above `after`."""
        where, values = "cluster = ? AND id > ?", [cluster, after]
        if ref is not None:
            where += " AND kind = ? AND namespace = ? AND name = ?"
            values += [ref.kind, ref.namespace, ref.name]
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM timeline WHERE {where} ORDER BY id DESC LIMIT ?",  # noqa: S608 - no foreign text
            (*values, limit),
        )
        return [Change(*row) for row in rows]
