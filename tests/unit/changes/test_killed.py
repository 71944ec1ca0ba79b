"""Killed at any moment: the records open, the chain verifies, and nothing was written that was not on record before.

What is on record as done can be undone.
"""

import asyncio
import random
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from kubegenie_tui.demo.server import DemoServer
from tests.unit.agents import demo_clusters
from tests.unit.changes.bench import config_map
from tests.unit.changes.killing import Write, check, nursery, write_of

KILLS = 300
REQUESTS = 48
"""Enough to come into the third plan of a writer."""
LONGEST_DELAY = 0.004
"""Seconds after a request: in these a writer records what it was answered, or what it is about to do."""
DEADLINE = 30.0


class Listening(DemoServer):
    """Remembers every write before it is made, and strikes at a request."""

    writes: list[Write]
    strike_at: int
    struck: asyncio.Event

    def expect(self, request_count: int) -> None:
        self.strike_at, self.struck = request_count, asyncio.Event()

    async def until_struck(self) -> None:
        """Some request has come, and a moment has passed."""
        async with asyncio.timeout(DEADLINE):
            await self.struck.wait()
        await asyncio.sleep(random.uniform(0, LONGEST_DELAY))

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.method != "GET" and "dryRun" not in request.path_qs and "/configmaps" in request.path:
            verb = "create" if request.method == "POST" else "patch"
            self.writes.append(write_of(verb, msgspec.json.decode(await request.read())))
        self.strike_at -= 1
        if self.strike_at == 0:
            self.struck.set()
        return await super()._serve(request)


@pytest.mark.timeout(300)
async def test_a_writer_that_is_killed_leaves_whole_records(tmp_path: Path) -> None:
    world = demo_clusters.world("prod", pods=0)
    world.cluster.create(config_map("settings"))
    server = Listening([world], ticking=False)
    server.writes = []
    async with server, nursery(tmp_path) as writers:
        for number in range(KILLS):
            server.expect(random.randint(1, REQUESTS))
            await writers.kill_one(server.url("prod"), f"plan-{number}", server.until_struck)
    counts = await check(tmp_path, server.writes)
    assert counts["open"] > 0
    assert counts["unsure"] > 0
    assert counts["done"] > KILLS
