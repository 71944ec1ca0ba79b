import asyncio

import pytest

from kubegenie_tui.kube.rate_limit import RateLimiter


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_free_then_each_waits_for_its_turn() -> None:
    limiter = RateLimiter(rate=10, burst=3, clock=Clock())
    assert [limiter.reserve() for _ in range(3)] == [0, 0, 0]
    assert [limiter.reserve() for _ in range(3)] == pytest.approx([0.1, 0.2, 0.3])


def test_time_fills_it_up_but_not_beyond_the_burst() -> None:
    clock = Clock()
    limiter = RateLimiter(rate=10, burst=3, clock=clock)
    for _ in range(5):
        limiter.reserve()
    clock.now += 0.3
    assert [limiter.reserve(), limiter.reserve()] == pytest.approx([0, 0.1])
    clock.now += 1000
    assert [limiter.reserve() for _ in range(4)] == pytest.approx([0, 0, 0, 0.1])


async def test_who_gives_up_frees_the_place() -> None:
    limiter = RateLimiter(rate=0.001, burst=1, clock=Clock())
    await limiter.take()
    waiting = asyncio.create_task(limiter.take())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert limiter.reserve() == pytest.approx(1000)


async def test_who_waits_goes_on() -> None:
    limiter = RateLimiter(rate=1000, burst=1)
    async with asyncio.timeout(10):
        await asyncio.gather(*(limiter.take() for _ in range(5)))
