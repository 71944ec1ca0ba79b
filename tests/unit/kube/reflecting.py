"""A reflector at work on a fake API server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, Phase
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.watch.gate import ClusterGate
from kubegenie_tui.kube.watch.reflector import Reflector
from kubegenie_tui.kube.watch.sync_memory import SyncMemory
from tests.unit.agents.fakes import FakeClock
from tests.unit.kube.fake_api import FakeApi
from tests.unit.kube.loopback import client_of

PODS = next(kind for kind in BUILTIN_KINDS if kind.id == "pods")
SECRETS = next(kind for kind in BUILTIN_KINDS if kind.id == "secrets")
WIDGETS = Kind("example.com", "v1", "widgets", "Widget")


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for it to be so."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the loop's own turns are what is waited for
            await asyncio.sleep(0)


async def let_pass(clock: FakeClock, seconds: float) -> None:
    """Let time pass, also for those who begin to wait for nothing at all meanwhile (a knock that is due)."""
    for part in (seconds, 0.0, 0.0):
        await clock.advance(part)


@asynccontextmanager
async def reflecting(
    api: FakeApi,
    kind: Kind = PODS,
    *,
    clock: Clock,
    mode: SyncMemory | None = None,
    gate: ClusterGate | None = None,
    namespace: str = "",
) -> AsyncIterator[Reflector]:
    """A running reflector of what `api` serves."""
    async with api.serving() as url, client_of(url) as client:
        mode, gate = mode or SyncMemory(), gate or ClusterGate(clock)
        reflector = Reflector(client, kind, namespace, mode=mode, gate=gate, clock=clock)
        task = asyncio.create_task(reflector.run())
        try:
            yield reflector
        finally:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()


def names(live: LiveRows) -> set[str]:
    return {row.name for row in live.rows.values()}


def is_live(reflector: Reflector) -> Callable[[], bool]:
    return lambda: reflector.live.state.phase is Phase.LIVE
