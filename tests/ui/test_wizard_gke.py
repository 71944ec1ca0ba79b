"""A cluster of Google's from the first key of the wizard to its rows, which a token of our own plugin opens."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.providers.gcp.identity import PERMISSIONS
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.wizard_check import WizardCheck
from kubegenie_tui.screens.wizard_many import WizardMany
from kubegenie_tui.screens.wizard_page import WizardPage
from kubegenie_tui.screens.wizard_review import WizardReview
from tests.clouds.declared import declare_ours
from tests.clouds.gke import NO_QUOTA, Gke
from tests.clouds.google_key import key_of
from tests.demo_worlds import demo_worlds
from tests.ui.on_demo import OnDemo, app_on
from tests.ui.test_wizard import at, type_in
from tests.unit.agents.kubeconfigs import kubeconfig, write
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import serve
from tests.unit.provision.test_process import workers
from tests.wheels import on_the_path

DEMO = "edge-paris"


class Front:
    """TLS in front of the demo's server, as the API server of a cluster of Google's has it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.heard = b""
        self._tasks: set[asyncio.Task[None]] = set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection("127.0.0.1", self._port)
        ways = asyncio.gather(self._carry(reader, outer, note=True), self._carry(inner, writer))
        try:
            await ways
        finally:
            writer.transport.abort()
            outer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, note: bool = False) -> None:
        try:
            while data := await reader.read(65_536):
                self.heard += data if note else b""
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.transport.abort()


@asynccontextmanager
async def fronted(port: int, authority: Authority) -> AsyncIterator[tuple[Front, int]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.issue("shop"))
    front = Front(port)
    server = await asyncio.start_server(front.talk, "127.0.0.1", 0, ssl=context)
    try:
        yield front, server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
async def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Gke, str, Front]]:
    """A project whose clusters are one of the demo's, behind TLS, and a login to it."""
    authority, google = Authority(tmp_path / "ca"), Gke()
    worlds = [world for world in demo_worlds() if world.cluster.name == DEMO]
    google.permitted, google.token = set(PERMISSIONS), "developer-token"
    google.project.authority = base64.b64encode(authority.certificate.read_bytes()).decode()
    monkeypatch.setenv("KUBEGENIE_PROVISION_LOOK_SECONDS", "0.05")
    async with (
        DemoServer(worlds, ticking=False) as server,
        fronted(server.port, authority) as (front, port),
        serve(google.answer) as url,
    ):
        google.project.endpoint = f"127.0.0.1:{port}/clusters/{DEMO}"
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_of(f"{url}/token", tmp_path)))
        yield google, url, front


@asynccontextmanager
async def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OnDemo]:
    site = declare_ours(tmp_path / "site")
    monkeypatch.setenv("PYTHONPATH", str(site))
    file = write(tmp_path / "config", kubeconfig({"a": "http://127.0.0.1:9", "b": "http://127.0.0.1:9"}))
    with on_the_path(site):
        async with app_on(file) as (app, pilot):
            demo = OnDemo(app, pilot, None)
            await demo.until(lambda: isinstance(app.screen, ClustersScreen) and demo.names)
            yield demo
            for work in await app.services.store.works.all():
                for process in workers(work.id):
                    process.kill()


async def reviewed(demo: OnDemo, url: str) -> None:
    """From the list of clusters to the review of one called shop, in one zone."""
    await demo.pilot.press("n")
    await demo.until_shown("Create a cluster with")
    await demo.pilot.press(*"gke", "enter")
    await demo.until(lambda: isinstance(demo.app.screen, WizardPage) and demo.app.screen.asked)
    type_in(demo, project="shop-1234", endpoint=url, compute_endpoint=url, projects_endpoint=url)
    await demo.pilot.press("enter")
    await demo.until(lambda: isinstance(demo.app.screen, WizardCheck))
    await demo.until_shown("We are anonymous")
    assert "Permission missing" not in demo.text()
    await demo.pilot.press("enter")
    await at(demo, "gke: Cluster (1 of 4)")
    type_in(demo, name="shop", region="europe-west1-b")
    await demo.pilot.press("enter")
    await at(demo, "gke: Network (2 of 4)")
    await demo.pilot.press("enter")
    await at(demo, "gke: Node pools (3 of 4)")
    assert isinstance(demo.app.screen, WizardMany)
    assert "e2-standard-4" in demo.text()
    await demo.pilot.press("enter")
    await demo.until(
        lambda: isinstance(demo.app.screen, WizardReview) and "Cluster shop in europe-west1-b" in demo.text()
    )


async def test_from_the_first_key_to_the_opened_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: tuple[Gke, str, Front]
) -> None:
    cloud, url, front = google
    async with listed(tmp_path, monkeypatch) as demo:
        await reviewed(demo, url)
        for words in ("container:CreateCluster", "prices of 2024-11-07", "authorized networks"):
            await demo.until_shown(words)
        await demo.pilot.press(*"shop", "enter")
        await demo.until_shown("shop is in the list of clusters")
        assert list(cloud.project.clusters) == ["europe-west1-b/shop"]
        await demo.pilot.press("o")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        assert demo.explorer.agent.name == "shop"
        assert f"Bearer {cloud.token}".encode() in front.heard


async def test_no_quota_is_told_and_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: tuple[Gke, str, Front]
) -> None:
    cloud, url, _ = google
    cloud.faults["create_cluster"] = [NO_QUOTA]
    async with listed(tmp_path, monkeypatch) as demo:
        await reviewed(demo, url)
        await demo.pilot.press(*"shop", "enter")
        await demo.until_shown("Insufficient regional quota")
        assert not cloud.project.clusters
        await demo.until(lambda: demo.app.screen.check_action("go_on", ()))
        await demo.pilot.press("r")
        await demo.until_shown("shop is in the list of clusters")
