"""What a health check of a real server on loopback finds."""

from pathlib import Path

from aiohttp import web

from kubegenie_tui.agents.cluster_check import Checked, check_cluster
from kubegenie_tui.domain.cluster import Reach
from kubegenie_tui.domain.health import Health
from kubegenie_tui.kube.context import AuthInfo, Secret, Tls
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import client_of, serve

VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.2"}
NOT_READY = "[+]ping ok\n" * 80 + "[-]etcd failed: reason withheld\n[-]informer-sync failed: reason withheld\n"


async def healthy(request: web.Request) -> web.StreamResponse:
    if request.path == "/version":
        return web.json_response(VERSION)
    if request.path == "/readyz":
        return web.Response(text="ok")
    raise web.HTTPNotFound


async def checked(tmp_path: Path, server_days: int, client_days: int, *, insecure: bool = False) -> Checked:
    authority = Authority(tmp_path)
    shown, key = authority.issue("me", days=client_days)
    auth = AuthInfo(certificate_data=shown.read_text(), key_data=Secret(key.read_text()))
    tls = Tls(insecure=True) if insecure else Tls(ca_file=str(authority.certificate))
    async with (
        serve(healthy, certificate=authority.issue("server", days=server_days)) as url,
        client_of(url, auth=auth, tls=tls) as client,
    ):
        return await check_cluster(client)


async def test_certificates_with_a_year_left_are_no_concern(tmp_path: Path) -> None:
    found = await checked(tmp_path, 365, 365)
    assert (found.reach, found.concerns) == (Reach.READY, ())


async def test_both_certificates_are_told_before_they_end(tmp_path: Path) -> None:
    found = await checked(tmp_path, 20, 10)
    assert found.reach is Reach.READY
    server, ours = found.concerns
    assert server.text.startswith("the server's certificate ends in 19 days")
    assert ours.text.startswith("our client certificate ends in 9 days")
    assert {server.health, ours.health} == {Health.WARN}


async def test_certificates_that_have_ended_are_critical_also_where_nobody_verifies_them(tmp_path: Path) -> None:
    found = await checked(tmp_path, -1, -1, insecure=True)
    assert found.reach is Reach.READY
    assert [each.health for each in found.concerns] == [Health.BAD, Health.BAD]


async def test_the_failing_checks_of_a_server_that_is_not_ready_are_named() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/readyz":
            return web.Response(status=500, text=f"{NOT_READY}readyz check failed\n")
        return await healthy(request)

    async with serve(answer) as url, client_of(url) as client:
        found = await check_cluster(client)
    assert found.reach is Reach.DEGRADED
    assert found.error is not None
    assert found.error.why == "failing: etcd, informer-sync"


async def test_in_a_cluster_without_pods_there_are_none() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/api/v1/pods":
            return web.json_response({"kind": "PartialObjectMetadataList", "metadata": {}, "items": None})
        return await healthy(request)

    async with serve(answer) as url, client_of(url) as client:
        assert (await check_cluster(client)).pods == 0
