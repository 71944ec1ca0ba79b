"""When listeners hear of changes: few times, and the first times soon."""

import asyncio
import time

from kubegenie_tui.domain.live import Changes, LiveRows
from kubegenie_tui.domain.row import Row
from kubegenie_tui.kube.rows.publisher import INTERVAL, Publisher


async def told_in(seconds: float, *, step: float) -> list[float]:
    """The moments of publication while something changes every `step` seconds."""
    loop = asyncio.get_running_loop()
    live, moments = LiveRows(()), list[float]()
    publisher = Publisher(live)
    began = loop.time()

    def note(changes: Changes) -> None:
        moments.append(loop.time() - began)

    live.subscribe(note)
    changed = asyncio.Event()

    def change(number: int) -> None:
        live.put(Row(uid=str(number), name="a", namespace="b", created=0, version="1", cells=()))
        publisher.offer()
        if loop.time() - began < seconds:
            loop.call_later(step, change, number + 1)
        else:
            changed.set()

    change(0)
    await changed.wait()
    publisher.close()
    return moments


async def test_a_burst_is_told_soon_then_ever_less_often() -> None:
    moments = await told_in(0.6, step=0.002)
    assert len(moments) >= 3
    assert len(moments) <= 4 + moments[-1] / INTERVAL


async def test_what_has_come_to_its_end_does_not_wait_for_slow_listeners() -> None:
    loop = asyncio.get_running_loop()
    live, told = LiveRows(()), asyncio.Event()
    publisher = Publisher(live)

    def listen_long(changes: Changes) -> None:
        told.set()
        time.sleep(0.1)

    live.subscribe(listen_long)
    for uid in "ab":
        live.put(Row(uid=uid, name="a", namespace="b", created=0, version="1", cells=()))
        publisher.flush()
    told.clear()
    began = loop.time()
    live.put(Row(uid="c", name="a", namespace="b", created=0, version="1", cells=()))
    publisher.offer()
    publisher.hurry()
    await told.wait()
    assert INTERVAL / 2 < loop.time() - began < 10 * INTERVAL
    publisher.close()
