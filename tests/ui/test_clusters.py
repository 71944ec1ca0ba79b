"""The list of clusters when something is wrong with the kubeconfigs."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.app import KubeGenieApp
from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.domain.cluster import Reach, Registration
from kubegenie_tui.domain.endpoint import Endpoint
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.kube.context import Context
from kubegenie_tui.kube.probe import ProbeStep
from kubegenie_tui.screens.cluster_news import ClusterNews
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.welcome import WelcomeScreen
from kubegenie_tui.services import Services, build_services
from kubegenie_tui.settings import load_settings
from kubegenie_tui.widgets.header import StatusHeader
from tests.clouds.api_front import api_server
from tests.ui.on_demo import OnDemo, app_on, app_on_demo, still
from tests.unit.agents.kubeconfigs import kubeconfig, write

HALF = """
apiVersion: v1
kind: Config
clusters:
- name: a
  cluster: {server: "http://127.0.0.1:1"}
contexts:
- name: good
  context: {cluster: a}
- name: bad
  context: {cluster: a, user: nobody}
"""


@pytest.fixture
def kubeconfigs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """One that is no YAML, and one of which a context is wrong."""
    broken, half = tmp_path / "broken", tmp_path / "half"
    broken.write_text("{{{")
    half.write_text(HALF)
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(map(str, (broken, half))))
    return [broken, half]


async def test_what_cannot_be_read_is_said_below_the_clusters_that_can(kubeconfigs: list[Path]) -> None:
    settings, options = still(load_settings()), StartOptions()

    async def build() -> Services:
        return await build_services(settings, options)

    app = KubeGenieApp(settings, options, build)
    async with app.run_test(size=(160, 45)) as pilot:
        demo = OnDemo(app, pilot, None)
        await demo.until(lambda: isinstance(app.screen, ClustersScreen) and demo.names)
        assert demo.names == ["bad", "good"]
        await demo.until_shown("✖ The kubeconfig is not valid YAML")
        await demo.until_shown(f"correct {kubeconfigs[0]}")
        demo.table.select("", "bad")
        await pilot.press("t")
        await demo.until_shown("✖ kubeconfig")
        await demo.until_shown('half:11 · Context "bad" names the user "nobody"')
        await pilot.press("escape")
        assert not app.screen.has_class("-report")


async def test_without_a_kubeconfig_it_is_missed_only_while_there_is_no_cluster(tmp_path: Path) -> None:
    async with app_on(tmp_path / "none") as (app, pilot):
        demo = OnDemo(app, pilot, None)
        await demo.until(lambda: isinstance(app.screen, WelcomeScreen))
        await pilot.press("ctrl+k")
        await demo.until_shown("There are no clusters known yet: register one")
        await demo.until_shown("✖ No kubeconfig was found")
        await app.services.manager.registrar.add(Registration("rack", endpoint=Endpoint("http://127.0.0.1:9")), {})
        await demo.until(lambda: demo.names == ["rack"] and not app.screen.has_class("-unread"))


async def test_a_test_of_a_connection_shows_that_it_goes_on_and_its_words_go_on_below_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = asyncio.Event()

    async def tried(_: Context) -> AsyncIterator[ProbeStep]:
        yield ProbeStep("name", True, "known " * 30)
        await goes_on.wait()
        yield ProbeStep("connection", False, "nothing comes back")

    monkeypatch.setattr("kubegenie_tui.screens.cluster_control.try_out", tried)
    file = write(tmp_path / "config", kubeconfig({"a": "http://127.0.0.1:9", "b": "http://127.0.0.1:9"}))
    async with app_on(file, (80, 24)) as (app, pilot):
        demo = OnDemo(app, pilot, None)
        await demo.until(lambda: isinstance(app.screen, ClustersScreen) and demo.names)
        await pilot.press("t")
        await demo.until_shown("✓ name         known")
        await demo.until_shown("\n                 known known")
        await demo.until_shown("◐ …")
        goes_on.set()
        await demo.until_shown("✖ connection   nothing comes back")
        assert "◐ …" not in demo.text()


async def test_one_whose_certificate_is_not_checked_is_called_so_in_red(tmp_path: Path) -> None:
    async with api_server(tmp_path / "tls") as front:
        tls = {"insecure-skip-tls-verify": True}
        servers = {"shop": f"https://{front.host}", "away": "https://127.0.0.1:9"}
        text = kubeconfig(servers, tls=tls).replace("user: {}", "user: {token: t}")
        front.takes = lambda token: token == "t"
        async with app_on(write(tmp_path / "config", text)) as (app, pilot):
            demo = OnDemo(app, pilot, None)
            await demo.until_shown("✖ unverified")
            await demo.until_shown("no certificate is checked: whoever is on the way can read along")
            demo.table.select("", "shop")
            await pilot.press("enter")
            await demo.until_shown("KubeGenie  shop unverified ●")
            header = app.screen.query_one(StatusHeader)
            [span] = [
                each for each in header.render().spans if header.render().plain[each.start : each.end] == " unverified"
            ]
            assert span.style == "$error"


async def test_a_cluster_that_nobody_looks_at_and_that_goes_is_told_in_a_corner(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, context="prod-eu", namespace="shop") as on:
        await on.until(lambda: on.names)
        assert on.server is not None
        manager = on.app.services.manager
        staging = manager.agent("staging")
        assert staging is not None
        news = ClusterNews(on.app, on.app.services)

        def is_found(reach: Reach) -> bool:
            """Whether a check has found it so; a check that is asked for while another runs is not begun."""
            manager.health.check(staging, quiet=True)
            return staging.status.reach is reach

        await on.until(lambda: is_found(Reach.READY))
        news.look()
        on.server.inject(Fault(cluster="staging", path="/readyz", status=500, count=-1))
        await on.until(lambda: is_found(Reach.DEGRADED))
        news.look()
        await on.until_shown("staging is degraded")
        assert ":clusters shows it" in on.text()
