from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.changes.audit import Audit, open_audit
from kubegenie_tui.store.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "data" / "kubegenie.db")
    yield store
    await store.close()


@pytest.fixture
async def audit(store: Store, tmp_path: Path) -> Audit:
    return await open_audit(store, tmp_path / "data")
