"""A toy cloud, its provider as an allowed plugin, and works that are done in this process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.changes.audit import Audit, open_audit
from kubegenie_tui.domain.creation import Work
from kubegenie_tui.paths import data_dir, database_file
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.provision.locks import Locks
from kubegenie_tui.provision.opening import open_worker, open_works
from kubegenie_tui.provision.process import Handover
from kubegenie_tui.provision.works import Works
from kubegenie_tui.settings import PluginSettings, ProvisionSettings, Settings
from kubegenie_tui.store import store as opening
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.safe import Safe
from kubegenie_tui.store.store import Store
from tests.clouds.toy import ToyCloud
from tests.clouds.toy_site import install_toy
from tests.wheels import on_the_path

SETTINGS = Settings(provision=ProvisionSettings(look_seconds=0.01))
SPEC = {"name": "shop", "region": "north", "version": "1.37", "pools": [{"name": "default", "size": "small"}]}


@pytest.fixture
async def cloud() -> AsyncIterator[ToyCloud]:
    async with ToyCloud() as cloud:
        yield cloud


@pytest.fixture
async def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(opening, "Safe", lambda database: Safe(database, cost=2**4))
    store = await Store.open(database_file())
    await store.safe.set_up(Way.PASSPHRASE, "a long phrase")
    yield store
    await store.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    directory = install_toy(tmp_path / "site")
    with on_the_path(directory):
        yield directory


class Making(msgspec.Struct):
    """Works, and the tasks that work on them in this process."""

    works: Works
    store: Store
    cloud: ToyCloud
    tasks: list[asyncio.Task[Work]]

    def config(self) -> dict[str, Any]:
        return {"url": self.cloud.url, "token": "toy"}

    async def begin(self, **spec: Any) -> Work:
        wanted = {**SPEC, **spec}
        maker = await self.works.makers.open("toy", self.config())
        outline = await self.works.review(maker, wanted)
        return await self.works.begin(maker, wanted, outline, "shop")

    async def ended(self) -> Work:
        """The work that was begun last, when nobody works on it any more."""
        return await self.tasks[-1]

    async def made(self, **spec: Any) -> Work:
        await self.begin(**spec)
        return await self.ended()

    async def removed(self, work: Work) -> Work:
        outline = await self.works.review_removal(work)
        await self.works.clean_up(work, outline, "shop")
        return await self.ended()


@pytest.fixture
async def making(cloud: ToyCloud, store: Store, site: Path) -> AsyncIterator[Making]:
    registry = Registry(PluginSettings(), Pins(store.facts))
    [offer] = [each for each in await registry.offers() if each.name == "toy"]
    await registry.allow(offer)
    tasks: list[asyncio.Task[Work]] = []
    worker = await open_worker(store, SETTINGS, data_dir())

    async def start(work_id: str, given: Handover) -> None:
        begun = asyncio.Event()
        tasks.append(asyncio.create_task(worker.work_on(work_id, given.secrets, begun.set)))
        await begun.wait()

    async def audit() -> Audit:
        return await open_audit(store, data_dir())

    works = open_works(store, SETTINGS, audit, "a test")
    works._start = start
    yield Making(works, store, cloud, tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def locks() -> Locks:
    return Locks(data_dir() / "works")
