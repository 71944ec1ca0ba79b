from pathlib import Path

import pytest

from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.store import migrations
from kubegenie_tui.store import store as opening
from kubegenie_tui.store import undo as undo_store
from kubegenie_tui.store.store import Store
from kubegenie_tui.store.undo import KeptStep

FIRST, SECOND = KeptStep(3, b"a", False), KeptStep(5, b"b", False)
CONFIRMED = KeptStep(3, b"c", True)


async def test_steps_are_kept_in_order_and_as_they_are_known_last(store: Store) -> None:
    undo_id = await store.undo.add(1.0, "prod", "Scale", b"{}", [FIRST])
    await store.undo.put_step(undo_id, SECOND)
    await store.undo.put_step(undo_id, CONFIRMED)
    other = await store.undo.add(2.0, "prod", "Other", b"{}")
    assert [(row.id, row.steps) for row in await store.undo.recent("prod")] == [
        (other, ()),
        (undo_id, (CONFIRMED, SECOND)),
    ]
    found = await store.undo.get(undo_id)
    assert found is not None
    assert found.steps == (CONFIRMED, SECOND)


async def test_a_change_is_forgotten_with_its_last_step(store: Store) -> None:
    undo_id = await store.undo.add(1.0, "prod", "Scale", b"{}", [FIRST])
    await store.undo.put_step(undo_id, SECOND)
    assert await store.undo.drop_step(undo_id, SECOND.seq)
    assert not await store.undo.drop_step(undo_id, FIRST.seq)
    assert await store.undo.recent("prod") == []
    with pytest.raises(StoreError):
        await store.undo.put_step(undo_id, SECOND)


async def test_steps_take_room_and_go_with_their_change(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo_store, "KEPT_BYTES", 100)
    for number in range(3):
        await store.undo.add(1.0, "prod", str(number), b"x", [KeptStep(number, b"x" * 59, True)])
    assert [row.title for row in await store.undo.recent("prod")] == ["2"]
    assert len(await store._database.fetch("SELECT * FROM undo_steps")) == 1


async def test_what_an_earlier_version_kept_in_the_clear_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kubegenie.db"
    with monkeypatch.context() as patched:
        patched.setattr(opening, "MIGRATIONS", migrations.MIGRATIONS[:13])
        old = await Store.open(path)
        sql = "INSERT INTO undo (at, cluster, title, record) VALUES (1.0, 'prod', 'Scale', '{\"canary\": 1}')"
        await old._database.fetch(sql)
        await old.close()
    store = await Store.open(path)
    try:
        assert await store.undo.recent("prod") == []
    finally:
        await store.close()
    assert b"canary" not in path.read_bytes()
