"""Two KubeGenies with one database: what one registers the other knows, and neither takes the other's place."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.file_watch import LOOK_SECONDS, SETTLE_SECONDS
from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.endpoint import Endpoint, Reference
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.traits import Traits
from kubegenie_tui.store.lock import Way
from kubegenie_tui.store.store import Store
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.waiting import eventually, until

HERE, THERE = (Endpoint(f"https://10.0.0.{last}", secrets={"token": Reference("safe")}) for last in (7, 8))


@asynccontextmanager
async def running(database: Path, clock: FakeClock) -> AsyncIterator[ClusterManager]:
    store = await Store.open(database)
    store.safe._cost = 2
    manager = ClusterManager(store, kubeconfig=[database.with_name("none")], clock=clock)
    if (await store.safe.state()).way is None:
        await store.safe.set_up(Way.PASSPHRASE, "pass")
    await store.safe.unlock("pass")
    await manager.start()
    try:
        yield manager
    finally:
        await manager.shutdown()
        await store.close()


def listed(manager: ClusterManager) -> list[tuple[str, str]]:
    return [(each.name, each.server) for each in manager.statuses]


def _waits(clock: FakeClock, seconds: float) -> bool:
    return seconds in clock.waits


async def test_neither_takes_the_place_of_what_the_other_registered(tmp_path: Path) -> None:
    async with running(tmp_path / "db", FakeClock()) as one, running(tmp_path / "db", FakeClock()) as two:
        await one.registrar.add(Registration("rack-7", endpoint=HERE), {"token": "mine"}, Traits(notes="mine"))
        with pytest.raises(UsageError, match='There is a cluster named "rack-7" already'):
            await two.registrar.add(Registration("rack-7", endpoint=THERE), {"token": "other"})
        assert listed(two) == [("rack-7", HERE.server)]
        assert two.statuses[0].traits.notes == "mine"
        assert await two.registrar.kept(two.registrar.registration("rack-7")) == {"token": "mine"}


async def test_what_one_registers_says_and_forgets_the_other_takes_up(tmp_path: Path) -> None:
    clock = FakeClock()
    async with running(tmp_path / "db", clock) as one, running(tmp_path / "db", FakeClock()) as other:

        async def after(act: Awaitable[object], told: Callable[[], bool]) -> None:
            await act
            for seconds in (LOOK_SECONDS, SETTLE_SECONDS):
                await eventually(partial(_waits, clock, seconds))
                await clock.advance(seconds)
            await until(told, one.subscribe)

        made = Registration("rack-7", endpoint=HERE)
        await after(other.registrar.add(made, {"token": "t"}), lambda: listed(one) == [("rack-7", HERE.server)])
        await after(other.registrar.say("rack-7", Traits(read_only=True)), lambda: one.statuses[0].read_only)
        await after(other.registrar.remove("rack-7"), lambda: not one.statuses)
