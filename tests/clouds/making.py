"""Clusters made as a person makes them, by registry, store, safe, audit log and engine; the work is done by tasks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from kubegenie_tui.changes.audit import Audit, open_audit
from kubegenie_tui.domain.creation import Change, Outline, Work
from kubegenie_tui.paths import data_dir, database_file
from kubegenie_tui.provision.opening import open_worker, open_works
from kubegenie_tui.provision.process import Handover
from kubegenie_tui.provision.works import Works
from kubegenie_tui.settings import ProvisionSettings, Settings
from kubegenie_tui.store import store as opening
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.safe import Safe
from kubegenie_tui.store.store import Store


@dataclass
class Making:
    """Works of one provider, and the tasks that see to them: one that is cancelled is a process that died."""

    works: Works
    store: Store
    provider: str
    config: dict[str, Any]
    spec: dict[str, Any]
    """What each cluster is unless a test says otherwise."""
    tasks: list[asyncio.Task[Work]] = field(default_factory=list)

    async def review(self, **spec: Any) -> Outline:
        return await self.works.review(await self.works.makers.open(self.provider, self.config), self.spec | spec)

    async def begin(self, **spec: Any) -> Work:
        wanted = self.spec | spec
        maker = await self.works.makers.open(self.provider, self.config)
        outline = await self.works.review(maker, wanted)
        return await self.works.begin(maker, wanted, outline, outline.name)

    async def ended(self) -> Work:
        """The work that was taken up last, when nobody works on it any more."""
        return await self.tasks[-1]

    async def made(self, **spec: Any) -> Work:
        await self.begin(**spec)
        return await self.ended()

    async def again(self, work: Work) -> Work:
        await self.works.go_on(work.id)
        return await self.ended()

    async def taken_up(self) -> Work:
        """The only work that a process left behind, when another has seen to it."""
        (work,) = await self.works.broken_off()
        return await self.again(work)

    async def changed(self, work: Work, change: Change) -> Work:
        maker, outline = await self.works.review_change(work, change)
        await self.works.begin_change(maker, work, change, outline, work.outline.name)
        return await self.ended()

    async def begin_removal(self, work: Work) -> None:
        await self.works.clean_up(work, await self.works.review_removal(work), work.outline.name)

    async def removed(self, work: Work) -> Work:
        await self.begin_removal(work)
        return await self.ended()

    async def says(self, work: Work, words: str) -> Work:
        """The work once a phase or a message of it has these words."""
        async with asyncio.timeout(20):
            async for each in self.works.follow(work.id):
                if any(words in step.phase or words in step.message for step in each.steps):
                    return each
        raise AssertionError(f"it ended without {words}")

    async def die(self) -> None:
        """Whoever works is gone, in the middle of it."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@asynccontextmanager
async def making_in(
    store: Store, provider: str, config: dict[str, Any], look_seconds: float = 0.01, **spec: Any
) -> AsyncIterator[Making]:
    """Works of a provider with this configuration, on record in a store."""
    settings = Settings(provision=ProvisionSettings(look_seconds=look_seconds))
    worker = await open_worker(store, settings, data_dir())

    async def start(work_id: str, given: Handover) -> None:
        begun = asyncio.Event()
        making.tasks.append(asyncio.create_task(worker.work_on(work_id, given.secrets, begun.set)))
        await begun.wait()

    async def audit() -> Audit:
        return await open_audit(store, data_dir())

    works = open_works(store, settings, audit, "a test")
    works._start = start
    making = Making(works, store, provider, config, spec)
    yield making
    await making.die()


@asynccontextmanager
async def store_with_safe(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """A store whose safe is open, and opens quickly."""
    monkeypatch.setattr(opening, "Safe", lambda database: Safe(database, cost=2**4))
    store = await Store.open(database_file())
    await store.safe.set_up(Way.PASSPHRASE, "a long phrase")
    yield store
    await store.close()
