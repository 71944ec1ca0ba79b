"""A toy cloud, its provider as an allowed plugin, and works that are done in this process."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.paths import data_dir
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.provision.locks import Locks
from kubegenie_tui.settings import PluginSettings
from kubegenie_tui.store.store import Store
from tests.clouds.making import Making, making_in, store_with_safe
from tests.clouds.toy import ToyCloud
from tests.clouds.toy_site import install_toy
from tests.wheels import on_the_path

SPEC: dict[str, Any] = {
    "name": "shop",
    "region": "north",
    "version": "1.37",
    "pools": [{"name": "default", "size": "small"}],
}


@pytest.fixture
async def cloud() -> AsyncIterator[ToyCloud]:
    async with ToyCloud() as cloud:
        yield cloud


@pytest.fixture
async def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    async with store_with_safe(monkeypatch) as store:
        yield store


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    directory = install_toy(tmp_path / "site")
    with on_the_path(directory):
        yield directory


@dataclass
class ToyMaking(Making):
    """Works in the toy cloud."""

    cloud: ToyCloud = field(default_factory=ToyCloud)


@pytest.fixture
async def making(cloud: ToyCloud, store: Store, site: Path) -> AsyncIterator[ToyMaking]:
    registry = Registry(PluginSettings(), Pins(store.facts))
    [offer] = [each for each in await registry.offers() if each.name == "toy"]
    await registry.allow(offer)
    async with making_in(store, "toy", {"url": cloud.url, "token": "toy"}, **SPEC) as made:
        yield ToyMaking(made.works, store, made.provider, made.config, made.spec, made.tasks, cloud)


@pytest.fixture
def locks() -> Locks:
    return Locks(data_dir() / "works")
