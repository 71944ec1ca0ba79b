"""Opening the database: two KubeGenies may share it, a damaged one is set aside, and a newer one is left alone."""

import asyncio
import contextlib
import errno
import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.paths import create_private, locked
from kubegenie_tui.store.audit import AuditTable
from kubegenie_tui.store.clusters import Clusters
from kubegenie_tui.store.conversations import Conversations
from kubegenie_tui.store.database import Damaged, Database
from kubegenie_tui.store.facts import Facts
from kubegenie_tui.store.forwards import KeptForwards
from kubegenie_tui.store.looks import KeptLooks
from kubegenie_tui.store.migrations import MIGRATIONS
from kubegenie_tui.store.notes import Notes
from kubegenie_tui.store.places import Places
from kubegenie_tui.store.proposals import Proposals
from kubegenie_tui.store.safe import Safe
from kubegenie_tui.store.saved import Saved
from kubegenie_tui.store.scans import KeptScans
from kubegenie_tui.store.timeline import KeptTimeline
from kubegenie_tui.store.traits import KeptTraits
from kubegenie_tui.store.undo import UndoTable
from kubegenie_tui.store.works import KeptWorks

_OPEN_SECONDS = 10.0
_LOCK_POLL_SECONDS = 0.02


class Store:
    """What survives a restart."""

    def __init__(self, database: Database, notice: str = "", *, lasting: bool = True) -> None:
        self._database = database
        self.notice = notice
        """What a person should know about how it was opened; empty when there is nothing."""
        self.lasting = lasting
        """Whether anything will be there again after the end."""
        self.conversations = Conversations(database)
        self.notes = Notes(database)
        self.safe = Safe(database)
        self.clusters = Clusters(database, self.safe)
        self.places = Places(database)
        self.facts = Facts(database)
        self.traits = KeptTraits(self.facts)
        self.scans = KeptScans(self.facts)
        self.namespace_sets = Saved(self.facts, "namespace-set")
        self.views = Saved(self.facts, "view")
        self.bookmarks = Saved(self.facts, "bookmark")
        """Not read before they are asked for."""
        self.columns = Saved(self.facts, "columns")
        self.forwards = KeptForwards(database)
        self.timeline = KeptTimeline(database)
        self.looks = KeptLooks(database)
        self.audit = AuditTable(database, lasting=lasting)
        self.undo = UndoTable(database)
        self.proposals = Proposals(database, lasting=lasting)
        self.works = KeptWorks(database, self.safe, lasting=lasting)

    @classmethod
    async def open(cls, path: Path) -> "Store":
        """Open the database, made or brought up to date if need be. A damaged file is set aside: see `notice`.

        Raises:
            StoreError: a newer KubeGenie wrote it (it is then left as it is), it may not be written, the disk is full.
        """
        create_private(path.parent)
        async with _opening(path):
            try:
                return cls(await _open(path))
            except Damaged:
                kept = _set_aside(path)
                notice = f"The database was damaged: a new one was begun, and the old one kept as {kept}"
                return cls(await _open(path), notice)

    @classmethod
    async def in_memory(cls, notice: str = "") -> "Store":
        """A store that forgets everything at the end."""
        database = await Database.connect(None)
        await database.fetch("PRAGMA foreign_keys = ON")
        await _migrate(database)
        return cls(database, notice, lasting=False)

    async def recall(self) -> None:
        """Read what is to be known without asking."""
        await self.namespace_sets.load()
        await self.views.load()
        await self.columns.load()

    async def outside(self) -> int:
        """A number that is another one whenever another process has written something.

        Raises:
            StoreError: it cannot be read.
        """
        ((version,),) = await self._database.fetch("PRAGMA data_version")
        return int(version)

    async def close(self) -> None:
        """End the connection."""
        await self._database.close()


@contextlib.asynccontextmanager
async def _opening(path: Path) -> AsyncIterator[None]:
    """One process at a time opens: neither the switch to WAL nor setting a damaged file aside bears company."""
    lock = path.with_name(f"{path.name}.lock")
    descriptor = _open_file(lock)
    try:
        deadline = time.monotonic() + _OPEN_SECONDS
        while not locked(descriptor):
            if time.monotonic() > deadline:
                raise StoreError(f"The database {path} cannot be opened", f"another process keeps {lock} locked")
            await asyncio.sleep(_LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _open_file(path: Path) -> int:
    """A descriptor of the file, made if need be, private either way: SQLite gives its own files the same mode."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    except OSError as error:
        next_step = "free some space" if error.errno == errno.ENOSPC else "set KUBEGENIE_HOME to a directory you own"
        raise StoreError(f"The file {path} cannot be written", error.strerror or "", next_step) from error
    return descriptor


async def _open(path: Path) -> Database:
    os.close(_open_file(path))
    database = await Database.connect(path)
    try:
        await _refuse_newer(database, path)
        await _refuse_damaged(database, path)
        await database.fetch("PRAGMA journal_mode = WAL")
        await database.fetch("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        await database.fetch("PRAGMA foreign_keys = ON")
        await _migrate(database)
    except BaseException:
        await database.close()
        raise
    return database


async def _refuse_newer(database: Database, path: Path) -> None:
    ((version,),) = await database.fetch("PRAGMA user_version")
    if version > len(MIGRATIONS):
        raise StoreError(
            f"The database {path} was written by a newer KubeGenie",
            f"its version is {version}, this KubeGenie knows up to {len(MIGRATIONS)}",
            "update KubeGenie, or set KUBEGENIE_HOME to another directory",
        )


async def _refuse_damaged(database: Database, path: Path) -> None:
    ((verdict,),) = await database.fetch("PRAGMA quick_check(1)")
    if verdict != "ok":
        raise Damaged(f"The database {path} is damaged", str(verdict))


async def _migrate(database: Database) -> None:
    ((version,),) = await database.fetch("PRAGMA user_version")
    while version < len(MIGRATIONS):
        async with database.transaction() as connection:
            ((version,),) = await connection.execute_fetchall("PRAGMA user_version")
            if version < len(MIGRATIONS):
                await MIGRATIONS[version](connection)
                version += 1
                await connection.execute(f"PRAGMA user_version = {version}")


def _set_aside(path: Path) -> Path:
    """Rename the file and its companions: what can still be saved from them is not ours to throw away."""
    kept = f"{path.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    for companion in ("-wal", "-shm", ""):
        part = path.with_name(path.name + companion)
        if part.exists():
            part.rename(path.with_name(kept + companion))
    return path.with_name(kept)
