"""One SQLite connection: what happens in a transaction is whole or not at all, and SQLite's errors become ours."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import StoreError

if TYPE_CHECKING:
    import aiosqlite

BUSY_SECONDS = 5.0
"""How long we wait for another process to end its transaction."""


class Damaged(StoreError):
    """The file is not a database any more."""


class Database:
    """A connection that serves one transaction at a time, however many tasks ask."""

    def __init__(self, connection: "aiosqlite.Connection", name: str) -> None:
        self._connection = connection
        self._name = name
        self._turn = asyncio.Lock()
        self._closed = False

    @classmethod
    async def connect(cls, path: Path | None) -> "Database":
        """Open the file, which must exist; without a path, a database in memory.

        Raises:
            StoreError: it cannot be opened.
        """
        import aiosqlite

        name = str(path) if path else "in memory"
        with translated(name):
            connection = await aiosqlite.connect(_uri(path), uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        return cls(connection, name)

    async def close(self) -> None:
        """End the connection and its thread; a transaction under way ends first."""
        async with self._turn:
            self._closed = True
            with translated(self._name):
                await self._connection.close()

    async def fetch(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of one query or pragma.

        Raises:
            StoreError: SQLite refuses.
        """
        async with self._open_turn():
            with translated(self._name):
                return [tuple(row) for row in await self._connection.execute_fetchall(sql, values)]

    @contextlib.asynccontextmanager
    async def transaction(self, *, durable: bool = False) -> "AsyncIterator[aiosqlite.Connection]":
        """Write under SQLite's write lock; an error or a cancellation takes everything back.

        Args:
            durable: whether it must survive a power cut too, at the price of waiting for the disk.

        Raises:
            StoreError: SQLite refuses.
        """
        async with self._open_turn():
            with translated(self._name):
                await self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                try:
                    await self._connection.execute("BEGIN IMMEDIATE")
                    yield self._connection
                    await self._connection.commit()
                except BaseException:
                    await self._connection.rollback()
                    raise

    @contextlib.asynccontextmanager
    async def _open_turn(self) -> AsyncIterator[None]:
        async with self._turn:
            if self._closed:
                raise StoreError(f"The database {self._name} is closed already", "KubeGenie is ending")
            yield


def _uri(path: Path | None) -> str:
    return f"{path.absolute().as_uri()}?mode=rw" if path else "file::memory:"


@contextlib.contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _ours(error, name) from error


_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CAUSES = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space"),
    sqlite3.SQLITE_READONLY: ("it may not be written", "check its owner and permissions, or set KUBEGENIE_HOME"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "check its owner and permissions, or set KUBEGENIE_HOME"),
    sqlite3.SQLITE_BUSY: ("another KubeGenie keeps it locked", "try again, or end the other one"),
    sqlite3.SQLITE_IOERR: ("the disk failed", "check the disk, or set KUBEGENIE_HOME to another one"),
}


def _ours(error: sqlite3.Error, name: str) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    what = f"The database {name} cannot be used"
    if code in _DAMAGE:
        return Damaged(what, "it is damaged", "start KubeGenie again: it keeps a copy and begins a new one")
    why, next_step = _CAUSES.get(code, (str(error), ""))
    return StoreError(what, why, next_step)
