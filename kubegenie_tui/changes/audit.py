"""Who changed what, when, and how it went: written before a change is made and after, and never altered."""

import asyncio
import getpass
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from kubegenie_tui.changes.audit_chain import NO_HASH, Checkpoint, Checkpoints, load_key, sealed
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.store.audit import AuditRow, AuditTable
from kubegenie_tui.store.store import Store

PAGE = 200
"""Rows that are read and checked at a time: about 2 ms."""
BEFORE_ALL = -(2**63)
"""Below every sequence number that somebody could put in."""
LONGEST_MESSAGE = 1000
_NOT_KEPT = "the server's words are not kept: they may quote the Secret"
_VALUE = re.compile(
    r"((?:Invalid|Duplicate|Unsupported) value: )"
    r"(?:\"(?:[^\"\\]|\\.)*(?:\"|$)|[\[{].*[\]}](?=[:,]|$)|[\[{].*$|[^:,\s]+)",
    re.DOTALL,
)
"""What a server quotes of what it was sent; to the end where it is cut off.

Source: k8s.io/apimachinery/pkg/util/validation/field/errors.go.
"""


class Entry(msgspec.Struct, frozen=True):
    """One line of the log: what is about to be done, or what came of it."""

    at: float
    """Seconds since the epoch."""
    actor: str
    """Who sits at the keyboard: user@host."""
    identity: str
    """Whom the API server takes us for."""
    groups: tuple[str, ...]
    asked_by: str
    """person, genie, command line, undo, or the name of an agent."""
    cluster: str
    verb: str
    """create, apply, patch, update, delete."""
    kind: str
    """Kind id: `deployments.apps`."""
    namespace: str
    name: str
    uid: str
    subresource: str
    plan: str
    """The plan's title."""
    diff_hash: str
    """Of what the person was shown."""
    tier: int
    how: str
    """How it was approved: `key y`, `typed checkout`."""
    phase: Literal["intent", "result"] = "intent"
    intent: int = 0
    """For a result: the number of the intent it belongs to."""
    result: str = ""
    """`done`, `failed`, `unknown` when no answer came; empty for an intent."""
    code: int = 0
    """HTTP status of the answer; 0 when there was none."""
    message: str = ""
    latency_ms: float = 0.0
    seq: int = 0
    """Its number in the log; 0 until it is in it."""
    conversation: int = 0
    """Id of the conversation that it was proposed in; 0 for none, and before that was written down."""


class Verdict(msgspec.Struct, frozen=True):
    """Whether the log is what was written."""

    ok: bool
    checked: int
    """Entries that were read and found good."""
    begins: int = 1
    """Number of the first entry that is kept; those before were taken out on purpose, with a seal."""
    first_bad: int | None = None
    """Number of the first entry that is wrong or missing; None when none is."""
    why: str = ""
    head: str = ""
    """Hash of the last good entry, hexadecimal: kept elsewhere, it proves the log up to there."""


UNMARKED = 1
"""Entries at the end that may lack a checkpoint: a process that is killed between the two leaves one."""


class Audit:
    """The log. What cannot be written to it is not done."""

    def __init__(self, table: AuditTable, key: bytes, checkpoints: Path, now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._key = key
        self._checkpoints = Checkpoints(checkpoints, key)
        self._now = now

    async def intend(self, entry: Entry) -> int:
        """Write down what is about to be done; its number. When this returns it is on the disk.

        Raises:
            StoreError: it could not be written: the change must not be made then.
        """
        return await self._append(entry)

    async def conclude(
        self,
        seq: int,
        result: str,
        code: int = 0,
        message: str = "",
        latency_ms: float = 0.0,
    ) -> int:
        """Write down what came of an intent; the number of that entry.

        Values that the server quotes are not kept.

        Raises:
            StoreError: it could not be written, or there is no such intent.
        """
        row = await self._table.get(seq)
        intent = entry_of(row) if row else None
        if intent is None or intent.phase != "intent":
            raise StoreError(
                f"The audit log has no intent {seq}", "it was changed from outside", "`kubegenie audit verify`"
            )
        if message and intent.kind == "secrets":
            message = _NOT_KEPT
        message = _VALUE.sub(r"\1…", message)
        return await self._append(
            msgspec.structs.replace(
                intent,
                at=self._now(),
                phase="result",
                intent=seq,
                result=result,
                code=code,
                message=message,
                latency_ms=round(latency_ms, 1),
            )
        )

    async def entries(self, limit: int = 100, cluster: str | None = None, since: float = 0.0) -> list[Entry]:
        """The newest entries first; with `cluster`, only those about it; none from before `since` (seconds).

        Raises:
            StoreError: the log cannot be read.
        """
        rows = await self._table.latest(limit, cluster, since)
        return [entry for row in rows if (entry := entry_of(row))]

    async def rows(self) -> AsyncIterator[AuditRow]:
        """Every row in order, as it is kept."""
        last = BEFORE_ALL
        while page := await self._table.page(last, PAGE):
            for row in page:
                yield row
            last = page[-1].seq

    async def verify(self) -> Verdict:
        """Read the whole log against its seals and its checkpoints; the first entry that is wrong or missing is named.

        Raises:
            StoreError: the log cannot be read.
        """
        marks, changed = await asyncio.to_thread(self._checkpoints.read)
        verdict = await self._chain(self.rows(), marks)
        if not verdict.ok:
            return verdict
        last = verdict.begins + verdict.checked - 1
        latest = max(marks, key=lambda mark: mark.seq, default=None)
        if latest is not None and latest.seq > last:
            gone = f"the log ends after {last}, and there was an entry {latest.seq} on {_day(latest.at)}"
            return msgspec.structs.replace(verdict, ok=False, first_bad=last + 1, why=gone)
        marked = latest.seq if latest else 0
        if marked < last - UNMARKED:
            why = f"{self._checkpoints.path.name} ends after {marked}: its end is gone, and what followed {last} may be"
            return msgspec.structs.replace(verdict, ok=False, why=why)
        if changed:
            why = f"line {changed[0]} of {self._checkpoints.path.name} was changed; the entries themselves are good"
            return msgspec.structs.replace(verdict, ok=False, why=why)
        return verdict

    async def verify_archive(self, rows: AsyncIterator[AuditRow]) -> Verdict:
        """Check entries that were taken out of this log: one archive, whole and in order.

        Raises:
            StoreError: the checkpoints, or the rows, cannot be read.
        """
        marks, _ = await asyncio.to_thread(self._checkpoints.read)
        verdict = await self._chain(rows, marks, is_archive=True)
        last = verdict.begins + verdict.checked - 1
        if verdict.ok and (not verdict.checked or last not in {mark.seq for mark in marks if mark.begins}):
            why = "its end is missing: the log never began after this entry"
            return msgspec.structs.replace(verdict, ok=False, first_bad=last + 1, why=why)
        return verdict

    async def _chain(
        self, rows: AsyncIterator[AuditRow], marks: Sequence[Checkpoint], *, is_archive: bool = False
    ) -> Verdict:
        """Follow the seals from the first entry, or from where the log was once made to begin."""
        at_seq: dict[int, list[Checkpoint]] = {}
        for mark in marks:
            at_seq.setdefault(mark.seq, []).append(mark)
        starts = {0: NO_HASH} | {mark.seq: bytes.fromhex(mark.hash) for mark in marks if mark.begins}
        begins, before, checked = max(starts) + 1, NO_HASH, 0
        async for row in rows:
            if not checked:
                earlier = [start for start in starts if start < row.seq or not is_archive]
                begins = row.seq if row.seq - 1 in starts else max(earlier, default=0) + 1
                before = starts.get(begins - 1, NO_HASH)
            expected = begins + checked
            why = self._fault(row, expected, before, at_seq.get(row.seq, ()))
            if why:
                return Verdict(False, checked, begins, min(row.seq, expected), why, before.hex())
            before, checked = row.hash, checked + 1
        return Verdict(True, checked, begins, head=before.hex())

    async def cut(self, last: AuditRow) -> None:
        """Take out an entry and all before it. First it is sealed that the log begins there, so it stays provable.

        Raises:
            StoreError: it cannot be done; the log is then as it was, or as it was to be.
        """
        await asyncio.to_thread(self._checkpoints.begin_after, last.seq, last.hash, self._now())
        await self._table.cut(last)
        await asyncio.to_thread(self._checkpoints.forget_until, last.seq)

    def _fault(self, row: AuditRow, expected: int, before: bytes, marks: Sequence[Checkpoint]) -> str:
        if row.seq > expected:
            return "it is missing"
        entry = entry_of(row)
        if row.hash != sealed(self._key, before, row.entry) or entry is None or entry.seq != row.seq:
            return "it is not what was written here: it was changed, moved, put in, or sealed with another key"
        if any(mark.hash != row.hash.hex() for mark in marks):
            return "another entry was here before: the log is an older copy that was written on"
        return ""

    async def _append(self, entry: Entry) -> int:
        entry = _storable(entry)

        def seal(last: AuditRow | None) -> AuditRow:
            seq, before = (last.seq + 1, last.hash) if last else (1, NO_HASH)
            text = msgspec.json.encode(msgspec.structs.replace(entry, seq=seq), order="sorted")
            return AuditRow(seq, text, sealed(self._key, before, text))

        row = await self._table.append(seal)
        await asyncio.to_thread(self._checkpoints.add, row.seq, row.hash, self._now())
        return row.seq


async def open_audit(store: Store, directory: Path) -> Audit:
    """The log of a store; its key and its checkpoints are private files of the directory.

    Raises:
        StoreError: the key can neither be read nor made.
    """
    key = await asyncio.to_thread(load_key, directory / "audit.key")
    return Audit(store.audit, key, directory / "audit.checkpoints")


def local_actor() -> str:
    """Who sits at the keyboard: user@host."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = f"uid-{os.getuid()}"
    return f"{user}@{socket.gethostname()}"


def paired(entries: Sequence[Entry]) -> list[tuple[Entry, Entry | None]]:
    """Each intent with its result, in the order of the intents; None where nobody knows how it went."""
    results = {entry.intent: entry for entry in entries if entry.phase == "result"}
    return [(entry, results.get(entry.seq)) for entry in entries if entry.phase == "intent"]


def entry_of(row: AuditRow) -> Entry | None:
    """What a row says; None when it is damaged and says nothing any more."""
    try:
        return msgspec.json.decode(row.entry, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _storable(entry: Entry) -> Entry:
    """Without lone surrogates, which UTF-8 cannot hold, and without endless messages."""
    told = {name: value for name, value in msgspec.structs.asdict(entry).items() if isinstance(value, str)}
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in told.items()}
    return msgspec.structs.replace(entry, **{**clean, "message": clean["message"][:LONGEST_MESSAGE]})


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
