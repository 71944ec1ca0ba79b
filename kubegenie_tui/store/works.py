"""The making of clusters, as far as it has come: written by the process that works, read and stopped by any."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from kubegenie_tui.domain.creation import Work
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.store.database import Database
from kubegenie_tui.store.safe import Safe


class KeptWorks:
    """Works by id."""

    def __init__(self, database: Database, safe: Safe, *, lasting: bool = True) -> None:
        self._database = database
        self._safe = safe
        self._lasting = lasting

    async def add(self, work: Work, secrets: Mapping[str, str]) -> None:
        """Keep a new work and the secrets of its provider, which must be kept before anything is made.

        Raises:
            StoreError: it cannot be stored where another process finds it.
            SecretsLocked, KeyringFailed: there are secrets, and the safe does not open.
        """
        if not self._lasting:
            why = "there is no database, and what is made could not be found again after a crash"
            raise StoreError("No cluster can be made", why, "`kubegenie doctor`")
        if secrets:
            await self._safe.unlock()
        async with self._database.transaction(durable=True) as connection:
            await connection.execute(
                "INSERT INTO works (id, at, state, work) VALUES (?, ?, ?, ?)",
                (work.id, work.at, work.state.value, _encoded(work)),
            )
            await self._safe.put(connection, _owner(work.id), secrets)

    async def save(self, work: Work) -> None:
        """Put down how far it has come; on the disk when this returns: what is made next hangs on it.

        Raises:
            StoreError: it cannot be stored.
        """
        async with self._database.transaction(durable=True) as connection:
            await connection.execute(
                "UPDATE works SET state = ?, work = ? WHERE id = ?", (work.state.value, _encoded(work), work.id)
            )

    async def get(self, work_id: str) -> Work | None:
        """A work, None when there is none of this id."""
        rows = await self._database.fetch("SELECT work FROM works WHERE id = ?", (work_id,))
        return msgspec.json.decode(rows[0][0], type=Work) if rows else None

    async def all(self) -> list[Work]:
        """Every work, the latest first."""
        rows = await self._database.fetch("SELECT work FROM works ORDER BY at DESC, id")
        return [msgspec.json.decode(text, type=Work) for (text,) in rows]

    async def secrets(self, work_id: str) -> dict[str, str]:
        """The secrets of its provider, by field of the configuration.

        Raises:
            SecretsLocked, KeyringFailed: the safe does not open.
        """
        owner = _owner(work_id)
        fields = [field for kept, field in (await self._safe.state()).kept if kept == owner]
        return {field: await self._safe.reveal(owner, field) for field in fields}

    async def renew(self, works: Iterable[Work], config: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
        """Keep another configuration and other secrets of the provider for all of these, or for none.

        Raises:
            StoreError: it cannot be stored.
            SecretsLocked, KeyringFailed: there are secrets, and the safe does not open.
        """
        if secrets:
            await self._safe.unlock()
        async with self._database.transaction(durable=True) as connection:
            for work in works:
                renewed = msgspec.structs.replace(work, config=dict(config))
                await connection.execute("UPDATE works SET work = ? WHERE id = ?", (_encoded(renewed), work.id))
                await self._safe.put(connection, _owner(work.id), secrets)

    async def wish_stop(self, work_id: str, *, stop: bool) -> None:
        """Whether whoever works on it shall stop as soon as it can.

        Raises:
            StoreError: it cannot be stored.
        """
        async with self._database.transaction() as connection:
            await connection.execute("UPDATE works SET stop = ? WHERE id = ?", (stop, work_id))

    async def is_to_stop(self, work_id: str) -> bool:
        """Whether it shall stop."""
        rows = await self._database.fetch("SELECT stop FROM works WHERE id = ?", (work_id,))
        return bool(rows and rows[0][0])

    async def forget(self, work_id: str) -> None:
        """Take it off the list, with its secrets; nothing is removed that it made."""
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM works WHERE id = ?", (work_id,))
            await self._safe.drop(connection, _owner(work_id))


def _encoded(work: Work) -> str:
    return msgspec.json.encode(work).decode()


def _owner(work_id: str) -> str:
    return f"work:{work_id}"
