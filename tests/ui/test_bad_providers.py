"""Providers of others that cannot be used, as wheels: listed with the reason, and the app goes on."""

from pathlib import Path

import pytest

from kubegenie_tui.paths import database_file
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.settings import PluginSettings
from kubegenie_tui.store.store import Store
from tests.ui.on_demo import OnDemo
from tests.ui.test_plugins import until_told
from tests.ui.wizarding import at, listed
from tests.wheels import MANIFEST, install, on_the_path, write_project

MAKES = MANIFEST.replace('["list"]', '["create"]\nspec = "{}.plugin:Plugin"')
RAISES = "raise RuntimeError('out of luck')"
CLASH = "first 1.0 and second 1.0 have a provider of this name · uninstall all but one"
OLD = "It is made for version 0 of the API of plugins, and this KubeGenie has 1 · upgrade the older of the two"
OURS = "eks is a provider of KubeGenie itself · tell its author"
BROKEN = "It cannot be imported: RuntimeError: out of luck · tell its author"
WAITS = "raising was not allowed yet · look at it, then `kubegenie plugins allow raising`"


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where each distribution was installed."""
    directory = tmp_path_factory.mktemp("wheels")
    named = {"raising": "raising", "outdated": "outdated", "first": "twin", "second": "twin", "greedy": "eks"}
    return install(
        [
            write_project(
                directory,
                name,
                entry=entry,
                plugin=RAISES,
                manifest=MAKES.format(name).replace("api = 1", f"api = {0 if name == 'outdated' else 1}"),
            )
            for name, entry in named.items()
        ],
        directory,
    )


async def allow(name: str) -> None:
    """As a person who looked at it and thinks well of it."""
    store = await Store.open(database_file())
    registry = Registry(PluginSettings(), Pins(store.facts))
    await registry.allow(next(each for each in await registry.offers() if each.name == name))
    await store.close()


async def chosen(demo: OnDemo, name: str) -> None:
    """One of the providers to make a cluster with."""
    await demo.pilot.press("n")
    await demo.until_shown("Create a cluster with")
    await demo.pilot.press(*name, "enter")


def said(demo: OnDemo) -> str:
    """All that is on the screen, as if no line of it were ever wrapped."""
    return " ".join(demo.text().replace("│", " ").split())


async def test_each_is_listed_with_the_reason(
    tmp_path: Path, sites: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_the_path(*sites.values()):
        async with listed(tmp_path, monkeypatch) as demo:
            await demo.pilot.press("n")
            await demo.until_shown("Create a cluster with")
            for words in (f"raising {WAITS}", f"outdated {OLD}", f"twin {CLASH}", "eks Amazon EKS", f"eks {OURS}"):
                await demo.until(lambda words=words: words in said(demo))  # type: ignore[misc]
            await demo.pilot.press("escape")
            await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen))
            await demo.pilot.press("d")
            await demo.until_shown("Where to look for clusters")
            for words in (f"outdated {OLD}", f"twin {CLASH}", "eks Amazon EKS", f"eks {OURS}"):
                await demo.until(lambda words=words: words in said(demo))  # type: ignore[misc]


async def test_one_that_is_chosen_says_why_and_the_app_goes_on(
    tmp_path: Path, sites: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_the_path(*sites.values()):
        await allow("raising")
        async with listed(tmp_path, monkeypatch) as demo:
            for name, why in {"raising": BROKEN, "outdated": OLD, "twin": CLASH}.items():
                await chosen(demo, name)
                await until_told(demo, f"The plugin {name} cannot be used · {why}")
                assert isinstance(demo.app.screen, ClustersScreen)
            await chosen(demo, "eks")
            await at(demo, "eks: how it is reached")
