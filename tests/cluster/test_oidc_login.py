"""A real API server that believes an issuer: a person logs in there for a cluster that they registered by hand."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kubegenie_tui.agents.logging_in import log_in_anew, token_of
from kubegenie_tui.agents.secrets import Secrets
from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.endpoint import Endpoint, Login, Reference
from tests.cluster.joining import context_of
from tests.cluster.test_endpoints import authority_of, managing
from tests.control_plane import ControlPlane, start
from tests.unit.kube.auth.oidc_server import CLIENT, OidcServer, oidc_server
from tests.unit.kube.auth.test_oidc_login import browse

if TYPE_CHECKING:
    from kubegenie_tui.kube.auth.oidc_login import Prompt

pytestmark = pytest.mark.cluster


@pytest.fixture
async def issuer(tmp_path: Path) -> AsyncIterator[OidcServer]:
    async with oidc_server(tmp_path / "issuer") as server:
        yield server


@pytest.fixture
async def believing(issuer: OidcServer, tmp_path: Path) -> AsyncIterator[ControlPlane]:
    """An API server that takes the tokens of the issuer."""
    told = {
        "issuer-url": issuer.issuer,
        "client-id": CLIENT,
        "ca-file": issuer.authority.certificate,
        "username-claim": "email",
        "groups-claim": "groups",
    }
    flags = [word for name, value in told.items() for word in ("--apiserver-arg", f"--oidc-{name}={value}")]
    plane = await asyncio.to_thread(start, tmp_path / "plane", "oidc", "--bare", *flags)
    yield plane
    await asyncio.to_thread(plane.stop)


def described(plane: ControlPlane, issuer: OidcServer) -> Endpoint:
    admin = context_of(plane)
    login = Login(issuer.issuer, CLIENT, issuer.authority.certificate.read_text())
    secrets = {"refresh_token": Reference("safe")}
    return Endpoint(admin.server, ca=authority_of(admin), login=login, secrets=secrets)


async def test_who_logs_in_is_known_there_and_logs_in_again(issuer: OidcServer, believing: ControlPlane) -> None:
    endpoint = described(believing, issuer)
    assert endpoint.login is not None
    issuer.approved = True
    prompts: list[Prompt] = []
    gained = await token_of(endpoint.login, "", prompts.append, device=True)
    async with managing() as manager:
        await manager.registrar.add(Registration("rack", endpoint=endpoint), {"refresh_token": gained.token})
        for _ in range(100):
            steps = await manager.test("rack")
            identity = next((each for each in steps if each.name == "identity"), steps[-1])
            if identity.ok:
                break
            await asyncio.sleep(0.1)
        assert identity.detail.startswith("ada@example.com (sre")
        issuer.refresh_tokens.clear()
        await manager.registrar.replace(manager.registrar.registration("rack"), {"refresh_token": "withdrawn"})
        [*_, last] = await manager.test("rack")
        assert (last.ok, "clusters login NAME" in last.detail) == (False, True)
        secrets = Secrets(manager.registrar._store.safe)
        await log_in_anew(manager.registrar, secrets, "rack", prompts.append, device=True)
        steps = await manager.test("rack")
        assert next(each for each in steps if each.name == "identity").ok
    assert [each.code for each in prompts] == ["WDJB-MJHT"] * 2


class Terminal:
    """A shell of somebody who has nothing registered yet."""

    def __init__(self, issuer: OidcServer, directory: Path) -> None:
        self._issuer = issuer
        phrase = directory / "phrase"
        phrase.write_text("a phrase")
        home = {f"XDG_{each}_HOME": str(directory / each.lower()) for each in ("CONFIG", "DATA", "STATE", "CACHE")}
        none = {"KUBEGENIE_PASSPHRASE_FILE": str(phrase), "KUBECONFIG": str(directory / "none"), "DISPLAY": ""}
        self._environment = {**os.environ, **home, **none}

    async def run(self, *words: str) -> tuple[int, str]:
        """The status of a command and what it says; a login that it asks for in a browser is done."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kubegenie_tui", *words, env=self._environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        said = ""
        while line := (await process.stdout.readline()).decode():
            said += line
            if "/authorize?" in line:
                await browse(self._issuer, line.strip())
        return await process.wait(), said


async def test_on_the_command_line(issuer: OidcServer, believing: ControlPlane, tmp_path: Path) -> None:
    terminal, admin, ca = Terminal(issuer, tmp_path), context_of(believing), tmp_path / "ca.crt"
    ca.write_text(authority_of(admin))
    there = ("--server", admin.server, "--ca-file", str(ca), "--oidc-issuer", issuer.issuer)
    by = ("--oidc-ca-file", str(issuer.authority.certificate), "--oidc-client-id", CLIENT, "--oidc-login")
    status, said = await terminal.run("clusters", "add", *there, *by, "rack")
    assert (status, "rack is remembered" in said) == (0, True), said
    assert "ada@example.com" in (await terminal.run("clusters", "test", "rack"))[1]
    issuer.refresh_tokens.clear()
    issuer.approved = True
    status, said = await terminal.run("clusters", "login", "rack", "--device")
    assert (status, "The code is WDJB-MJHT" in said, "You are logged in for rack" in said) == (0, True, True)
    assert "ada@example.com" in (await terminal.run("clusters", "test", "rack"))[1]


async def test_on_the_command_line_without_a_refresh_token(
    issuer: OidcServer, believing: ControlPlane, tmp_path: Path
) -> None:
    """The first id token is about to end, the next one lasts."""
    issuer.gives_refresh, issuer.claims = False, {"exp": int(time.time()) + 8}
    terminal, admin, ca = Terminal(issuer, tmp_path), context_of(believing), tmp_path / "ca.crt"
    ca.write_text(authority_of(admin))
    there = ("--server", admin.server, "--ca-file", str(ca), "--oidc-issuer", issuer.issuer)
    by = ("--oidc-ca-file", str(issuer.authority.certificate), "--oidc-client-id", CLIENT, "--oidc-login")
    status, said = await terminal.run("clusters", "add", *there, *by, "rack")
    assert (status, "for the issuer gives no refresh token" in said) == (0, True), said
    status, said = await terminal.run("clusters", "test", "rack")
    assert (status != 0, "The OIDC login has ended" in said, "clusters login NAME" in said) == (True, True, True), said
    issuer.claims, issuer.approved = {}, True
    status, said = await terminal.run("clusters", "login", "rack", "--device")
    assert (status, "You are logged in for rack until" in said) == (0, True), said
    assert "ada@example.com" in (await terminal.run("clusters", "test", "rack"))[1]
