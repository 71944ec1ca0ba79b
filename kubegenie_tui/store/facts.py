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

    async def all(self, scope: str) -> dict[str, str]:
        """Every fact of a scope, by key."""
        rows = await self._database.fetch("SELECT key, value FROM facts WHERE scope = ?", (scope,))
        return {str(key): str(value) for key, value in rows}

    async def remove(self, scope: str, key: str) -> None:
        """Forget a fact; one that is not known is no error.

        Raises:
            StoreError: it cannot be stored.
        """
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM facts WHERE scope = ? AND key = ?", (scope, key))
