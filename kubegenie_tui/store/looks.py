"""What the namespaces of each cluster used in the last days, for who asks whether they do anything."""

import json

from kubegenie_tui.domain.acting import own_name
from kubegenie_tui.domain.looks import Look, Used, most_of, quarter_of
from kubegenie_tui.store.database import Database

KEPT_SECONDS = 7 * 86_400


class KeptLooks:
    """Looks by cluster; those of one quarter of an hour are one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, cluster: str, at: float, used: Used) -> None:
        """Keep what was seen at a moment; what is older than a week is dropped, of any cluster.

        Raises:
            StoreError: it cannot be stored.
        """
        name, quarter = own_name(cluster), quarter_of(at)
        async with self._database.transaction() as connection:
            found = list(
                await connection.execute_fetchall(
                    "SELECT used FROM looks WHERE cluster = ? AND at = ?", (name, quarter)
                )
            )
            seen = most_of(json.loads(found[0][0]), used) if found else dict(used)
            await connection.execute(
                "INSERT OR REPLACE INTO looks (cluster, at, used) VALUES (?, ?, ?)", (name, quarter, json.dumps(seen))
            )
            await connection.execute("DELETE FROM looks WHERE at < ?", (at - KEPT_SECONDS,))

    async def of(self, cluster: str) -> list[Look]:
        """Those of a cluster, the oldest first."""
        rows = await self._database.fetch(
            "SELECT at, used FROM looks WHERE cluster = ? ORDER BY at", (own_name(cluster),)
        )
        return [Look(at, json.loads(used)) for at, used in rows]
