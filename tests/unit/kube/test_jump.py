"""An API server behind an SSH host: reached, still checked for its own name, reached again, and every way to fail."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh
import msgspec
import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import CredentialError, KubeGenieError, TlsFailed, Unreachable
from kubegenie_tui.domain.jump import Jump
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import Context, Tls
from kubegenie_tui.kube.http.trust import shown_chain
from kubegenie_tui.kube.jump import shown_key
from kubegenie_tui.kube.probe import ProbeStep, probe
from tests.jump_host import JumpHost
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import serve


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[JumpHost]:
    async with JumpHost(tmp_path / "ssh").running() as host:
        yield host


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/version":
            return web.json_response({"major": "1", "minor": "37", "gitVersion": "v1.37.2"})
        if "selfsubject" in request.path:
            return web.json_response({"kind": "Status", "code": 404}, status=404)
        return web.Response(text=request.headers["Host"])

    async with serve(answer, certificate=authority.issue("rack")) as url:
        yield url


def context(server: str, authority: Authority, jump: Jump | None, **more: Any) -> Context:
    return Context("rack", server=server, tls=Tls(ca_data=authority.certificate.read_text(), **more), jump=jump)


async def get(context: Context, path: str = "/readyz") -> bytes:
    client = Client(context, environ={"HTTPS_PROXY": "http://127.0.0.1:9"})
    try:
        return await client.get(path)
    finally:
        await client.close()


async def tried(context: Context) -> list[ProbeStep]:
    client = Client(context)
    try:
        return [step async for step in probe(client)]
    finally:
        await client.close()


async def test_all_goes_through_it(host: JumpHost, server: str, authority: Authority) -> None:
    port = int(server.rpartition(":")[2])
    assert await get(context(server, authority, host.jump)) == server.removeprefix("https://").encode()
    assert host.asked == [("127.0.0.1", port)]


async def test_websockets_and_streams_too(host: JumpHost, authority: Authority) -> None:
    async def talk(request: web.Request) -> web.StreamResponse:
        if request.path == "/watch":
            response = web.StreamResponse()
            await response.prepare(request)
            await response.write(b"one")
            await response.write(b"two")
            return response
        socket = web.WebSocketResponse(protocols=("v5.channel.k8s.io",))
        await socket.prepare(request)
        await socket.send_bytes(await socket.receive_bytes() * 2)
        return socket

    async with serve(talk, certificate=authority.issue("rack")) as url:
        client = Client(context(url, authority, host.jump))
        try:
            socket = await client.connect("/exec", {}, ("v5.channel.k8s.io",))
            await socket.send(b"echo")
            assert await socket.receive() == b"echoecho"
            await socket.close()
            async with client.stream("/watch", idle_timeout=20) as response:
                assert b"".join([piece async for piece in response.chunks()]) == b"onetwo"
        finally:
            await client.close()
    assert {port for _, port in host.asked} == {int(url.rpartition(":")[2])}


async def test_the_certificate_is_checked_for_the_servers_own_name(
    host: JumpHost, server: str, authority: Authority
) -> None:
    elsewhere = server.replace("127.0.0.1", "localhost")
    assert await get(context(elsewhere, authority, host.jump))
    with pytest.raises(TlsFailed, match="for another name"):
        await get(context(server, authority, host.jump, server_name="other.private"))
    with pytest.raises(TlsFailed, match="not trusted"):
        await get(context(server, Authority(host.directory / "other"), host.jump))
    (shown, *_) = await shown_chain(context(server, authority, host.jump))
    assert shown.subject == "CN=rack"


async def test_a_connection_that_was_lost_is_made_anew(host: JumpHost, server: str, authority: Authority) -> None:
    client = Client(context(server, authority, host.jump))
    try:
        assert await client.get("/readyz")
        first = await client.address()
        host.drop()
        async with asyncio.timeout(20):
            while await client.address() == first:  # noqa: ASYNC110 - until it is noticed
                await asyncio.sleep(0)
        assert await client.get("/readyz")
        assert len(host.asked) > 1
    finally:
        await client.close()
    with pytest.raises(Unreachable, match="closed"):
        await client.get("/readyz")


async def test_step_by_step(host: JumpHost, server: str, authority: Authority) -> None:
    steps = await tried(context(server, authority, host.jump))
    assert [step.name for step in steps][:3] == ["jump host", "TLS", "version"]
    assert all(step.ok for step in steps[:3]), steps
    assert f"me@127.0.0.1:{host.port} lets us in, and reaches {server.removeprefix('https://')}" in steps[0].detail


async def last(context: Context) -> str:
    step = (await tried(context))[-1]
    assert (step.name, step.ok) == ("jump host", False)
    return step.detail


async def test_a_key_that_nobody_knows_is_shown_and_accepted(
    host: JumpHost, server: str, authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    strange = msgspec.structs.replace(host.jump, host_key="")
    said = await last(context(server, authority, strange))
    assert "The key of the jump host" in said
    assert f"it shows {host.fingerprint}" in said
    assert await shown_key(strange) == host.fingerprint
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/known_hosts").write_text(host.known_hosts_line)
    assert await get(context(server, authority, strange))


@pytest.mark.parametrize("by_file", [True, False])
async def test_a_key_that_has_changed(
    server: str, authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by_file: bool
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    host = JumpHost(tmp_path / "ssh")
    async with host.running():
        jump = msgspec.structs.replace(host.jump, host_key="") if by_file else host.jump
        (tmp_path / ".ssh").mkdir()
        (tmp_path / ".ssh/known_hosts").write_text(host.known_hosts_line)
        assert await get(context(server, authority, jump))
    host.change_key()
    async with host.running():
        said = await last(context(server, authority, jump))
        assert "has another key than before" in said
        with pytest.raises(Unreachable, match="has another key"):
            await get(context(server, authority, jump))


async def test_it_does_not_let_us_in(host: JumpHost, server: str, authority: Authority) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(host.directory / "other"))
    wrong = msgspec.structs.replace(host.jump, key_file=str(host.directory / "other"))
    assert "does not let us in" in await last(context(server, authority, wrong))
    with pytest.raises(CredentialError, match="does not let us in"):
        await get(context(server, authority, wrong))


async def test_keys_that_cannot_be_used(host: JumpHost, server: str, authority: Authority) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(
        str(host.directory / "locked"), "pkcs8-pem", passphrase="hush"
    )
    for name, words in (("locked", "ssh-add"), ("missing", "cannot be read")):
        jump = msgspec.structs.replace(host.jump, key_file=str(host.directory / name))
        assert words in await last(context(server, authority, jump))


async def test_a_server_that_it_does_not_reach(host: JumpHost, authority: Authority) -> None:
    said = await last(context("https://127.0.0.1:9", authority, host.jump))
    assert "does not reach 127.0.0.1:9" in said
    with pytest.raises(Unreachable, match=r"does not reach 127\.0\.0\.1:9"):
        await get(context("https://127.0.0.1:9", authority, host.jump))
    host.forwards = False
    assert "AllowTcpForwarding" in await last(context("https://127.0.0.1:9", authority, host.jump))


async def test_nobody_is_there(server: str, authority: Authority) -> None:
    said = await last(context(server, authority, Jump("127.0.0.1", 9, "me")))
    assert "nothing listens there" in said
    said = await last(context(server, authority, Jump("nowhere.invalid", 22, "me")))
    assert "is not known" in said
    assert "Errno" not in said


async def test_without_the_library(
    server: str, authority: Authority, monkeypatch: pytest.MonkeyPatch, host: JumpHost
) -> None:
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    with pytest.raises(KubeGenieError) as told:
        await get(context(server, authority, host.jump))
    assert told.value.next_step == "pip install 'kubegenie[ssh]'"
