"""Discovery from servers that are odd, old or partly down; a real one is asked in tests/cluster."""

import json
from typing import Any

import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import ServerFailed, Unauthorized
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.discovery import Discovery, ServerVersion, discover, server_version
from tests.unit.kube.loopback import client_of, refusal, serve

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def resource(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"resource": name, "responseKind": {"kind": kind}, "scope": "Namespaced", "verbs": ["list"], **more}


def group(name: str, *versions: tuple[str, list[dict[str, Any]]], freshness: str = "Current") -> dict[str, Any]:
    listed = [{"version": version, "resources": found, "freshness": freshness} for version, found in versions]
    return {"metadata": {"name": name} if name else {}, "versions": listed}


class Server:
    """Answers `/api` and `/apis` at once, with ETags, and everything else from `classic`."""

    def __init__(self, core: list[dict[str, Any]], groups: list[dict[str, Any]], **classic: Any) -> None:
        self.lists = {"/api": core, "/apis": groups}
        self.classic = {path.replace("_", "/"): answer for path, answer in classic.items()}
        self.etags = {"/api": '"1"', "/apis": '"1"'}
        self.sent: list[tuple[str, int]] = []

    async def __call__(self, request: web.Request) -> web.Response:
        answer = self.answer(request)
        self.sent.append((request.path, answer.status))
        return answer

    def answer(self, request: web.Request) -> web.Response:
        path = request.path
        if path in self.lists and path not in self.classic and "g=apidiscovery" in request.headers["Accept"]:
            etag = self.etags[path]
            if request.headers.get("If-None-Match") == etag:
                return web.Response(status=304, headers={"ETag": etag})
            body = json.dumps({"kind": "APIGroupDiscoveryList", "items": self.lists[path]})
            return web.Response(text=body, headers={"Content-Type": AGGREGATED, "ETag": etag})
        found = self.classic.get(path)
        if isinstance(found, int):
            return refusal(found, "Because", "it is so")
        return refusal(404, "NotFound", "none") if found is None else web.json_response(found)


async def told(server: Server, previous: Discovery | None = None) -> Discovery:
    async with serve(server) as url, client_of(url) as client:
        return await discover(client, previous)


def ids(found: Discovery) -> list[str]:
    return [f"{kind.version} {kind.id}" for kind in found.kinds]


CORE = [group("", ("v1", [resource("pods", "Pod", shortNames=["po"], subresources=[{"subresource": "log"}])]))]


async def test_each_kind_once_in_the_version_the_server_prefers() -> None:
    two = group("a.io", ("v2", [resource("bs", "B")]), ("v1", [resource("bs", "B"), resource("cs", "C")]))
    found = await told(Server(CORE, [two]))
    assert ids(found) == ["v1 pods", "v2 bs.a.io", "v1 cs.a.io"]
    assert [kind.api_versions for kind in found.kinds] == [["v1"], ["a.io/v2", "a.io/v1"], ["a.io/v1"]]
    assert found.failed == ()
    assert found.kinds[0] == Kind(
        group="",
        version="v1",
        plural="pods",
        kind="Pod",
        short_names=("po",),
        verbs=frozenset({"list"}),
        subresources=frozenset({"log"}),
    )


async def test_a_resource_that_is_only_a_parent_of_subresources_is_no_kind() -> None:
    parent = {"resource": "things", "responseKind": None, "subresources": [{"subresource": "run"}]}
    empty = resource("others", "")
    assert ids(await told(Server(CORE, [group("a.io", ("v1", [parent, empty]))]))) == ["v1 pods"]


async def test_what_has_not_changed_is_not_sent_again() -> None:
    server = Server(CORE, [group("a.io", ("v1", [resource("bs", "B")]))])
    first = await told(server)
    again = await told(server, first)
    assert again == first
    server.lists["/apis"] = [group("a.io", ("v1", [resource("cs", "C")]))]
    server.etags["/apis"] = '"2"'
    changed = await told(server, again)
    assert ids(changed) == ["v1 pods", "v1 cs.a.io"]
    assert changed.etags == {"/api": '"1"', "/apis": '"2"'}
    assert sorted(server.sent[2:]) == [("/api", 304), ("/api", 304), ("/apis", 200), ("/apis", 304)]


async def test_a_group_whose_server_is_down_stays_named_while_nothing_changes() -> None:
    stale = group("down.io", ("v1", []), freshness="Stale")
    server = Server(CORE, [stale, group("a.io", ("v1", [resource("bs", "B")]))])
    first = await told(server)
    assert (ids(first), first.failed) == (["v1 pods", "v1 bs.a.io"], ("down.io/v1",))
    assert await told(server, first) == first


OLD: dict[str, Any] = {
    "_api": {"versions": ["v1"]},
    "_apis": {
        "groups": [
            {
                "name": "a.io",
                "versions": [{"version": "v1"}, {"version": "v2"}],
                "preferredVersion": {"version": "v2"},
            },
            {"name": "b.io", "versions": [{"version": "v1"}]},
        ]
    },
    "_api_v1": {
        "resources": [
            {"name": "pods", "kind": "Pod", "namespaced": True, "verbs": ["get"], "singularName": "pod"},
            {"name": "pods/log", "kind": "Pod", "namespaced": True, "verbs": ["get"]},
        ]
    },
    "_apis_a.io_v1": {"resources": [{"name": "bs", "kind": "B"}, {"name": "cs", "kind": "C"}]},
    "_apis_a.io_v2": {"resources": [{"name": "bs", "kind": "B"}]},
    "_apis_b.io_v1": {"resources": [{"name": "ds", "kind": "D"}]},
}


async def test_an_old_server_is_asked_group_by_group() -> None:
    found = await told(Server([], [], **OLD))
    assert sorted(ids(found)) == ["v1 cs.a.io", "v1 ds.b.io", "v1 pods", "v2 bs.a.io"]
    assert (found.failed, found.etags) == ((), {})
    pods = found.kinds[0]
    assert (pods.plural, pods.singular, pods.namespaced, pods.subresources) == ("pods", "pod", True, frozenset({"log"}))


@pytest.mark.parametrize("code", [403, 404, 500, 503])
async def test_a_group_that_fails_hides_no_other(code: int) -> None:
    found = await told(Server([], [], **{**OLD, "_apis_a.io_v2": code}))
    assert sorted(ids(found)) == ["v1 bs.a.io", "v1 cs.a.io", "v1 ds.b.io", "v1 pods"]
    assert found.failed == ("a.io/v2",)


async def test_a_group_that_talks_nonsense_hides_no_other() -> None:
    found = await told(Server([], [], **{**OLD, "_apis_b.io_v1": {"resources": 7}}))
    assert found.failed == ("b.io/v1",)
    assert "v1 pods" in ids(found)


async def test_what_concerns_the_whole_server_is_raised() -> None:
    for place in ("_apis_b.io_v1", "_apis"):
        with pytest.raises(Unauthorized):
            await told(Server([], [], **{**OLD, place: 401}))
    with pytest.raises(ServerFailed, match="list of kinds cannot be understood"):
        await told(Server([], [], **{**OLD, "_apis": {"groups": 7}}))
    with pytest.raises(ServerFailed, match="list of kinds cannot be understood"):
        await told(Server([{"metadata": 7}], []))


async def test_a_server_that_tells_only_one_half_at_once_is_asked_group_by_group() -> None:
    half = {place: answer for place, answer in OLD.items() if place != "_apis"}
    server = Server([], [group("a.io", ("v1", [resource("bs", "B")]))], **half)
    server.classic["/apis"] = OLD["_apis"]
    assert "v1 ds.b.io" in ids(await told(server))


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ({"major": "1", "minor": "37", "gitVersion": "v1.37.2"}, ServerVersion(1, 37, "v1.37.2")),
        ({"major": "1", "minor": "31+", "gitVersion": "v1.31.4-eks"}, ServerVersion(1, 31, "v1.31.4-eks")),
        ({"major": "", "minor": ""}, ServerVersion(0, 0)),
    ],
)
async def test_versions(said: dict[str, str], version: ServerVersion) -> None:
    async with serve(Server([], [], _version=said)) as url, client_of(url) as client:
        assert await server_version(client) == version


async def test_something_that_is_no_kubernetes() -> None:
    async with serve(Server([], [], _version={"hello": "world"})) as url, client_of(url) as client:
        with pytest.raises(ServerFailed, match="does not answer as a Kubernetes API server"):
            await server_version(client)
