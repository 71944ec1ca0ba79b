"""Decoding takes 4 ms of a turn of the event loop, however many decode."""

import asyncio
from collections.abc import Callable

import pytest

from kubegenie_tui.kube.rows import slices
from kubegenie_tui.kube.rows.slices import SECONDS, Slices
from tests.unit.kube.reflecting import until

ITEM = 0.001
"""Seconds that one item takes."""


class Work:
    """A clock that stands still but for work done."""

    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now

    async def decode(self, items: int, done: Callable[[], None] = lambda: None) -> None:
        mine = Slices()
        async with mine:
            for _ in range(items):
                self.now += ITEM
                done()
                if mine.over():
                    await mine.pause()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work()
    monkeypatch.setattr(slices, "time", work)
    return work


async def longest_wait(work: Work, *tasks: asyncio.Task[None]) -> float:
    """The most work that lay between two turns of somebody who never waits, until the tasks are done."""
    longest = 0.0
    while not all(task.done() for task in tasks):
        before = work.now
        await asyncio.sleep(0)
        longest = max(longest, work.now - before)
    return longest


@pytest.mark.parametrize("decoders", [1, 2, 7])
async def test_all_decoders_together_keep_to_their_share_of_a_turn(work: Work, decoders: int) -> None:
    tasks = [asyncio.create_task(work.decode(40)) for _ in range(decoders)]
    assert await longest_wait(work, *tasks) < SECONDS + ITEM + ITEM / 2
    assert work.now == pytest.approx(100 + decoders * 40 * ITEM)


async def test_many_short_pieces_in_one_turn_are_one_share(work: Work) -> None:
    """As when 50 watches bring an event each at the same moment."""
    tasks = [asyncio.create_task(work.decode(1)) for _ in range(50)]
    assert await longest_wait(work, *tasks) < SECONDS + ITEM + ITEM / 2


async def test_decoders_take_turns(work: Work) -> None:
    order: list[str] = []
    tasks = [asyncio.create_task(work.decode(12, lambda name=name: order.append(name))) for name in "ab"]  # type: ignore[misc]
    await asyncio.wait(tasks)
    assert "b" in order[:9], "the second need not wait until the first is done"


async def test_one_that_is_cancelled_between_slices_holds_nobody_up(work: Work) -> None:
    first, second = (asyncio.create_task(work.decode(100)) for _ in range(2))
    await until(lambda: work.now >= 100 + 6 * ITEM)
    first.cancel()
    await asyncio.wait({first})
    async with asyncio.timeout(5):
        await second
