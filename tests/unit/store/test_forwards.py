"""Kept port-forwards: several on one local port, also those of a database from before that."""

from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.domain.forward import ForwardSpec
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.store import migrations
from kubegenie_tui.store import store as opening
from kubegenie_tui.store.store import Store

WEB = ForwardSpec(ObjectRef("services", "web", "shop", "prod"), "80", 8080)
API = ForwardSpec(ObjectRef("pods", "api-0", "shop", "prod"), "http", 8080, ObjectRef("deployments.apps", "api"))


async def test_forwards_are_kept_beside_each_other(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")
    await store.forwards.save(WEB, running=True)
    await store.forwards.save(API, running=True)
    await store.forwards.save(WEB, running=False)
    assert await store.forwards.all() == [(API, True), (WEB, False)]
    await store.forwards.delete(API)
    assert await store.forwards.all() == [(WEB, False)]
    await store.close()


async def test_forwards_from_before_they_had_names_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    before = migrations.MIGRATIONS.index(migrations._name_forwards)
    monkeypatch.setattr(opening, "MIGRATIONS", migrations.MIGRATIONS[:before])
    old = await Store.open(path)
    async with old._database.transaction() as connection:
        for local, text in ((8080, msgspec.json.encode(WEB).decode()), (8081, "no JSON"), (8082, '{"port": "80"}')):
            await connection.execute("INSERT INTO forwards VALUES (?, ?, 1)", (local, text))
    await old.close()
    monkeypatch.undo()
    new = await Store.open(path)
    assert await new.forwards.all() == [(WEB, True)]
    await new.forwards.save(WEB, running=False)
    assert await new.forwards.all() == [(WEB, False)]
    await new.close()
