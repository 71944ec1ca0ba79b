import asyncio
import contextlib
import re
import socket
import ssl
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import CredentialError, KubeconfigError, TlsFailed, Unauthorized
from kubegenie_tui.kube.context import AuthInfo, Context, Secret, Tls
from kubegenie_tui.kube.http.tls import Certificate, build_ssl_context
from kubegenie_tui.kube.http.x509 import not_after
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import client_of, refusal, serve, shown_name


async def who(request: web.Request) -> web.Response:
    return web.Response(text=shown_name(request) or "nobody")


@pytest.fixture(scope="session")
def server_certificate(authority: Authority) -> tuple[Path, Path]:
    return authority.issue("server")


@pytest.fixture(scope="session")
def client_certificate(authority: Authority) -> tuple[Path, Path]:
    return authority.issue("jane")


async def test_authority_by_file_or_data(authority: Authority, server_certificate: tuple[Path, Path]) -> None:
    data = authority.certificate.read_text()
    async with serve(who, certificate=server_certificate) as server:
        for tls in (Tls(ca_file=str(authority.certificate)), Tls(ca_data=data), Tls(insecure=True)):
            async with client_of(server, tls=tls) as client:
                assert await client.get("/") == b"nobody"


async def test_an_unknown_authority(tmp_path: Path, server_certificate: tuple[Path, Path]) -> None:
    other = Authority(tmp_path / "other")
    async with serve(who, certificate=server_certificate) as server:
        for tls in (Tls(ca_file=str(other.certificate)), Tls()):
            async with client_of(server, tls=tls) as client:
                with pytest.raises(TlsFailed, match="is not trusted") as raised:
                    await client.get("/")
                assert "certificate-authority" in raised.value.next_step


async def test_a_certificate_for_other_names_says_which(authority: Authority) -> None:
    certificate = authority.issue("elsewhere", "DNS:api.example.com,DNS:kubernetes,IP:10.96.0.1")
    tls = Tls(ca_file=str(authority.certificate))
    async with serve(who, certificate=certificate) as server:
        async with client_of(server, tls=tls) as client:
            with pytest.raises(TlsFailed, match="for another name") as raised:
                await client.get("/")
        assert raised.value.why == "it is for api.example.com, kubernetes, 10.96.0.1"
        assert "tls-server-name" in raised.value.next_step
        async with client_of(server, tls=Tls(ca_file=tls.ca_file, server_name="kubernetes")) as client:
            assert await client.get("/") == b"nobody"
        async with client_of(server, tls=Tls(ca_file=tls.ca_file, server_name="wrong")) as client:
            with pytest.raises(TlsFailed, match="for another name"):
                await client.get("/")


async def test_an_expired_certificate_says_when_it_ended(authority: Authority) -> None:
    certificate = authority.issue("expired", days=-1)
    async with (
        serve(who, certificate=certificate) as server,
        client_of(server, tls=Tls(ca_file=str(authority.certificate))) as client,
    ):
        with pytest.raises(TlsFailed, match="has expired") as raised:
            await client.get("/")
    assert re.fullmatch(r"it ended \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} GMT", raised.value.why)


async def test_a_server_without_tls() -> None:
    async with serve(who) as server, client_of(server.replace("http:", "https:")) as client:
        with pytest.raises(TlsFailed, match="does not speak TLS"):
            await client.get("/")


def by_files(pair: tuple[Path, Path]) -> AuthInfo:
    return AuthInfo(certificate_file=str(pair[0]), key_file=str(pair[1]))


def by_data(pair: tuple[Path, Path]) -> AuthInfo:
    return AuthInfo(certificate_data=pair[0].read_text(), key_data=Secret(pair[1].read_text()))


async def test_a_client_certificate_is_shown_and_leaves_no_file(
    authority: Authority,
    server_certificate: tuple[Path, Path],
    client_certificate: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    private = tmp_path / "runtime"
    private.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(private))
    made: list[Path] = []
    make = tempfile.TemporaryDirectory

    def remember(*, prefix: str, dir: str | None) -> tempfile.TemporaryDirectory[str]:
        directory = make(prefix=prefix, dir=dir)
        made.append(Path(directory.name))
        assert made[-1].stat().st_mode & 0o777 == 0o700
        return directory

    monkeypatch.setattr(tempfile, "TemporaryDirectory", remember)
    tls = Tls(ca_file=str(authority.certificate))
    async with serve(who, certificate=server_certificate, client_authority=authority.certificate) as server:
        for auth in (by_files(client_certificate), by_data(client_certificate)):
            async with client_of(server, tls=tls, auth=auth) as client:
                assert await client.get("/") == b"jane"
    assert [directory.parent for directory in made] == [private, private]
    assert not any(private.iterdir())


async def test_a_server_that_wants_a_client_certificate(
    authority: Authority, server_certificate: tuple[Path, Path]
) -> None:
    strict = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.certificate)
    strict.load_cert_chain(*server_certificate)
    strict.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        refusing = asyncio.create_task(asyncio.to_thread(refuse_all, listener, strict))
        try:
            async with client_of(url, tls=Tls(ca_file=str(authority.certificate))) as client:
                with pytest.raises(TlsFailed, match="refused our side of TLS") as raised:
                    await client.get("/")
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            await refusing
    assert "certificate required" in raised.value.why
    assert "client certificate" in raised.value.next_step


def refuse_all(listener: socket.socket, strict: ssl.SSLContext) -> None:
    """Until the listener is shut down. Not by asyncio, which sends no alert."""
    with contextlib.suppress(OSError):
        while True:
            accepted, _ = listener.accept()
            shielded = strict.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False)
            with contextlib.suppress(ssl.SSLError):
                shielded.do_handshake()
            with socket.socket(fileno=shielded.detach()) as plain:
                while plain.recv(65536):  # to its end, for a reset could overtake the alert
                    pass


async def test_a_401_with_an_ended_client_certificate_says_when(
    authority: Authority, server_certificate: tuple[Path, Path]
) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return refusal(401, "Unauthorized", "Unauthorized")

    auth = by_files(authority.issue("late", days=-1))
    async with (
        serve(refuse, certificate=server_certificate) as server,
        client_of(server, tls=Tls(ca_file=str(authority.certificate)), auth=auth) as client,
    ):
        with pytest.raises(Unauthorized) as raised:
            await client.get("/")
    ended = datetime.now(UTC) - timedelta(days=1)
    assert raised.value.why.startswith(f"the client certificate ended {ended:%Y-%m-%d}")


async def test_a_rotated_client_certificate_is_read_again_after_401(
    authority: Authority, server_certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    async def only_joe(request: web.Request) -> web.StreamResponse:
        name = (await who(request)).text
        return web.Response(text="joe") if name == "joe" else refusal(401, "Unauthorized", "Unauthorized")

    files = tmp_path / "client.crt", tmp_path / "client.key"

    def write(name: str) -> None:
        for source, goal in zip(authority.issue(name), files, strict=True):
            goal.write_bytes(source.read_bytes())

    write("old")
    async with (
        serve(only_joe, certificate=server_certificate, client_authority=authority.certificate) as server,
        client_of(server, tls=Tls(ca_file=str(authority.certificate)), auth=by_files(files)) as client,
    ):
        with pytest.raises(Unauthorized):
            await client.get("/")
        write("joe")
        assert await client.get("/") == b"joe"


async def test_what_cannot_be_used_is_named(
    server_certificate: tuple[Path, Path], client_certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("not a certificate")
    missing = str(tmp_path / "missing.pem")
    certificate, key = map(str, client_certificate)
    other_key = str(server_certificate[1])
    for tls, auth, error, words in (
        (Tls(ca_file=missing), AuthInfo(), KubeconfigError, "No such file"),
        (Tls(ca_file=str(junk)), AuthInfo(), KubeconfigError, "holds no certificate"),
        (Tls(ca_data="junk"), AuthInfo(), KubeconfigError, "holds no certificate"),
        (Tls(), AuthInfo(certificate_file=missing, key_file=key), CredentialError, "No such file"),
        (Tls(), AuthInfo(certificate_file=certificate, key_file=other_key), KubeconfigError, "not for this"),
        (Tls(), AuthInfo(certificate_file=certificate, key_file=str(junk)), KubeconfigError, "not PEM"),
    ):
        async with client_of("https://127.0.0.1:1", tls=tls, auth=auth) as client:
            with pytest.raises(error, match=words):
                await client.get("/")


def test_an_encrypted_key_never_asks_on_the_terminal(client_certificate: tuple[Path, Path], tmp_path: Path) -> None:
    locked = tmp_path / "locked.key"
    subprocess.run(
        ["openssl", "pkcs8", "-topk8", "-in", client_certificate[1], "-out", locked, "-passout", "pass:x"], check=True
    )
    certificate = Certificate(client_certificate[0].read_text(), Secret(locked.read_text()))
    with pytest.raises(KubeconfigError, match="encrypted"):
        build_ssl_context(Context("test"), certificate)


def test_not_after(authority: Authority, client_certificate: tuple[Path, Path]) -> None:
    end = not_after(client_certificate[0].read_text())
    assert end is not None
    assert abs(end - datetime.now(UTC) - timedelta(days=90)) < timedelta(hours=1)
    far = not_after(authority.issue("far", days=365 * 40)[0].read_text())
    assert far is not None
    assert far.year > 2050, "written as a GeneralizedTime"
    assert not_after("") is None
    assert not_after("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") is None
