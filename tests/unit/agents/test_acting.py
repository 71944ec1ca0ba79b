"""The clusters of a manager, as somebody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.domain.conversation import Focus, TextDelta
from kubegenie_tui.domain.errors import Forbidden, UsageError
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.kube.context import Impersonation
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import PODS, serving, world
from tests.unit.agents.kubeconfigs import kubeconfig, write
from tests.unit.agents.waiting import until


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with serving(world("one"), world("two", pods=7)) as server:
        yield server


@pytest.fixture
async def manager(server: DemoServer, tmp_path: Path) -> AsyncIterator[ClusterManager]:
    file = write(tmp_path / "config", kubeconfig({"one": server.url("one"), "two": server.url("two")}, current="one"))
    store = await Store.in_memory()
    manager = ClusterManager(store, kubeconfig=[file], read_only_here=lambda name: name.startswith("two"))
    await manager.start()
    yield manager
    await manager.shutdown()
    await store.close()


async def test_the_server_is_asked_as_that_user(manager: ClusterManager) -> None:
    agent = await manager.open("one as nobody (dev, ops)")
    assert agent.context.auth.impersonation == Impersonation("nobody", groups=("dev", "ops"))
    with pytest.raises(Forbidden, match="nobody"):
        await agent.get(PODS, "pod-0", "shop")
    own = await manager.open("one")
    assert (await own.get(PODS, "pod-0", "shop"))["metadata"]["name"] == "pod-0"


async def test_it_is_listed_besides_until_it_is_removed(manager: ClusterManager) -> None:
    agent = await manager.open("two as viewer")
    assert await manager.open("two as viewer") is agent
    assert [status.name for status in manager.statuses] == ["one", "two", "two as viewer"]
    assert [status.name for status in manager.statuses if not status.is_impersonated] == ["one", "two"]
    assert agent.status.read_only, "what holds for the cluster holds for it"
    await manager.registrar.remove("two as viewer")
    assert [status.name for status in manager.statuses] == ["one", "two"]


async def test_it_is_no_way_to_a_cluster_that_is_not_there(manager: ClusterManager) -> None:
    with pytest.raises(UsageError, match="no cluster named"):
        await manager.open("three as viewer")


async def test_it_goes_where_its_cluster_goes(manager: ClusterManager, tmp_path: Path) -> None:
    agent = await manager.open("two as viewer")
    write(tmp_path / "config", kubeconfig({"one": "http://127.0.0.1:9", "two": "http://127.0.0.1:10"}, current="one"))
    await until(lambda: agent.context.server == "http://127.0.0.1:10", manager.subscribe)
    assert agent.context.auth.impersonation.user == "viewer"
    write(tmp_path / "config", kubeconfig({"one": "http://127.0.0.1:9"}, current="one"))
    await until(lambda: [status.name for status in manager.statuses] == ["one"], manager.subscribe)


async def test_the_genie_stays_who_it_is_in_another_cluster(manager: ClusterManager) -> None:
    async def answer(cluster: str) -> str:
        events = [event async for event in Genie(manager).ask("how many pods are there in two?", Focus(cluster))]
        return "".join(event.text for event in events if isinstance(event, TextDelta))

    assert "7 pods" in await answer("one")
    told = await answer("one as nobody")
    assert "7 pods" not in told
    assert "two as nobody" in told
