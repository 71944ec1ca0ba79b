"""When listeners hear of changes: few times, and the first times soon."""

import asyncio
import itertools

from kubegenie_tui.domain.live import Changes, LiveRows
from kubegenie_tui.domain.row import Row
from kubegenie_tui.kube.rows.publisher import INTERVAL, SOON, Publisher


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


async def test_a_burst_is_told_at_once_then_ever_less_often() -> None:
    moments = await told_in(0.6, step=0.002)
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    assert moments[0] < SOON
    assert gaps[0] >= SOON * 0.9
    assert all(gap >= INTERVAL * 0.9 for gap in gaps[2:])
    assert len(moments) <= 4 + 0.6 / INTERVAL
