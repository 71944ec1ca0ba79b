"""Small facts by scope and key, such as which hints were seen."""

from kubegenie_tui.store.database import Database


class Facts:
    """Text by scope and key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set(self, scope: str, key: str, value: str) -> None:
        """Remember a fact.

        Raises:
            StoreError: it cannot be stored.
        """
        async with self._database.transaction() as connection:
            await connection.execute(
                "INSERT INTO facts (scope, key, value) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (scope, key) DO UPDATE SET value = ?3",
                (scope, key, value),
            )

    async def get(self, scope: str, key: str) -> str | None:
        """A fact, None when it is not known."""
        rows = await self._database.fetch("SELECT value FROM facts WHERE scope = ? AND key = ?", (scope, key))
        return str(rows[0][0]) if rows else None
