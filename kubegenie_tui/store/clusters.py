"""Clusters that a person added beside those of the kubeconfig; their secrets lie in the safe."""

from collections.abc import Mapping

import msgspec

from kubegenie_tui.domain.cluster import Registration, owner_of
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.store.database import Database
from kubegenie_tui.store.safe import Safe


class Clusters:
    """Registrations by name."""

    def __init__(self, database: Database, safe: Safe) -> None:
        self._database = database
        self._safe = safe

    async def add(self, registration: Registration, secrets: Mapping[str, str]) -> None:
        """Keep a registration and, by field, the secrets that are kept for it.

        Raises:
            UsageError: there is one of this name, maybe of another process; it stays as it is.
            StoreError, SecretsLocked, KeyringFailed: as `save`.
        """
        await self._write(registration, secrets, "INSERT OR IGNORE INTO clusters (name, registration) VALUES (?1, ?2)")

    async def save(self, registration: Registration, secrets: Mapping[str, str] | None = None) -> None:
        """As `add`, but in place of the one of this name, if there is one.

        Raises:
            StoreError: it cannot be stored.
            SecretsLocked, KeyringFailed: there are secrets, and the safe does not open.
        """
        await self._write(
            registration,
            secrets or {},
            "INSERT INTO clusters (name, registration) VALUES (?1, ?2)"
            " ON CONFLICT (name) DO UPDATE SET registration = ?2",
        )

    async def _write(self, registration: Registration, secrets: Mapping[str, str], sql: str) -> None:
        if secrets:
            await self._safe.unlock()
        text = msgspec.json.encode(registration).decode()
        async with self._database.transaction() as connection:
            cursor = await connection.execute(sql, (registration.name, text))
            if cursor.rowcount == 0:
                what = f'There is a cluster named "{registration.name}" already'
                raise UsageError(what, next_step="choose another name")
            await self._safe.put(connection, owner_of(registration.name), secrets)

    async def all(self) -> list[Registration]:
        """Every registration, by name."""
        rows = await self._database.fetch("SELECT registration FROM clusters ORDER BY name")
        return [msgspec.json.decode(text, type=Registration) for (text,) in rows]

    async def delete(self, name: str) -> None:
        """Forget a registration and its secrets; an unknown one is no error."""
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM clusters WHERE name = ?", (name,))
            await self._safe.drop(connection, owner_of(name))
