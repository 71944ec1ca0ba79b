"""A registry over what a test installs, with its pins in a store of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kubegenie_tui.providers.offer import Offer
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.settings import PluginSettings
from kubegenie_tui.store.store import Store
from tests.unit.providers.site import Site
from tests.wheels import on_the_path


@pytest.fixture
async def pins(tmp_path: Path) -> AsyncIterator[Pins]:
    store = await Store.open(tmp_path / "pins.db")
    yield Pins(store.facts)
    await store.close()


@pytest.fixture
def registry(pins: Pins) -> Registry:
    return Registry(PluginSettings(), pins)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "site")
    with on_the_path(site.directory):
        yield site


async def offer_of(registry: Registry, name: str) -> Offer:
    """The only plugin of a name."""
    (found,) = [each for each in await registry.offers() if each.name == name]
    return found
