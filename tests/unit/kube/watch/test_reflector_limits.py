"""How often and how long a reflector tries: failures in a row, rights that lack, kinds that cannot be watched."""

import asyncio

import msgspec
import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import Expired, Forbidden, ServerFailed, Throttled
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.kube.watch.liveness import SILENCE
from kubegenie_tui.kube.watch.recovery import SLOW
from kubegenie_tui.kube.watch.reflector import POLL_SECONDS
from tests.unit.agents.fakes import FakeClock
from tests.unit.kube.fake_api import FakeApi, Fault, status
from tests.unit.kube.loopback import refusal
from tests.unit.kube.reflecting import PODS, is_live, let_pass, names, reflecting, until


def filled(count: int = 3, minor: str = "37") -> FakeApi:
    api = FakeApi(minor=minor)
    for number in range(count):
        api.put(f"pod-{number}")
    return api


def failing(code: int, reason: str) -> Fault:
    return lambda _: refusal(code, reason, "as told")


def telling(code: int, reason: str) -> Fault:
    """The stream opens well, and its first event is an ERROR."""
    event = msgspec.json.encode({"type": "ERROR", "object": status(code, reason, "as told")})
    return lambda _: web.Response(body=event + b"\n")


PASSING = {
    "throttled": failing(429, "TooManyRequests"),
    "failed": failing(500, "InternalError"),
    "expired": failing(410, "Expired"),
    "throttled in the stream": telling(429, "TooManyRequests"),
    "expired in the stream": telling(410, "Expired"),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
async def test_rule_3_a_passing_fault_says_nothing_against_watch_list(fault: Fault) -> None:
    api, clock = filled(), FakeClock()
    api.faults.append(fault)
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: reflector.live.state.error or is_live(reflector)())
        await let_pass(clock, 2)
        await until(is_live(reflector))
        assert names(reflector.live) == {"pod-0", "pod-1", "pod-2"}
    assert all("sendInitialEvents" in query for query in api.queries())


@pytest.mark.parametrize(("minor", "refusals"), [("30", 1 + 2 + 2), ("37", 1 + 1 + 1)])
async def test_rule_9_the_third_expiry_in_a_row_is_waited_after(minor: str, refusals: int) -> None:
    """A list of the newest is tried in pages and in one piece."""
    api, clock = filled(minor=minor), FakeClock()
    api.faults += [failing(410, "Expired")] * refusals
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: isinstance(reflector.live.state.error, Expired))
        assert reflector.live.state.retry_at == pytest.approx(clock.now() + 0.8)
        assert not api.faults
        await let_pass(clock, 1)
        await until(is_live(reflector))


async def test_rule_11_a_watch_that_fails_five_times_is_listed_anew() -> None:
    api, clock = filled(minor="30"), FakeClock()
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: api.streams)
        await let_pass(clock, 400)
        asked = len(api.queries())
        api.delete("pod-1")
        api.faults += [failing(500, "InternalError")] * 5
        await api.end_watches()
        for number in range(5):
            await until(lambda number=number: len(api.queries()) == asked + number + 1)  # type: ignore[misc]
            await until(lambda: isinstance(reflector.live.state.error, ServerFailed))
            await let_pass(clock, 30)
        await until(is_live(reflector))
        assert names(reflector.live) == {"pod-0", "pod-2"}
    listed = ["watch" not in query for query in api.queries()[asked:]]
    assert listed == [False, False, False, False, False, True, False]


async def test_rule_11_a_list_that_is_throttled_waits_as_it_is_told() -> None:
    api, clock = filled(minor="30"), FakeClock()
    api.faults.append(lambda _: refusal(429, "TooManyRequests", "slow down", retryAfterSeconds=9))
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: isinstance(reflector.live.state.error, Throttled))
        assert reflector.live.state.phase is Phase.LOADING
        await let_pass(clock, 8.9)
        assert len(api.queries()) == 1
        await let_pass(clock, 0.2)
        await until(is_live(reflector))


class ListsOnly(FakeApi):
    """Who asks may list but not watch."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if "watch" in request.query:
            self.asked.append(request)
            return refusal(403, "Forbidden", "cannot watch")
        return await super().answer(request)


@pytest.mark.parametrize("minor", ["30", "37"])
async def test_rule_12_who_may_list_but_not_watch_sees_rows_that_are_read_anew_slowly(minor: str) -> None:
    api, clock = ListsOnly(minor=minor), FakeClock()
    api.put("pod-0")
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: isinstance(reflector.live.state.error, Forbidden))
        assert reflector.live.state.phase is Phase.STALE
        assert reflector.live.state.error is not None
        assert names(reflector.live) == {"pod-0"}
        api.put("pod-1")
        await let_pass(clock, SLOW + 1)
        await until(lambda: len(reflector.live.rows) == 2)
        await until(lambda: reflector.live.state.phase is Phase.STALE)
    lists = [query for query in api.queries() if "watch" not in query]
    assert len(lists) == 2


async def test_a_kind_that_cannot_be_watched_is_listed_every_half_minute() -> None:
    api, clock = filled(), FakeClock()
    kind = msgspec.structs.replace(PODS, verbs=frozenset({"list"}))
    async with reflecting(api, kind, clock=clock) as reflector:
        await until(is_live(reflector))
        api.delete("pod-0")
        await let_pass(clock, POLL_SECONDS - 1)
        assert len(api.queries()) == 1
        await let_pass(clock, 2)
        await until(lambda: names(reflector.live) == {"pod-1", "pod-2"})
        assert reflector.live.state.phase is Phase.LIVE
    assert not any("watch" in query for query in api.queries())


class Unready(FakeApi):
    """Hangs up when it is asked whether it is there."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/readyz":
            assert request.transport is not None
            request.transport.abort()
        return await super().answer(request)


async def test_rule_14_a_silent_watch_on_a_server_that_does_not_answer_is_opened_anew() -> None:
    api, clock = Unready(minor="30"), FakeClock()
    api.put("pod-0")
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: api.streams)
        watches = len(api.queries())
        await until(is_live(reflector))
        async with asyncio.timeout(10):
            while reflector.live.state.phase is Phase.LIVE:
                await let_pass(clock, SILENCE + 1)
        await let_pass(clock, 2)
        await until(lambda: len(api.queries()) == watches + 1 and is_live(reflector)())
    assert "watch" in api.queries()[-1]
