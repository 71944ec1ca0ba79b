from pathlib import Path

from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.place import Place
from kubegenie_tui.store.store import Store


async def test_facts_are_by_scope_and_key(store: Store) -> None:
    await store.facts.set("hints", "filter", "seen")
    await store.facts.set("hints", "filter", "twice")
    await store.facts.set("other", "filter", "no")
    assert await store.facts.get("hints", "filter") == "twice"
    assert await store.facts.get("hints", "unknown") is None


async def test_the_last_place_of_each_cluster_survives(path: Path, store: Store) -> None:
    place = Place("deployments.apps", "shop", "/check", "READY", True, "checkout", "shop", False, True, True, True)
    await store.places.save("prod", Place())
    await store.places.save("prod", place)
    again = await Store.open(path)
    assert await again.places.load("prod") == place
    assert await again.places.load("dev") is None
    await again.close()


async def test_a_place_of_another_version_is_no_place(store: Store) -> None:
    async with store._database.transaction() as connection:
        await connection.execute("INSERT INTO places VALUES ('prod', '{\"kind\": 3}')")
    assert await store.places.load("prod") is None


async def test_clusters_by_name(store: Store) -> None:
    rack = Registration("rack", "/k/rack.yaml", "admin@rack")
    edge = Registration("edge", "/k/edge.yaml", "default")
    await store.clusters.save(rack)
    await store.clusters.save(edge)
    await store.clusters.save(Registration("rack", "/k/rack2.yaml", "admin@rack"))
    assert [registration.name for registration in await store.clusters.all()] == ["edge", "rack"]
    assert (await store.clusters.all())[1].kubeconfig == "/k/rack2.yaml"
    await store.clusters.delete("rack")
    assert await store.clusters.all() == [edge]
