"""Counts without rows: one small list, then a watch of which only the types are read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import Forbidden, NotFound, ServerFailed
from kubegenie_tui.kube.watch.counter import Counter
from kubegenie_tui.kube.watch.gate import ClusterGate
from tests.unit.agents.fakes import FakeClock
from tests.unit.kube.fake_api import FakeApi
from tests.unit.kube.loopback import client_of, refusal
from tests.unit.kube.reflecting import PODS, let_pass, until


def filled(count: int) -> FakeApi:
    api = FakeApi()
    for number in range(count):
        api.put(f"pod-{number}")
    return api


@asynccontextmanager
async def counting(api: FakeApi, clock: FakeClock) -> AsyncIterator[Counter]:
    async with api.serving() as url, client_of(url) as client:
        counter = Counter(client, PODS, gate=ClusterGate(clock), clock=clock)
        task = asyncio.create_task(counter.run())
        try:
            yield counter
        finally:
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled()


@pytest.mark.parametrize("count", [0, 1, 2, 1200])
async def test_one_object_is_listed_and_the_server_tells_how_many_remain(count: int) -> None:
    api = filled(count)
    async with counting(api, FakeClock()) as counter:
        await until(lambda: api.streams)
        assert counter.count == count
    assert [query for query in api.queries() if "watch" not in query] == [{"limit": "1"}]


async def test_a_server_that_does_not_tell_how_many_remain_is_asked_for_all() -> None:
    api = filled(5)
    body = b'{"metadata":{"resourceVersion":"105","continue":"more"},"items":[{}]}'
    api.faults.append(lambda _: web.Response(body=body, content_type="application/json"))
    async with counting(api, FakeClock()) as counter:
        await until(lambda: api.streams)
        assert counter.count == 5


async def test_events_change_the_count_and_are_a_place_to_go_on_from() -> None:
    api, clock = filled(3), FakeClock()
    async with counting(api, clock) as counter:
        await until(lambda: api.streams)
        api.put("pod-9")
        api.put("pod-0")
        api.delete("pod-1")
        api.delete("pod-2")
        await api.catch_up()
        await until(lambda: counter.count == 2)
        await let_pass(clock, 400)
        await api.end_watches()
        await until(lambda: api.streams)
        assert api.queries()[-1]["resourceVersion"] == str(api.version)
    assert all("as=PartialObjectMetadata" in each.headers["Accept"] for each in api.asked if each.path == api.path)


async def test_a_version_too_old_means_counting_anew() -> None:
    api, clock = filled(3), FakeClock()
    async with counting(api, clock) as counter:
        await until(lambda: api.streams)
        await let_pass(clock, 400)
        api.delete("pod-1")
        api.compact()
        watches = len(api.queries())
        api.streams, (stream,) = [], api.streams
        stream.ended.set()
        await until(lambda: len(api.queries()) == watches + 1)
        async with asyncio.timeout(10):
            while counter.count != 2:
                await let_pass(clock, 0)


@pytest.mark.parametrize(
    ("code", "reason", "error", "shown"),
    [(403, "Forbidden", Forbidden, None), (404, "NotFound", NotFound, None), (500, "InternalError", ServerFailed, 3)],
)
async def test_a_count_that_may_not_be_known_is_not_shown(
    code: int, reason: str, error: type[Exception], shown: int | None
) -> None:
    api, clock = filled(3), FakeClock()
    async with counting(api, clock) as counter:
        await until(lambda: api.streams)
        await let_pass(clock, 400)
        api.faults += [lambda _: refusal(code, reason, "as told")] * 2
        await api.end_watches()
        await until(lambda: isinstance(counter.error, error))
        await let_pass(clock, 61)
        await until(lambda: isinstance(counter.error, error) and not api.faults)
        assert counter.count == shown
        await let_pass(clock, 61)
        await until(lambda: counter.error is None and counter.count == 3)
