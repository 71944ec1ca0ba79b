"""What namespaces use is kept while somebody looks at pods, and nothing is asked for it."""

from pathlib import Path

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.looking import Onlooker
from kubegenie_tui.agents.usage import AFTER_ROWS
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.looks import QUARTER, Look
from kubegenie_tui.store.looks import KeptLooks
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import PODS, serving, world
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.waiting import eventually


async def test_the_most_of_each_quarter_of_an_hour_is_kept() -> None:
    store, clock = await Store.in_memory(), FakeClock()
    onlooker = Onlooker(store.looks, clock)
    onlooker.hear("prod", {"shop/a": (5, 1), "shop/b": (6, 1), "db/c": (1, 1)})
    onlooker.hear("prod", {"shop/a": (3, 1), "db/c": (4, 1)})
    assert await store.looks.of("prod") == []
    await onlooker.flush()
    clock.time += QUARTER
    onlooker.hear("prod", {"shop/a": (2, 1)})
    await onlooker.flush()
    await onlooker.flush()
    assert await store.looks.of("prod") == [Look(900, {"shop": 11, "db": 4}), Look(1800, {"shop": 2})]
    await store.close()


async def test_a_store_that_keeps_nothing_stops_nobody() -> None:
    class Full(KeptLooks):
        async def add(self, *_: object) -> None:
            raise StoreError("full")

    store = await Store.in_memory()
    onlooker = Onlooker(Full(store._database), FakeClock())
    onlooker.hear("prod", {"shop/a": (5, 1)})
    await onlooker.flush()
    await store.close()


async def test_a_list_of_all_pods_is_a_look_and_one_of_a_namespace_is_none(tmp_path: Path) -> None:
    store, clock = await Store.in_memory(), FakeClock()
    async with serving(world("one"), world("two")) as server:
        manager = ClusterManager(store, kubeconfig=[server.kubeconfig(tmp_path / "kubeconfig")], clock=clock)
        await manager.start()
        one, two = await manager.open("one"), await manager.open("two")
        leases = [one.watch(PODS), two.watch(PODS, "shop")]
        await eventually(lambda: clock.waits.count(AFTER_ROWS) == 2)
        await clock.advance(AFTER_ROWS)
        await eventually(lambda: one.usage and two.usage)
        for lease in leases:
            lease.release()
        await manager.shutdown()
    [look] = await store.looks.of("one")
    assert look.used["shop"] == sum(cpu for cpu, _ in one.usage.values())
    assert await store.looks.of("two") == []
    await store.close()
