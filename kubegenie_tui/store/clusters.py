"""Clusters that a person added beside those of the kubeconfig; their secrets lie in the safe."""

from collections.abc import Mapping

import msgspec

from kubegenie_tui.domain.cluster import Registration, owner_of
from kubegenie_tui.store.database import Database
from kubegenie_tui.store.safe import Safe


class Clusters:
    """Registrations by name."""

    def __init__(self, database: Database, safe: Safe) -> None:
        self._database = database
        self._safe = safe

    async def save(self, registration: Registration, secrets: Mapping[str, str] | None = None) -> None:
        """Add or replace a registration and, by field, the secrets that are kept for it.

        Raises:
            StoreError: it cannot be stored.
            SecretsLocked, KeyringFailed: there are secrets, and the safe does not open.
        """
        if secrets:
            await self._safe.unlock()
        text = msgspec.json.encode(registration).decode()
        async with self._database.transaction() as connection:
            await connection.execute(
                "INSERT INTO clusters (name, registration) VALUES (?1, ?2)"
                " ON CONFLICT (name) DO UPDATE SET registration = ?2",
                (registration.name, text),
            )
            await self._safe.put(connection, owner_of(registration.name), secrets or {})

    async def all(self) -> list[Registration]:
        """Every registration, by name."""
        rows = await self._database.fetch("SELECT registration FROM clusters ORDER BY name")
        return [msgspec.json.decode(text, type=Registration) for (text,) in rows]

    async def delete(self, name: str) -> None:
        """Forget a registration and its secrets; an unknown one is no error."""
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM clusters WHERE name = ?", (name,))
            await self._safe.drop(connection, owner_of(name))
