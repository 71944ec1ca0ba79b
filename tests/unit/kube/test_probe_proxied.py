"""The test of a connection through a proxy: each part of the way is a step, and says why it fails and what to do."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kubegenie_tui.kube import probe as probing
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import Context, Tls
from tests.unit.kube.authority import Authority
from tests.unit.kube.http.test_proxy import Tunnel
from tests.unit.kube.loopback import raw_server, serve
from tests.unit.kube.test_probe import STEPS, ours, saying, steps_of, well

__all__ = ["ours"]


@asynccontextmanager
async def behind(
    proxy: str, server: str, tls: Tls | None = None, *, file: str = "/home/me/.kube/config"
) -> AsyncIterator[Client]:
    client = Client(Context("far", server=server, proxy_url=proxy, tls=tls or Tls(), file=file))
    try:
        yield client
    finally:
        await client.close()


async def test_each_part_of_the_way_through_a_proxy_is_a_step(ours: Authority) -> None:
    tls, tunnel = Tls(ca_file=str(ours.certificate)), Tunnel()
    async with (
        serve(well, certificate=ours.issue("server")) as server,
        raw_server(tunnel) as proxy,
        behind(proxy.replace("//", "//me:hush@"), server, tls) as client,
    ):
        steps = await steps_of(client)
    assert [step.name for step in steps] == ["proxy name", "proxy", "CONNECT", "TLS", *STEPS[2:]]
    assert all(step.ok for step in steps)
    details = {step.name: step.detail for step in steps}
    assert details["CONNECT"] == f"the proxy connects us to {server.removeprefix('https://')}"
    assert re.search(r"is trusted, and valid until \d{4}-\d\d-\d\d \d\d:\d\d UTC", details["TLS"])
    assert "hush" not in "".join(details.values())
    assert all("Proxy-Authorization: Basic" in head for head in tunnel.heads)


async def test_a_proxy_over_tls_has_its_certificate_checked(ours: Authority, tmp_path: Path) -> None:
    tls = Tls(ca_file=str(ours.certificate))
    async with (
        serve(well, certificate=Authority(tmp_path / "other").issue("proxy")) as proxy,
        behind(proxy, "https://far.invalid", tls) as client,
    ):
        *_, step = await steps_of(client)
    assert (step.name, step.ok) == ("proxy", False)
    assert "The certificate of the proxy 127.0.0.1" in step.detail


async def test_the_certificate_behind_a_proxy_is_shown_when_it_is_not_trusted(ours: Authority, tmp_path: Path) -> None:
    other = Tls(ca_file=str(Authority(tmp_path / "other").certificate))
    async with (
        serve(well, certificate=ours.issue("server")) as server,
        raw_server(Tunnel()) as proxy,
        behind(proxy, server, other) as client,
    ):
        *_, step = await steps_of(client)
    assert (step.name, step.ok) == ("TLS", False)
    assert "is not trusted" in step.detail


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("403 Forbidden", "ask whoever runs the proxy to allow far.invalid:443"),
        ("405 Method Not Allowed", "it forbids CONNECT"),
        ("407 Proxy Authentication Required", "it wants a login"),
        ("502 Bad Gateway", "look from the proxy whether far.invalid:443 can be reached"),
        ("504 Gateway Timeout", "it does not answer there"),
        ("500 Oops", "check proxy-url or HTTPS_PROXY"),
    ],
)
async def test_a_proxy_that_does_not_connect_us_says_why(status: str, remedy: str) -> None:
    async with raw_server(Tunnel(status)) as proxy, behind(proxy, "https://far.invalid") as client:
        steps = await steps_of(client)
    assert [(step.name, step.ok) for step in steps] == [("proxy name", True), ("proxy", True), ("CONNECT", False)]
    assert f"it answers {status}" in steps[-1].detail
    assert remedy in steps[-1].detail


async def test_a_proxy_that_hangs_up_or_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with raw_server(saying(b"")) as proxy, behind(proxy, "https://far.invalid") as client:
        *_, step = await steps_of(client)
    assert (step.name, step.ok) == ("CONNECT", False)
    assert "hung up instead of connecting us" in step.detail

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            pass

    monkeypatch.setattr(probing, "STEP_SECONDS", 0.2)
    async with raw_server(silent) as proxy, behind(proxy, "https://far.invalid") as client:
        *_, step = await steps_of(client)
    assert (step.name, step.ok) == ("CONNECT", False)
    assert "it may wait for the server" in step.detail


@pytest.mark.parametrize(
    ("proxy", "last", "said"),
    [
        (
            "http://no-such-proxy.invalid:3128",
            "proxy name",
            'The name of the proxy "no-such-proxy.invalid" is not known',
        ),
        ("http://127.0.0.1:9", "proxy", "The proxy 127.0.0.1:9 for https://far.invalid cannot be reached"),
    ],
)
async def test_a_proxy_that_is_not_there(proxy: str, last: str, said: str) -> None:
    async with behind(proxy, "https://far.invalid") as client:
        *_, step = await steps_of(client)
    assert (step.name, step.ok) == (last, False)
    assert said in step.detail
    assert "check proxy-url or HTTPS_PROXY" in step.detail


async def test_who_described_a_cluster_is_told_of_no_kubeconfig() -> None:
    async with behind("http://127.0.0.1:9", "https://far.invalid", file="") as client:
        *_, step = await steps_of(client)
    assert step.detail.endswith("nothing listens there · check its URL or HTTPS_PROXY, and that the proxy runs")
    wants_login = Tunnel("407 Proxy Authentication Required")
    async with raw_server(wants_login) as proxy, behind(proxy, "https://far.invalid", file="") as client:
        *_, step = await steps_of(client)
    assert step.detail.endswith("http://NAME:PASSWORD@HOST:PORT, in HTTPS_PROXY")


async def test_a_proxy_whose_url_is_none_is_told() -> None:
    async with behind("http://127.0.0.1:99999", "https://far.invalid") as client:
        [step] = await steps_of(client)
    assert not step.ok
    assert step.detail.endswith("its URL is none: Port out of range 0-65535 · check proxy-url or HTTPS_PROXY")
    async with behind("http://127.0.0.1:99999", "https://far.invalid", file="") as client:
        [step] = await steps_of(client)
    assert step.detail.endswith("check its URL or HTTPS_PROXY")


async def test_a_server_without_tls_is_asked_by_the_proxy() -> None:
    async with serve(well) as url:
        client = Client(Context("far", server="http://far.invalid", proxy_url=url))
        steps = await steps_of(client)
        await client.close()
    assert [step.name for step in steps] == ["proxy name", "proxy", *STEPS[2:]]
    assert all(step.ok for step in steps)


async def test_a_proxy_that_is_none_is_named() -> None:
    async with raw_server(saying(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")) as proxy:
        client = Client(Context("far", server="https://far.invalid", proxy_url=proxy))
        *_, step = await steps_of(client)
        await client.close()
    assert (step.name, step.ok) == ("CONNECT", False)
    assert step.detail.startswith(f"{proxy}, on the way to https://far.invalid, does not speak HTTP")
