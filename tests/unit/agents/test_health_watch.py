"""Clusters that nobody looks at are checked one after the other, and nobody is asked anything for it."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.agents.health_watch import HEALTH_SECONDS, LEAST_SECONDS, HealthWatch, asks_nobody
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.domain.cluster import Reach
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Lent, Oidc, Secret
from tests.unit.agents.demo_clusters import PODS, serving, world
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.waiting import eventually

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

    async def close(self) -> None:
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
    await made.close()


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


async def test_many_are_not_checked_faster_than_one_in_five_seconds() -> None:
    watched = Watched([Context(f"c{number}", server="http://127.0.0.1:9") for number in range(100)])
    watched.watch.begin_quietly(60, unasked=False)
    await watched.waits(LEAST_SECONDS)
    await watched.close()


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
    await watched.close()
