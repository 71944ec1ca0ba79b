"""Reaching a real API server: every login it knows, and every way in which that goes wrong."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from kubernetes import client as official_client

from kubegenie_tui.domain.errors import Forbidden, Refused, TimedOut, TlsFailed, Unauthorized, Unreachable
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import AuthInfo, Exec, Secret
from kubegenie_tui.kube.discovery import server_version
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from tests.cluster.joining import context_of, joined
from tests.control_plane import ControlPlane
from tests.unit.kube.authority import Authority

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def fragile(start_control_plane: Callable[..., ControlPlane]) -> Iterator[ControlPlane]:
    """A control plane whose parts may be stopped."""
    plane = start_control_plane("--bare", name="fragile")
    yield plane
    plane.stop()


async def test_the_version(control_plane: ControlPlane, official: official_client.ApiClient) -> None:
    said = official_client.VersionApi(official).get_code()
    async with joined(control_plane) as client:
        version = await server_version(client)
        assert client.latency_ms is not None
        assert client.latency_ms > 0
    assert version.git_version == said.git_version
    assert (version.major, version.minor) == (int(said.major), int(said.minor.rstrip("+")))


async def test_every_context_of_the_kubeconfig(ours: ControlPlane) -> None:
    kubeconfig = load_kubeconfig([ours.kubeconfig])
    assert kubeconfig.current == ours.name
    assert kubeconfig.errors == ()
    refused = {}
    for user in ("", "viewer", "editor", "nobody"):
        async with joined(ours, user) as client:
            assert await client.get("/version")
            refused[user] = [resource for resource in ("pods", "secrets") if await refusal_to_list(client, resource)]
    assert refused == {"": [], "viewer": ["secrets"], "editor": ["secrets"], "nobody": ["pods", "secrets"]}


async def refusal_to_list(client: Client, resource: str) -> Forbidden | None:
    try:
        await client.get(f"/api/v1/namespaces/default/{resource}")
    except Forbidden as error:
        return error
    return None


async def test_a_refusal_names_verb_resource_and_place(ours: ControlPlane) -> None:
    async with joined(ours, "viewer") as client:
        error = await refusal_to_list(client, "secrets")
    assert error is not None
    assert (error.verb, error.resource, error.code, error.reason) == ("list", "secrets", 403, "Forbidden")
    assert error.what == 'Not allowed to list secrets in namespace "default"'
    assert error.next_step == 'ask for a role that grants "list" on secrets in namespace "default"'


async def test_a_token_through_a_plugin_and_a_file(ours: ControlPlane, tmp_path: Path) -> None:
    token = context_of(ours, "viewer").auth.token.value
    file = tmp_path / "token"
    file.write_text(f"{token}\n")
    api = "client.authentication.k8s.io/v1"
    program = (
        "import json, pathlib, sys\n"
        "token = pathlib.Path(sys.argv[1]).read_text().strip()\n"
        f"print(json.dumps({{'apiVersion': '{api}', 'kind': 'ExecCredential', 'status': {{'token': token}}}}))"
    )
    plugin = Exec(api, sys.executable, ("-S", "-c", program, str(file)))
    for auth in (AuthInfo(token_file=str(file)), AuthInfo(exec=plugin)):
        async with joined(ours, auth=auth) as client:
            assert await client.get("/api/v1/namespaces/default/pods")


async def test_logins_that_the_server_does_not_take(ours: ControlPlane, tmp_path: Path) -> None:
    assert ours.directory is not None
    expired = Authority(tmp_path / "theirs", by=ours.directory / "pki").issue("late", days=-1)
    foreign = Authority(tmp_path / "other").issue("admin")
    expectations = (
        (AuthInfo(token=Secret("wrong")), "shown: a token"),
        (AuthInfo(certificate_file=str(expired[0]), key_file=str(expired[1])), "the client certificate ended"),
        (AuthInfo(certificate_file=str(foreign[0]), key_file=str(foreign[1])), "shown: a client certificate"),
    )
    for auth, words in expectations:
        async with joined(ours, auth=auth) as client:
            with pytest.raises(Unauthorized) as raised:
                await client.get("/api/v1/namespaces")
        assert raised.value.why.startswith(words)
        assert str(ours.kubeconfig) in raised.value.next_step


async def test_without_a_login_that_the_server_knows(ours: ControlPlane) -> None:
    for auth in (AuthInfo(), AuthInfo(username="admin", password=Secret("admin"))):
        async with joined(ours, auth=auth) as client:
            with pytest.raises(Forbidden, match="system:anonymous") as raised:
                await client.get("/api/v1/namespaces")
        assert raised.value.next_step == "the server saw no login: check the user of this context"


async def test_servers_that_we_do_not_trust(ours: ControlPlane, tmp_path: Path) -> None:
    tls = context_of(ours).tls
    other = Authority(tmp_path / "other").certificate.read_text()
    name, *_ = urlsplit(context_of(ours).server).netloc.split(":")
    expectations = (
        (msgspec.structs.replace(tls, ca_data=other), "is not trusted", "certificate-authority-data"),
        (msgspec.structs.replace(tls, ca_data="", ca_file=""), "is not trusted", "certificate-authority-data"),
        (msgspec.structs.replace(tls, server_name="wrong.example.com"), "is for another name", "tls-server-name"),
    )
    for broken, what, step in expectations:
        async with joined(ours, tls=broken) as client:
            with pytest.raises(TlsFailed, match=what) as raised:
                await client.get("/version")
        assert step in raised.value.next_step
    assert "kubernetes.default.svc" in raised.value.why
    assert name in raised.value.why
    for good in (
        msgspec.structs.replace(tls, server_name="kubernetes.default.svc"),
        msgspec.structs.replace(tls, ca_data="", ca_file="", insecure=True),
    ):
        async with joined(ours, tls=good) as client:
            assert await client.get("/version")


async def test_the_wrong_scheme_or_port(ours: ControlPlane) -> None:
    server = context_of(ours).server
    async with joined(ours, server=server.replace("https:", "http:")) as client:
        with pytest.raises(TlsFailed, match="TLS only"):
            await client.get("/version")
    async with joined(ours, server="https://127.0.0.1:1") as client:
        with pytest.raises(Refused, match="Nothing listens"):
            await client.get("/version")


def _runs(pid: int) -> bool:
    """Whether a thread of it has not stopped yet."""
    states = (each.read_text().rpartition(")")[2].split()[0] for each in Path(f"/proc/{pid}/task").glob("*/stat"))
    return any(state != "T" for state in states)


@contextmanager
def stopped(plane: ControlPlane, part: str) -> Iterator[None]:
    pid = plane.pid(part)
    os.kill(pid, signal.SIGSTOP)
    while _runs(pid):
        time.sleep(0.01)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_a_server_that_hangs_costs_bounded_time(fragile: ControlPlane) -> None:
    async with joined(fragile) as known, joined(fragile) as fresh:
        await known.get("/version")
        async with known.stream("/api/v1/namespaces", {"watch": "true"}, idle_timeout=0.5) as response:
            with stopped(fragile, "kube-apiserver"):
                with pytest.raises(TimedOut, match="did not answer in time"):
                    await known.get("/version", timeout=0.5)
                with pytest.raises(TimedOut):
                    await fresh.get("/version", timeout=0.5)
                with pytest.raises(TimedOut):
                    async for _ in response.chunks():
                        pass
        assert await known.get("/version")
        assert await fresh.get("/version")


async def test_a_server_that_dies_is_reached_again_when_it_is_back(fragile: ControlPlane) -> None:
    async with joined(fragile) as client, asyncio.timeout(60):
        async with client.stream("/api/v1/namespaces", {"watch": "true"}, idle_timeout=30) as response:
            os.kill(fragile.pid("kube-apiserver"), signal.SIGKILL)
            with pytest.raises(Refused):
                async for _ in response.chunks():
                    pass
        failures = []
        while True:
            try:
                await client.get("/api/v1/namespaces", timeout=5)
                break
            except (Unreachable, Forbidden) as error:  # while it starts, its access rules are not there yet
                failures.append(error)
                await asyncio.sleep(0)
    assert failures
