"""One load of live pods, measured from within a fresh process: CPU, memory, the loop's worst stall.

`python -m bench.measure KUBECONFIG PODS EVENTS cost|stalls` prints one JSON line. A stall counts for as long as this
process worked during it: being preempted by somebody else's is not its fault. Looking for stalls a thousand times a
second costs time of its own, so cost and stalls are measured apart.
"""

import asyncio
import gc
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

import msgspec
import psutil

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.live import Changes, LiveRows, Phase
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from kubegenie_tui.kube.watch.gate import ClusterGate
from kubegenie_tui.kube.watch.reflector import Reflector
from kubegenie_tui.kube.watch.sync_memory import SyncMemory

ROOT = Path(__file__).resolve().parent.parent
PODS = next(kind for kind in BUILTIN_KINDS if kind.id == "pods")
What = Literal["cost", "stalls"]
TICK = 0.001
WITHIN = 120.0


class Measured(msgspec.Struct, frozen=True):
    """What one load cost."""

    rows: int
    cpu: float
    """Seconds until all rows were there."""
    growth: float
    """Peak memory over what was resident before, MB."""
    held: float
    """Resident memory afterwards over what was resident before, MB."""
    stall: float
    """The longest time the loop did not turn, ms; 0 when cost was measured."""
    wall: float
    """Seconds until all rows were there."""
    first_rows: float
    """Seconds until the first rows were published."""
    events_per_cpu_second: float
    """Of the changes after the load; 0 when none were asked for."""


def measured(kubeconfig: Path, pods: int, events: int, what: What) -> Measured:
    """Load `pods` pods in a process of its own, then follow `events` changes."""
    command = [sys.executable, "-m", "bench.measure", str(kubeconfig), str(pods), str(events), what]
    child = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(child.stdout, type=Measured)


class Stalls:
    """The worst over-run of a timer on the event loop."""

    def __init__(self) -> None:
        self.worst = 0.0

    async def watch(self) -> None:
        while True:
            wall, cpu = time.perf_counter(), time.process_time()
            await asyncio.sleep(TICK)
            late, worked = time.perf_counter() - wall - TICK, time.process_time() - cpu
            self.worst = max(self.worst, min(late, worked))


class Course:
    """Notes when the rows come to the points that matter."""

    def __init__(self, live: LiveRows, last_version: str) -> None:
        self.began, self.began_cpu = time.perf_counter(), time.process_time()
        self.first = self.loaded = self.loaded_cpu = self.followed_cpu = 0.0
        self.is_loaded, self.is_followed = asyncio.Event(), asyncio.Event()
        self._live = live
        self._last_version = last_version
        live.subscribe(self._note)

    def _note(self, changes: Changes) -> None:
        if changes.upserted and not self.first:
            self.first = time.perf_counter() - self.began
        if self._live.state.phase is Phase.LIVE and not self.is_loaded.is_set():
            self.loaded, self.loaded_cpu = time.perf_counter() - self.began, time.process_time()
            self.is_loaded.set()
        if any(row.version == self._last_version for row in changes.upserted.values()):
            self.followed_cpu = time.process_time()
            self.is_followed.set()


async def load(kubeconfig: Path, pods: int, events: int, what: str) -> Measured:
    config = load_kubeconfig([kubeconfig])
    client = Client(config.contexts[config.current])
    reflector = Reflector(client, PODS, mode=SyncMemory(), gate=ClusterGate())
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 1_000)
    stalls, before = Stalls(), psutil.Process().memory_info().rss
    course = Course(reflector.live, str(pods + events))
    tasks = [asyncio.create_task(reflector.run())]
    if what == "stalls":
        tasks.append(asyncio.create_task(stalls.watch()))
    async with asyncio.timeout(WITHIN):
        await course.is_loaded.wait()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        assert len(reflector.live.rows) == pods, len(reflector.live.rows)
        if events:
            await course.is_followed.wait()
    held = psutil.Process().memory_info().rss
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await client.close()
    return Measured(
        rows=pods,
        cpu=course.loaded_cpu - course.began_cpu,
        growth=(peak - before) / 2**20,
        held=(held - before) / 2**20,
        stall=stalls.worst * 1000,
        wall=course.loaded,
        first_rows=course.first,
        events_per_cpu_second=events / (course.followed_cpu - course.loaded_cpu) if events else 0.0,
    )


if __name__ == "__main__":
    path, pods, events, what = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    sys.stdout.write(msgspec.json.encode(asyncio.run(load(path, pods, events, what))).decode() + "\n")
