"""The last place in each cluster."""

import msgspec

from kubegenie_tui.domain.place import Place
from kubegenie_tui.store.database import Database


class Places:
    """Places by cluster."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, cluster: str, place: Place) -> None:
        """Remember where the person is in a cluster.

        Raises:
            StoreError: it cannot be stored.
        """
        text = msgspec.json.encode(place).decode()
        async with self._database.transaction() as connection:
            await connection.execute(
                "INSERT INTO places (cluster, place) VALUES (?1, ?2) ON CONFLICT (cluster) DO UPDATE SET place = ?2",
                (cluster, text),
            )

    async def load(self, cluster: str) -> Place | None:
        """The last place, None when there is none or another version wrote what this one cannot read."""
        rows = await self._database.fetch("SELECT place FROM places WHERE cluster = ?", (cluster,))
        try:
            return msgspec.json.decode(rows[0][0], type=Place) if rows else None
        except msgspec.ValidationError:
            return None
