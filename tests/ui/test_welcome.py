from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.messages import ClustersRequested, DemoRequested, ViewRequested
from kubegenie_tui.screens.register import RegisterScreen
from kubegenie_tui.screens.welcome import CHOICES, WAYS, WelcomeScreen
from kubegenie_tui.store.store import Store
from tests.ui.on_demo import OnDemo, app_on
from tests.ui.played_chat import PlayedServices, PlayedWorks
from tests.ui.stage import Stage, text_of, until

KUBECONFIG = """
apiVersion: v1
kind: Config
clusters: [{name: far, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: me, user: {token: t}}]
contexts:
- {name: one, context: {cluster: far, user: me}}
- {name: two, context: {cluster: far, user: me}}
"""


class Welcome:
    def __init__(self, app: Stage, pilot: Pilot[None], manager: ClusterManager, works: PlayedWorks) -> None:
        self.app = app
        self.pilot = pilot
        self.manager = manager
        self.works = works

    async def shown(self, *words: str) -> None:
        await until(self.pilot, lambda: all(word in text_of(self.pilot) for word in words))

    async def enter(self, path: Path) -> None:
        self.app.screen.query_one(Input).value = str(path)
        await self.pilot.press("enter")


def views(here: Welcome) -> list[str]:
    return [each.view for each in here.app.heard(ViewRequested) if isinstance(each, ViewRequested)]


@asynccontextmanager
async def welcome(tmp_path: Path, size: tuple[int, int] = (100, 40)) -> AsyncIterator[Welcome]:
    """The welcome screen of a person whose kubeconfig does not exist."""
    store = await Store.open(tmp_path / "kubegenie.db")
    manager = ClusterManager(store, kubeconfig=[tmp_path / "missing" / "config"])
    try:
        await manager.start()
        services = PlayedServices(store)
        services.manager = manager  # type: ignore[assignment]  # the real one in place of the played one
        app = Stage(screen=WelcomeScreen(services.as_services()))
        async with app.run_test(size=size) as pilot:
            yield Welcome(app, pilot, manager, services.works)
    finally:
        await manager.shutdown()
        await store.close()


@pytest.mark.parametrize("size", [(160, 45), (80, 24)])
async def test_it_says_where_it_looked_and_offers_the_ways_on(tmp_path: Path, size: tuple[int, int]) -> None:
    async with welcome(tmp_path, size) as here:
        await here.shown("No cluster yet", *(title for title, _ in CHOICES.values()))
        assert str(tmp_path / "missing" / "config") in "".join(text_of(here.pilot).split())
        await here.pilot.press("d")
        await until(here.pilot, lambda: here.app.heard(DemoRequested))


async def test_a_command_is_offered_where_one_can_be_typed(tmp_path: Path) -> None:
    async with app_on(tmp_path / "missing") as (app, pilot):
        demo = OnDemo(app, pilot, None)
        await demo.until(lambda: isinstance(app.screen, WelcomeScreen))
        await demo.until_shown("f discover")
        assert ": command" not in demo.text()
        await pilot.press("ctrl+k")
        await demo.until(lambda: isinstance(app.screen, ClustersScreen))
        await pilot.press("colon")
        await demo.until_shown("tab complete")


async def test_the_ways_to_a_cluster_are_told_and_escape_leads_back(tmp_path: Path) -> None:
    async with welcome(tmp_path) as here:
        await here.pilot.press("c")
        await here.shown(*(command for _, command, _ in WAYS))
        await here.pilot.press("escape")
        await here.shown("Try the demo")


async def test_a_first_cluster_is_described_by_hand(tmp_path: Path) -> None:
    async with welcome(tmp_path) as here:
        await here.pilot.press("r")
        await until(here.pilot, lambda: isinstance(here.app.screen, RegisterScreen))
        (tmp_path / "good.yaml").write_text(KUBECONFIG)
        await here.manager.registrar.register(tmp_path / "good.yaml", "two")
        await here.pilot.pause()
        assert not here.app.heard(ClustersRequested)
        await here.pilot.press("escape")
        await until(here.pilot, lambda: here.app.heard(ClustersRequested))


async def test_what_was_typed_of_a_first_cluster_stands_there_again(tmp_path: Path) -> None:
    async with welcome(tmp_path) as here:
        await here.pilot.press("r")
        await until(here.pilot, lambda: isinstance(here.app.screen, RegisterScreen) and here.app.focused)
        await here.pilot.press(*"shop", "escape")
        await until(here.pilot, lambda: isinstance(here.app.screen, WelcomeScreen))
        await here.pilot.press("r")
        await here.shown("What you typed before stands here", "shop")


async def test_what_a_cloud_account_refuses_is_said_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: object) -> None:
        raise UsageError("No cloud is set up here", "none has credentials")

    monkeypatch.setattr("kubegenie_tui.screens.discovering.discover", refused)
    async with welcome(tmp_path) as here:
        await here.pilot.press("f")
        await here.shown("✖ No cloud is set up here", "none has credentials", "Create a cluster")


async def test_a_first_cluster_is_created_and_what_was_begun_is_found_again(tmp_path: Path) -> None:
    async with welcome(tmp_path) as here:
        await here.shown("Create a cluster")
        assert "What is being made" not in text_of(here.pilot)
        await here.pilot.press("n")
        await until(here.pilot, lambda: views(here) == ["provision"])
        here.works.begun.append(object())
        await here.pilot.press("r", "escape")
        await here.shown("What is being made")
        await here.pilot.press("w")
        await until(here.pilot, lambda: views(here) == ["provision", "works"])


async def test_a_kubeconfig_elsewhere_is_registered_with_all_its_contexts(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.yaml"
    path.write_text(KUBECONFIG)
    async with welcome(tmp_path) as here:
        await here.pilot.press("p")
        await here.enter(path)
        await until(here.pilot, lambda: here.app.heard(ClustersRequested))
        assert [status.name for status in here.manager.statuses] == ["one", "two"]
        assert all(status.source == "registered" for status in here.manager.statuses)
        assert len(here.app.heard(ClustersRequested)) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no such file"),
        ("- not\n- a kubeconfig\n", "✖"),
        ("apiVersion: v1\nkind: Config\ncontexts: []\n", "has no context"),
        ("a: [1, 2\n", "✖"),
    ],
)
async def test_a_file_that_cannot_be_used_is_said_and_another_may_be_tried(
    tmp_path: Path, content: str | None, words: str
) -> None:
    path = tmp_path / "[/broken]"
    path.parent.mkdir(exist_ok=True)
    good = tmp_path / "good.yaml"
    good.write_text(KUBECONFIG)
    if content is not None:
        (tmp_path / "broken.yaml").write_text(content)
        path = tmp_path / "broken.yaml"
    async with welcome(tmp_path) as here:
        await here.pilot.press("p")
        await here.enter(path)
        await here.shown(words)
        assert not here.manager.statuses
        await here.enter(good)
        await until(here.pilot, lambda: here.app.heard(ClustersRequested))


async def test_a_kubeconfig_that_appears_is_found_without_a_key(tmp_path: Path) -> None:
    async with welcome(tmp_path) as here:
        await here.shown("No cluster yet")
        (tmp_path / "good.yaml").write_text(KUBECONFIG)
        await here.manager.registrar.register(tmp_path / "good.yaml", "two")
        await until(here.pilot, lambda: here.app.heard(ClustersRequested))
