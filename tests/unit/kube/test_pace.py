"""Long work in slices: others get their turn, however many do such work at the same time."""

import asyncio

import pytest

from kubegenie_tui.kube import pace
from kubegenie_tui.kube.pace import SLICE_SECONDS, paced

ITEM_SECONDS = SLICE_SECONDS / 40


class Clock:
    """Goes on only when work is done."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.mark.parametrize("together", [1, 2, 8])
async def test_others_wait_for_a_slice_however_many_work(monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    clock, gaps = Clock(), list[float]()
    monkeypatch.setattr(pace, "time", clock)

    async def work() -> int:
        done = 0
        async for _ in paced(range(400)):
            clock.now += ITEM_SECONDS
            done += 1
        return done

    async def others() -> None:
        while True:
            before = clock.now
            await asyncio.sleep(0)
            gaps.append(clock.now - before)

    waiting = asyncio.create_task(others())
    assert await asyncio.gather(*(work() for _ in range(together))) == [400] * together
    waiting.cancel()
    begun = gaps[together:]
    assert len(begun) > 8
    assert max(begun) <= 1.5 * SLICE_SECONDS
