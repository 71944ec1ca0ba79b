"""Taking the oldest entries out of the audit log: into an archive first, and so that the rest stays provable.

Nothing is ever taken out by itself: an entry that vanished because a number of days had passed could not be told from
one that somebody wanted gone.
"""

import asyncio
import contextlib
import itertools
import math
import os
from collections.abc import AsyncIterator, Generator
from pathlib import Path
from typing import BinaryIO

import msgspec

from kubegenie_tui.changes.audit import PAGE, Audit, Entry, entry_of, local_actor
from kubegenie_tui.changes.audit_export import row_as_json
from kubegenie_tui.domain.errors import KubeGenieError, StoreError, UsageError
from kubegenie_tui.store.audit import AuditRow

AT_LEAST = 86_400.0
"""Seconds that every entry is kept: its change may still be under way."""


class Pruned(msgspec.Struct, frozen=True):
    """What was taken out."""

    entries: int
    last: int
    """Number of the last of them."""
    seal: str
    """Its seal, which the log begins after."""
    file: str


async def prune(audit: Audit, before: float, file: Path, now: float) -> Pruned:
    """Write the entries from before a time to a file, and take them out of the log.

    An entry stays while the result of its change is in the rest: only a whole beginning of the log is taken out.

    Args:
        audit: the log.
        before: seconds since the epoch.
        file: where they go; there must be none yet.
        now: seconds since the epoch.

    Raises:
        UsageError: there is nothing so old, it is too young, or the file is there.
        KubeGenieError: the log is damaged, so that nothing of it may be taken out.
        StoreError: the log or the file cannot be read or written.
    """
    if before > now - AT_LEAST:
        raise UsageError("Entries are kept for a day at least", next_step="name an earlier time")
    verdict = await audit.verify()
    if not verdict.ok:
        raise KubeGenieError("The audit log is damaged", verdict.why, "`kubegenie audit verify` tells more; keep it")
    last = await _last_before(audit, before)
    if last is None:
        raise UsageError("There is nothing so old on record")
    count = last.seq - verdict.begins + 1
    await _archive(audit, last.seq, file)
    intent = await audit.intend(_entry(count, last, file, now))
    try:
        await audit.cut(last)
    except StoreError as error:
        await audit.conclude(intent, "failed", message=str(error))
        raise
    await audit.conclude(intent, "done")
    return Pruned(count, last.seq, last.hash.hex(), str(file))


async def archived(file: Path) -> AsyncIterator[AuditRow]:
    """The entries of an archive.

    Raises:
        StoreError: it cannot be read, or is none.
    """
    rows = _rows(file)
    with contextlib.closing(rows):
        while page := await asyncio.to_thread(lambda: list(itertools.islice(rows, PAGE))):
            for row in page:
                yield row


async def _last_before(audit: Audit, before: float) -> AuditRow | None:
    """The last row of the beginning that is older, and that nothing of the rest refers to."""
    last, needed, is_old = 0, math.inf, True
    async for row in audit.rows():
        entry = entry_of(row)
        is_old = is_old and entry is not None and entry.at < before
        if is_old:
            last = row.seq
        elif entry is not None and entry.intent:
            needed = min(needed, entry.intent)
    wanted = min(last, needed - 1)
    async for row in audit.rows():
        if row.seq == wanted:
            return row
    return None


def _entry(count: int, last: AuditRow, file: Path, now: float) -> Entry:
    return Entry(
        at=now,
        actor=local_actor(),
        identity="",
        groups=(),
        asked_by="command line",
        cluster="",
        verb="prune",
        kind="audit",
        namespace="",
        name=f"entries up to {last.seq}",
        uid="",
        subresource="",
        plan=f"Take {count} entries out of the audit log, into {file}",
        diff_hash=last.hash.hex(),
        tier=3,
        how="kubegenie audit prune",
    )


async def _archive(audit: Audit, last: int, file: Path) -> None:
    try:
        handle = await asyncio.to_thread(_new, file)
    except FileExistsError as error:
        raise UsageError(f"{file} is there already", next_step="name another file") from error
    except OSError as error:
        raise StoreError(f"The file {file} cannot be written", error.strerror or "") from error
    with handle:
        async for row in audit.rows():
            if row.seq > last:
                break
            handle.write(f"{row_as_json(row)}\n".encode())
        await asyncio.to_thread(_keep, handle)


def _new(file: Path) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def _keep(handle: BinaryIO) -> None:
    handle.flush()
    os.fsync(handle.fileno())


class _Line(msgspec.Struct):
    seq: int
    hash: str
    entry: msgspec.Raw


def _rows(file: Path) -> Generator[AuditRow]:
    try:
        with file.open("rb") as lines:
            for line in lines:
                found = msgspec.json.decode(line, type=_Line)
                yield AuditRow(found.seq, bytes(found.entry), bytes.fromhex(found.hash))
    except OSError as error:
        raise StoreError(f"The file {file} cannot be read", error.strerror or "") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise StoreError(f"{file} is no archive of an audit log", str(error)) from error
