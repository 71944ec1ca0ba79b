"""Clusters that a person added beside those of the kubeconfig."""

import msgspec

from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.store.database import Database


class Clusters:
    """Registrations by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, registration: Registration) -> None:
        """Add or replace a registration.

        Raises:
            StoreError: it cannot be stored.
        """
        text = msgspec.json.encode(registration).decode()
        async with self._database.transaction() as connection:
            await connection.execute(
                "INSERT INTO clusters (name, registration) VALUES (?1, ?2)"
                " ON CONFLICT (name) DO UPDATE SET registration = ?2",
                (registration.name, text),
            )

    async def all(self) -> list[Registration]:
        """Every registration, by name."""
        rows = await self._database.fetch("SELECT registration FROM clusters ORDER BY name")
        return [msgspec.json.decode(text, type=Registration) for (text,) in rows]

    async def delete(self, name: str) -> None:
        """Forget a registration; an unknown one is no error."""
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM clusters WHERE name = ?", (name,))
