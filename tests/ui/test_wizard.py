"""The wizard from the first key to the opened cluster, and what is done when it does not go well."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.domain.creation import WorkState
from kubegenie_tui.paths import database_file
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.form import FormRow
from kubegenie_tui.screens.wizard_check import WizardCheck
from kubegenie_tui.screens.wizard_many import WizardMany
from kubegenie_tui.screens.wizard_page import WizardPage
from kubegenie_tui.screens.wizard_review import WizardReview
from kubegenie_tui.screens.work import WorkScreen
from kubegenie_tui.screens.works import WorksScreen
from kubegenie_tui.settings import PluginSettings
from kubegenie_tui.store import store as opening
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.safe import Safe
from kubegenie_tui.store.store import Store
from tests.clouds.toy import ToyCloud
from tests.clouds.toy_site import install_toy
from tests.demo_worlds import demo_worlds
from tests.ui.on_demo import OnDemo, app_on
from tests.ui.wizarding import at, back_at, filled, rows, type_in
from tests.unit.agents.kubeconfigs import kubeconfig, write
from tests.unit.provision.test_process import workers
from tests.wheels import on_the_path


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "Safe", lambda database: Safe(database, cost=2**4))
    monkeypatch.setenv("KUBEGENIE_PROVISION_LOOK_SECONDS", "0.05")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the toy's provider is installed; what still works when a test ends is ended with it."""
    directory = install_toy(tmp_path / "site")
    monkeypatch.setenv("PYTHONPATH", str(directory))
    with on_the_path(directory):
        yield directory
    for process in workers():
        if process.environ().get("PYTHONPATH") == str(directory):
            process.kill()


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[ToyCloud]:
    """One whose clusters are those of the demo."""
    worlds = [world for world in demo_worlds() if world.cluster.name == "edge-paris"]
    async with DemoServer(worlds, ticking=False) as server, ToyCloud() as cloud:
        cloud.server = server.url("edge-paris")
        yield cloud


@asynccontextmanager
async def listed(tmp_path: Path, size: tuple[int, int] = (160, 45)) -> AsyncIterator[OnDemo]:
    """The list of clusters, with two that are away, the toy's provider allowed, and a safe that is open."""
    store = await Store.open(database_file())
    registry = Registry(PluginSettings(), Pins(store.facts))
    await registry.allow(next(each for each in await registry.offers() if each.name == "toy"))
    await store.close()
    file = write(tmp_path / "config", kubeconfig({"a": "http://127.0.0.1:9", "b": "http://127.0.0.1:9"}))
    async with app_on(file, size) as (app, pilot):
        demo = OnDemo(app, pilot, None)
        await demo.until(lambda: isinstance(app.screen, ClustersScreen) and demo.names)
        if (await app.services.store.safe.state()).way is None:
            await app.services.store.safe.set_up(Way.PASSPHRASE, "a phrase")
        else:
            await app.services.store.safe.unlock("a phrase")
        yield demo


async def reached(demo: OnDemo, cloud: ToyCloud, token: str = "toy") -> None:
    """From the list of clusters to the first page about the cluster."""
    await demo.pilot.press("n")
    await demo.until_shown("Create a cluster with")
    await demo.pilot.press(*"toy", "enter")
    await demo.until(lambda: isinstance(demo.app.screen, WizardPage) and demo.app.screen.asked)
    type_in(demo, url=cloud.url, token=token)
    await demo.pilot.press("enter")
    await demo.until(lambda: isinstance(demo.app.screen, WizardCheck))


async def reviewed(demo: OnDemo, cloud: ToyCloud) -> None:
    """On to the review of a cluster called shop."""
    await described(demo, cloud)
    await demo.until(
        lambda: isinstance(demo.app.screen, WizardReview) and "3 steps" in demo.text() and demo.app.focused
    )


async def described(demo: OnDemo, cloud: ToyCloud, **texts: str) -> None:
    """Through all pages, with the defaults and what is said here."""
    await reached(demo, cloud)
    await demo.until_shown("We are anna")
    await demo.pilot.press("enter")
    await at(demo, "toy: Cluster (1 of 4)")
    type_in(demo, **{"name": "shop", "region": "north", **texts})
    await demo.pilot.press("enter")
    await at(demo, "toy: Network (2 of 4)")
    await demo.pilot.press("enter")
    await at(demo, "toy: Node pools (3 of 4)")
    assert isinstance(demo.app.screen, WizardMany)
    await demo.pilot.press("up", "up", "enter")
    await at(demo, "Node pools: one of them")
    type_in(demo, size="small")
    await demo.pilot.press("enter")
    await at(demo, "size small")
    assert isinstance(demo.app.screen, WizardMany)
    await demo.pilot.press("down", "down", "enter")


async def begun(demo: OnDemo, cloud: ToyCloud) -> WorkScreen:
    await reviewed(demo, cloud)
    await demo.pilot.press(*"shop", "enter")
    await demo.until(lambda: isinstance(demo.app.screen, WorkScreen))
    screen = demo.app.screen
    assert isinstance(screen, WorkScreen)
    return screen


@pytest.mark.parametrize("size", [(160, 45), (80, 24)])
async def test_from_the_first_key_to_the_opened_cluster(
    tmp_path: Path, site: Path, cloud: ToyCloud, size: tuple[int, int]
) -> None:
    async with listed(tmp_path, size) as demo:
        await reviewed(demo, cloud)
        for words in (
            "Network shop",
            "toy:CreatePool",
            "About $146.00 a month",
            "prices of 2026-11-01",
            "itself makes",
        ):
            await demo.until_shown(words)
        await demo.pilot.press(*"shup", "enter")
        await demo.until_shown("This is done once you type shop")
        assert not cloud.things
        await demo.pilot.press("ctrl+u", *"shop", "enter")
        await demo.until_shown("shop is in the list of clusters")
        await demo.pilot.press("o")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        assert demo.explorer.agent.name == "shop"


async def test_what_is_refused_is_said_at_its_field_and_nothing_is_lost(
    tmp_path: Path, site: Path, cloud: ToyCloud
) -> None:
    async with listed(tmp_path) as demo:
        await described(demo, cloud, name="a")
        await at(demo, "toy: Cluster (1 of 4)")
        await demo.until_shown("There is a cluster called a already")
        page = demo.app.screen
        assert isinstance(page, WizardPage)
        assert page.typed["region"] == "north"


async def test_back_and_forth_and_away_and_back(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    async with listed(tmp_path) as demo:
        await reviewed(demo, cloud)
        kept = await demo.app.services.store.facts.get("wizard", "toy")
        assert kept is not None, "what is typed outlives a terminal that is closed"
        assert '"small"' in kept
        await demo.pilot.press("escape")
        await at(demo, "toy: Node pools (3 of 4)")
        await demo.until_shown("size small")
        await demo.until_shown("⏎ choose")
        for title in ("toy: Network (2 of 4)", "toy: Cluster (1 of 4)", "toy: how it is reached"):
            await demo.pilot.press("escape")
            await at(demo, title)
        await demo.pilot.press("escape", "escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        kept = await demo.app.services.store.facts.get("wizard", "toy")
        assert kept is not None
        assert '"shop"' in kept
        assert "token" not in kept
        await reached(demo, cloud)
        await demo.until_shown("We are anna")
        await demo.pilot.press("enter")
        await at(demo, "toy: Cluster (1 of 4)")
        await demo.until_shown("shop")


async def test_what_there_is_can_be_listed(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    async with listed(tmp_path) as demo:
        await reached(demo, cloud)
        await demo.until_shown("We are anna")
        await demo.pilot.press("enter")
        await at(demo, "toy: Cluster (1 of 4)")
        await demo.pilot.press("tab", "ctrl+l")
        await demo.until_shown("south")
        await demo.pilot.press(*"sou", "enter")
        await at(demo, "toy: Cluster (1 of 4)")
        page = demo.app.screen
        assert isinstance(page, WizardPage)
        assert page.typed["region"] == "south"
        await demo.until_shown("list what there is")
        await filled(demo, "toy: Cluster (1 of 4)", name="shop")
        await filled(demo, "toy: Network (2 of 4)")
        await at(demo, "toy: Node pools (3 of 4)")
        await demo.pilot.press("up", "up", "enter")
        await at(demo, "Node pools: one of them")
        await demo.pilot.press("tab")
        await demo.until_shown("list what there is")
        rows(demo)["count"].entry.focus()
        await demo.until(lambda: "list what there is" not in demo.text())


async def test_nobody_goes_on_as_nobody(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    async with listed(tmp_path) as demo:
        await reached(demo, cloud, token="wrong")
        await demo.until_shown("who are you?")
        await demo.pilot.press("enter", "r")
        await demo.until_shown("who are you?")
        await demo.pilot.press("escape")
        await at(demo, "toy: how it is reached")


async def test_a_provider_that_is_broken_is_told_and_can_be_left(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    cloud.person = {}
    async with listed(tmp_path) as demo:
        await reached(demo, cloud)
        await demo.until_shown("toy failed: KeyError: 'who'")
        await demo.pilot.press("escape")
        await at(demo, "toy: how it is reached")


async def test_what_failed_is_tried_again_or_cleaned_up(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    cloud.fail("pool/default", "no machines left")
    async with listed(tmp_path) as demo:
        await begun(demo, cloud)
        await demo.until_shown("no machines left")
        await demo.until(lambda: demo.app.screen.check_action("go_on", ()))
        cloud.fail("pool/default", "")
        cloud.refuse("POST pool/default", "quota")
        await demo.pilot.press("r")
        await demo.until_shown("quota: pool/default")
        await demo.until(lambda: demo.app.screen.check_action("want", ("clean up",)))
        await demo.pilot.press("c")
        await demo.until(lambda: isinstance(demo.app.screen, WizardReview) and "Remove shop" in demo.text())
        await demo.pilot.press(*"shop", "enter")
        await demo.until_shown("What this work made of these is gone")
        assert not cloud.names
        await demo.pilot.press("escape")
        await demo.command("works")
        await demo.until_shown("create · toy")
        await demo.pilot.press("ctrl+d")
        await demo.until_shown("no cluster was created here")


async def test_it_goes_on_when_it_is_left_and_is_come_back_to(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    cloud.looks = 10**9
    async with listed(tmp_path) as demo:
        await begun(demo, cloud)
        await demo.until_shown("CREATING")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
    for thing in cloud.things.values():
        thing.looks = 0
    cloud.looks = 1
    async with listed(tmp_path) as demo:
        [work] = await demo.app.services.store.works.all()
        async for each in demo.app.services.works.follow(work.id):
            work = each
        assert work.state is WorkState.DONE
        await demo.command("works")
        await demo.until_shown("3/3 steps")
        await demo.pilot.press("enter")
        await demo.until_shown("shop is in the list of clusters")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, WorksScreen))
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        await demo.command("works shop")
        await demo.until_shown("shop is in the list of clusters")


async def test_a_work_that_was_broken_off_goes_on(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    cloud.looks = 10**9
    async with listed(tmp_path) as demo:
        screen = await begun(demo, cloud)
        await demo.until_shown("CREATING")
        for process in workers(screen._work.id):
            process.kill()
        await demo.until_shown("broken off")
        cloud.looks = 1
        for thing in cloud.things.values():
            thing.looks = 0
        await demo.pilot.press("r")
        await demo.until_shown("shop is in the list of clusters")


async def test_a_person_stops_it(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    cloud.looks = 10**9
    async with listed(tmp_path) as demo:
        await begun(demo, cloud)
        await demo.until_shown("CREATING")
        await demo.pilot.press("s")
        await demo.until_shown("stopped")
        assert cloud.names == {"network/shop"}


async def test_what_was_made_is_upgraded_and_scaled(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    async with listed(tmp_path) as demo:
        await begun(demo, cloud)
        await demo.until_shown("shop is in the list of clusters")
        await demo.pilot.press("u")
        await demo.until_shown("Upgrade shop to")
        await demo.pilot.press("enter")
        await demo.until(lambda: isinstance(demo.app.screen, WizardReview) and demo.app.focused)
        await demo.pilot.press(*"shop", "enter")
        await demo.until(lambda: "Upgrading shop" in demo.text() and "● done" in demo.text())
        await demo.pilot.press("escape")
        await demo.command("works")
        await demo.until_shown("upgrade · toy")
        await demo.pilot.press(*"create", "enter")
        await demo.until_shown("shop is in the list of clusters")
        await demo.pilot.press("p")
        await demo.until(lambda: demo.app.screen.query(FormRow) and demo.app.focused)
        await demo.pilot.press("tab", "4", "enter")
        await demo.until(lambda: isinstance(demo.app.screen, WizardReview) and demo.app.focused)
        await demo.pilot.press(*"shop", "enter")
        await demo.until(lambda: "Scaling shop" in demo.text() and "● done" in demo.text())
        assert {"upgrade/to-1-38", "scale/default-4"} <= cloud.names


async def test_what_stood_on_a_page_is_there_again_after_the_list_of_clusters_was_gone_to(
    tmp_path: Path, site: Path, cloud: ToyCloud
) -> None:
    async with listed(tmp_path) as demo:
        await reached(demo, cloud)
        await demo.until_shown("We are anna")
        await demo.pilot.press("enter")
        await at(demo, "toy: Cluster (1 of 4)")
        type_in(demo, name="shop", region="north")
        await demo.pilot.press("ctrl+k")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
        await reached(demo, cloud)
        await demo.until_shown("We are anna")
        await demo.pilot.press("enter")
        await at(demo, "toy: Cluster (1 of 4)")
        assert (rows(demo)["name"].typed, rows(demo)["region"].typed) == ("shop", "north")
        await demo.pilot.press("enter")
        await at(demo, "toy: Network (2 of 4)")
        await demo.pilot.press("enter")
        await at(demo, "toy: Node pools (3 of 4)")
        await demo.pilot.press("up", "up", "enter")
        await at(demo, "Node pools: one of them")
        type_in(demo, size="small")
        await demo.pilot.press("escape")
        await at(demo, "size small")


async def test_who_leaves_before_a_change_is_begun_is_back_at_the_work(
    tmp_path: Path, site: Path, cloud: ToyCloud
) -> None:
    async with listed(tmp_path) as demo:
        await begun(demo, cloud)
        await demo.until_shown("shop is in the list of clusters")
        for key, shown in (("u", "Upgrade shop to"), ("p", "Scale shop"), ("c", "Remove shop")):
            await demo.until(lambda: isinstance(demo.app.screen, WorkScreen))
            await demo.pilot.press(key)
            await demo.until_shown(shown)
            await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, WorkScreen))


async def test_a_pool_is_given_bounds(tmp_path: Path, site: Path, cloud: ToyCloud) -> None:
    async with listed(tmp_path) as demo:
        await begun(demo, cloud)
        await demo.until_shown("shop is in the list of clusters")
        await demo.pilot.press("p")
        await demo.until(lambda: demo.app.screen.query(FormRow) and demo.app.focused)
        await demo.pilot.press("enter")
        await demo.until_shown("Nothing is asked of the pool")
        await demo.until_shown("asked for last: default 2")
        await demo.pilot.press("tab", "5", "tab", "3", "enter")
        await demo.until_shown("The most, 3 nodes, is less than the least, 5")
        await demo.pilot.press("backspace", "9", "enter")
        await demo.until(lambda: isinstance(demo.app.screen, WizardReview) and demo.app.focused)
        await demo.pilot.press(*"shop", "enter")
        await demo.until(lambda: "Scaling shop" in demo.text() and "● done" in demo.text())
        assert "scale/default-5-to-9" in cloud.names
        await back_at(demo, "shop")
        await demo.pilot.press("p")
        await demo.until_shown("asked for last: default 5 to 9")
