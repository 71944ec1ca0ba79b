"""A real API server registered by hand: by token, by client certificate, by fingerprint, and wrongly."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.domain.cluster import Reach, Registration
from kubegenie_tui.domain.endpoint import Endpoint, Reference
from kubegenie_tui.domain.errors import TlsFailed
from kubegenie_tui.kube import probe as probing
from kubegenie_tui.kube.context import Context
from kubegenie_tui.kube.kubeconfig.writer import kubeconfig_of
from kubegenie_tui.kube.probe import ProbeStep
from kubegenie_tui.providers.endpoints import trusting
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.store import Store
from tests.cluster.fronts import fronted, half_open
from tests.cluster.joining import context_of
from tests.control_plane import ControlPlane
from tests.jump_host import JumpHost
from tests.keyrings import Ring, using
from tests.unit.agents.waiting import until
from tests.unit.kube.authority import Authority
from tests.unit.kube.test_jump_sshd import SSHD, Sshd, sshd
from tests.unit.kube.test_trust import fingerprint_of, key_hash_of

__all__ = ["sshd"]
pytestmark = pytest.mark.cluster


@asynccontextmanager
async def managing() -> AsyncIterator[ClusterManager]:
    store = await Store.in_memory()
    with using(Ring()):
        await store.safe.set_up(Way.KEYRING)
        manager = ClusterManager(store, kubeconfig=())
        await manager.start()
        try:
            yield manager
        finally:
            await manager.shutdown()
            await store.close()


def authority_of(admin: Context) -> str:
    return admin.tls.ca_data or Path(admin.tls.ca_file).read_text()


def by_token(plane: ControlPlane) -> tuple[Endpoint, dict[str, str]]:
    admin, viewer = context_of(plane), context_of(plane, "viewer")
    endpoint = Endpoint(admin.server, ca=authority_of(admin), secrets={"token": Reference("safe")})
    return endpoint, {"token": viewer.auth.token.value}


def by_certificate(plane: ControlPlane) -> tuple[Endpoint, dict[str, str]]:
    admin = context_of(plane)
    auth = admin.auth
    certificate = auth.certificate_data or Path(auth.certificate_file).read_text()
    key = auth.key_data.value or Path(auth.key_file).read_text()
    endpoint = Endpoint(
        admin.server, ca=authority_of(admin), certificate=certificate, secrets={"key": Reference("safe")}
    )
    return endpoint, {"key": key}


async def steps_of(endpoint: Endpoint, secrets: dict[str, str]) -> list[ProbeStep]:
    async with managing() as manager:
        await manager.registrar.add(Registration("rack", endpoint=endpoint), secrets)
        return await manager.test("rack")


@pytest.mark.parametrize(
    ("described", "rights"),
    [(by_token, "may list pods; may not list secrets, nodes"), (by_certificate, "may list pods, secrets, nodes")],
)
async def test_a_token_and_a_certificate(
    ours: ControlPlane, described: Callable[[ControlPlane], tuple[Endpoint, dict[str, str]]], rights: str
) -> None:
    steps = await steps_of(*described(ours))
    assert [step.name for step in steps] == [
        "name", "connection", "TLS", "version", "readiness", "identity", "rights",
    ]  # fmt: skip
    assert all(step.ok for step in steps), steps
    assert steps[-1].detail == rights


async def test_it_opens_like_any_other(ours: ControlPlane) -> None:
    endpoint, secrets = by_certificate(ours)
    async with managing() as manager:
        await manager.registrar.add(Registration("rack", endpoint=endpoint), secrets)
        agent = await manager.open("rack")
        await agent.check()
        assert agent.status.reach is Reach.READY
        found = await agent.list_objects(agent.kinds.resolve("namespaces"), limit=0)
        assert "kube-system" in {item["metadata"]["name"] for item in found.items}


async def test_impersonation(ours: ControlPlane) -> None:
    endpoint, secrets = by_certificate(ours)
    jane = msgspec.structs.replace(endpoint, as_user="jane", as_groups=("ops",))
    steps = {step.name: step.detail for step in await steps_of(jane, secrets)}
    assert steps["identity"].startswith("jane (ops")


async def test_a_wrong_authority_shows_what_the_server_has(ours: ControlPlane, tmp_path: Path) -> None:
    endpoint, secrets = by_token(ours)
    other = Authority(tmp_path / "other").certificate.read_text()
    step = (await steps_of(msgspec.structs.replace(endpoint, ca=other), secrets))[-1]
    assert (step.name, step.ok) == ("TLS", False)
    assert "is not trusted" in step.detail
    fingerprint = step.detail.partition("SHA-256 ")[2].split()[0]
    trusted = await trusting(Endpoint(endpoint.server, secrets=endpoint.secrets), fingerprint)
    assert (await steps_of(trusted, secrets))[-1].ok


async def test_another_name_is_told_with_those_that_the_server_has(ours: ControlPlane) -> None:
    endpoint, secrets = by_token(ours)
    step = (await steps_of(msgspec.structs.replace(endpoint, server_name="api.example.com"), secrets))[-1]
    assert (step.name, step.ok) == ("TLS", False)
    assert "is for another name · it is for " in step.detail
    assert "kubernetes.default.svc" in step.detail
    assert "tls-server-name" in step.detail


async def test_the_fingerprint_of_another_server_is_refused(ours: ControlPlane, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other").certificate
    for words in (fingerprint_of(other).partition("=")[2], key_hash_of(other)):
        with pytest.raises(TlsFailed, match="no certificate of this fingerprint"):
            await trusting(Endpoint(context_of(ours).server), words)


async def test_a_wrong_token_is_said_to_be_wrong(ours: ControlPlane) -> None:
    endpoint, _ = by_token(ours)
    step = (await steps_of(endpoint, {"token": "not-a-token"}))[-1]
    assert (step.name, step.ok) == ("version", False)
    assert "(401)" in step.detail
    assert "not-a-token" not in step.detail


async def test_a_server_whose_certificate_has_expired(ours: ControlPlane, tmp_path: Path) -> None:
    endpoint, secrets = by_token(ours)
    authority = Authority(tmp_path / "front")
    for days, said in ((-1, "has expired"), (1, "v1.")):
        async with fronted(ours, authority.issue(f"front{days}", days=days)) as url:
            there = msgspec.structs.replace(endpoint, server=url, ca=authority.certificate.read_text())
            steps = {step.name: step for step in await steps_of(there, secrets)}
        last = steps["TLS"] if days < 0 else steps["version"]
        assert said in last.detail
        assert last.ok is (days > 0)


async def test_a_server_that_takes_requests_and_says_nothing(
    ours: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "STEP_SECONDS", 1.0)
    endpoint, secrets = by_token(ours)
    authority = Authority(tmp_path / "front")
    async with fronted(ours, authority.issue("front"), silent=True) as url:
        there = msgspec.structs.replace(endpoint, server=url, ca=authority.certificate.read_text())
        step = (await steps_of(there, secrets))[-1]
    assert (step.name, step.ok) == ("version", False)
    assert "it is overloaded or hangs" in step.detail


async def test_a_server_that_takes_the_connection_and_no_more(
    ours: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "STEP_SECONDS", 1.0)
    endpoint, secrets = by_token(ours)
    async with half_open() as url:
        there = msgspec.structs.replace(endpoint, server=url)
        step = (await steps_of(there, secrets))[-1]
    assert (step.name, step.ok) == ("TLS", False)
    assert "it takes the connection and then says nothing" in step.detail


@pytest.mark.skipif(SSHD is None, reason="there is no sshd")
async def test_through_openssh(ours: ControlPlane, sshd: Sshd) -> None:
    endpoint, secrets = by_certificate(ours)
    with sshd.running():
        steps = await steps_of(msgspec.structs.replace(endpoint, jump=sshd.jump), secrets)
    assert [step.name for step in steps][:2] == ["jump host", "TLS"]
    assert all(step.ok for step in steps), steps
    assert steps[-1].detail == "may list pods, secrets, nodes"


async def test_through_a_jump_host(ours: ControlPlane, tmp_path: Path) -> None:
    endpoint, secrets = by_certificate(ours)
    async with JumpHost(tmp_path / "ssh").running() as host, managing() as manager:
        through = msgspec.structs.replace(endpoint, jump=host.jump)
        await manager.registrar.add(Registration("rack", endpoint=through), secrets)
        steps = await manager.test("rack")
        assert [step.name for step in steps][:2] == ["jump host", "TLS"]
        assert all(step.ok for step in steps), steps
        agent = await manager.open("rack")
        await agent.kinds_told.wait()
        lease = agent.watch(agent.kinds.resolve("namespaces"))
        await until(lambda: any(row.name == "kube-system" for row in lease.live.rows.values()), lease.live.subscribe)
        before = await agent.client.address()
        host.drop()
        async with asyncio.timeout(20):
            while await agent.client.address() == before:  # noqa: ASYNC110 - until it is noticed
                await asyncio.sleep(0)
        found = await agent.list_objects(agent.kinds.resolve("namespaces"), limit=0)
        assert "kube-system" in {item["metadata"]["name"] for item in found.items}
        lease.release()
    port = urlsplit(endpoint.server).port
    assert {where for _, where in host.asked} == {port}


async def test_kubectl_can_use_what_is_written(ours: ControlPlane, kubectl: Path, tmp_path: Path) -> None:
    endpoint, secrets = by_certificate(ours)
    async with managing() as manager:
        await manager.registrar.add(Registration("rack", endpoint=endpoint), secrets)
        written = await kubeconfig_of((await manager.open("rack")).context)
    file = tmp_path / "config"
    await asyncio.to_thread(file.write_bytes, written)
    process = await asyncio.create_subprocess_exec(
        kubectl, f"--kubeconfig={file}", "get", "namespaces", "-o", "name", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert b"namespace/kube-system" in output
