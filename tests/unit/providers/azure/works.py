"""Works on clusters of AKS as a person has them: by registry, store, safe, audit log and engine."""

import asyncio
from typing import Any

import msgspec

from kubegenie_tui.changes.audit import Audit, open_audit
from kubegenie_tui.domain.creation import Change, Work
from kubegenie_tui.paths import data_dir
from kubegenie_tui.provision.opening import open_worker, open_works
from kubegenie_tui.provision.process import Handover
from kubegenie_tui.provision.works import Works
from kubegenie_tui.settings import ProvisionSettings, Settings
from kubegenie_tui.store.store import Store
from tests.clouds.aks import CLIENT, SECRET, TENANT, FakeAzure
from tests.clouds.aks_world import SUBSCRIPTION

SETTINGS = Settings(provision=ProvisionSettings(look_seconds=0.01))


class Making(msgspec.Struct):
    """Works, and the tasks of this process that see to them: one that is cancelled is a process that died."""

    works: Works
    store: Store
    config: dict[str, Any]
    tasks: list[asyncio.Task[Work]]

    async def begin(self, spec: dict[str, Any]) -> Work:
        maker = await self.works.makers.open("aks", self.config)
        outline = await self.works.review(maker, spec)
        return await self.works.begin(maker, spec, outline, spec["name"])

    async def ended(self) -> Work:
        """What became of the work that was taken up last."""
        return await self.tasks[-1]

    async def made(self, spec: dict[str, Any]) -> Work:
        await self.begin(spec)
        return await self.ended()

    async def went_on(self, work: Work) -> Work:
        await self.works.go_on(work.id)
        return await self.ended()

    async def taken_up(self) -> Work:
        """The only work that a process left behind, when another has seen to it."""
        (work,) = await self.works.broken_off()
        return await self.went_on(work)

    async def removed(self, work: Work) -> Work:
        await self.works.clean_up(work, await self.works.review_removal(work), work.outline.name)
        return await self.ended()

    async def changed(self, work: Work, change: Change) -> Work:
        maker, outline = await self.works.review_change(work, change)
        await self.works.begin_change(maker, work, change, outline, work.outline.name)
        return await self.ended()

    async def die(self) -> None:
        """All processes that see to works, at once."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def making_in(azure: FakeAzure, store: Store) -> Making:
    """Works in a subscription, seen to by tasks."""
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
    config = {"subscription": SUBSCRIPTION, "tenant": TENANT, "client_id": CLIENT, "client_secret": SECRET}
    there = {"endpoint": azure.url, "authority": azure.url, "ca_file": str(azure.authority.certificate)}
    return Making(works, store, {**config, **there}, tasks)
