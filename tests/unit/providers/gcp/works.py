"""Works on clusters of Google's, as a person has them: by the registry, the store, the audit log and the engine."""

import asyncio
from typing import Any

import msgspec

from kubegenie_tui.changes.audit import Audit, open_audit
from kubegenie_tui.domain.creation import Work
from kubegenie_tui.paths import data_dir
from kubegenie_tui.provision.opening import open_worker, open_works
from kubegenie_tui.provision.process import Handover
from kubegenie_tui.provision.works import Works
from kubegenie_tui.settings import ProvisionSettings, Settings
from kubegenie_tui.store.store import Store

SETTINGS = Settings(provision=ProvisionSettings(look_seconds=0.01))
SPEC: dict[str, Any] = {
    "name": "shop",
    "region": "europe-west1-b",
    "pools": [{"name": "first"}, {"name": "second", "size": "n2-standard-2", "count": 1}],
}


class Making(msgspec.Struct):
    """Works, and the tasks that work on them in this process: a task that is cancelled is a process that died."""

    works: Works
    store: Store
    config: dict[str, str]
    tasks: list[asyncio.Task[Work]]

    async def begin(self, **spec: Any) -> Work:
        wanted = {**SPEC, **spec}
        maker = await self.works.makers.open("gke", self.config)
        outline = await self.works.review(maker, wanted)
        return await self.works.begin(maker, wanted, outline, wanted["name"])

    async def ended(self) -> Work:
        """The work that was begun last, when nobody works on it any more."""
        return await self.tasks[-1]

    async def made(self, **spec: Any) -> Work:
        await self.begin(**spec)
        return await self.ended()

    async def again(self, work: Work) -> Work:
        await self.works.go_on(work.id)
        return await self.ended()

    async def removed(self, work: Work) -> Work:
        outline = await self.works.review_removal(work)
        await self.works.clean_up(work, outline, work.outline.name)
        return await self.ended()


async def making_on(store: Store, config: dict[str, str]) -> Making:
    """Works over a store, done by tasks of this process."""
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
    return Making(works, store, config, tasks)
