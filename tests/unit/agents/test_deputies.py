from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.deputies import Deputies
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.kube.context import Impersonation
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import PODS, serving, world
from tests.unit.agents.kubeconfigs import kubeconfig, write
from tests.unit.agents.waiting import until

WHOM = Impersonation("platform-admin", groups=("system:masters",))


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with serving(world("one"), world("two", pods=7)) as server:
        yield server


@pytest.fixture
def file(tmp_path: Path, server: DemoServer) -> Path:
    return write(tmp_path / "config", kubeconfig({"one": server.url("one")}, current="one"))


@pytest.fixture
async def manager(file: Path) -> AsyncIterator[ClusterManager]:
    store = await Store.in_memory()
    manager = ClusterManager(store, kubeconfig=[file])
    await manager.start()
    yield manager
    await manager.shutdown()
    await store.close()


@pytest.fixture
async def deputies(manager: ClusterManager) -> AsyncIterator[Deputies]:
    deputies = Deputies(manager, WHOM)
    yield deputies
    await deputies.close()


async def test_a_cluster_keeps_its_name_and_is_listed_once(manager: ClusterManager, deputies: Deputies) -> None:
    deputy = await deputies.open("one")
    assert deputy.name == "one"
    assert deputy.context.auth.impersonation == WHOM
    assert await deputies.open("one") is deputy
    assert (deputies.current, deputies.statuses) == ("one", manager.statuses)
    assert [status.name for status in manager.statuses] == ["one"]
    assert manager.agent("one") is not deputy
    with pytest.raises(UsageError, match="no cluster named"):
        await deputies.open("three")


async def test_it_is_treated_as_the_cluster_is(manager: ClusterManager, deputies: Deputies) -> None:
    own = await manager.open("one")
    own.treat(own.status.traits, read_only=True, protected=True)
    status = (await deputies.open("one")).status
    assert (status.read_only, status.protected) == (True, True)


async def test_it_goes_where_the_cluster_goes(
    manager: ClusterManager, deputies: Deputies, server: DemoServer, file: Path
) -> None:
    live = (await deputies.open("one")).watch(PODS).live
    await until(lambda: live.state.phase is Phase.LIVE and len(live.rows) == 3, live.subscribe)
    write(file, kubeconfig({"one": server.url("two")}, current="one"))
    await manager.look_again()
    assert (await deputies.open("one")).context.auth.impersonation == WHOM
    await until(lambda: len(live.rows) == 7, live.subscribe)


async def test_a_cluster_of_the_same_name_that_is_another_has_another(
    manager: ClusterManager, deputies: Deputies, server: DemoServer, file: Path
) -> None:
    before = await deputies.open("one")
    write(file, kubeconfig({}))
    await manager.look_again()
    write(file, kubeconfig({"one": server.url("two")}, current="one"))
    await manager.look_again()
    after = await deputies.open("one")
    assert after is not before
    assert after.own is manager.agent("one")
