"""Whom a cluster takes us for is asked once when it is opened, quietly, and again when we come as somebody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.deputies import Deputies
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.kube.context import AuthInfo, Context, Impersonation, Secret
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import agent_of, serving, world
from tests.unit.agents.kubeconfigs import kubeconfig, write
from tests.unit.agents.waiting import eventually
from tests.unit.kube.loopback import serve

OTHER = "developer"


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with serving(world("one")) as server:
        yield server


async def test_the_name_is_known_soon_after_it_was_opened(server: DemoServer) -> None:
    async with agent_of(server, "one") as agent:
        assert agent.status.identity == ""
        await eventually(lambda: agent.status.identity)
        assert agent.status.identity == (await agent.whoami()).username
        await eventually(lambda: "identity" not in agent.doing())


async def test_as_somebody_else_it_is_asked_anew(server: DemoServer) -> None:
    async with agent_of(server, "one") as agent:
        await eventually(lambda: agent.status.identity)
        auth = AuthInfo(token=Secret(f"{OTHER}-token"))
        await agent.change_context(Context("one", server=agent.context.server, auth=auth))
        assert agent.status.identity == ""
        await eventually(lambda: agent.status.identity == OTHER)


async def test_another_user_while_it_is_asked_is_the_one_that_is_told(server: DemoServer) -> None:
    async with agent_of(server, "one") as agent:
        auth = AuthInfo(token=Secret(f"{OTHER}-token"))
        await agent.change_context(Context("one", server=agent.context.server, auth=auth))
        await eventually(lambda: agent.status.identity)
        assert agent.status.identity == OTHER


@pytest.mark.parametrize("code", [403, 404, 500])
async def test_a_cluster_that_does_not_say_is_no_worse_for_it(code: int) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.json_response({"kind": "Status", "code": code}, status=code)

    async with serve(refuse) as url:
        agent = ClusterAgent(Context("one", server=url))
        await agent.initialize()
        agent.kinds_told.set()
        await eventually(lambda: "identity" not in agent.doing())
        assert agent.status.identity == ""
        assert agent.status.error is None
        await agent.shutdown()


async def test_nothing_is_asked_of_a_cluster_that_is_not_opened(server: DemoServer) -> None:
    agent = ClusterAgent(Context("one", server=server.url("one")))
    await agent.change_context(Context("one", server=server.url("one"), auth=AuthInfo(token=Secret("developer-token"))))
    assert agent.doing() == ()
    await agent.shutdown()


async def test_a_user_of_the_genie_does_not_stand_for_the_person(server: DemoServer, tmp_path: Path) -> None:
    file = write(tmp_path / "config", kubeconfig({"one": server.url("one")}, current="one"))
    store = await Store.in_memory()
    manager = ClusterManager(store, kubeconfig=[file])
    await manager.start()
    deputies = Deputies(manager, Impersonation(OTHER))
    deputy = await deputies.open("one")
    await eventually(lambda: deputy.status.identity)
    assert deputy.status.identity == (await manager.open("one")).status.identity != OTHER
    await deputies.close()
    await manager.shutdown()
    await store.close()
