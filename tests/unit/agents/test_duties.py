import asyncio

from kubegenie_tui.agents.duties import Duties
from tests.unit.agents.fakes import settle


class Work:
    def __init__(self) -> None:
        self.runs = 0
        self.go_on = asyncio.Event()
        self.failure: Exception | None = None
        self.cancelled = False

    async def __call__(self) -> None:
        self.runs += 1
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if self.failure:
            raise self.failure


async def test_a_duty_runs_until_it_is_stopped() -> None:
    duties, work = Duties(lambda: None), Work()
    duties.start("watch", work)
    duties.start("watch", work)
    await settle()
    assert (work.runs, "watch" in duties) == (1, True)
    duties.stop("watch")
    await settle()
    assert (work.cancelled, "watch" in duties, duties.failures) == (True, False, {})


async def test_a_duty_that_returns_is_done() -> None:
    told: list[str] = []
    duties, work = Duties(lambda: told.append("failed")), Work()
    duties.start("ask", work)
    work.go_on.set()
    await settle()
    assert ("ask" in duties, told) == (False, [])
    duties.start("ask", work)
    await settle()
    assert work.runs == 2


async def test_a_failed_duty_is_told_and_can_be_started_again() -> None:
    told: list[str] = []
    duties, work = Duties(lambda: told.append("failed")), Work()
    work.failure = ValueError("broken")
    duties.start("ask", work)
    work.go_on.set()
    await settle()
    assert (told, duties.failures) == (["failed"], {"ask": work.failure})
    work.go_on.clear()
    duties.restart_failed()
    await settle()
    assert (work.runs, duties.failures, "ask" in duties) == (2, {}, True)
    await duties.close()


async def test_a_stopped_failure_is_forgotten() -> None:
    duties, work = Duties(lambda: None), Work()
    work.failure = ValueError("broken")
    duties.start("ask", work)
    work.go_on.set()
    await settle()
    duties.stop("ask")
    duties.restart_failed()
    await settle()
    assert (work.runs, duties.failures) == (1, {})


async def test_stopped_and_started_at_once_runs_anew() -> None:
    duties, first, second = Duties(lambda: None), Work(), Work()
    duties.start("watch", first)
    await settle()
    duties.stop("watch")
    duties.start("watch", second)
    await settle()
    assert (first.cancelled, second.runs, "watch" in duties) == (True, 1, True)
    await duties.close()
    assert second.cancelled
    assert "watch" not in duties
