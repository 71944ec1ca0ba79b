"""Works that are left go on; those whose process was killed, as a restart of the machine does, with the next start."""

from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from kubegenie_tui.domain.creation import WorkState
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.providers.gcp.identity import PERMISSIONS
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.work import WorkScreen
from tests.clouds.aks import CLIENT, SECRET, TENANT, FakeAzure, fake_azure
from tests.clouds.aks_world import SUBSCRIPTION, on_record
from tests.clouds.api_front import api_server
from tests.clouds.gke import Gke
from tests.clouds.google_key import key_of
from tests.ui.on_demo import OnDemo
from tests.ui.test_wizard_aks import described as described_of_azure
from tests.ui.wizarding import begun, filled, known, listed, made, reads, reviewed
from tests.unit.kube.loopback import serve
from tests.unit.provision.test_process import workers

ENDED = "The work on shop is done: :works shows it"
GOES_ON = "The work on shop was broken off, and goes on"
WAITS = "The work on shop was broken off: :works goes on with it"


@pytest.fixture
async def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Gke, str]]:
    google = Gke()
    google.permitted = set(PERMISSIONS)
    async with api_server(tmp_path / "ca") as front, serve(google.answer) as url:
        google.project.endpoint, google.project.authority = front.host, front.authority
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_of(f"{url}/token", tmp_path)))
        yield google, url


async def described(demo: OnDemo, url: str) -> None:
    """From the list of clusters to the review of one called shop, in one zone."""
    there = dict.fromkeys(("endpoint", "compute_endpoint", "projects_endpoint"), url)
    await known(demo, "gke", {"project": "shop-1234", **there}, "anonymous")
    await filled(demo, "gke: Cluster (1 of 4)", name="shop", region="europe-west1-b")
    await filled(demo, "gke: Network (2 of 4)")
    await filled(demo, "gke: Node pools (3 of 4)")
    await reviewed(demo, "Cluster shop in europe-west1-b", "e2-standard-4")


async def broken_off(demo: OnDemo) -> None:
    """The process that works is killed; the app then ends, too."""
    [work] = await demo.app.services.store.works.all()
    for process in workers(work.id):
        process.kill()
    await demo.until(lambda: not demo.app.services.works.is_worked_on(work.id))
    [work] = await demo.app.services.works.broken_off()
    assert work.outline.name == "shop"


async def come_to_its_end(demo: OnDemo) -> WorkState:
    [work] = await demo.app.services.works.all()
    async for each in demo.app.services.works.follow(work.id):
        work = each
    return work.state


async def test_what_was_under_way_goes_on_with_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: tuple[Gke, str]
) -> None:
    cloud, url = google
    cloud.project.polls = 10**9
    async with listed(tmp_path / "first", monkeypatch) as demo:
        await described(demo, url)
        await begun(demo, "shop")
        await demo.until(lambda: cloud.project.under and "◐ Cluster shop" in demo.text())
        await broken_off(demo)
    for each in cloud.project.under:
        each.polls = 1
    async with listed(tmp_path / "second", monkeypatch) as demo:
        await demo.until_shown(GOES_ON)
        assert await come_to_its_end(demo) is WorkState.DONE
        assert list(cloud.project.clusters) == ["europe-west1-b/shop"]
        assert cloud.asked.count("create_cluster") == 1
        await demo.until_shown(ENDED)
        await demo.until(lambda: "shop" in demo.names)


async def test_what_waits_for_a_passphrase_is_told_and_goes_on_once_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fake_azure(tmp_path / "azure") as azure:
        azure.world.looks = 10**9
        async with listed(tmp_path / "first", monkeypatch, "a phrase") as demo:
            await known(demo, "aks", config_of(azure), "")
            await described_of_azure(demo)
            await begun(demo, "shop")
            await reads(demo, "◐ Cluster shop 1.33.5", "· Creating")
            await broken_off(demo)
        azure.world.looks = 1
        for each in (*azure.world.clusters.values(), *azure.world.pools.values()):
            each.looks = 1
        async with listed(tmp_path / "second", monkeypatch) as demo:
            await demo.until_shown(WAITS)
            await demo.command("works shop")
            await reads(demo, "broken off")
            await demo.pilot.press("r")
            await demo.until_shown("A passphrase opens the credentials that are kept.")
            await demo.pilot.press("escape")
            await demo.until(lambda: isinstance(demo.app.screen, WorkScreen) and "broken off" in demo.text())
            await demo.pilot.press("r")
            await demo.until(lambda: isinstance(demo.app.screen, FormScreen) and demo.app.focused)
            await demo.pilot.press(*"a", "space", *"phrase", "enter")
            await reads(demo, "shop is in the list of clusters")
            assert await come_to_its_end(demo) is WorkState.DONE
            [work] = await demo.app.services.works.all()
            assert azure.world.inventory == on_record(work)


async def test_why_it_cannot_be_taken_up_stands_there_until_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: tuple[Gke, str]
) -> None:
    cloud, url = google
    cloud.project.polls = 10**9
    async with listed(tmp_path / "first", monkeypatch) as demo:
        await described(demo, url)
        await begun(demo, "shop")
        await demo.until(lambda: cloud.project.under)
        await broken_off(demo)
        work_screen = demo.app.screen
        assert isinstance(work_screen, WorkScreen)
        await demo.until(lambda: work_screen.check_action("go_on", ()))
        refused = UsageError("Another process works on it")
        with monkeypatch.context() as patched:
            patched.setattr(demo.app.services.works, "go_on", AsyncMock(side_effect=refused))
            await demo.pilot.press("r")
            await reads(demo, "Another process works on it")
        work_screen._show()
        await demo.pilot.pause()
        await reads(demo, "Another process works on it")
        cloud.project.under[0].polls = 1
        await demo.pilot.press("r")
        await reads(demo, "shop is in the list of clusters")


async def test_what_goes_on_after_its_screen_was_left_comes_into_the_list_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: tuple[Gke, str]
) -> None:
    cloud, url = google
    cloud.project.polls = 10**9
    async with listed(tmp_path / "first", monkeypatch) as demo:
        await described(demo, url)
        await begun(demo, "shop")
        await demo.until(lambda: cloud.project.under)
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        assert "shop" not in demo.names
        for each in cloud.project.under:
            each.polls = 1
        cloud.project.polls = 1
        await demo.until_shown(ENDED)
        await demo.until(lambda: "shop" in demo.names)


async def test_what_ends_while_it_is_looked_at_is_in_the_list_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: tuple[Gke, str]
) -> None:
    _, url = google
    async with listed(tmp_path / "first", monkeypatch) as demo:
        await described(demo, url)
        await made(demo, "shop")
        await demo.until(lambda: demo.app.services.manager.agent("shop"))
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "shop" in demo.names)
        assert ENDED not in demo.text()


async def test_what_goes_on_after_the_app_was_left_comes_into_the_list_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, google: tuple[Gke, str]
) -> None:
    cloud, url = google
    cloud.project.polls = 10**9
    async with listed(tmp_path / "first", monkeypatch, goes_on=True) as demo:
        await described(demo, url)
        await begun(demo, "shop")
        await demo.until(lambda: cloud.project.under)
    async with listed(tmp_path / "second", monkeypatch) as demo:
        assert "shop" not in demo.names
        await demo.until(lambda: any(each.group.startswith("work ") for each in demo.app.workers))
        for each in cloud.project.under:
            each.polls = 1
        cloud.project.polls = 1
        await demo.until_shown(ENDED)
        await demo.until(lambda: "shop" in demo.names)


def config_of(azure: FakeAzure) -> dict[str, str]:
    login = {"subscription": SUBSCRIPTION, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}
    there = {"endpoint": azure.url, "authority": azure.url, "ca_file": str(azure.authority.certificate)}
    return {**login, **there}
