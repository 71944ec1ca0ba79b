import asyncio
from pathlib import Path

import pytest

from kubegenie_tui.agents.file_watch import LOOK_SECONDS, SETTLE_SECONDS, FileWatch
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.kubeconfigs import write


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config"


def remove(file: Path) -> None:
    file.unlink()


async def look(clock: FakeClock, seconds: float) -> None:
    """Let time pass, and the thread look that looks at files."""
    await clock.advance(seconds)
    async with asyncio.timeout(10):
        while not clock.waits:  # noqa: ASYNC110 - a thread looks at the files
            await asyncio.sleep(0)


async def begun(watch: FileWatch, clock: FakeClock) -> asyncio.Task[None]:
    async def never() -> bool:
        return False

    task = asyncio.create_task(watch.changed(or_else=never))
    await look(clock, 0)
    return task


async def settled(task: asyncio.Task[None], clock: FakeClock) -> None:
    await look(clock, LOOK_SECONDS)
    await clock.advance(SETTLE_SECONDS)
    async with asyncio.timeout(10):
        await task


async def test_nothing_changes_while_nothing_changes(file: Path, clock: FakeClock) -> None:
    write(file, "a")
    watch = FileWatch(clock)
    watch.note([file])
    task = await begun(watch, clock)
    for _ in range(3):
        await look(clock, LOOK_SECONDS)
    assert not task.done()
    write(file, "b")
    await settled(task, clock)


@pytest.mark.parametrize("change", ["appears", "goes", "same size"])
async def test_each_way_a_file_can_change(file: Path, clock: FakeClock, change: str) -> None:
    watch = FileWatch(clock)
    if change != "appears":
        write(file, "a")
    watch.note([file])
    task = await begun(watch, clock)
    remove(file) if change == "goes" else write(file, "b")
    await settled(task, clock)


async def test_a_file_that_is_still_being_written_is_waited_for(file: Path, clock: FakeClock) -> None:
    write(file, "whole")
    watch = FileWatch(clock)
    watch.note([file])
    task = await begun(watch, clock)
    write(file, "")
    await look(clock, LOOK_SECONDS)
    write(file, "ha")
    await look(clock, SETTLE_SECONDS)
    write(file, "half")
    await look(clock, SETTLE_SECONDS)
    assert not task.done()
    await clock.advance(SETTLE_SECONDS)
    async with asyncio.timeout(10):
        await task
