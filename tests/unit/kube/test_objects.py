"""Objects from servers that forget, hide or garble them; a real one is asked in tests/cluster."""

from typing import Any

import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import Expired, ServerFailed
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.objects import events_of, get_object, list_objects, usage
from tests.unit.kube.loopback import client_of, refusal, serve

PODS = Kind(group="", version="v1", plural="pods", kind="Pod")
GONE = ("Expired", "The provided continue parameter is too old")


def page(*names: str, **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"resourceVersion": "7", **metadata}, "items": [{"metadata": {"name": name}} for name in names]}


class Script:
    """Gives its answers one after another; remembers the queries."""

    def __init__(self, *answers: dict[str, Any] | web.Response) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, str]] = []

    async def __call__(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        answer = self._answers.pop(0)
        return answer if isinstance(answer, web.Response) else web.json_response(answer)


async def test_pages_follow_one_another_until_the_limit() -> None:
    script = Script(
        page("a", "b", **{"continue": "1", "remainingItemCount": 9}),
        page("c", **{"continue": "2", "remainingItemCount": 6}),
    )
    async with serve(script) as server, client_of(server) as client:
        found = await list_objects(client, PODS, "x", label_selector="a=b", limit=3)
    assert [item["metadata"]["name"] for item in found.items] == ["a", "b", "c"]
    assert (found.resource_version, found.remaining) == ("7", 6)
    assert script.asked == [
        {"labelSelector": "a=b", "limit": "3"},
        {"labelSelector": "a=b", "limit": "1", "continue": "1"},
    ]


async def test_a_server_that_does_not_say_how_many_more() -> None:
    async with serve(Script(page("a", **{"continue": "1"}))) as server, client_of(server) as client:
        assert (await list_objects(client, PODS, limit=1)).remaining == -1
    async with serve(Script({"metadata": {}, "items": []})) as server, client_of(server) as client:
        nothing = await list_objects(client, PODS)
    assert (nothing.items, nothing.remaining, nothing.resource_version) == ([], 0, "")


async def test_a_list_whose_moment_is_forgotten_is_read_in_one_piece() -> None:
    script = Script(page("a", **{"continue": "1"}), refusal(410, *GONE), page("b", "c"))
    async with serve(script) as server, client_of(server) as client:
        found = await list_objects(client, PODS, limit=0)
    assert [item["metadata"]["name"] for item in found.items] == ["b", "c"]
    assert "limit" not in script.asked[-1]
    assert "continue" not in script.asked[-1]
    twice = Script(page("a", **{"continue": "1"}), refusal(410, *GONE), refusal(410, *GONE))
    async with serve(twice) as server, client_of(server) as client:
        with pytest.raises(Expired):
            await list_objects(client, PODS, limit=2)
    assert twice.asked[-1] == {"limit": "2"}


@pytest.mark.parametrize("answer", [web.Response(text="nonsense"), web.Response(text="[]"), web.Response(text="{")])
async def test_an_answer_that_is_no_object(answer: web.Response) -> None:
    async with serve(Script(answer)) as server, client_of(server) as client:
        with pytest.raises(ServerFailed, match="not what its kind promises"):
            await get_object(client, PODS, "a", "x")


async def test_events_are_told_in_the_order_of_their_last_time() -> None:
    events: list[dict[str, Any]] = [
        {"reason": "created", "metadata": {"creationTimestamp": "2026-01-01T00:00:04Z"}},
        {"reason": "last", "lastTimestamp": "2026-01-01T00:00:02Z", "metadata": {}},
        {"reason": "series", "series": {"lastObservedTime": "2026-01-01T00:00:03.5Z"}, "eventTime": "2025"},
        {"reason": "event", "lastTimestamp": None, "series": None, "eventTime": "2026-01-01T00:00:01.123456Z"},
        {"reason": "unknown"},
    ]
    script = Script({"items": events})
    async with serve(script) as server, client_of(server) as client:
        found = await events_of(client, "x", "uid-1")
    assert [event["reason"] for event in found] == ["unknown", "event", "last", "series", "created"]
    assert script.asked[0]["fieldSelector"] == "involvedObject.uid=uid-1"


async def test_use_is_the_sum_of_the_containers() -> None:
    both = [{"usage": {"cpu": "1500m", "memory": "1Gi"}}, {"usage": {"cpu": "250123456n", "memory": "1024Ki"}}]
    pods = {
        "items": [
            {"metadata": {"name": "a", "namespace": "x"}, "containers": both},
            {"metadata": {"name": "b", "namespace": "x"}, "containers": [{"usage": {}}]},
        ]
    }
    nodes = {"items": [{"metadata": {"name": "n"}, "usage": {"cpu": "2", "memory": "3Mi"}}]}
    async with serve(Script(pods, nodes)) as server, client_of(server) as client:
        used = await usage(client, "pods", "x")
        assert await usage(client, "nodes") == {"n": (2000, 3 << 20)}
    assert used.keys() == {"x/a", "x/b"}
    assert used["x/a"][0] in (1750, 1751)
    assert used["x/a"][1] == (1 << 30) + (1 << 20)
    assert used["x/b"] == (0, 0)
