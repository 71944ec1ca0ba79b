"""Credentials that a person gave us, sealed; the key that opens them is wrapped and never kept in the clear."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.errors import CredentialError, StoreError
from kubegenie_tui.store.database import Database
from kubegenie_tui.store.lock import (
    Lock,
    Way,
    close_by_keyring,
    close_by_passphrase,
    drop_word,
    open_lock,
    passphrase_of,
)
from kubegenie_tui.store.sealing import SCRYPT_COST, Key, Place, new_key, seal, unseal

if TYPE_CHECKING:
    import aiosqlite


class SafeState(msgspec.Struct, frozen=True):
    """How the safe is."""

    way: Way | None
    """None while nothing was ever kept."""
    is_open: bool
    kept: tuple[tuple[str, str], ...]
    """Owner and field of all that is in it."""


class Safe:
    """Secrets by owner, such as `cluster:rack-7`, and field, such as `token`."""

    def __init__(self, database: Database, *, cost: int = SCRYPT_COST) -> None:
        self._database = database
        self._cost = cost
        self._key: Key | None = None
        self._opening = asyncio.Lock()

    async def state(self) -> SafeState:
        """Whether and how it is locked, and what is in it; nothing is opened for that."""
        lock = await self._lock()
        rows = await self._database.fetch("SELECT owner, field FROM secrets ORDER BY owner, field")
        kept = tuple((str(owner), str(field)) for owner, field in rows)
        return SafeState(lock.way if lock else None, bool(lock and self._key and self._key.id == lock.id), kept)

    async def set_up(self, way: Way, passphrase: str = "") -> None:
        """Make the first key, or another in place of the one there is: all that is kept is sealed anew with it.

        Raises:
            SecretsLocked, KeyringFailed: the safe cannot be opened, or the new key not wrapped; all is as it was.
            StoreError: it cannot be stored; all is as it was.
        """
        before = await self._lock()
        if before is not None:
            await self.unlock()
        if way is Way.PASSPHRASE and not passphrase:
            raise CredentialError("The passphrase is empty", "", "choose one that nobody guesses")
        key = new_key()
        if way is Way.KEYRING:
            lock = await asyncio.to_thread(close_by_keyring, key)
        else:
            lock = await asyncio.to_thread(close_by_passphrase, key, passphrase, self._cost)
        try:
            await self._change(self._key if before else None, key, lock)
        except BaseException:
            await asyncio.to_thread(drop_word, lock)
            raise
        self._key = key
        if before is not None:
            await asyncio.to_thread(drop_word, before)

    async def unlock(self, passphrase: str = "") -> None:
        """Open it, if it is not open: by the keyring, by this passphrase, or by the one in a file that is named.

        Raises:
            SecretsLocked: a passphrase is needed, or it is the wrong one.
            KeyringFailed: the keyring refuses.
            CredentialError: nothing was ever kept.
        """
        async with self._opening:
            lock = await self._lock()
            if lock is None:
                raise CredentialError("Nothing is kept", "the safe was never used")
            if self._key is None or self._key.id != lock.id:
                self._key = await asyncio.to_thread(lambda: open_lock(lock, passphrase or passphrase_of()))

    @property
    def lent(self) -> str:
        """What opens it in a process of our own, to be handed over by a pipe; empty while it is closed."""
        return "" if self._key is None else f"{self._key.id}:{self._key.secret.hex()}"

    def borrow(self, lent: str) -> None:
        """Open it with what another process lent; a key that it has not any more opens nothing."""
        key_id, _, secret = lent.partition(":")
        if secret:
            self._key = Key(key_id, bytes.fromhex(secret))

    async def reveal(self, owner: str, field: str) -> str:
        """A secret.

        Raises:
            SecretsLocked, KeyringFailed: as `unlock`.
            CredentialError: there is none, or it was changed.
        """
        await self.unlock()
        rows = await self._database.fetch("SELECT sealed FROM secrets WHERE owner = ? AND field = ?", (owner, field))
        if not rows:
            raise CredentialError(f"No {field} is kept for {owner}", next_step="register the cluster again")
        assert self._key is not None
        return unseal(self._key, _place(owner, field), rows[0][0]).decode()

    async def put(self, connection: "aiosqlite.Connection", owner: str, secrets: Mapping[str, str]) -> None:
        """Put these in place of all that is kept of an owner, as part of a transaction; the safe must be open.

        Raises:
            StoreError: another process has changed the key meanwhile.
        """
        await self.drop(connection, owner)
        for field, value in secrets.items():
            assert self._key is not None, "unlock() first"
            sealed = seal(self._key, _place(owner, field), value.encode())
            values = (owner, field, self._key.id, sealed)
            await connection.execute("INSERT INTO secrets (owner, field, key, sealed) VALUES (?, ?, ?, ?)", values)

    async def replace(self, owner: str, field: str, value: str) -> None:
        """Put another secret in place of one that is kept; what is not kept stays so.

        Raises:
            SecretsLocked, KeyringFailed: as `unlock`.
            StoreError: it cannot be stored.
        """
        await self.unlock()
        assert self._key is not None
        sealed = seal(self._key, _place(owner, field), value.encode())
        async with self._database.transaction() as connection:
            await connection.execute(
                "UPDATE secrets SET key = ?, sealed = ? WHERE owner = ? AND field = ?",
                (self._key.id, sealed, owner, field),
            )

    async def drop(self, connection: "aiosqlite.Connection", owner: str) -> None:
        """Forget what is kept of an owner, as part of a transaction."""
        await connection.execute("DELETE FROM secrets WHERE owner = ?", (owner,))

    async def empty(self) -> None:
        """Forget all secrets and the key.

        Raises:
            StoreError: it cannot be stored.
        """
        lock = await self._lock()
        async with self._database.transaction(durable=True) as connection:
            await connection.execute("DELETE FROM secrets")
            await connection.execute("DELETE FROM safe_key")
        self._key = None
        if lock is not None:
            await asyncio.to_thread(drop_word, lock)

    async def _lock(self) -> Lock | None:
        rows = await self._database.fetch("SELECT id, way, salt, cost, wrapped FROM safe_key")
        return Lock(rows[0][0], Way(rows[0][1]), *rows[0][2:]) if rows else None

    async def _change(self, old: Key | None, new: Key, lock: Lock) -> None:
        """Everything in one transaction that survives a power cut: what cannot be opened leaves all as it was."""
        async with self._database.transaction(durable=True) as connection:
            found = await connection.execute_fetchall("SELECT id FROM safe_key")
            if [row[0] for row in found] != ([old.id] if old else []):
                raise StoreError("Another KubeGenie has changed the safe meanwhile", "", "try again")
            kept = list(await connection.execute_fetchall("SELECT owner, field, sealed FROM secrets"))
            await connection.execute("DELETE FROM secrets")
            await connection.execute("DELETE FROM safe_key")
            values = (lock.id, lock.way.value, lock.salt, lock.cost, lock.wrapped)
            await connection.execute(
                "INSERT INTO safe_key (id, way, salt, cost, wrapped) VALUES (?, ?, ?, ?, ?)", values
            )
            for owner, field, sealed in kept:
                assert old is not None, "a key without which there is no secret"
                again = seal(new, _place(owner, field), unseal(old, _place(owner, field), sealed))
                await connection.execute(
                    "INSERT INTO secrets (owner, field, key, sealed) VALUES (?, ?, ?, ?)", (owner, field, new.id, again)
                )


def _place(owner: str, field: str) -> Place:
    return Place("secrets", owner, field)
