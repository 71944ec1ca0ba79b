"""Proxies: which one leads to a server, and real ones on the way."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import KubeconfigError, NameNotFound, TlsFailed, Unauthorized, Unreachable
from kubegenie_tui.kube.context import AuthInfo, Context, Secret, Tls
from kubegenie_tui.kube.http.proxy import proxy_for, proxy_from_environment
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import client_of, raw_server, refusal, serve

PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("server", "environ", "proxy"),
    [
        ("https://s", {"HTTPS_PROXY": PROXY}, PROXY),
        ("https://s", {"https_proxy": PROXY}, PROXY),
        ("https://s", {"HTTPS_PROXY": "proxy:3128"}, PROXY),
        ("https://s", {"HTTP_PROXY": PROXY, "ALL_PROXY": PROXY}, ""),
        ("http://s", {"HTTP_PROXY": PROXY}, PROXY),
        ("https://127.0.0.1:6443", {"HTTPS_PROXY": PROXY}, ""),
        ("https://[::1]:6443", {"HTTPS_PROXY": PROXY}, ""),
        ("https://localhost:6443", {"HTTPS_PROXY": PROXY}, ""),
    ],
)
def test_the_environment_names_a_proxy(server: str, environ: dict[str, str], proxy: str) -> None:
    assert proxy_from_environment(server, environ) == proxy


@pytest.mark.parametrize(
    ("rules", "host", "direct"),
    [
        ("*", "a.example.com", True),
        ("example.com", "example.com", True),
        ("example.com", "a.example.com", True),
        ("EXAMPLE.com", "a.example.com", True),
        ("example.com", "badexample.com", False),
        (".example.com", "a.example.com", True),
        (".example.com", "example.com", False),
        ("*.example.com", "a.example.com", True),
        ("other.org, example.com", "a.example.com", True),
        ("example.com:6443", "example.com", True),
        ("example.com:443", "example.com", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3:6443", "10.1.2.3", True),
        ("fd00::/8", "fd00::1", True),
        ("10.0.0.0/bad", "10.1.2.3", False),
        ("", "a.example.com", False),
    ],
)
def test_hosts_that_need_none(rules: str, host: str, direct: bool) -> None:
    url = f"https://[{host}]:6443" if ":" in host else f"https://{host}:6443"
    for name in ("NO_PROXY", "no_proxy"):
        assert proxy_from_environment(url, {"HTTPS_PROXY": PROXY, name: rules}) == ("" if direct else PROXY)


def test_the_kubeconfig_is_stronger_than_the_environment() -> None:
    context = Context("c", server="https://s", proxy_url="https://mine")
    assert proxy_for(context, {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}) == "https://mine"
    assert proxy_for(Context("c", server="https://s"), {}) == ""


async def test_socks_is_refused_in_words() -> None:
    async with client_of("https://s", proxy_url="socks5://me:hush@proxy:1080") as client:
        with pytest.raises(KubeconfigError) as raised:
            await client.get("/")
    assert raised.value.what == 'The proxy of context "test" cannot be used'
    assert raised.value.why == "socks5 is not supported, only http and https"
    assert "HTTP proxy" in raised.value.next_step
    assert "hush" not in str(raised.value)
    with pytest.raises(KubeconfigError, match="no scheme is not supported"):
        proxy_for(Context("c", server="https://s", proxy_url="//proxy"), {})


class Tunnel:
    """A proxy that answers CONNECT with `status` and remembers what it was told."""

    def __init__(self, status: str = "200 OK") -> None:
        self.status = status
        self.heads: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        if self.status == "200 OK":
            upstream, downstream = await self.reach(head.split()[1])
            await asyncio.gather(pump(reader, downstream), pump(upstream, writer))

    async def reach(self, there: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        goal = urlsplit(f"//{there}")
        return await asyncio.open_connection(goal.hostname, goal.port)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def a_server_behind(authority: Authority, name: str = "IP:127.0.0.1") -> AsyncIterator[str]:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=f"hello {request.headers.get('Proxy-Authorization')}")

    async with serve(hello, certificate=authority.issue("behind", name)) as server:
        yield server


async def test_tls_goes_through_a_tunnel(authority: Authority) -> None:
    tls, tunnel = Tls(ca_file=str(authority.certificate)), Tunnel()
    async with a_server_behind(authority) as server, raw_server(tunnel) as proxy:
        with_login = proxy.replace("//", "//me:hush@")
        async with client_of(server, tls=tls, proxy_url=with_login) as client:
            assert await client.get("/") == b"hello None", "the server never sees the login of the proxy"
    (head,) = tunnel.heads
    assert head.startswith(f"CONNECT {urlsplit(server).netloc} ")
    assert f"Proxy-Authorization: Basic {base64.b64encode(b'me:hush').decode()}" in head


async def test_names_are_checked_behind_a_tunnel(authority: Authority) -> None:
    authorities, tunnel = str(authority.certificate), Tunnel()
    async with a_server_behind(authority, "DNS:kubernetes") as server, raw_server(tunnel) as proxy:
        async with client_of(server, tls=Tls(ca_file=authorities, server_name="kubernetes"), proxy_url=proxy) as client:
            assert await client.get("/") == b"hello None"
        async with client_of(server, tls=Tls(ca_file=authorities), proxy_url=proxy) as client:
            with pytest.raises(TlsFailed, match="for another name"):
                await client.get("/")


async def test_plain_http_goes_through_a_proxy() -> None:
    async def forward(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.method} {request.raw_path}")

    async with serve(forward) as proxy, client_of("http://api.invalid:8080", proxy_url=proxy) as client:
        assert await client.get("/readyz") == b"GET http://api.invalid:8080/readyz"


async def test_a_proxy_over_tls_is_known_by_the_authority_of_the_cluster(authority: Authority) -> None:
    async def forward(request: web.Request) -> web.Response:
        return web.Response(text=request.raw_path)

    async with serve(forward, certificate=authority.issue("proxy", "IP:127.0.0.1")) as proxy:
        tls = Tls(ca_file=str(authority.certificate))
        async with client_of("http://api.invalid:8080", tls=tls, proxy_url=proxy) as client:
            assert await client.get("/readyz") == b"http://api.invalid:8080/readyz"
        async with client_of("http://api.invalid:8080", proxy_url=proxy) as client:
            with pytest.raises(TlsFailed):
                await client.get("/readyz")


async def test_no_secret_travels_in_the_clear() -> None:
    seen: list[str | None] = []

    async def refuse(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return refusal(401, "Unauthorized", "Unauthorized")

    auth = AuthInfo(token=Secret("hush"))
    async with serve(refuse) as proxy, client_of("http://api.invalid", auth=auth, proxy_url=proxy) as client:
        with pytest.raises(Unauthorized) as raised:
            await client.get("/")
    assert seen == [None]
    assert raised.value.why == "credentials are not sent over plain HTTP"
    assert raised.value.next_step == "use https:// in the server's URL"


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"])
async def test_a_proxy_that_refuses(status: str) -> None:
    async with (
        raw_server(Tunnel(status)) as proxy,
        client_of("https://api", proxy_url=proxy.replace("//", "//me:hush@")) as client,
    ):
        with pytest.raises(Unreachable, match="The proxy does not connect us to https://api") as raised:
            await client.get("/")
    assert raised.value.why == f"it answers {status}"
    assert raised.value.next_step == "check proxy-url or HTTPS_PROXY"


async def test_a_proxy_that_is_not_there() -> None:
    async with raw_server(Tunnel()) as gone:
        pass
    async with client_of("https://api", environ={"HTTPS_PROXY": gone}) as client:
        with pytest.raises(Unreachable, match="The proxy for https://api cannot be reached"):
            await client.get("/")
    async with client_of("https://api", proxy_url="http://no-such-proxy.invalid:3128") as client:
        with pytest.raises(NameNotFound, match=r'"no-such-proxy\.invalid" is not known'):
            await client.get("/")


def test_the_login_of_a_proxy_does_not_print(tmp_path: Path) -> None:
    context = Context("c", server="https://s", proxy_url="http://me:hush@proxy", file=str(tmp_path))
    assert "hush" not in repr(context)
