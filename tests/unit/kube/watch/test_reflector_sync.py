"""Rules 1 to 10 of a reflector: how rows come to equal what the server has, and go on to."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web

from kubegenie_tui.domain.live import Changes, Phase
from kubegenie_tui.kube.watch.sync_memory import SyncMemory
from tests.unit.agents.fakes import FakeClock
from tests.unit.kube.fake_api import FakeApi, Fault, status
from tests.unit.kube.loopback import refusal
from tests.unit.kube.reflecting import is_live, names, reflecting, until

WATCH_LIST = {
    "watch": "1",
    "sendInitialEvents": "true",
    "resourceVersionMatch": "NotOlderThan",
    "allowWatchBookmarks": "true",
    "timeoutSeconds": "300",
}


def filled(count: int = 3, minor: str = "37") -> FakeApi:
    api = FakeApi(minor=minor)
    for number in range(count):
        api.put(f"pod-{number}")
    return api


@pytest.mark.parametrize(
    ("minor", "first"), [("34", WATCH_LIST), ("37+", WATCH_LIST), ("33", {"resourceVersion": "0"})]
)
async def test_rule_1_the_server_s_version_decides_between_initial_events_and_a_list(
    minor: str, first: dict[str, str]
) -> None:
    api = filled(minor=minor)
    async with reflecting(api, clock=FakeClock()) as reflector:
        await until(is_live(reflector))
        assert names(reflector.live) == {"pod-0", "pod-1", "pod-2"}
    assert api.queries()[0] == first
    if first is not WATCH_LIST:
        assert not any("sendInitialEvents" in query for query in api.queries())


async def test_rule_1_the_version_is_asked_for_once_a_cluster() -> None:
    api, mode = filled(), SyncMemory()
    for _ in range(2):
        async with reflecting(api, clock=FakeClock(), mode=mode) as reflector:
            await until(is_live(reflector))
    assert [request.path for request in api.asked].count("/version") == 1


async def test_rule_2_only_the_marked_bookmark_ends_the_initial_events_and_the_stream_goes_on() -> None:
    api = filled()
    api.sends_bookmark = False
    async with reflecting(api, clock=FakeClock()) as reflector:
        await until(lambda: len(reflector.live.rows) == 3)
        await api.streams[0].send("BOOKMARK", {"metadata": {"resourceVersion": "103"}})
        api.put("pod-3")
        await api.streams[0].send("ADDED", api.objects["shop", "pod-3"])
        await until(lambda: len(reflector.live.rows) == 4)
        assert reflector.live.state.phase is Phase.LOADING
        end = {"resourceVersion": "104", "annotations": {"k8s.io/initial-events-end": "true"}}
        await api.streams[0].send("BOOKMARK", {"metadata": end})
        await until(is_live(reflector))
        api.streams[0].since = api.version
        api.delete("pod-0")
        await api.catch_up()
        await until(lambda: names(reflector.live) == {"pod-1", "pod-2", "pod-3"})
    assert len(api.queries()) == 1


def no_watch_list(api: FakeApi) -> None:
    api.has_watch_list = False


def bad_request(api: FakeApi) -> None:
    api.faults.append(lambda _: refusal(400, "BadRequest", "unknown parameter"))


def error_event(api: FakeApi) -> None:
    failure = status(500, "InternalError", "RequestWatchProgress is disabled")
    api.faults.append(lambda _: web.Response(body=json.dumps({"type": "ERROR", "object": failure}).encode() + b"\n"))


def end_of_stream(api: FakeApi) -> None:
    line = {"type": "ADDED", "object": api.objects["shop", "pod-0"]}
    api.faults.append(lambda _: web.Response(body=json.dumps(line).encode() + b"\n"))


@pytest.mark.parametrize("fault", [no_watch_list, bad_request, error_event, end_of_stream])
async def test_rule_3_a_server_without_watch_list_is_listed_and_remembered(fault: Any) -> None:
    api, mode = filled(), SyncMemory()
    fault(api)
    for _ in range(2):
        async with reflecting(api, clock=FakeClock(), mode=mode) as reflector:
            await until(is_live(reflector))
            assert len(reflector.live.rows) == 3
    queries = api.queries()
    assert queries[1] == {"resourceVersion": "0"}
    assert sum("sendInitialEvents" in query for query in queries) == 1


async def test_rule_3_no_bookmark_in_60_seconds_means_no_watch_list() -> None:
    api, clock = filled(), FakeClock()
    api.sends_bookmark = False
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: len(reflector.live.rows) == 3)
        assert reflector.live.state.phase is Phase.LOADING
        await clock.advance(59)
        assert len(api.queries()) == 1
        await clock.advance(2)
        await until(is_live(reflector))
    assert api.queries()[1] == {"resourceVersion": "0"}


async def test_rule_4_the_first_list_is_unpaged_and_from_the_cache() -> None:
    api = filled(1200, minor="30")
    async with reflecting(api, clock=FakeClock()) as reflector:
        await until(is_live(reflector))
        assert len(reflector.live.rows) == 1200
    assert [query for query in api.queries() if "watch" not in query] == [{"resourceVersion": "0"}]


def too_old(_: web.Request) -> web.Response:
    return refusal(410, "Expired", "too old")


def let_through(_: web.Request) -> None:
    return None


async def lists_after(api: FakeApi, *faults: Fault) -> list[dict[str, str]]:
    """The lists that are asked for after a watch that ended, when faults then happen one after the other."""
    clock = FakeClock()
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: api.streams)
        before = len(api.asked)
        api.faults += faults
        await clock.advance(400)
        await api.end_watches()
        await until(lambda: not api.faults and api.streams and is_live(reflector)())
        assert names(reflector.live) == {name for _, name in api.objects}
    queries = [dict(request.query) for request in api.asked[before:]]
    return [query for query in queries if "watch" not in query]


async def test_rule_4_a_list_of_the_newest_comes_in_pages() -> None:
    lists = await lists_after(filled(1200, minor="30"), too_old, too_old)
    assert lists[0] == {"resourceVersion": "1300"}
    assert [(query["limit"], "continue" in query) for query in lists[1:]] == [
        ("500", False),
        ("500", True),
        ("500", True),
    ]
    assert all("resourceVersion" not in query for query in lists[1:])


async def test_rule_5_a_continue_that_is_too_old_means_one_list_in_one_piece() -> None:
    lists = await lists_after(filled(1200, minor="30"), too_old, too_old, let_through, too_old)
    assert [sorted(query) for query in lists] == [["resourceVersion"], ["limit"], ["continue", "limit"], []]


async def test_rule_6_a_watch_goes_on_from_the_list_and_asks_for_bookmarks_and_an_end() -> None:
    api = filled(minor="30")
    api.version = 500
    clock = FakeClock()
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: is_live(reflector)() and api.streams)
        assert api.queries()[1] == {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": "500",
            "timeoutSeconds": "300",
        }


async def test_rule_6_watches_end_between_300_and_600_seconds_by_chance() -> None:
    api = filled(minor="30")
    for chance in (0.0, 0.5, 0.999):
        async with reflecting(api, clock=FakeClock(chance)):
            await until(lambda: api.streams)
        api.streams.clear()
    watches = [query for query in api.queries() if "watch" in query]
    assert [query["timeoutSeconds"] for query in watches] == ["300", "450", "599"]


async def test_rule_7_every_event_and_every_bookmark_is_a_place_to_go_on_from() -> None:
    api, clock = filled(minor="30"), FakeClock()
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: api.streams)
        api.put("pod-9")
        await api.catch_up()
        await until(lambda: "pod-9" in names(reflector.live))
        await api.end_watches()
        await until(lambda: api.streams)
        assert api.queries()[-1]["resourceVersion"] == str(api.version)
        api.version = 900
        await api.bookmark()
        await api.end_watches()
        await until(lambda: api.queries()[-1]["resourceVersion"] == "900")


async def test_rule_8_a_watch_that_ends_properly_goes_on_at_once_without_a_list() -> None:
    api, clock = filled(minor="30"), FakeClock()
    async with reflecting(api, clock=clock) as reflector:
        for _ in range(3):
            await until(lambda: api.streams)
            await clock.advance(301)
            await api.end_watches()
        await until(lambda: api.streams)
        assert reflector.live.state.phase is Phase.LIVE
    assert ["watch" in query for query in api.queries()] == [False, True, True, True, True]


async def test_rule_8_a_watch_that_ends_as_it_begins_is_a_failure_to_wait_after() -> None:
    api, clock = filled(minor="30"), FakeClock()
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: api.streams)
        await api.end_watches()
        await until(lambda: reflector.live.state.phase is Phase.STALE)
        assert reflector.live.state.retry_at == pytest.approx(clock.now() + 0.8)
        await clock.advance(0.9)
        await until(is_live(reflector))
    assert ["watch" in query for query in api.queries()] == [False, True, True]


@pytest.mark.parametrize("in_stream", [True, False])
async def test_rule_9_a_version_too_old_means_a_list_not_older_than_it(in_stream: bool) -> None:
    api, clock = filled(minor="30"), FakeClock()
    api.expires_in_stream = in_stream
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: api.streams)
        api.delete("pod-1")
        api.put("pod-7")
        api.compact()
        await clock.advance(400)
        await api.end_watches()
        await until(lambda: names(reflector.live) == {"pod-0", "pod-2", "pod-7"})
        await until(lambda: api.streams)
    assert api.queries()[3] == {"resourceVersion": "103"}


async def test_rule_9_a_version_the_server_has_not_reached_means_a_list_of_the_newest() -> None:
    api, clock = filled(minor="30"), FakeClock()
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: api.streams)
        api.faults.append(lambda _: refusal(410, "Expired", "too old"))
        api.version = 50
        await clock.advance(400)
        await api.end_watches()
        await until(lambda: api.streams and is_live(reflector)())
    assert [query.get("resourceVersion", "") for query in api.queries()[2:5]] == ["103", "103", ""]


async def test_rule_10_a_new_list_replaces_without_blanking_and_tells_only_what_changed() -> None:
    api, clock = filled(minor="30"), FakeClock()
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: api.streams)
        told: list[Changes] = []
        fewest = 3

        def note(changes: Changes) -> None:
            nonlocal fewest
            told.append(changes)
            fewest = min(fewest, len(reflector.live.rows))

        reflector.live.subscribe(note)
        changed = api.put("pod-1", status={"phase": "Failed"})
        gone = api.objects["shop", "pod-2"]
        api.delete("pod-2")
        api.compact()
        await clock.advance(400)
        await api.end_watches()
        await until(lambda: names(reflector.live) == {"pod-0", "pod-1"} and api.streams)
        await until(lambda: not reflector.live.dirty)
    assert {uid for changes in told for uid in changes.upserted} == {changed["metadata"]["uid"]}
    assert {uid for changes in told for uid in changes.removed} == {gone["metadata"]["uid"]}
    assert fewest == 2


async def test_rule_10_rows_are_stale_not_gone_while_the_server_is_lost() -> None:
    api, clock = filled(minor="30"), FakeClock()
    async with reflecting(api, clock=clock) as reflector:
        await until(lambda: api.streams)
        began = clock.now()
        await clock.advance(100)
        api.faults += [cut] * 2
        await api.cut_watches()
        await until(lambda: reflector.live.state.phase is Phase.STALE)
        await clock.advance(0.9)
        assert len(reflector.live.rows) == 3
        assert reflector.live.state.error is not None
        assert reflector.live.state.since == began + 100
        for _ in range(4):
            await clock.advance(5)
        await until(is_live(reflector))
    assert ["watch" in query for query in api.queries()].count(False) == 1


async def cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    await asyncio.sleep(0)
    return web.Response()
