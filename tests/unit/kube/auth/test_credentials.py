import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import CredentialError, Unauthorized, Unreachable
from kubegenie_tui.kube.auth.credentials import (
    CERTIFICATE_FILE_SECONDS,
    RENEWAL_SECONDS,
    SHORTEST_SECONDS,
    TOKEN_FILE_SECONDS,
    Credentials,
)
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Secret
from tests.unit.kube.loopback import client_of, refusal, serve

API = "client.authentication.k8s.io/v1"


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Plugin:
    """A real script that gives `token-N` at its Nth run."""

    def __init__(self, directory: Path, status: str = "") -> None:
        self._runs = directory / "runs"
        script = directory / "plugin.py"
        script.write_text(
            "import pathlib, sys, json\n"
            f"runs = pathlib.Path({str(self._runs)!r})\n"
            "with runs.open('a') as file:\n    file.write('x')\n"
            f"status = {{'token': f'token-{{len(runs.read_text())}}', {status}}}\n"
            f"print(json.dumps({{'apiVersion': {API!r}, 'kind': 'ExecCredential', 'status': status}}))\n"
        )
        self.auth = AuthInfo(exec=Exec(API, sys.executable, ("-S", str(script))))

    @property
    def runs(self) -> int:
        return len(self._runs.read_text()) if self._runs.exists() else 0


async def authorization(credentials: Credentials) -> str:
    return (await credentials.get()).authorization.value


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        (AuthInfo(), ""),
        (AuthInfo(token=Secret("abc")), "Bearer abc"),
        (AuthInfo(token=Secret(" abc\n")), "Bearer abc"),
        (AuthInfo(username="jane", password=Secret("p:w")), "Basic amFuZTpwOnc="),
        (AuthInfo(token=Secret("abc"), username="jane"), "Bearer abc"),
    ],
)
async def test_fixed_credentials(auth: AuthInfo, header: str) -> None:
    assert await authorization(Credentials(Context("c", auth=auth))) == header


@pytest.mark.parametrize("token", ["with\nbreak", "naïve", "\n"])
async def test_a_token_that_is_none(token: str) -> None:
    with pytest.raises(CredentialError, match="token cannot be used"):
        await Credentials(Context("c", auth=AuthInfo(token=Secret(token)))).get()


async def test_a_token_file_is_read_again_every_minute(tmp_path: Path) -> None:
    file, clock = tmp_path / "token", Clock()
    file.write_text("first\n")
    credentials = Credentials(Context("c", auth=AuthInfo(token_file=str(file), token=Secret("weaker"))), clock)
    assert await authorization(credentials) == "Bearer first"
    file.write_text("second\n")
    clock.now += TOKEN_FILE_SECONDS - 1
    assert await authorization(credentials) == "Bearer first"
    clock.now += 1
    assert await authorization(credentials) == "Bearer second"


@pytest.mark.parametrize("beside", [{}, {"token": Secret("t")}, {"username": "jane"}])
async def test_a_client_certificate_in_a_file_is_read_again_every_minute(
    tmp_path: Path, beside: dict[str, Any]
) -> None:
    chain, key, clock = tmp_path / "tls.crt", tmp_path / "tls.key", Clock()
    chain.write_text("first")
    key.write_text("its key")
    auth = AuthInfo(certificate_file=str(chain), key_file=str(key), **beside)
    credentials = Credentials(Context("c", auth=auth), clock)

    async def shown() -> str:
        certificate = (await credentials.get()).certificate
        return certificate.chain if certificate else ""

    assert await shown() == "first"
    chain.write_text("renewed")
    clock.now += CERTIFICATE_FILE_SECONDS - 1
    assert await shown() == "first"
    clock.now += 1
    assert await shown() == "renewed"


async def test_a_missing_token_file(tmp_path: Path) -> None:
    auth = AuthInfo(token_file=str(tmp_path / "none"))
    with pytest.raises(CredentialError, match="none cannot be read · No such file"):
        await Credentials(Context("c", auth=auth)).get()


async def test_a_plugin_without_expiry_runs_once(tmp_path: Path) -> None:
    plugin, clock = Plugin(tmp_path), Clock()
    credentials = Credentials(Context("c", auth=plugin.auth), clock)
    assert await authorization(credentials) == "Bearer token-1"
    clock.now += 10**9
    assert await authorization(credentials) == "Bearer token-1"
    assert plugin.runs == 1


async def test_a_plugin_runs_again_when_its_credential_ends(tmp_path: Path) -> None:
    clock = Clock()
    plugin = Plugin(tmp_path, "'expirationTimestamp': '1970-01-12T14:00:00Z'")  # 1,000,800 s
    credentials = Credentials(Context("c", auth=plugin.auth), clock)
    await credentials.get()
    clock.now += 799
    assert await authorization(credentials) == "Bearer token-1"
    clock.now += 1
    assert await authorization(credentials) == "Bearer token-2"
    assert await authorization(credentials) == "Bearer token-2", "given already ended: used for a short while"
    clock.now += SHORTEST_SECONDS
    assert await authorization(credentials) == "Bearer token-3"


async def test_all_who_wait_share_one_run(tmp_path: Path) -> None:
    plugin = Plugin(tmp_path)
    credentials = Credentials(Context("c", auth=plugin.auth))
    waiting = [asyncio.create_task(authorization(credentials)) for _ in range(20)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    rest = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(rest[0], asyncio.CancelledError)
    assert rest[1:] == ["Bearer token-1"] * 19
    assert plugin.runs == 1


async def test_all_who_wait_share_one_failure(tmp_path: Path) -> None:
    auth = AuthInfo(exec=Exec(API, str(tmp_path / "missing")))
    credentials = Credentials(Context("c", auth=auth))
    failures = await asyncio.gather(*(credentials.get() for _ in range(5)), return_exceptions=True)
    assert len({id(failure) for failure in failures}) == 1
    assert isinstance(failures[0], CredentialError)


async def test_closing_stops_a_run_and_tells_those_who_wait(tmp_path: Path) -> None:
    auth = AuthInfo(exec=Exec(API, "/bin/sh", ("-c", "exec sleep 1000")))
    credentials = Credentials(Context("c", auth=auth))
    waiting = asyncio.create_task(credentials.get())
    await asyncio.sleep(0)
    await credentials.close()
    with pytest.raises(Unreachable, match="was closed"):
        await waiting


class OnlyToken:
    """A server that takes one token and counts what else it was shown."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.refused: list[str] = []

    async def __call__(self, request: web.Request) -> web.Response:
        shown = request.headers.get("Authorization", "")
        if shown == f"Bearer {self.token}":
            return web.json_response({"body": await request.text()})
        self.refused.append(shown)
        return refusal(401, "Unauthorized", "Unauthorized")


async def test_a_401_renews_once_for_all_and_repeats_the_request(tmp_path: Path) -> None:
    plugin, only = Plugin(tmp_path), OnlyToken("token-2")
    async with serve(only) as server, client_of(server, auth=plugin.auth) as client:
        answers = await asyncio.gather(
            *(client.get("/") for _ in range(10)), *(client.post("/", {"n": n}) for n in range(2))
        )
        async with client.stream("/", idle_timeout=5) as response:
            assert await response.read()
    assert json.loads(answers[-1]) == {"body": '{"n":1}'}
    assert plugin.runs == 2
    assert set(only.refused) == {"Bearer token-1"}


async def test_a_401_after_renewal_is_final(tmp_path: Path) -> None:
    plugin, only = Plugin(tmp_path), OnlyToken("never")
    async with serve(only) as server, client_of(server, auth=plugin.auth) as client:
        with pytest.raises(Unauthorized, match='does not accept user "tester"') as raised:
            await client.get("/")
    assert only.refused == ["Bearer token-1", "Bearer token-2"]
    assert sys.executable in raised.value.why


async def test_a_server_that_is_never_content_does_not_run_a_plugin_again_and_again(tmp_path: Path) -> None:
    plugin, clock = Plugin(tmp_path), Clock()
    credentials = Credentials(Context("c", auth=plugin.auth), clock)
    for _ in range(5):
        await credentials.renew(await credentials.get())
    assert plugin.runs == 2
    clock.now += RENEWAL_SECONDS
    await credentials.renew(await credentials.get())
    assert plugin.runs == 3


async def test_a_401_is_not_repeated_with_the_same_token(tmp_path: Path) -> None:
    file, only = tmp_path / "token", OnlyToken("fresh")
    file.write_text("stale\n")
    async with serve(only) as server, client_of(server, auth=AuthInfo(token_file=str(file))) as client:
        with pytest.raises(Unauthorized):
            await client.get("/")
        assert only.refused == ["Bearer stale"]
        file.write_text("fresh\n")
        assert await client.get("/")
    async with serve(only) as server, client_of(server, auth=AuthInfo(token=Secret("fixed"))) as client:
        with pytest.raises(Unauthorized):
            await client.get("/")
    assert only.refused == ["Bearer stale", "Bearer stale", "Bearer fixed"]


def test_secrets_do_not_print() -> None:
    auth = AuthInfo(
        key_data=Secret("hush"),
        token=Secret("hush"),
        password=Secret("hush"),
        exec=Exec(API, "run", ("--password", "hush"), (("TOKEN", "hush"),)),
    )
    assert "hush" not in repr(Context("c", auth=auth))
    assert "hush" not in f"{auth.token} {auth.token!s} {Credentials(Context('c', auth=auth))}"
