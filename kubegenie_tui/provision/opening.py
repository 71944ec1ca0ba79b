"""Works with all that they need, for the app, the command line and the process that works."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.changes.audit import Audit, local_actor, open_audit
from kubegenie_tui.changes.works import WorkRecords
from kubegenie_tui.paths import records_dir
from kubegenie_tui.providers.pins import Pins
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.provision.locks import Locks
from kubegenie_tui.provision.makers import Makers
from kubegenie_tui.provision.process import Handover, start
from kubegenie_tui.provision.worker import Worker
from kubegenie_tui.provision.works import Works

if TYPE_CHECKING:
    from kubegenie_tui.settings import Settings
    from kubegenie_tui.store.store import Store


def open_works(
    store: "Store",
    settings: "Settings",
    audit: Callable[[], Awaitable[Audit]],
    asked_by: str,
    *,
    demo: bool = False,
) -> Works:
    """What a person can do about the making of clusters.

    Args:
        store: where works are kept.
        settings: of plugins.
        audit: opens the audit log when a yes is to be put on record.
        asked_by: person, or command line.
        demo: whether they are on record where the demo's are.
    """

    async def records() -> WorkRecords:
        return WorkRecords(await audit(), local_actor(), asked_by)

    async def begin(work_id: str, given: Handover) -> None:
        await start(work_id, msgspec.structs.replace(given, demo=demo))

    return Works(store, _makers(store, settings, apart=True), records, _locks(records_dir(demo=demo)), begin)


async def open_worker(store: "Store", settings: "Settings", directory: Path) -> Worker:
    """Who works on one.

    Raises:
        StoreError: nothing can be put on record, so nothing can be made.
    """
    records = WorkRecords(await open_audit(store, directory), local_actor(), "work")
    return Worker(
        store, _makers(store, settings, apart=False), records, _locks(directory), settings.provision.look_seconds
    )


def _makers(store: "Store", settings: "Settings", *, apart: bool) -> Makers:
    return Makers(Registry(settings.plugins, Pins(store.facts)), apart=apart)


def _locks(directory: Path) -> Locks:
    return Locks(directory / "works")
