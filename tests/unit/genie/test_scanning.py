"""A look beside the last one of the same scope, and what happens where it cannot be kept."""

from pathlib import Path

from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.diagnosing import Verdict
from kubegenie_tui.genie.reading.scanning import since_last
from kubegenie_tui.store.store import Store
from tests.unit.genie.played_reader import played_scope

DB = ObjectRef("secrets", "checkout-db", "shop")
FOUND = Finding("missing-secret-key", Severity.CRITICAL, "it fails", "a key is missing", DB)


def verdict(*findings: Finding, namespace: str = "shop", whole: bool = True) -> Verdict:
    return Verdict(None, namespace, findings, 60, whole=whole)


async def test_each_scope_has_a_last_look_of_its_own(tmp_path: Path) -> None:
    store, scope = await Store.open(tmp_path / "kubegenie.db"), played_scope()
    assert await since_last(store.scans, scope, verdict(), 1.0) is None
    assert await since_last(store.scans, scope, verdict(FOUND, namespace=""), 2.0) is None
    found = await since_last(store.scans, scope, verdict(FOUND), 3.0)
    assert found is not None
    assert (found.before, found.new, found.since(FOUND)) == (1.0, 1, None)
    partly = await since_last(store.scans, scope, verdict(whole=False), 4.0)
    assert partly is not None
    assert partly.gone == ()
    await store.close()


async def test_a_look_that_cannot_be_kept_is_not_compared(tmp_path: Path) -> None:
    store, scope = await Store.open(tmp_path / "kubegenie.db"), played_scope()
    await since_last(store.scans, scope, verdict(), 1.0)
    await store._database.fetch("PRAGMA query_only = ON")
    assert await since_last(store.scans, scope, verdict(FOUND), 2.0) is None
    await store.close()
