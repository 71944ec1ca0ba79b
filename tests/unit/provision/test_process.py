"""The process that works outlives whoever began it, and one that is killed loses nothing."""

import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from kubegenie_tui.domain.creation import Work, WorkState
from kubegenie_tui.paths import database_file
from kubegenie_tui.provision.process import start
from kubegenie_tui.provision.works import Works
from tests.unit.provision.conftest import ToyMaking

LOOKS = "KUBEGENIE_PROVISION_LOOK_SECONDS"
MOST_STARTS = 30


def workers(work_id: str = "work") -> list[psutil.Process]:
    """The processes that work on this, or on anything."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            if "work" in words and work_id in words and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
async def apart(making: ToyMaking, site: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ToyMaking]:
    """As `making`, with works that are done by processes of their own."""
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.setenv(LOOKS, "0.05")
    making.works._start = start
    yield making
    for work in await making.works.all():
        for process in workers(work.id):
            process.kill()


async def last(works: Works, work: Work) -> Work:
    async for now in works.follow(work.id):
        work = now
    return work


async def test_a_process_of_its_own_works(apart: ToyMaking) -> None:
    work = await apart.begin()
    assert apart.works.is_worked_on(work.id)
    [worker] = workers(work.id)
    assert os.getsid(worker.pid) != os.getsid(0)
    assert worker.ppid() != os.getpid()
    assert (await last(apart.works, work)).state is WorkState.DONE


async def test_credentials_of_the_cluster_go_into_the_safe(apart: ToyMaking) -> None:
    apart.cloud.token = "very secret"
    after = await last(apart.works, await apart.begin())
    assert after.state is WorkState.DONE, after.message
    assert await apart.store.safe.reveal("cluster:shop", "token") == "very secret"
    assert b"very secret" not in database_file().read_bytes()


async def test_killed_at_any_request_it_goes_on_and_nothing_is_made_twice(apart: ToyMaking) -> None:
    """Each request is the last of a process twice: once before it had an effect, and once after."""
    seen: set[tuple[str, str]] = set()
    begun: list[Work] = []

    def kill(when: str, request: str) -> None:
        if (when, request) in seen or not begun:
            return
        seen.add((when, request))
        for process in workers(begun[0].id):
            with contextlib.suppress(psutil.NoSuchProcess):
                if not process.children():  # Whoever has begun it may not be gone yet.
                    process.send_signal(signal.SIGKILL)
                    process.wait()

    apart.cloud.before = lambda request: kill("before", request)
    apart.cloud.after = lambda request: kill("after", request)
    work = await apart.begin()
    begun.append(work)
    for _ in range(MOST_STARTS):
        await last(apart.works, work)
        broken = await apart.works.broken_off()
        if not broken:
            break
        await apart.works.go_on(broken[0].id)
    after = await apart.works.get(work.id)
    assert after.state is WorkState.DONE, after.message
    assert sorted(f"{each.kind}/{each.name}" for each in apart.cloud.things.values()) == [
        "network/shop", "plane/shop", "pool/default",
    ]  # fmt: skip
    posts = {request for when, request in seen if when == "after" and request.startswith("POST")}
    assert posts == {"POST network/shop", "POST plane/shop", "POST pool/default"}
