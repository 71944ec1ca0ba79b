"""Faults on order: each makes the next matching request fail in its way, and no other."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.world.world import World

PODS = "/api/v1/pods"


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    """Two clusters without anything in them."""
    async with DemoServer([World(Cluster("one")), World(Cluster("two"))], ticking=False) as started:
        yield started


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as opened:
        yield opened


async def ask(session: aiohttp.ClientSession, url: str, **query: str) -> tuple[int, Any, Any]:
    async with session.get(url, params=query) as answer:
        return answer.status, json.loads(await answer.read()), answer.headers


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (410, "Expired"),
        (429, "TooManyRequests"),
        (500, "InternalError"),
        (503, "ServiceUnavailable"),
        (504, "Timeout"),
    ],
)
async def test_a_status(server: DemoServer, session: aiohttp.ClientSession, status: int, reason: str) -> None:
    server.inject(Fault(status=status))
    code, body, _ = await ask(session, server.url("one") + PODS)
    assert (code, body["kind"], body["status"], body["code"]) == (status, "Status", "Failure", status)
    assert body["reason"] == reason
    assert (await ask(session, server.url("one") + PODS))[0] == 200


async def test_words_of_ones_own(server: DemoServer, session: aiohttp.ClientSession) -> None:
    server.inject(Fault(status=500, message="the disk is full"))
    assert (await ask(session, server.url("one") + PODS))[1]["message"] == "the disk is full"


async def test_when_to_come_again(server: DemoServer, session: aiohttp.ClientSession) -> None:
    server.inject(Fault(status=429, retry_after=7))
    _, body, headers = await ask(session, server.url("one") + PODS)
    assert headers["Retry-After"] == "7"
    assert body["details"]["retryAfterSeconds"] == 7


async def test_which_requests_are_hit(server: DemoServer, session: aiohttp.ClientSession) -> None:
    server.inject(Fault(status=500, cluster="two", path=r"/nodes\b.*limit=3", count=2))
    one, two = server.url("one"), server.url("two")
    assert (await ask(session, f"{one}/api/v1/nodes", limit="3"))[0] == 200
    assert (await ask(session, two + PODS))[0] == 200
    assert (await ask(session, f"{two}/api/v1/nodes", limit="4"))[0] == 200
    assert [(await ask(session, f"{two}/api/v1/nodes", limit="3"))[0] for _ in range(3)] == [500, 500, 200]


async def test_writes_only(server: DemoServer, session: aiohttp.ClientSession) -> None:
    server.inject(Fault(status=500, method="POST", count=-1))
    assert (await ask(session, server.url("one") + PODS))[0] == 200
    for _ in range(2):
        async with session.post(server.url("one") + "/api/v1/namespaces", json={"metadata": {"name": "x"}}) as answer:
            assert answer.status == 500
    server.faults.clear()
    async with session.post(server.url("one") + "/api/v1/namespaces", json={"metadata": {"name": "x"}}) as answer:
        assert answer.status == 201


async def test_a_slow_answer_holds_up_no_other(server: DemoServer, session: aiohttp.ClientSession) -> None:
    server.inject(Fault(delay=60, path="/nodes"))
    slow = asyncio.create_task(ask(session, f"{server.url('one')}/api/v1/nodes"))
    assert (await ask(session, server.url("one") + PODS))[0] == 200
    assert not slow.done()
    server.faults.clear()
    assert (await slow)[0] == 200


async def test_slow_but_right(server: DemoServer, session: aiohttp.ClientSession) -> None:
    server.inject(Fault(delay=0.01))
    assert (await ask(session, server.url("one") + PODS))[0] == 200


async def test_a_body_that_is_cut(server: DemoServer, session: aiohttp.ClientSession) -> None:
    server.inject(Fault(cut_after=20))
    async with session.get(server.url("one") + PODS) as answer:
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_a_watch_that_is_cut(server: DemoServer, session: aiohttp.ClientSession) -> None:
    server.cluster("one").create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}})
    server.inject(Fault(path="watch=1", cut_after=10))
    async with session.get(f"{server.url('one')}/api/v1/namespaces", params={"watch": "1"}) as answer:
        assert await answer.content.readexactly(10) == b'{"type":"A'
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.content.readany()


async def test_a_watch_that_expires(server: DemoServer, session: aiohttp.ClientSession) -> None:
    server.inject(Fault(path="watch=1", status=410, in_stream=True))
    async with session.get(server.url("one") + PODS, params={"watch": "1"}) as answer:
        assert answer.status == 200
        event = json.loads(await answer.read())
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")


async def test_versions_and_tokens_are_forgotten(server: DemoServer, session: aiohttp.ClientSession) -> None:
    cluster = server.cluster("one")
    for name in ("a", "b", "c"):
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    url = f"{server.url('one')}/api/v1/namespaces"
    _, page, _ = await ask(session, url, limit="1")
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "d"}})
    server.compact("one")
    version, token = page["metadata"]["resourceVersion"], page["metadata"]["continue"]
    async with session.get(url, params={"watch": "1", "resourceVersion": version}) as answer:
        assert json.loads(await answer.content.readline())["object"]["code"] == 410
    code, body, _ = await ask(session, url, limit="1", **{"continue": token})
    assert (code, body["reason"]) == (410, "Expired")


async def test_ordered_over_http(server: DemoServer, session: aiohttp.ClientSession) -> None:
    control = server.url("one").replace("/clusters/one", "/control/faults")
    async with session.post(control, json={"status": 503, "count": -1}) as answer:
        assert answer.status == 200
    assert (await ask(session, server.url("two") + PODS))[0] == 503
    async with session.delete(control) as answer:
        assert answer.status == 200
    assert (await ask(session, server.url("two") + PODS))[0] == 200


async def test_no_such_cluster(server: DemoServer, session: aiohttp.ClientSession) -> None:
    async with session.get(server.url("three") + PODS) as answer:
        assert answer.status == 404
