"""The kinds of a cluster follow what it is told of, however late and however piecemeal its server serves them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, cast

import pytest

from kubegenie_tui.agents.kinds import CALM_SECONDS, RIPE_SECONDS, Kinds
from kubegenie_tui.domain.errors import ServerFailed
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.discovery import Discovery
from tests.unit.agents.fakes import FakeClock, settle

if TYPE_CHECKING:
    from kubegenie_tui.kube.client import Client


class Server:
    """Serves what it is told to, and counts how often it was asked."""

    def __init__(self) -> None:
        self.serves: tuple[str, ...] = ()
        self.asked = 0
        self.is_down = False

    async def discover(self, _client: object, _previous: Discovery | None) -> Discovery:
        self.asked += 1
        if self.is_down:
            raise ServerFailed("down")
        return Discovery(tuple(Kind("example.com", "v1", name.title(), name) for name in self.serves))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr("kubegenie_tui.kube.discovery.discover", server.discover)
    return server


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def kinds(server: Server, clock: FakeClock) -> AsyncIterator[Kinds]:
    kinds = Kinds(lambda: cast("Client", None), clock)
    running = asyncio.create_task(kinds.run())
    await settle()
    yield kinds
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def ask(kinds: Kinds) -> None:
    kinds.ask()
    await settle()


async def test_of_two_new_kinds_the_later_is_found_too(kinds: Kinds, server: Server, clock: FakeClock) -> None:
    await ask(kinds)
    server.serves = ("gadgets",)
    await clock.advance(RIPE_SECONDS[0])
    assert kinds.index.find("gadgets")
    server.serves = ("gadgets", "widgets")
    await clock.advance(RIPE_SECONDS[1])
    assert kinds.index.find("widgets")


async def test_what_it_is_told_while_it_waits_is_looked_for_soon(
    kinds: Kinds, server: Server, clock: FakeClock
) -> None:
    await ask(kinds)
    await clock.advance(RIPE_SECONDS[0])
    server.serves = ("gadgets",)
    await ask(kinds)
    await clock.advance(RIPE_SECONDS[0])
    assert kinds.index.find("gadgets")


async def test_it_asks_no_more_once_all_must_be_served(kinds: Kinds, server: Server, clock: FakeClock) -> None:
    await ask(kinds)
    for seconds in RIPE_SECONDS:
        await clock.advance(seconds)
    before = server.asked
    await clock.advance(CALM_SECONDS - 1)
    assert server.asked == before
    await clock.advance(1)
    assert server.asked > before


async def test_a_server_that_is_down_for_a_moment_is_asked_again(
    kinds: Kinds, server: Server, clock: FakeClock
) -> None:
    await ask(kinds)
    server.is_down = True
    await clock.advance(RIPE_SECONDS[0])
    server.is_down, server.serves = False, ("gadgets",)
    await clock.advance(RIPE_SECONDS[1])
    assert kinds.index.find("gadgets")
