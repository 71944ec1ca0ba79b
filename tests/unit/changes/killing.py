"""Writers that are killed at any moment, and what must be true of the records that they leave."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from kubegenie_tui.changes.audit import open_audit, paired
from kubegenie_tui.changes.undo_seal import load_undo_seal
from kubegenie_tui.store.store import Store
from tests.control_plane import ROOT

Write = tuple[str, str]
"""Verb and the plan it belongs to, as the request itself tells them."""


class Nursery:
    """Where writers begin, and end by SIGKILL."""

    def __init__(self, process: asyncio.subprocess.Process, directory: Path) -> None:
        self._process = process
        self._directory = directory

    async def kill_one(self, where: str, name: str, moment: Callable[[], Awaitable[object]]) -> None:
        """Let a writer begin on the cluster at `where` (a URL or a kubeconfig), and kill it when the moment comes."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{where} {self._directory} {name}\n".encode())
        writer = int(await self._process.stdout.readline())
        try:
            await moment()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(writer, signal.SIGKILL)
        assert await self._process.stdout.readline() == b"killed\n"


@asynccontextmanager
async def nursery(directory: Path) -> AsyncIterator[Nursery]:
    """A nursery whose writers keep their records in `directory`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.unit.changes.nursery", cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Nursery(process, directory)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def write_of(verb: str, sent: dict[str, dict[str, str]]) -> Write:
    """What a write of a ConfigMap says of itself by what was sent."""
    return (verb, sent["metadata"]["name"]) if verb == "create" else (verb, next(iter(sent["data"].values())))


async def check(directory: Path, writes: Sequence[Write]) -> dict[str, int]:
    """How many intents ended how."""
    store = await Store.open(directory / "kubegenie.db")
    try:
        assert store.notice == ""
        audit = await open_audit(store, directory)
        verdict = await audit.verify()
        assert verdict.ok, verdict
        rows = await store.undo.recent("prod", 1_000_000)
        kept = {step.seq: step for row in rows for step in row.steps}
        seal = await load_undo_seal(directory)
        undoable = {seq for seq, step in kept.items() if step.made and seal.open(step).step is not None}
        assert undoable
        found = paired(await audit.entries(1_000_000))
    finally:
        await store.close()
    intended = [(intent.verb, intent.plan) for intent, _ in found]
    assert not set(writes) - set(intended), "written without being on record"
    assert all(intended.count(each) >= writes.count(each) for each in set(writes)), "written more often than recorded"
    done = [(intent.verb, intent.plan) for intent, result in found if result and result.result == "done"]
    assert not set(done) - set(writes), "recorded as done without being written"
    finished = {intent.seq for intent, result in found if result and result.result == "done"}
    assert finished <= undoable, "done and not to be undone"
    made = [(intent.verb, intent.plan) for intent, _ in found if (step := kept.get(intent.seq)) and step.made]
    assert not set(made) - set(writes), "to be undone as made without being written"
    return {
        "done": len(done),
        "open": sum(result is None for _, result in found),
        "unsure": sum(not step.made for step in kept.values()),
    }
