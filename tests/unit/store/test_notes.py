from pathlib import Path

import pytest

from kubegenie_tui.domain.incident import note_about
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.store import migrations
from kubegenie_tui.store import store as opening
from kubegenie_tui.store.store import Store

DB = ObjectRef("secrets", "checkout-db", "shop", "prod")


async def test_notes_of_a_cluster_survive_the_latest_first(path: Path, store: Store) -> None:
    first = await store.notes.add(note_about("prod", "the vault was sealed", 1.0, "missing-secret-key", DB))
    second = await store.notes.add(note_about("prod", "half \udfff pair", 2.0))
    other = await store.notes.add(note_about("dev", "ask Ada", 3.0, ref=DB))
    await store.close()
    again = await Store.open(path)
    kept = await again.notes.of("prod")
    assert [note.id for note in kept] == [second.id, first.id]
    assert kept[1] == first
    assert kept[0].text == "half ? pair"
    assert [note.id for note in await again.notes.of()] == [other.id, second.id, first.id]
    await again.close()


async def test_a_note_is_forgotten_by_its_number_in_its_own_cluster(store: Store) -> None:
    note = await store.notes.add(note_about("prod", "x", 1.0))
    assert not await store.notes.delete(note.id, "dev")
    assert not await store.notes.delete(note.id + 1)
    assert await store.notes.delete(note.id, "prod")
    assert await store.notes.of() == []


async def test_a_note_belongs_to_the_cluster_whoever_looks(store: Store) -> None:
    alices = await store.notes.add(note_about("prod as alice (dev)", "x", 1.0))
    mine = await store.notes.add(note_about("prod", "y", 2.0))
    assert alices.cluster == "prod"
    for name in ("prod", "prod as alice (dev)", "prod as bob"):
        assert await store.notes.of(name) == [mine, alices]
    assert await store.notes.delete(mine.id, "prod as bob")


async def test_notes_that_were_made_as_somebody_come_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MIGRATIONS", migrations.MIGRATIONS[:13])
    old = await Store.open(path)
    async with old._database.transaction() as connection:
        await connection.execute("INSERT INTO notes VALUES (1, 'prod as alice', 1.0, 'x', '', '', '', '')")
    await old.close()
    monkeypatch.undo()
    new = await Store.open(path)
    assert [note.cluster for note in await new.notes.of("prod")] == ["prod"]
    await new.close()
