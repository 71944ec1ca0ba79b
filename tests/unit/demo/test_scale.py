"""The generator: as many pods as asked for, always the same ones, and as many changes."""

import asyncio

import msgspec
import pytest

from kubegenie_tui.demo.api.fields import Fields
from kubegenie_tui.demo.api.printing import cells_of
from kubegenie_tui.demo.scale.pods import PodTemplate
from kubegenie_tui.demo.scale.world import ScaledWorld
from kubegenie_tui.demo.state.objects import labels_of, meta


@pytest.mark.parametrize("count", [1, 20, 1_234])
def test_as_many_as_asked_for(count: int) -> None:
    world = ScaledWorld(count)
    names = [stored.key for stored in world.cluster.collection("pods").ordered()]
    assert len(set(names)) == count
    assert names == sorted(names, key="/".join)


def test_always_the_same() -> None:
    first, second = (list(ScaledWorld(300).cluster.collection("pods").ordered()) for _ in range(2))
    assert [stored.body for stored in first] == [stored.body for stored in second]


def test_what_is_said_of_a_pod_is_what_it_is() -> None:
    world = ScaledWorld(50)
    resource = world.cluster.catalog.by_id("pods")
    for stored in world.cluster.collection("pods").ordered():
        pod = stored.object
        assert stored.key == (meta(pod)["namespace"], meta(pod)["name"])
        assert (stored.uid, stored.labels) == (meta(pod)["uid"], labels_of(pod))
        assert stored.version == int(meta(pod)["resourceVersion"])
        assert Fields(pod, resource).unknown == []


def test_a_pod_is_as_large_as_real_ones() -> None:
    body = PodTemplate().body(7, 8)
    assert 6_000 < len(body) < 12_000
    assert len(meta(msgspec.json.decode(body))["managedFields"]) == 2


async def test_they_change_at_the_rate_asked_for() -> None:
    world = ScaledWorld(100, churn=2_000)
    pods = world.cluster.collection("pods")
    queue = pods.subscribe()
    ticking = asyncio.create_task(world.tick())
    try:
        async with asyncio.timeout(20):
            changes = [await queue.get() for _ in range(200)]
    finally:
        ticking.cancel()
    assert {change.type for change in changes} == {"MODIFIED"}
    versions = [change.version for change in changes]
    assert versions == sorted(versions)
    for change in changes:
        [status] = change.new.object["status"]["containerStatuses"]
        assert status["restartCount"] > 0


def test_the_same_seed_changes_the_same_pods() -> None:
    def order(seed: int) -> list[int]:
        return [ScaledWorld(100, seed=seed).cluster.random.randrange(100) for _ in range(2)]

    assert order(1) == order(1)
    assert order(1) != order(2)


def test_everything_can_be_printed_in_a_table() -> None:
    world = ScaledWorld(5)
    for kind in ("pods", "nodes", "namespaces"):
        resource = world.cluster.catalog.by_id(kind)
        for stored in world.cluster.collection(kind).ordered():
            assert len(cells_of(resource, stored.object, world.cluster.clock.now())) == len(resource.columns)
