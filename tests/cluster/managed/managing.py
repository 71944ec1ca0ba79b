"""A cluster that manages others: a bare control plane with the real definitions, and works that are done on it."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import msgspec
import yaml
from kubernetes import client, config

from kubegenie_tui.changes.audit import open_audit
from kubegenie_tui.changes.works import WorkRecords
from kubegenie_tui.domain.creation import Change, Outline, Work
from kubegenie_tui.paths import data_dir, database_file
from kubegenie_tui.providers.loading import Loaded, load
from kubegenie_tui.providers.manifest import PluginKind, read_manifest
from kubegenie_tui.providers.offer import Offer, State
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.provision.locks import Locks
from kubegenie_tui.provision.makers import Makers
from kubegenie_tui.provision.process import Handover
from kubegenie_tui.provision.worker import Worker
from kubegenie_tui.provision.works import Works
from kubegenie_tui.settings import PluginSettings
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.store import Store
from tests.control_plane import ROOT, ControlPlane, program, skip_or_fail

LOOK_SECONDS = 0.05


class BuiltIn(Registry):
    """The providers of this source tree, as they are found once it is installed."""

    async def load(self, kind: PluginKind, name: str) -> Loaded:
        entries = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["kubegenie.providers"]
        entry = EntryPoint(name, entries[name], "kubegenie.providers")
        beside = ROOT.joinpath(*entry.module.split(".")[:-1])
        manifest = read_manifest((beside / f"{name}.provider.toml").read_bytes(), kind, name, "1")
        offer = Offer(kind, name, "kubegenie", "kubegenie", entry, True, State.READY, manifest=manifest)
        return await asyncio.to_thread(load, offer)


class Making(msgspec.Struct):
    """Works on one managing cluster, and the tasks that work on them in this process."""

    works: Works
    store: Store
    provider: str
    config: dict[str, Any]
    tasks: list[asyncio.Task[Work]]

    async def review(self, **spec: Any) -> Outline:
        return await self.works.review(await self.works.makers.open(self.provider, self.config), spec)

    async def begin(self, **spec: Any) -> Work:
        maker = await self.works.makers.open(self.provider, self.config)
        outline = await self.works.review(maker, spec)
        return await self.works.begin(maker, spec, outline, outline.name)

    async def ended(self) -> Work:
        return await self.tasks[-1]

    async def made(self, **spec: Any) -> Work:
        await self.begin(**spec)
        return await self.ended()

    async def changed(self, work: Work, change: Change) -> Work:
        maker, outline = await self.works.review_change(work, change)
        await self.works.begin_change(maker, work, change, outline, outline.name)
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

    async def killed(self) -> None:
        """Whoever works is gone, in the middle of it."""
        self.tasks[-1].cancel()
        await asyncio.gather(self.tasks[-1], return_exceptions=True)


@asynccontextmanager
async def making(plane: ControlPlane, provider: str, namespace: str, **more: Any) -> AsyncIterator[Making]:
    """Works of a provider on a managing cluster, in a store of their own."""
    store = await Store.open(database_file())
    await store.safe.set_up(Way.PASSPHRASE, "a long phrase")
    makers, locks = Makers(BuiltIn(PluginSettings(), Pins(store.facts))), Locks(data_dir() / "works")
    records = WorkRecords(await open_audit(store, data_dir()), "a test", "person")
    worker = Worker(store, makers, records, locks, LOOK_SECONDS)
    tasks: list[asyncio.Task[Work]] = []

    async def start(work_id: str, given: Handover) -> None:
        begun = asyncio.Event()
        tasks.append(asyncio.create_task(worker.work_on(work_id, given.secrets, begun.set)))
        await begun.wait()

    async def recorded() -> WorkRecords:
        return records

    reach = {"kubeconfig": str(plane.kubeconfig), "context": plane.name, "namespace": namespace, **more}
    yield Making(Works(store, makers, recorded, locks, start), store, provider, reach, tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await store.close()


def official_client(plane: ControlPlane) -> client.ApiClient:
    return config.new_client_from_config(str(plane.kubeconfig), context=plane.name)


def install(api: client.ApiClient, *patterns: str) -> None:
    """The real definitions in the files of these names."""
    extensions = client.ApiextensionsV1Api(api)
    for pattern in patterns:
        for file in sorted(_definitions().glob(pattern)):
            extensions.create_custom_resource_definition(yaml.load(file.read_text(), yaml.CSafeLoader))


def _definitions() -> Path:
    found = program()
    directory = found.parent.parent / "crds" if found else Path("no-crds")
    if not directory.is_dir():
        skip_or_fail("no definitions beside the testcluster program")
    return directory
