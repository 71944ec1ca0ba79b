import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.usage import AFTER_ROWS, USAGE_SECONDS
from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.cluster import Reach
from kubegenie_tui.domain.errors import KubeconfigError, Refused
from kubegenie_tui.domain.live import LiveRows, Phase
from kubegenie_tui.kube.context import AuthInfo, Context, Problem, Secret, Tls
from tests.unit.agents.demo_clusters import CONFIG_MAPS, PODS, add_pod, agent_of, serving, world
from tests.unit.agents.fakes import FakeClock, settle
from tests.unit.agents.waiting import eventually, until
from tests.unit.kube.loopback import serve


@pytest.fixture
def one() -> World:
    return world("one")


@pytest.fixture
async def server(one: World) -> AsyncIterator[DemoServer]:
    async with serving(one, world("two", pods=7)) as server:
        yield server


def names(live: LiveRows) -> set[str]:
    return {row.name for row in live.rows.values()}


def is_live(live: LiveRows) -> bool:
    return live.state.phase is Phase.LIVE


async def test_an_agent_that_only_checks_knows_how_the_cluster_is(server: DemoServer) -> None:
    told: list[Reach] = []
    agent = ClusterAgent(
        Context("one", server=server.url("one")), on_status=lambda: told.append(agent.status.reach), read_only=True
    )
    assert agent.status.reach is Reach.UNTRIED
    await agent.check()
    status = agent.status
    assert (status.reach, status.version, status.error) == (Reach.READY, "v1.37.2", None)
    assert (status.nodes, status.nodes_ready, status.pods, status.pods_running) == (1, 1, 3, None)
    assert status.latency_ms is not None
    assert told == [Reach.CONNECTING, Reach.READY]
    assert status.read_only
    await agent.shutdown()


async def test_rows_are_shared_and_live(server: DemoServer, one: World) -> None:
    async with agent_of(server, "one") as agent:
        first, second = agent.watch(PODS), agent.watch(PODS, "shop")
        assert agent.watch(PODS).live is first.live
        assert second.live is not first.live
        await until(lambda: is_live(first.live), first.live.subscribe)
        assert names(first.live) == {"pod-0", "pod-1", "pod-2"}
        add_pod(one, "new")
        await until(lambda: "new" in names(first.live), first.live.subscribe)
        await until(lambda: "new" in names(second.live), second.live.subscribe)


async def test_pods_that_are_watched_tell_the_status(server: DemoServer, one: World) -> None:
    told = asyncio.Event()
    async with agent_of(server, "one", on_status=told.set) as agent:
        agent.watch(PODS)
        async with asyncio.timeout(10):
            while agent.status.pods_running != 3:
                told.clear()
                await told.wait()
        assert (agent.status.pods, agent.status.problems) == (3, 0)


async def test_five_minutes_after_the_last_release_it_stops(server: DemoServer, one: World) -> None:
    clock = FakeClock()
    async with agent_of(server, "one", clock) as agent:
        lease = agent.watch(PODS)
        await until(lambda: is_live(lease.live), lease.live.subscribe)
        lease.release()
        lease.release()
        await settle()
        await clock.advance(299)
        again = agent.watch(PODS)
        assert again.live is lease.live
        again.release()
        await settle()
        await clock.advance(300)
        assert agent.idle
        anew = agent.watch(PODS)
        assert anew.live is not lease.live
        add_pod(one, "late")
        await until(lambda: is_live(anew.live), anew.live.subscribe)
        assert "late" in names(anew.live)
        assert "late" not in names(lease.live)


async def test_a_count_needs_no_rows_and_agrees_with_them(server: DemoServer, one: World) -> None:
    async with agent_of(server, "one") as agent:
        counted = agent.count(PODS)
        namespaces = agent.namespaces
        await until(lambda: is_live(namespaces), namespaces.subscribe)
        lease = agent.watch(PODS)
        await until(lambda: is_live(lease.live), lease.live.subscribe)
        assert counted.count == 3
        add_pod(one, "new")
        await until(lambda: "new" in names(lease.live), lease.live.subscribe)
        assert counted.count == 4
        counted.release()


async def test_a_new_definition_brings_a_new_kind(server: DemoServer, one: World) -> None:
    async with agent_of(server, "one") as agent:
        agent.watch(PODS)
        await until(lambda: agent.kinds.get("customresourcedefinitions.apiextensions.k8s.io"), agent.on_kinds)
        assert agent.kinds.find("gadgets") is None
        definitions = agent.watch(agent.kinds.resolve("crd")).live
        await until(lambda: is_live(definitions), definitions.subscribe)
        one.cluster.create(DEFINITION)
        await until(lambda: agent.kinds.find("gadgets"), agent.on_kinds)


async def test_another_address_takes_the_streams_along(server: DemoServer) -> None:
    async with agent_of(server, "one") as agent:
        lease = agent.watch(PODS)
        await until(lambda: is_live(lease.live), lease.live.subscribe)
        await agent.change_context(Context("one", server=server.url("two"), namespace="shop"))
        await until(lambda: len(lease.live.rows) == 7, lease.live.subscribe)
        assert (agent.status.server, agent.status.namespace) == (server.url("two"), "shop")


async def test_another_user_takes_the_streams_along(server: DemoServer, one: World) -> None:
    async with agent_of(server, "one") as agent:
        live = agent.watch(PODS).live
        await until(lambda: is_live(live), live.subscribe)
        auth = AuthInfo(token=Secret("platform-admin-token"))
        await agent.change_context(Context("one", server=agent.context.server, auth=auth))
        add_pod(one, "new")
        await until(lambda: "new" in names(live), live.subscribe)


async def test_another_namespace_disturbs_no_stream(server: DemoServer, one: World) -> None:
    async with agent_of(server, "one") as agent:
        live = agent.watch(PODS).live
        await until(lambda: is_live(live), live.subscribe)
        phases: set[Phase] = set()
        live.subscribe(lambda changes: phases.add(live.state.phase))
        await agent.change_context(Context("one", server=agent.context.server, namespace="shop"))
        add_pod(one, "new")
        await until(lambda: "new" in names(live), live.subscribe)
        assert phases == {Phase.LIVE}
        assert (agent.context.namespace, agent.status.namespace) == ("shop", "shop")


async def test_a_cluster_that_is_down_is_an_answer(server: DemoServer) -> None:
    async with agent_of(server, "one") as agent:
        await agent.change_context(Context("one", server="http://127.0.0.1:9"))
        lease = agent.watch(PODS)
        await until(lambda: lease.live.state.error, lease.live.subscribe)
        with pytest.raises(Refused):
            await agent.health_check()
        assert agent.status.reach is Reach.UNREACHABLE
        assert agent.status.pods is None


@pytest.mark.parametrize(
    ("code", "reach"), [(401, Reach.DENIED), (500, Reach.DEGRADED), (503, Reach.DEGRADED), (403, Reach.READY)]
)
async def test_what_a_refusal_says_about_the_cluster(server: DemoServer, code: int, reach: Reach) -> None:
    server.inject(Fault(path="readyz", status=code, count=-1))
    async with agent_of(server, "one") as agent:
        await agent.check()
        assert agent.status.reach is reach
        assert (agent.status.error is None) == (reach is Reach.READY)


async def test_what_may_not_be_listed_is_unknown_and_no_failure(server: DemoServer) -> None:
    server.inject(Fault(path="/nodes", status=403, count=-1))
    server.inject(Fault(path="/pods", status=403, count=-1))
    async with agent_of(server, "one") as agent:
        await agent.check()
        status = agent.status
        assert (status.reach, status.nodes, status.pods) == (Reach.READY, None, None)


async def test_a_duty_that_stopped_is_a_reason_and_is_healed(server: DemoServer) -> None:
    async with agent_of(server, "one") as agent:
        called = asyncio.Event()
        agent.call_for_check = called.set
        agent.on_kinds(_fail_once())
        async with asyncio.timeout(10):
            await called.wait()
        with pytest.raises(Exception, match="Discovery of one has stopped"):
            await agent.health_check()
        assert agent.restarts == 0
        await agent.self_heal()
        await agent.health_check()
        assert agent.restarts == 1
        await agent.shutdown()
        await agent.initialize()
        assert agent.restarts == 2


async def test_a_context_that_cannot_be_used_is_refused_at_the_door() -> None:
    problem = Problem("There is no user", file="/home/me/.kube/config", line=7)
    agent = ClusterAgent(Context("odd", problem=problem))
    assert isinstance(agent.status.error, KubeconfigError)
    with pytest.raises(KubeconfigError, match="config:7"):
        await agent.initialize()
    await agent.check()
    assert agent.status.reach is Reach.UNUSABLE
    await agent.shutdown()


@pytest.mark.parametrize(
    ("server", "insecure", "unverified"),
    [
        ("https://10.0.0.7:6443", False, False),
        ("https://10.0.0.7:6443", True, True),
        ("http://10.0.0.7:8080", False, True),
        ("http://shop.example.com", False, True),
        ("http://127.0.0.1:8080", True, False),
        ("http://[::1]:8080", False, False),
        ("http://localhost:8080/k8s", False, False),
        ("", True, False),
    ],
)
async def test_a_server_that_anybody_may_pass_for_is_told(server: str, insecure: bool, unverified: bool) -> None:
    agent = ClusterAgent(Context("shop", server=server, tls=Tls(insecure=insecure)))
    assert agent.status.unverified is unverified
    await agent.change_context(Context("shop", server="http://10.0.0.8"))
    assert agent.status.unverified


async def test_shutdown_leaves_nothing_behind(server: DemoServer) -> None:
    before = asyncio.all_tasks()
    async with agent_of(server, "one") as agent:
        lease = agent.watch(PODS)
        agent.watch(CONFIG_MAPS).release()
        agent.count(CONFIG_MAPS)
        await until(lambda: is_live(lease.live), lease.live.subscribe)
    ours = {task for task in asyncio.all_tasks() - before if "aiohttp" not in repr(task.get_coro())}
    assert {task for task in ours if not task.done() and not task.cancelling()} == set()


def _fail_once() -> "_Fails":
    return _Fails()


class _Fails:
    def __init__(self) -> None:
        self.failed = False

    def __call__(self) -> None:
        if not self.failed:
            self.failed = True
            raise RuntimeError("surprise")


DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "gadgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "gadgets", "singular": "gadget", "kind": "Gadget", "listKind": "GadgetList"},
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ],
    },
}


async def test_use_is_measured_while_pods_are_watched(server: DemoServer, one: World) -> None:
    clock = FakeClock()
    async with agent_of(server, "one", clock) as agent:
        lease = agent.watch(PODS)
        await eventually(lambda: AFTER_ROWS in clock.waits)
        assert not agent.usage
        await clock.advance(AFTER_ROWS)
        await eventually(lambda: len(agent.usage) == 3)
        assert all(name.startswith("shop/pod-") for name in agent.usage)
        first = agent.usage
        await clock.advance(USAGE_SECONDS)
        await eventually(lambda: agent.usage is not first)
        last = agent.usage
        lease.release()
        await clock.advance(USAGE_SECONDS)
        await clock.advance(USAGE_SECONDS)
        assert agent.usage is last


async def test_three_first_lists_at_a_time_and_no_more() -> None:
    listing: set[str] = set()
    most, go_on = 0, asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal most
        if request.path == "/version":
            return web.json_response({"major": "1", "minor": "20"})
        if request.query.get("watch"):
            await asyncio.get_running_loop().create_future()
        if not request.path.endswith("s"):
            raise web.HTTPNotFound
        listing.add(request.path)
        most = max(most, len(listing))
        await go_on.wait()
        listing.discard(request.path)
        return web.json_response(
            {"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "5"}, "items": []}
        )

    async with serve(answer) as url:
        agent = ClusterAgent(Context("old", server=url))
        await agent.initialize()
        leases = [agent.watch(CONFIG_MAPS, f"team-{number}") for number in range(8)]
        await eventually(lambda: len(listing) == 3)
        go_on.set()
        for lease in leases:
            await until(lambda lease=lease: is_live(lease.live), lease.live.subscribe)  # type: ignore[misc]
        assert most == 3
        await agent.shutdown()
