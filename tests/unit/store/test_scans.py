from pathlib import Path

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.scan import Scan, Seen
from kubegenie_tui.store.scans import SCOPE
from kubegenie_tui.store.store import Store

SCAN = Scan(2.0, (Seen("missing-secret-key", ObjectRef("secrets", "checkout-db", "shop"), 1.0),), ("nodes",))


async def test_the_last_scan_of_each_scope_survives_a_restart(path: Path, store: Store) -> None:
    await store.scans.keep("prod", "shop", Scan(1.0))
    await store.scans.keep("prod", "shop", SCAN)
    await store.scans.keep("prod", "", Scan(3.0))
    await store.close()
    again = await Store.open(path)
    assert await again.scans.last("prod", "shop") == SCAN
    assert await again.scans.last("prod", "") == Scan(3.0)
    assert await again.scans.last("dev", "shop") is None
    await again.close()


async def test_what_another_version_kept_counts_as_nothing(store: Store) -> None:
    await store.scans.keep("prod", "shop", SCAN)
    [key] = await store.facts.all(SCOPE)
    await store.facts.set(SCOPE, key, '{"at": "yesterday"}')
    assert await store.scans.last("prod", "shop") is None
