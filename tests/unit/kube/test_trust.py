"""Telling a person whose certificate a server shows, and trusting the one whose fingerprint they know."""

import asyncio
import base64
import hashlib
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from kubegenie_tui.agents.secrets import Secrets
from kubegenie_tui.domain.endpoint import Endpoint
from kubegenie_tui.domain.errors import Refused, TlsFailed, UsageError
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import Context, Tls
from kubegenie_tui.kube.http.trust import normal_fingerprint, shown_chain
from kubegenie_tui.providers.endpoints import context_of, look_at, trusting
from kubegenie_tui.store.store import Store
from tests.unit.kube.authority import Authority
from tests.unit.kube.http.test_proxy import Tunnel
from tests.unit.kube.loopback import raw_server, refusal, serve

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def by_openssl(*arguments: str | Path) -> bytes:
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True).stdout


def fingerprint_of(certificate: Path) -> str:
    return by_openssl("x509", "-in", certificate, "-noout", "-fingerprint", "-sha256").decode().strip()


def key_hash_of(certificate: Path) -> str:
    """As kubeadm's documentation computes it."""
    public = by_openssl("x509", "-in", certificate, "-noout", "-pubkey")
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, capture_output=True, check=True
    )
    return f"sha256:{hashlib.sha256(der.stdout).hexdigest()}"


def handing_out(path: str, body: bytes) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == path:
            assert "Authorization" not in request.headers
            return web.Response(body=body)
        return refusal(404, "NotFound", "no") if request.path != "/version" else web.json_response({"gitVersion": "v1"})

    return answer


class Leading(Tunnel):
    """A proxy that knows where the server is, whatever it is called."""

    def __init__(self, there: str) -> None:
        super().__init__()
        self._there = there

    async def reach(self, _: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await super().reach(self._there)


async def version_by(endpoint: Endpoint) -> bytes:
    store = await Store.in_memory()
    client = Client(context_of("x", endpoint, Secrets(store.safe).fetch), environ={})
    try:
        return await client.get("/version")
    finally:
        await client.close()
        await store.close()


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ours")


async def test_what_a_server_shows_is_told(ours: Authority) -> None:
    certificate, key = ours.issue("server")
    async with serve(handing_out("", b""), certificate=(certificate, key)) as server:
        (shown,) = await shown_chain(Context("x", server=server))
    assert (shown.subject, shown.issuer) == ("CN=server", "CN=ca")
    assert not shown.is_self_signed
    printed = fingerprint_of(certificate)
    assert normal_fingerprint(printed.partition("=")[2]) == normal_fingerprint(printed) == shown.fingerprint
    assert f"sha256:{shown.key_hash}" == key_hash_of(certificate)
    until = by_openssl("x509", "-in", certificate, "-noout", "-enddate").decode()
    assert shown.not_after[:4] in until
    assert "issued by CN=ca" in shown.in_words


async def test_a_pinned_certificate_is_trusted_and_no_other(ours: Authority) -> None:
    first, second = ours.issue("first"), ours.issue("second")
    print_of_first = fingerprint_of(first[0]).partition("=")[2]
    async with serve(handing_out("", b""), certificate=first) as server:
        endpoint = await trusting(Endpoint(server), print_of_first)
        assert endpoint.pinned
        assert b"v1" in await version_by(endpoint)
    async with serve(handing_out("", b""), certificate=second) as server:
        with pytest.raises(TlsFailed, match="no certificate of this fingerprint") as raised:
            await trusting(Endpoint(server), print_of_first)
        assert "CN=second" in raised.value.why
        with pytest.raises(TlsFailed, match="not trusted"):
            await version_by(Endpoint(server, ca=endpoint.ca, pinned=True))


async def test_the_name_still_counts(ours: Authority) -> None:
    certificate = ours.issue("elsewhere", "DNS:elsewhere.example")
    async with serve(handing_out("", b""), certificate=certificate) as server:
        endpoint = await trusting(Endpoint(server), key_hash_of(certificate[0]))
        with pytest.raises(TlsFailed, match="another name"):
            await version_by(endpoint)
        named = await trusting(Endpoint(server, server_name="elsewhere.example"), key_hash_of(certificate[0]))
        assert b"v1" in await version_by(named)


@pytest.mark.parametrize("kind", ["k3s", "kubeadm"])
async def test_an_authority_that_is_handed_out_is_found(ours: Authority, kind: str) -> None:
    pem = ours.certificate.read_bytes()
    if kind == "k3s":
        answer = handing_out("/cacerts", pem)
    else:
        cluster = {"certificate-authority-data": base64.b64encode(pem).decode()}
        info = {"data": {"kubeconfig": yaml.safe_dump({"clusters": [{"cluster": cluster}]})}}
        path = "/api/v1/namespaces/kube-public/configmaps/cluster-info"
        answer = handing_out(path, web.json_response(info).body)  # type: ignore[arg-type]
    async with serve(answer, certificate=ours.issue("server")) as server:
        endpoint = await trusting(Endpoint(server), key_hash_of(ours.certificate))
        assert not endpoint.pinned
        assert b"v1" in await version_by(endpoint)
    async with serve(answer, certificate=ours.issue("renewed")) as server:
        assert b"v1" in await version_by(Endpoint(server, ca=endpoint.ca)), "a renewed certificate is trusted too"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"data": {"kubeconfig": "clusters: 3"}}', b"-----BEGIN CERTIFICATE-----"]
)
@pytest.mark.parametrize("path", ["/cacerts", "/api/v1/namespaces/kube-public/configmaps/cluster-info"])
async def test_nonsense_that_is_handed_out_is_passed_over(ours: Authority, path: str, body: bytes) -> None:
    async with serve(handing_out(path, body), certificate=ours.issue("server")) as server:
        with pytest.raises(TlsFailed, match="no certificate of this"):
            await trusting(Endpoint(server), "ab" * 32)


async def test_nobody_there() -> None:
    with pytest.raises(Refused):
        await shown_chain(Context("x", server="https://127.0.0.1:9", tls=Tls()))


@pytest.mark.parametrize("text", ["", "abc", "sha256:12", "md5:" + "a" * 64, "g" * 64])
def test_what_is_no_fingerprint(text: str) -> None:
    with pytest.raises(UsageError, match="no SHA-256 fingerprint"):
        normal_fingerprint(text)


@pytest.mark.parametrize(
    "text", ["AB:" * 31 + "AB", "sha256:" + "ab" * 32, "SHA256=" + "AB" * 32, f" {'ab ' * 32}", "SHA-256:" + "ab" * 32]
)
def test_a_fingerprint_as_people_write_it(text: str) -> None:
    assert normal_fingerprint(text) == "ab" * 32


async def test_a_server_that_only_a_proxy_reaches_shows_its_certificate_and_is_trusted(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ours")
    async with serve(handing_out("/", b""), certificate=ours.issue("far", "DNS:far.invalid")) as url:
        port = url.rpartition(":")[2]
        async with raw_server(Leading(f"127.0.0.1:{port}")) as proxy:
            far = "https://far.invalid:6443"
            [shown, *_] = await shown_chain(Context("", server=far, proxy_url=proxy))
            assert (await look_at(far, proxy=proxy)).fingerprint == shown.fingerprint
            found = await trusting(Endpoint(far, proxy_url=proxy), shown.fingerprint)
            assert b"v1" in await version_by(found)
