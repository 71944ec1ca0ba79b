"""What the recorder hears, and when it begins to listen."""

from kubegenie_tui.agents.timeline import MOST_WAITING, Recorder
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.store.store import Store
from kubegenie_tui.store.timeline import KeptTimeline

PODS = Kind("", "v1", "pods", "Pod")
EVENTS = Kind("", "v1", "events", "Event")


def rows(recorder: Recorder, kind: Kind = PODS) -> LiveRows:
    live = LiveRows((Column("STATUS", Measure.STATUS),))
    live.subscribe(lambda changes: recorder.hear("prod", kind, live, changes))
    return live


def pod(name: str, status: str = "Running") -> Row:
    return Row(name, "shop", name, 0, "1", (status,))


def become(live: LiveRows, phase: Phase) -> None:
    live.set_state(LiveState(phase))
    live.publish()


async def test_the_first_list_is_no_change() -> None:
    store = await Store.in_memory()
    recorder = Recorder(store.timeline, Clock())
    live = rows(recorder)
    live.put(pod("a"))
    live.publish()
    live.put(pod("b"))
    become(live, Phase.LIVE)
    live.put(pod("c"))
    live.remove("a")
    live.publish()
    await recorder.flush()
    assert {(change.name, change.what) for change in await store.timeline.read("prod")} == {
        ("c", "came"),
        ("a", "went"),
    }
    await store.close()


async def test_what_a_lost_connection_hid_is_told_afterwards() -> None:
    store = await Store.in_memory()
    recorder = Recorder(store.timeline, Clock())
    live = rows(recorder)
    live.put(pod("a"))
    become(live, Phase.LIVE)
    become(live, Phase.STALE)
    live.put(pod("a", "Failed"))
    become(live, Phase.LIVE)
    await recorder.flush()
    assert [change.words for change in await store.timeline.read("prod")] == ["Running → Failed"]
    await store.close()


async def test_kinds_that_change_all_the_time_are_left_out() -> None:
    store = await Store.in_memory()
    recorder = Recorder(store.timeline, Clock())
    live = rows(recorder, EVENTS)
    become(live, Phase.LIVE)
    live.put(pod("a"))
    live.publish()
    await recorder.flush()
    assert not await store.timeline.read("prod")
    await store.close()


async def test_a_storm_is_bounded_and_a_full_disk_is_no_failure() -> None:
    class Full(KeptTimeline):
        async def add(self, cluster: str, changes: object) -> None:
            assert isinstance(changes, list)
            self.asked = len(changes)
            raise StoreError("the disk is full")

    store = await Store.in_memory()
    full = Full(store._database)
    recorder = Recorder(full, Clock())
    live = rows(recorder)
    become(live, Phase.LIVE)
    for number in range(MOST_WAITING * 2):
        live.put(pod(str(number)))
    live.publish()
    await recorder.flush()
    assert full.asked == MOST_WAITING
    await store.close()
