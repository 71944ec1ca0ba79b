"""The form that registers a real API server: a test shows the step that fails, why, and what helps."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from kubegenie_tui.kube import probe as probing
from kubegenie_tui.screens.clusters import ClustersScreen
from tests.cluster.fronts import fronted, half_open
from tests.cluster.joining import context_of
from tests.cluster.test_endpoints import by_token
from tests.control_plane import ControlPlane
from tests.keyrings import Ring, using
from tests.ui.on_demo import OnDemo
from tests.ui.test_register import listed, registering
from tests.unit.kube.authority import Authority
from tests.unit.kube.test_jump_sshd import SSHD, Sshd, sshd

__all__ = ["sshd"]
pytestmark = pytest.mark.cluster
Front = Callable[[ControlPlane, Authority], AbstractAsyncContextManager[str]]


@asynccontextmanager
async def of_another_authority(plane: ControlPlane, _: Authority) -> AsyncIterator[str]:
    """The server itself, which the authority that is given knows nothing of."""
    yield context_of(plane).server


def expired(plane: ControlPlane, authority: Authority) -> AbstractAsyncContextManager[str]:
    return fronted(plane, authority.issue("front", days=-1))


def of_another_name(plane: ControlPlane, authority: Authority) -> AbstractAsyncContextManager[str]:
    return fronted(plane, authority.issue("front", "DNS:front.example.com"))


def never_answers(_: ControlPlane, __: Authority) -> AbstractAsyncContextManager[str]:
    return half_open()


def said(demo: OnDemo) -> str:
    """All that is on the screen, as if no line of it were ever wrapped."""
    return " ".join(demo.text().replace("│", " ").split())


@pytest.mark.parametrize(
    ("front", "why", "helps"),
    [
        (of_another_authority, "is not trusted", "give the authority of the cluster"),
        (expired, "has expired", "renew it, or check this computer's clock"),
        (
            of_another_name,
            "is for another name · it is for front.example.com",
            "use one of these names as server, or set tls-server-name",
        ),
        (never_answers, "it takes the connection and then says nothing", "check the port, and the load balancer"),
    ],
)
async def test_the_step_that_fails_is_shown_with_its_cause_and_what_helps(
    ours: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, front: Front, why: str, helps: str
) -> None:
    monkeypatch.setattr(probing, "STEP_SECONDS", 3.0)
    authority, (_, secrets) = Authority(tmp_path / "front"), by_token(ours)
    async with front(ours, authority) as url, listed(tmp_path) as demo:
        await registering(demo, name="rack", server=url, authority=str(authority.certificate), **secrets)
        await demo.pilot.press("ctrl+t")
        await demo.until(lambda: "TLS · failed" in demo.text() and helps in said(demo))
        assert "connection · done" in said(demo)
        assert why in said(demo)
        assert "version" not in said(demo)
        assert secrets["token"] not in said(demo)


async def test_one_that_is_slow_is_waited_for(ours: ControlPlane, tmp_path: Path) -> None:
    authority, goes_on, (_, secrets) = Authority(tmp_path / "front"), asyncio.Event(), by_token(ours)
    async with fronted(ours, authority.issue("front"), goes_on=goes_on) as url, listed(tmp_path) as demo:
        await registering(demo, name="rack", server=url, authority=str(authority.certificate), **secrets)
        await demo.pilot.press("ctrl+t")
        await demo.until_shown("TLS · done")
        await demo.until_shown("version · ")
        assert "version · done" not in said(demo)
        goes_on.set()
        await demo.until(lambda: "rights · done · may list pods; may not list secrets, nodes" in said(demo))


@pytest.mark.skipif(SSHD is None, reason="there is no sshd")
async def test_behind_an_openssh_jump_host_to_an_opened_cluster(
    ours: ControlPlane, sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    authority, (endpoint, secrets) = tmp_path / "ca.pem", by_token(ours)
    authority.write_text(endpoint.ca)
    typed = {"server": endpoint.server, "authority": str(authority), **secrets}
    host = sshd.jump
    with using(Ring()), sshd.running():
        async with listed(tmp_path) as demo:
            jump = f"{host.user}@127.0.0.1:{host.port}"
            await registering(demo, name="rack-7", jump=jump, jump_key=host.key_file, **typed)
            await demo.pilot.press("ctrl+t")
            await demo.until_shown("jump host · failed")
            await demo.pilot.press("ctrl+y")
            await demo.until(lambda: f"The jump host shows {host.host_key}" in said(demo))
            await demo.pilot.press("ctrl+t")
            await demo.until(lambda: "rights · done · may list pods; may not list secrets, nodes" in said(demo))
            await demo.pilot.press("enter")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "rack-7" in demo.names)
            await demo.until_shown("healthy")
            await demo.pilot.press("enter")
            await demo.until_shown("rack-7 ● v1.")
            await demo.until_shown("There are no pods in this cluster.")
