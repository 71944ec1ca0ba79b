"""Killed at any moment: the records open, the chain verifies, and nothing was written that was not on record before.

What is on record as done can be undone.
"""

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from kubegenie_tui.changes.audit import open_audit, paired
from kubegenie_tui.changes.reversal import Reversal
from kubegenie_tui.changes.undo import Undo
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.store.store import Store
from kubegenie_tui.store.undo import KeptStep
from tests.control_plane import ROOT
from tests.unit.agents import demo_clusters
from tests.unit.changes.bench import config_map

KILLS = 300
REQUESTS = 48
"""Enough to come into the third plan of a writer."""
LONGEST_DELAY = 0.004
"""Seconds after a request: in these a writer records what it was answered, or what it is about to do."""
DEADLINE = 30.0
Write = tuple[str, str]
"""Verb and the plan it belongs to, as the request itself tells them."""


class Listening(DemoServer):
    """Remembers every write before it is made, and strikes at a request."""

    writes: list[Write]
    strike_at: int
    struck: asyncio.Event

    def expect(self, request_count: int) -> None:
        self.strike_at, self.struck = request_count, asyncio.Event()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        written = write_of(request.method, request.path_qs, await request.read())
        if written:
            self.writes.append(written)
        self.strike_at -= 1
        if self.strike_at == 0:
            self.struck.set()
        return await super()._serve(request)


def write_of(method: str, path: str, body: bytes) -> Write | None:
    """What a request writes; None when it only asks."""
    if method == "GET" or "dryRun" in path or "/configmaps" not in path:
        return None
    told: Any = msgspec.json.decode(body)
    if method == "POST":
        return "create", told["metadata"]["name"]
    return "patch", next(iter(told["data"].values()))


@asynccontextmanager
async def nursery() -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.unit.changes.nursery", cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def kill_one(process: asyncio.subprocess.Process, server: Listening, directory: Path, name: str) -> None:
    """Let a writer begin, and kill it a moment after one of its requests."""
    assert process.stdin is not None
    assert process.stdout is not None
    server.expect(random.randint(1, REQUESTS))
    process.stdin.write(f"{server.url('prod')} {directory} {name}\n".encode())
    writer = int(await process.stdout.readline())
    try:
        async with asyncio.timeout(DEADLINE):
            await server.struck.wait()
        moment = asyncio.Event()
        asyncio.get_running_loop().call_later(random.uniform(0, LONGEST_DELAY), moment.set)
        await moment.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(writer, signal.SIGKILL)
    assert await process.stdout.readline() == b"killed\n"


async def check(directory: Path, writes: list[Write]) -> dict[str, int]:
    """How many intents ended how."""
    store = await Store.open(directory / "kubegenie.db")
    try:
        assert store.notice == ""
        audit = await open_audit(store, directory)
        verdict = await audit.verify()
        assert verdict.ok, verdict
        assert await Undo(store.undo).recent("prod", 1_000_000)
        kept = {step.seq: step for row in await store.undo.recent("prod", 1_000_000) for step in row.steps}
        found = paired(await audit.entries(1_000_000))
    finally:
        await store.close()
    intended = [(intent.verb, intent.plan) for intent, _ in found]
    assert not set(writes) - set(intended), "written without being on record"
    assert all(intended.count(each) >= writes.count(each) for each in set(writes)), "written more often than recorded"
    done = [(intent.verb, intent.plan) for intent, result in found if result and result.result == "done"]
    assert not set(done) - set(writes), "recorded as done without being written"
    finished = {intent.seq for intent, result in found if result and result.result == "done"}
    assert finished <= {seq for seq, step in kept.items() if step.made and undoable(step)}, "done and not to be undone"
    made = [(intent.verb, intent.plan) for intent, _ in found if (step := kept.get(intent.seq)) and step.made]
    assert not set(made) - set(writes), "to be undone as made without being written"
    return {
        "done": len(done),
        "open": sum(result is None for _, result in found),
        "unsure": sum(not step.made for step in kept.values()),
    }


def undoable(step: KeptStep) -> bool:
    return msgspec.json.decode(step.step, type=Reversal).step is not None


@pytest.mark.timeout(300)
async def test_a_writer_that_is_killed_leaves_whole_records(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    world = demo_clusters.world("prod", pods=0)
    world.cluster.create(config_map("settings"))
    server = Listening([world], ticking=False)
    server.writes = []
    async with server, nursery() as process:
        for number in range(KILLS):
            await kill_one(process, server, directory, f"plan-{number}")
    counts = await check(directory, server.writes)
    assert counts["open"] > 0
    assert counts["unsure"] > 0
    assert counts["done"] > KILLS
