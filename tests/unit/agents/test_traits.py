"""What a person says about a cluster is in force at once, wherever the cluster comes from, and outlives a restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.traits import Traits, traits_fields, traits_of
from kubegenie_tui.store import migrations
from kubegenie_tui.store import store as opening
from kubegenie_tui.store.store import Store
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.kubeconfigs import kubeconfig, write

SAID = Traits({"env": "prod"}, ("eu",), "red", protected=True, read_only=True, namespace="shop", notes="ask sre")


@asynccontextmanager
async def managing(tmp_path: Path, **more: Any) -> AsyncIterator[ClusterManager]:
    file = write(tmp_path / "config", kubeconfig({"a": "http://127.0.0.1:9", "b": "http://127.0.0.1:9"}))
    store = await Store.open(tmp_path / "kept.db")
    manager = ClusterManager(store, kubeconfig=[file], clock=FakeClock(), **more)
    await manager.start()
    try:
        yield manager
    finally:
        await manager.shutdown()
        await store.close()


def status(manager: ClusterManager, name: str) -> ClusterStatus:
    return next(each for each in manager.statuses if each.name == name)


async def test_it_holds_at_once_and_after_a_restart(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        agent = manager.agent("a")
        await manager.registrar.say("a", SAID)
        assert manager.agent("a") is agent, "it is the same cluster as before"
        assert status(manager, "a").traits == SAID
        assert (status(manager, "a").read_only, status(manager, "a").protected) == (True, True)
        assert status(manager, "a").namespace == "shop"
        assert status(manager, "b").traits == Traits()
    async with managing(tmp_path) as manager:
        assert status(manager, "a").traits == SAID
        await manager.registrar.say("a", Traits())
        assert not status(manager, "a").read_only
        with pytest.raises(UsageError, match="no cluster named"):
            await manager.registrar.say("nope", SAID)


async def test_of_settings_and_person_each_may_forbid(tmp_path: Path) -> None:
    forbids = {"read_only_here": lambda name: name == "a", "protected_here": lambda name: name == "b"}
    async with managing(tmp_path, **forbids) as manager:
        assert [(each.read_only, each.protected) for each in manager.statuses] == [(True, False), (False, True)]
        await manager.registrar.say("a", Traits(protected=True))
        await manager.registrar.say("b", Traits(read_only=True))
        assert [(each.read_only, each.protected) for each in manager.statuses] == [(True, True), (True, True)]


async def test_it_holds_for_the_cluster_as_somebody_else(tmp_path: Path) -> None:
    async with managing(tmp_path) as manager:
        await manager.open("a as jane")
        await manager.registrar.say("a as jane", SAID)
        assert status(manager, "a").traits == status(manager, "a as jane").traits == SAID


async def test_what_is_forgotten_is_forgotten_whole(tmp_path: Path) -> None:
    other = write(tmp_path / "other", kubeconfig({"x": "http://127.0.0.1:9"}))
    async with managing(tmp_path) as manager:
        await manager.registrar.register(other, traits=SAID)
        assert status(manager, "x").traits == SAID
        await manager.registrar.remove("x")
        await manager.registrar.register(other)
        assert status(manager, "x").traits == Traits()


def test_a_form_gives_back_what_it_was_filled_with() -> None:
    fields = traits_fields(SAID)
    assert traits_of({field.id: field.value for field in fields}) == SAID
    assert traits_of({field.id: field.value for field in traits_fields(Traits())}) == Traits()
    with pytest.raises(UsageError, match="is no label"):
        traits_of({**{field.id: field.value for field in fields}, "labels": "env"})


async def test_what_older_ones_wrote_is_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept.db"
    monkeypatch.setattr(opening, "MIGRATIONS", migrations.MIGRATIONS[:11])
    old = await Store.open(path)
    async with old._database.transaction() as connection:
        rows = [
            (
                "rack",
                '{"name": "rack", "kubeconfig": "/k", "context": "c", "read_only": true, "labels": {"env": "lab"}}',
            ),
            ("edge", '{"name": "edge", "kubeconfig": "/k", "context": "c", "read_only": false, "labels": {}}'),
        ]
        await connection.executemany("INSERT INTO clusters VALUES (?, ?)", rows)
    await old.close()
    monkeypatch.undo()
    store = await Store.open(path)
    assert [(each.name, each.context) for each in await store.clusters.all()] == [("edge", "c"), ("rack", "c")]
    assert await store.traits.all() == {"rack": Traits({"env": "lab"}, read_only=True)}
    await store.close()
