"""Rules 11 to 20 of a reflector: what it does about servers, connections and objects that are not as they should be."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import Forbidden, NotFound, Refused, ServerFailed, Throttled, TimedOut, Unauthorized
from kubegenie_tui.domain.live import Changes, Phase
from kubegenie_tui.kube.backoff import Backoff
from kubegenie_tui.kube.rows.publisher import INTERVAL
from kubegenie_tui.kube.watch.gate import ClusterGate
from kubegenie_tui.kube.watch.reflector import Reflector
from kubegenie_tui.kube.watch.sync_memory import SyncMemory
from tests.unit.agents.fakes import FakeClock
from tests.unit.kube.fake_api import FakeApi, Fault
from tests.unit.kube.loopback import client_of, refusal
from tests.unit.kube.reflecting import PODS, SECRETS, WIDGETS, is_live, let_pass, names, reflecting, until

SECRET_VALUE = "aHVudGVyMg=="


def filled(count: int = 3, minor: str = "30", **how: Any) -> FakeApi:
    api = FakeApi(minor=minor, **how)
    for number in range(count):
        api.put(f"pod-{number}")
    return api


HANG_UPS = 2
"""How often in a row: the HTTP client tries a GET once more by itself."""


async def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def failing(code: int, reason: str, headers: dict[str, str] | None = None) -> Fault:
    def answer(_: web.Request) -> web.Response:
        response = refusal(code, reason, "as told")
        response.headers.update(headers or {})
        return response

    return answer


@asynccontextmanager
async def watching(api: FakeApi, clock: FakeClock, **how: Any) -> AsyncIterator[Reflector]:
    """A reflector that has come as far as its watch."""
    async with reflecting(api, clock=clock, **how) as reflector:
        await until(lambda: api.streams)
        await let_pass(clock, 400)
        yield reflector


def was_asked(api: FakeApi, times: int) -> bool:
    return len(api.asked) == times


def has_version(reflector: Reflector, uid: str, version: str) -> bool:
    return reflector.live.rows[uid].version == version


FAULTS = [
    (failing(429, "TooManyRequests", {"Retry-After": "7"}), Throttled, 7.0),
    (failing(500, "InternalError"), ServerFailed, 0.8),
    (failing(503, "ServiceUnavailable", {"Retry-After": "3"}), ServerFailed, 3.0),
    (hang_up, Refused, 0.8),
]


@pytest.mark.parametrize(("fault", "error", "wait"), FAULTS)
async def test_rule_11_a_passing_fault_is_waited_out_and_the_watch_goes_on_from_where_it_was(
    fault: Fault, error: type[Exception], wait: float
) -> None:
    api, clock = filled(), FakeClock()
    async with watching(api, clock) as reflector:
        api.put("pod-3")
        await api.catch_up()
        await until(lambda: "pod-3" in names(reflector.live))
        api.faults += [fault] * (HANG_UPS if fault is hang_up else 1)
        await api.end_watches()
        await until(lambda: reflector.live.state.error is not None)
        state = reflector.live.state
        assert state.phase is Phase.STALE
        assert isinstance(state.error, error)
        assert state.retry_at - clock.now() == pytest.approx(wait)
        asked = len(api.asked)
        await let_pass(clock, wait - 0.1)
        assert len(api.asked) == asked
        await let_pass(clock, 0.2)
        await until(is_live(reflector))
    assert api.queries()[-1]["resourceVersion"] == str(api.version)
    assert ["watch" in query for query in api.queries()].count(False) == 1


async def test_rule_12_unauthorized_is_shown_and_tried_again() -> None:
    api, clock = filled(), FakeClock()
    async with watching(api, clock) as reflector:
        api.faults.append(failing(401, "Unauthorized"))
        await api.end_watches()
        await until(lambda: isinstance(reflector.live.state.error, Unauthorized))
        assert len(reflector.live.rows) == 3
        await let_pass(clock, 1)
        await until(is_live(reflector))


async def test_rule_12_forbidden_is_said_and_tried_again_slowly() -> None:
    api, clock = filled(), FakeClock()
    api.faults += [failing(403, "Forbidden")] * 2
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: reflector.live.state.phase is Phase.DENIED)
        assert isinstance(reflector.live.state.error, Forbidden)
        assert reflector.live.state.error.verb == "list"
        assert reflector.live.state.retry_at == clock.now() + 60
        await let_pass(clock, 59)
        assert len(api.queries()) == 1
        await let_pass(clock, 2)
        await until(lambda: len(api.queries()) == 2)
        await let_pass(clock, 61)
        await until(is_live(reflector))


async def test_rule_12_a_kind_that_is_no_longer_served_has_no_rows() -> None:
    api, clock = filled(), FakeClock()
    async with watching(api, clock) as reflector:
        api.faults += [failing(404, "NotFound")]
        await api.end_watches()
        await until(lambda: reflector.live.state.phase is Phase.GONE)
        assert isinstance(reflector.live.state.error, NotFound)
        assert not reflector.live.rows
        await let_pass(clock, 61)
        await until(is_live(reflector))
        assert len(reflector.live.rows) == 3


@pytest.mark.parametrize("minor", ["30", "37"])
async def test_rule_12_a_server_that_makes_no_tables_is_asked_for_metadata(minor: str) -> None:
    api = filled(minor=minor, path="/apis/example.com/v1/widgets", kind="Widget")
    api.faults.append(failing(406, "NotAcceptable"))
    async with reflecting(api, WIDGETS, clock=FakeClock()) as reflector:
        await until(is_live(reflector))
        assert names(reflector.live) == {"pod-0", "pod-1", "pod-2"}
        assert reflector.live.columns == ()


async def test_rule_12_a_server_that_ignores_the_wish_for_tables_is_asked_for_metadata() -> None:
    api = filled(path="/apis/example.com/v1/widgets", kind="Widget")
    api.makes_tables = False
    async with reflecting(api, WIDGETS, clock=FakeClock()) as reflector:
        await until(is_live(reflector))
        assert names(reflector.live) == {"pod-0", "pod-1", "pod-2"}


def test_rule_13_delays_double_up_to_half_a_minute_and_are_forgotten_after_two() -> None:
    clock = FakeClock()
    backoff = Backoff(clock)
    assert [backoff.next() for _ in range(8)] == pytest.approx([0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30])
    clock.time += 121
    assert backoff.next() == pytest.approx(0.8)


def test_rule_13_chance_makes_delays_up_to_twice_as_long() -> None:
    assert Backoff(FakeClock(0.5)).next() == pytest.approx(1.2)


async def test_rule_13_of_many_reflectors_one_knocks_at_a_server_that_is_down() -> None:
    api, clock, mode = filled(), FakeClock(), SyncMemory()
    gate = ClusterGate(clock)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(client_of(await stack.enter_async_context(api.serving())))
        reflectors = [Reflector(client, PODS, "", mode=mode, gate=gate, clock=clock) for _ in range(30)]
        tasks = [asyncio.create_task(reflector.run()) for reflector in reflectors]
        await until(lambda: len(api.streams) == 30)
        asked = len(api.asked)
        api.faults += [hang_up] * HANG_UPS * 3
        await api.cut_watches()
        await until(lambda: all(each.live.state.phase is Phase.STALE for each in reflectors))
        for knocks, delay in ((1, 0.9), (2, 0.9), (3, 1.7)):
            await let_pass(clock, delay)
            await until(partial(was_asked, api, asked + knocks * HANG_UPS))
        assert all(each.live.state.phase is Phase.STALE for each in reflectors)
        await let_pass(clock, 4)
        await until(lambda: len(api.streams) == 30)
        await until(lambda: all(each.live.state.phase is Phase.LIVE for each in reflectors))
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_rule_14_a_watch_that_is_silent_though_it_had_bookmarks_is_opened_anew() -> None:
    api, clock = filled(), FakeClock()
    async with watching(api, clock) as reflector:
        await api.bookmark()
        api.put("pod-3")
        await api.catch_up()
        await until(lambda: "pod-3" in names(reflector.live))
        watches = len(api.queries())
        await let_pass(clock, 89)
        assert len(api.queries()) == watches
        await let_pass(clock, 2)
        await until(lambda: isinstance(reflector.live.state.error, TimedOut))
        await let_pass(clock, 1)
        await until(lambda: len(api.queries()) == watches + 1 and is_live(reflector)())
    assert api.queries()[-1]["resourceVersion"] == "104"


async def test_rule_14_a_silent_server_is_asked_whether_it_is_there() -> None:
    api, clock = filled(), FakeClock()
    async with watching(api, clock) as reflector:
        watches = len(api.queries())
        await let_pass(clock, 91)
        await until(lambda: api.asked[-1].path == "/readyz")
        assert reflector.live.state.phase is Phase.LIVE
    assert len(api.queries()) == watches


async def test_rule_14_the_idle_limit_is_a_little_longer_than_the_server_s() -> None:
    class Client:
        limit: float | None = None

        async def get(self, *_: Any, **__: Any) -> bytes:
            return b'{"major":"1","minor":"37"}'

        def stream(self, *_: Any, idle_timeout: float | None, **__: Any) -> Any:
            self.limit = idle_timeout
            raise Refused("enough seen")

    client, clock = Client(), FakeClock()
    task = asyncio.create_task(Reflector(client, PODS, mode=SyncMemory(), gate=ClusterGate(clock), clock=clock).run())
    await until(lambda: client.limit is not None)
    task.cancel()
    await asyncio.wait({task})
    assert client.limit == 315


async def test_rule_15_an_object_that_is_not_as_its_kind_should_be_is_left_out_and_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    api, clock = filled(), FakeClock()
    api.put("odd", status={"containerStatuses": "none at all, and a password"})
    async with watching(api, clock) as reflector:
        assert names(reflector.live) == {"pod-0", "pod-1", "pod-2"}
        api.put("odder", spec={"containers": 7})
        last = api.put("fine")
        await api.catch_up()
        await until(lambda: "fine" in names(reflector.live))
        await api.streams[0].raw(b'nonsense\n{"type":"MODIFIED"}\n')
        await api.end_watches()
        await until(lambda: api.streams)
        assert api.queries()[-1]["resourceVersion"] == last["metadata"]["resourceVersion"]
        assert reflector.skipped == 4
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert "left out pods shop/odd: not as its kind should be" in said
    assert "left out pods shop/odder: not as its kind should be" in said
    assert "password" not in caplog.text


async def test_rule_15_a_version_of_an_object_left_out_is_still_a_place_to_go_on_from() -> None:
    api, clock = filled(), FakeClock()
    async with watching(api, clock) as reflector:
        odd = api.put("odd", spec={"containers": 7})
        await api.catch_up()
        await until(lambda: reflector.skipped)
        await api.end_watches()
        await until(lambda: api.streams)
    assert api.queries()[-1]["resourceVersion"] == odd["metadata"]["resourceVersion"]


async def test_rule_16_versions_are_opaque() -> None:
    api, clock = filled(), FakeClock()
    async with watching(api, clock) as reflector:
        pod = api.put("pod-0", status={"phase": "Running"})
        for version in ("zebra", "7", "aardvark"):
            meta = {**pod["metadata"], "resourceVersion": version}
            await api.streams[0].send("MODIFIED", {**pod, "metadata": meta})
            await until(partial(has_version, reflector, "uid-1", version))
        api.faults.append(lambda _: web.Response(body=b""))
        await api.end_watches()
        await until(lambda: not api.faults)
    assert api.queries()[-1]["resourceVersion"] == "aardvark"


async def test_rule_17_an_object_is_its_name_and_its_uid() -> None:
    api, clock = filled(), FakeClock()
    async with watching(api, clock) as reflector:
        told: list[Changes] = []
        reflector.live.subscribe(told.append)
        stream = api.streams[0]
        meta = {"name": "pod-0", "namespace": "shop", "resourceVersion": "200", "uid": "another"}
        await stream.send("MODIFIED", {"metadata": meta})
        await until(lambda: "another" in reflector.live.rows)
        assert "uid-1" not in reflector.live.rows
        await stream.send("MODIFIED", {"metadata": {**meta, "name": "new", "uid": "new", "resourceVersion": "201"}})
        await stream.send("DELETED", {"metadata": {**meta, "name": "never", "uid": "never", "resourceVersion": "202"}})
        await stream.send("DELETED", {"metadata": {**meta, "uid": "uid-1", "resourceVersion": "203"}})
        await stream.send("ADDED", {"metadata": {**meta, "name": "last", "uid": "last", "resourceVersion": "204"}})
        await until(lambda: "last" in reflector.live.rows and not reflector.live.dirty)
        assert names(reflector.live) == {"pod-0", "pod-1", "pod-2", "new", "last"}
    assert {uid for changes in told for uid in changes.removed} == {"uid-1"}


async def test_rule_18_many_changes_of_one_object_are_told_once() -> None:
    api, clock = filled(), FakeClock()
    async with watching(api, clock) as reflector:
        told: list[Changes] = []
        reflector.live.subscribe(told.append)
        began = asyncio.get_running_loop().time()
        for _ in range(1000):
            api.put("pod-0")
        await api.catch_up()
        await until(lambda: reflector.live.rows["uid-1"].version == str(api.version) and not reflector.live.dirty)
        passed = asyncio.get_running_loop().time() - began
    assert told[-1].upserted["uid-1"].version == str(api.version)
    assert len(told) <= 4 + passed / INTERVAL


class SlowLists(FakeApi):
    """Lists wait until they are released."""

    def __init__(self) -> None:
        super().__init__(minor="30")
        self.going_on = self.most = 0
        self.released = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path != self.path or "watch" in request.query:
            return await super().answer(request)
        self.going_on += 1
        self.most = max(self.most, self.going_on)
        await self.released.wait()
        self.going_on -= 1
        return await super().answer(request)


async def test_rule_19_three_lists_load_at_once() -> None:
    api, clock, mode = SlowLists(), FakeClock(), SyncMemory()
    gate = ClusterGate(clock)
    async with api.serving() as url, client_of(url) as client:
        reflectors = [Reflector(client, PODS, "", mode=mode, gate=gate, clock=clock) for _ in range(8)]
        tasks = [asyncio.create_task(reflector.run()) for reflector in reflectors]
        await until(lambda: api.going_on == 3)
        api.released.set()
        await until(lambda: all(is_live(reflector)() for reflector in reflectors))
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    assert api.most == 3


@pytest.mark.parametrize("minor", ["30", "37"])
@pytest.mark.parametrize("makes_tables", [True, False])
async def test_rule_20_of_secrets_nothing_but_metadata_is_asked_for(minor: str, makes_tables: bool) -> None:
    api = FakeApi("/api/v1/secrets", "Secret", minor)
    api.makes_tables = makes_tables
    api.put("password", data={"value": SECRET_VALUE}, phase="Opaque", size=1)
    async with reflecting(api, SECRETS, clock=FakeClock()) as reflector:
        await until(is_live(reflector))
        api.put("token", data={"value": SECRET_VALUE})
        await until(lambda: api.streams)
        await api.catch_up()
        await until(lambda: len(reflector.live.rows) == 2)
        assert SECRET_VALUE not in repr(reflector.live.rows)
    for request in api.asked:
        if request.path == "/api/v1/secrets":
            assert all(";as=" in wish for wish in request.headers["Accept"].split(","))


async def test_rule_20_managed_fields_are_not_kept() -> None:
    async with watching(filled(), FakeClock()) as reflector:
        assert "managedFields" not in repr(reflector.live.rows)
        assert "somebody" not in repr(reflector.live.rows)
