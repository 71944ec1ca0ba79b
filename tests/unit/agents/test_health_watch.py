"""Clusters that nobody looks at are checked one after the other, and nobody is asked anything for it."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from aiohttp import web

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.agents.health_watch import HEALTH_SECONDS, LEAST_SECONDS, HealthWatch, asks_nobody
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.domain.cluster import Reach
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Lent, Oidc, Secret
from tests.unit.agents.demo_clusters import PODS, serving, world
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.waiting import eventually
from tests.unit.kube.loopback import serve

EVERY = 300.0


class Watched:
    """Two clusters, and who checks them."""

    def __init__(self, contexts: list[Context]) -> None:
        self.clock = FakeClock()
        self.agents = {each.name: ClusterAgent(each, clock=self.clock) for each in contexts}
        self._duties = Duties(lambda: None)
        self.watch = HealthWatch(self.agents, self._duties, self.clock)

    @property
    def checked(self) -> dict[str, float]:
        return {name: agent.status.checked_at for name, agent in self.agents.items()}

    async def waits(self, seconds: float) -> None:
        await eventually(lambda: seconds in self.clock.waits)

    async def turn(self) -> list[str]:
        """Let the next quiet check be due; which clusters are checked."""
        before = self.checked
        await self.waits(EVERY / len(self.agents))
        await self.clock.advance(EVERY / len(self.agents))
        await eventually(partial(self._is_over, before))
        return [name for name, at in self.checked.items() if at > before[name]]

    def _is_over(self, before: dict[str, float]) -> bool:
        return self.checked != before and not any(name.startswith("check of") for name in self._duties.names())

    async def aclose(self) -> None:
        await self._duties.close()
        for agent in self.agents.values():
            await agent.shutdown()


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with serving(world("one"), world("two", pods=7)) as server:
        yield server


@pytest.fixture
async def watched(server: DemoServer) -> AsyncIterator[Watched]:
    made = Watched([Context(name, server=server.url(name)) for name in ("one", "two")])
    yield made
    await made.aclose()


async def test_one_after_the_other_and_without_counting_pods(watched: Watched) -> None:
    watched.watch.begin_quietly(EVERY, unasked=False)
    assert [await watched.turn() for _ in range(3)] == [["one"], ["two"], ["one"]]
    one, two = (agent.status for agent in watched.agents.values())
    assert one.reach is two.reach is Reach.READY
    assert (one.nodes_ready, one.pods) == (1, None)


async def test_how_many_pods_there_were_stays_known(watched: Watched) -> None:
    await watched.agents["two"].check()
    await watched.agents["two"].check(count_pods=False)
    assert watched.agents["two"].status.pods == 7


async def test_what_somebody_looks_at_is_left_to_who_looks_after_it(watched: Watched) -> None:
    watched.watch.begin_quietly(EVERY, unasked=False)
    two = watched.agents["two"]
    await two.initialize()
    two.watch(PODS)
    assert [await watched.turn() for _ in range(2)] == [["one"], ["one"]]


async def test_nothing_is_checked_quietly_while_the_list_is_looked_at(watched: Watched) -> None:
    watched.watch.begin_quietly(EVERY, unasked=False)
    await watched.waits(EVERY / 2)
    end = watched.watch.begin()
    await eventually(lambda: all(watched.checked.values()))
    before = watched.checked
    watched.clock.time += EVERY / 2 - HEALTH_SECONDS
    await watched.clock.advance(HEALTH_SECONDS)
    await eventually(lambda: all(at > before[name] for name, at in watched.checked.items()))
    end()
    before = watched.checked
    assert await watched.turn() == ["one"]  # the first turn of all


class Counting:
    """A server that counts how often each user asks whether it is ready, as a check does."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}

    async def answer(self, request: web.Request) -> web.Response:
        who = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.path == "/readyz":
            self.asked[who] = self.asked.get(who, 0) + 1
        if request.path == "/version":
            return web.json_response({"major": "1", "minor": "37", "gitVersion": "v1.37.2"})
        return web.Response(text="ok" if request.path == "/readyz" else "{}")


ADA, EVE = (AuthInfo(token=Secret(name)) for name in ("ada", "eve"))


@pytest.fixture
async def counting() -> AsyncIterator[tuple[Counting, Watched]]:
    """Two namespaces of Ada's and one context of Eve's, at one server."""
    server = Counting()
    async with serve(server.answer) as url:
        hers = [Context(name, namespace=name, server=url, auth=ADA) for name in ("shop", "web")]
        watched = Watched([*hers, Context("as-eve", server=url, auth=EVE)])
        yield server, watched
        await watched.aclose()


async def test_contexts_of_one_server_and_user_are_checked_once_for_all(counting: tuple[Counting, Watched]) -> None:
    server, watched = counting
    watched.watch.begin()
    await eventually(lambda: all(watched.checked.values()))
    assert server.asked == {"ada": 1, "eve": 1}
    shop, web_ = (watched.agents[name].status for name in ("shop", "web"))
    assert (web_.reach, web_.version, web_.checked_at) == (Reach.READY, "v1.37.2", shop.checked_at)
    assert (web_.name, web_.namespace) == ("web", "web")


async def test_those_that_somebody_looks_at_are_checked_for_themselves(counting: tuple[Counting, Watched]) -> None:
    server, watched = counting
    await looked_at(watched.agents["web"])
    assert not server.asked
    watched.watch.begin()
    await eventually(lambda: all(watched.checked.values()))
    assert server.asked == {"ada": 1, "eve": 1}
    assert watched.checked["shop"] == watched.checked["web"]
    await looked_at(watched.agents["shop"])
    await watched.clock.advance(HEALTH_SECONDS)
    await eventually(lambda: server.asked == {"ada": 3, "eve": 2})


async def looked_at(agent: ClusterAgent) -> None:
    await agent.initialize()
    agent.watch(PODS)


async def test_quietly_they_take_one_turn_together(counting: tuple[Counting, Watched]) -> None:
    server, watched = counting
    watched.watch.begin_quietly(EVERY, unasked=False)
    for asked in ({"ada": 1}, {"ada": 1, "eve": 1}, {"ada": 2, "eve": 1}):
        await watched.waits(EVERY / 2)
        before = watched.checked
        await watched.clock.advance(EVERY / 2)
        await eventually(partial(watched._is_over, before))
        assert server.asked == asked
    assert watched.checked["shop"] == watched.checked["web"]


async def test_what_is_wrong_is_told_of_all_and_a_changed_context_is_left_out() -> None:
    async with aclosing(Watched([Context(name, server="http://127.0.0.1:9") for name in ("a", "b", "c")])) as watched:
        await watched.agents["c"].change_context(Context("c", server="http://127.0.0.1:10"))
        watched.watch.check(watched.agents["a"])
        await eventually(lambda: watched.checked["b"])
        a, b, c = (agent.status for agent in watched.agents.values())
        assert b.reach is Reach.UNREACHABLE
        assert (b.error, b.name) == (a.error, "b")
        assert c.reach is Reach.UNTRIED


async def test_many_are_not_checked_faster_than_one_in_five_seconds() -> None:
    watched = Watched([Context(f"c{number}", server=f"http://127.0.0.1:9/{number}") for number in range(100)])
    watched.watch.begin_quietly(60, unasked=False)
    await watched.waits(LEAST_SECONDS)
    await watched.aclose()


@pytest.mark.parametrize(
    ("auth", "reached", "quiet"),
    [
        (AuthInfo(token=Secret("t")), False, True),
        (AuthInfo(), False, True),
        (AuthInfo(exec=Exec("v1", "aws")), True, False),
        (AuthInfo(oidc=Oidc("https://issuer.example.com", "app")), True, False),
        (AuthInfo(lent=Lent("one", (), 0.0, fetch=AsyncMock())), False, False),
        (AuthInfo(lent=Lent("one", (), 0.0, fetch=AsyncMock())), True, True),
    ],
)
def test_what_would_ask_a_person_is_told_apart(auth: AuthInfo, reached: bool, quiet: bool) -> None:
    assert asks_nobody(Context("one", auth=auth), reached=reached) is quiet


@pytest.mark.parametrize("unasked", [False, True])
async def test_a_login_program_is_begun_only_where_that_is_wanted(
    server: DemoServer, tmp_path: Path, unasked: bool
) -> None:
    marker = tmp_path / "asked"
    plugin = Exec("client.authentication.k8s.io/v1", "touch", (str(marker),), interactive_mode="Never")
    login = Context("login", server=server.url("one"), auth=AuthInfo(exec=plugin))
    watched = Watched([Context("plain", server=server.url("two")), login])
    watched.watch.begin_quietly(EVERY if unasked else EVERY / 2, unasked=unasked)
    assert [await watched.turn() for _ in range(2)] == [["plain"], ["login" if unasked else "plain"]]
    assert marker.exists() is unasked
    assert (watched.agents["login"].status.reach is Reach.DENIED) is unasked
    await watched.aclose()
