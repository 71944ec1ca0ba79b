"""Changes are kept by cluster, found by object, and bounded."""

import pytest

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.timeline import Change
from kubegenie_tui.store import timeline
from kubegenie_tui.store.store import Store


def change(number: int, name: str = "web") -> Change:
    return Change(float(number), "pods", "shop", name, "status", "Running", str(number), 6)


async def test_the_newest_comes_first_and_by_object() -> None:
    store = await Store.in_memory()
    await store.timeline.add("prod", [change(1), change(2, "db"), change(3)])
    await store.timeline.add("other", [change(4)])
    assert [found.after for found in await store.timeline.read("prod")] == ["3", "2", "1"]
    found = await store.timeline.read("prod", ref=ObjectRef("pods", "db", "shop", "prod"))
    assert [(each.name, each.at, each.health, each.words) for each in found] == [("db", 2.0, 6, "Running → 2")]
    newest = (await store.timeline.read("prod"))[0].id
    await store.timeline.add("prod", [change(5)])
    assert [each.after for each in await store.timeline.read("prod", after=newest)] == ["5"]
    await store.close()


async def test_old_changes_are_dropped_of_this_cluster_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MOST", 50)
    monkeypatch.setattr(timeline, "_CLEAN_EVERY", 20)
    store = await Store.in_memory()
    await store.timeline.add("other", [change(0)])
    for start in range(0, 300, 10):
        await store.timeline.add("prod", [change(start + step) for step in range(10)])
    kept = await store.timeline.read("prod")
    assert 50 <= len(kept) <= 70
    assert kept[0].after == "299"
    assert len(await store.timeline.read("other")) == 1
    await store.close()
