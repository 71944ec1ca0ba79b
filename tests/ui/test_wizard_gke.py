"""A cluster of Google's from the first key of the wizard to its rows, which a token of our own plugin opens."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.providers.gcp.identity import PERMISSIONS
from tests.clouds.gke import NO_QUOTA, Gke
from tests.clouds.google_key import key_of
from tests.ui.on_demo import OnDemo
from tests.ui.wizarding import api_server, at, filled, known, listed, made, named, opened, reviewed, rows, type_in
from tests.unit.kube.loopback import serve


@pytest.fixture
async def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Gke, str]]:
    """A project whose clusters are one of the demo's, behind TLS, and a login to it."""
    google = Gke()
    google.permitted, google.token = set(PERMISSIONS), "token-of-google"
    async with api_server(tmp_path / "ca") as front, serve(google.answer) as url:
        front.takes = lambda token: token == google.token
        google.project.endpoint, google.project.authority = front.host, front.authority
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_of(f"{url}/token", tmp_path)))
        yield google, url


async def described(demo: OnDemo, url: str) -> None:
    """From the list of clusters to the review of one called shop, in one zone."""
    there = {"endpoint": url, "compute_endpoint": url, "projects_endpoint": url}
    await known(demo, "gke", {"project": "shop-1234", **there}, "anonymous")
    await filled(demo, "gke: Cluster (1 of 4)", name="shop", region="europe-west1-b")
    await filled(demo, "gke: Network (2 of 4)")
    await filled(demo, "gke: Node pools (3 of 4)")
    await reviewed(demo, "Cluster shop in europe-west1-b", "e2-standard-4")


async def test_from_the_first_key_to_the_opened_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: tuple[Gke, str]
) -> None:
    cloud, url = google
    async with listed(tmp_path, monkeypatch) as demo:
        await described(demo, url)
        await reviewed(demo, "container:CreateCluster", "prices of 2024-11-07", "authorized networks", "Not cleaned up")
        await made(demo, "shop")
        assert list(cloud.project.clusters) == ["europe-west1-b/shop"]
        await opened(demo, "shop")


async def test_no_quota_is_told_and_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: tuple[Gke, str]
) -> None:
    cloud, url = google
    cloud.faults["create_cluster"] = [NO_QUOTA]
    async with listed(tmp_path, monkeypatch) as demo:
        await described(demo, url)
        await demo.pilot.press(*"shop", "enter")
        await demo.until_shown("Insufficient regional quota")
        assert not cloud.project.clusters
        await demo.until(lambda: demo.app.screen.check_action("go_on", ()))
        await demo.pilot.press("r")
        await demo.until_shown("shop is in the list of clusters")


async def test_what_does_not_fit_together_is_told_where_it_can_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: tuple[Gke, str]
) -> None:
    _, url = google
    there = {"endpoint": url, "compute_endpoint": url, "projects_endpoint": url}
    async with listed(tmp_path, monkeypatch) as demo:
        await known(demo, "gke", {"project": "shop-1234", **there}, "anonymous")
        await at(demo, "gke: Cluster (1 of 4)")
        rows(demo)["mode"].entry.focus()
        await demo.pilot.press("right")
        type_in(demo, name="shop", region="europe-west1-b")
        await named(demo, "gke: Cluster (1 of 4)", "region", "europe-west1-b", "Autopilot is regional")
        await demo.pilot.press("enter")
        await named(demo, "gke: Cluster (1 of 4)", "region", "europe-west1-b", "Autopilot is regional")
        await filled(demo, "gke: Cluster (1 of 4)", region="europe-west1")
        await filled(demo, "gke: Network (2 of 4)", services_range="services")
        await named(
            demo, "gke: Network (2 of 4)", "pods_range", "", "a range for Pods and one for Services go together"
        )
        await filled(demo, "gke: Network (2 of 4)", services_range="")
        await filled(demo, "gke: Node pools (3 of 4)")
        await demo.until_shown("Autopilot has no node pools, it makes nodes for what runs: take them out")
        await at(demo, "gke: Node pools (3 of 4)")
        await demo.pilot.press("up", "up", "ctrl+d")
        await demo.until(lambda: "e2-standard-4" not in demo.text())
        await demo.pilot.press("down", "enter")
        await reviewed(demo, "Autopilot cluster shop in europe-west1")
