import asyncio
from collections.abc import AsyncIterator

import pytest

from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.agents.leases import LeasePool, Scope
from tests.unit.agents.fakes import FakeClock, settle

PODS = Scope("pods")


class FakeRunner:
    def __init__(self) -> None:
        self.running = 0

    async def run(self) -> None:
        self.running += 1
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.running -= 1


@pytest.fixture
async def duties() -> AsyncIterator[Duties]:
    duties = Duties(lambda: None)
    yield duties
    await duties.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def needed() -> set[Scope]:
    return set()


@pytest.fixture
async def pool(duties: Duties, clock: FakeClock, needed: set[Scope]) -> AsyncIterator[LeasePool[FakeRunner]]:
    pool: LeasePool[FakeRunner] = LeasePool("watch", duties, needed.__contains__, clock=clock)
    yield pool
    pool.clear()


Pool = LeasePool[FakeRunner]


async def test_one_runs_however_many_hold_it(pool: Pool) -> None:
    first, second = pool.take(PODS, FakeRunner), pool.take(PODS, FakeRunner)
    other = pool.take(Scope("pods", "shop"), FakeRunner)
    await settle()
    assert first is second
    assert other is not first
    assert (first.running, pool.held) == (1, {PODS, Scope("pods", "shop")})


async def test_it_stops_five_minutes_after_the_last_let_go(pool: Pool, clock: FakeClock) -> None:
    runner = pool.take(PODS, FakeRunner)
    pool.take(PODS, FakeRunner)
    await settle()
    pool.give_back(PODS)
    await clock.advance(1000)
    assert runner.running == 1
    pool.give_back(PODS)
    await settle()
    await clock.advance(299)
    assert (pool.held, pool.get(PODS), runner.running) == (set(), runner, 1)
    await clock.advance(1)
    assert (pool.get(PODS), runner.running) == (None, 0)


async def test_taken_again_in_time_it_goes_on(pool: Pool, clock: FakeClock) -> None:
    runner = pool.take(PODS, FakeRunner)
    pool.give_back(PODS)
    await clock.advance(299)
    assert pool.take(PODS, FakeRunner) is runner
    await clock.advance(1000)
    assert runner.running == 1


async def test_what_is_still_needed_is_not_stopped(pool: Pool, clock: FakeClock, needed: set[Scope]) -> None:
    runner = pool.take(PODS, FakeRunner)
    needed.add(PODS)
    pool.give_back(PODS)
    await settle()
    await clock.advance(300)
    assert runner.running == 1
    needed.clear()
    await clock.advance(300)
    assert runner.running == 0


async def test_clear_stops_what_is_held(pool: Pool) -> None:
    runner = pool.take(PODS, FakeRunner)
    await settle()
    pool.clear()
    await settle()
    assert runner.running == 0
    pool.give_back(PODS)
    assert pool.get(PODS) is None
