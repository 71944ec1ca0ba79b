import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.agents.cluster_manager import FIRST_CHECK_SECONDS, ClusterManager
from kubegenie_tui.agents.file_watch import LOOK_SECONDS, SETTLE_SECONDS
from kubegenie_tui.agents.health_watch import HEALTH_SECONDS
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.domain.cluster import Reach
from kubegenie_tui.domain.errors import KubeconfigError, UsageError
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.domain.traits import Traits
from kubegenie_tui.kube.context import Context
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import PODS, serving, world
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.kubeconfigs import kubeconfig, write
from tests.unit.agents.waiting import eventually, until
from tests.unit.kube.loopback import raw_server

Managing = Callable[..., AbstractAsyncContextManager[ClusterManager]]
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = await Store.in_memory()
    yield store
    await store.close()


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    async with serving(world("one"), world("two", pods=7)) as server:
        yield server


@pytest.fixture
def managing(store: Store, clock: FakeClock) -> Managing:
    @asynccontextmanager
    async def started(*files: Path, **more: Any) -> AsyncIterator[ClusterManager]:
        manager = ClusterManager(store, kubeconfig=files, clock=clock, **more)
        await manager.start()
        try:
            yield manager
        finally:
            await manager.shutdown()

    return started


@pytest.fixture
def file(tmp_path: Path, server: DemoServer) -> Path:
    return write(tmp_path / "config", kubeconfig({"one": server.url("one"), "two": server.url("two")}, current="two"))


def read(file: Path) -> str:
    return file.read_text()


def listed(manager: ClusterManager) -> list[str]:
    return [status.name for status in manager.statuses]


def _waits(clock: FakeClock, seconds: float) -> bool:
    return seconds in clock.waits


async def take_up(clock: FakeClock, manager: ClusterManager, true: Callable[[], object]) -> None:
    """Let the manager notice that a file has changed, and wait for what comes of it."""
    for seconds in (LOOK_SECONDS, SETTLE_SECONDS):
        await eventually(partial(_waits, clock, seconds))
        await clock.advance(seconds)
    await until(true, manager.subscribe)


# The list


async def test_contexts_are_listed_and_nothing_is_asked(managing: Managing, file: Path) -> None:
    async with managing(file, read_only_here=lambda name: True) as manager:
        assert listed(manager) == ["one", "two"]
        assert manager.current == "two"
        assert {(status.reach, status.source, status.read_only) for status in manager.statuses} == {
            (Reach.UNTRIED, "kubeconfig", True)
        }
        assert manager.paths == (file,)


async def test_the_only_cluster_is_the_current_one(managing: Managing, tmp_path: Path) -> None:
    own = Context("in-cluster", server=NOWHERE)
    async with managing(tmp_path / "none", extra=[own]) as manager:
        assert (listed(manager), manager.current) == (["in-cluster"], "in-cluster")
        assert manager.statuses[0].source == "in-cluster"
    async with managing(write(tmp_path / "config", kubeconfig({"a": NOWHERE, "b": NOWHERE}))) as manager:
        assert manager.current == ""


async def test_no_kubeconfig_is_no_crash(managing: Managing, tmp_path: Path) -> None:
    async with managing(tmp_path / "none") as manager:
        assert manager.statuses == ()
        assert str(tmp_path / "none") in manager.errors[0].why
        with pytest.raises(UsageError, match="known: none"):
            await manager.open("x")


async def test_the_demo_says_so(managing: Managing, file: Path) -> None:
    async with managing(file, source="demo") as manager:
        assert [status.source for status in manager.statuses] == ["demo", "demo"]


# Opening


async def test_an_opened_cluster_is_watched_and_checked(managing: Managing, file: Path, clock: FakeClock) -> None:
    async with managing(file) as manager:
        agent = await manager.open("one")
        assert (await manager.open("one"), manager.agent("one")) == (agent, agent)
        lease = agent.watch(PODS)
        await until(lambda: lease.live.state.phase is Phase.LIVE, lease.live.subscribe)
        assert agent.status.reach is Reach.UNTRIED, "rows come first"
        await clock.advance(FIRST_CHECK_SECONDS)
        await until(lambda: agent.status.reach is Reach.READY, manager.subscribe)
        assert manager.statuses[0] == agent.status


async def test_two_who_open_at_once_get_the_same(managing: Managing, file: Path) -> None:
    async with managing(file) as manager:
        first, second = await asyncio.gather(manager.open("one"), manager.open("one"))
        assert first is second
        assert first.client is second.client


async def test_an_unknown_name_is_answered_with_near_ones(managing: Managing, tmp_path: Path) -> None:
    async with managing(write(tmp_path / "config", kubeconfig({"prod-eu": NOWHERE, "edge": NOWHERE}))) as manager:
        with pytest.raises(UsageError, match="did you mean prod-eu"):
            await manager.open("prod-us")
        with pytest.raises(UsageError, match="known: prod-eu, edge"):
            await manager.test("zzz")


async def test_a_context_that_cannot_be_used_is_listed_and_says_why(managing: Managing, tmp_path: Path) -> None:
    text = kubeconfig({"well": NOWHERE, "odd": "ftp://x"})
    async with managing(write(tmp_path / "config", text)) as manager:
        assert listed(manager) == ["well", "odd"]
        assert "ftp://x" in str(manager.statuses[1].error)
        with pytest.raises(KubeconfigError):
            await manager.open("odd")
        steps = await manager.test("odd")
        assert [(step.name, step.ok) for step in steps] == [("kubeconfig", False)]
        assert str(tmp_path / "config") in steps[0].detail


# The files change


async def test_contexts_come_and_go_with_the_file(managing: Managing, file: Path, clock: FakeClock) -> None:
    async with managing(file) as manager:
        one = manager.agent("one")
        write(file, kubeconfig({"new": NOWHERE, "one": one.context.server if one else ""}, current="new"))
        await take_up(clock, manager, lambda: listed(manager) == ["new", "one"])
        assert manager.current == "new"
        assert manager.agent("one") is one
        assert manager.agent("two") is None


async def test_a_cluster_that_moves_takes_its_rows_along(
    managing: Managing, file: Path, clock: FakeClock, server: DemoServer
) -> None:
    async with managing(file) as manager:
        agent = await manager.open("one")
        lease = agent.watch(PODS)
        await until(lambda: lease.live.state.phase is Phase.LIVE, lease.live.subscribe)
        write(file, kubeconfig({"one": server.url("two")}))
        await take_up(clock, manager, lambda: manager.statuses[0].server == server.url("two"))
        await until(lambda: len(lease.live.rows) == 7, lease.live.subscribe)


async def test_a_file_half_edited_costs_no_open_cluster(managing: Managing, file: Path, clock: FakeClock) -> None:
    async with managing(file) as manager:
        agent = await manager.open("one")
        lease = agent.watch(PODS)
        await until(lambda: lease.live.state.phase is Phase.LIVE, lease.live.subscribe)
        text = read(file)
        write(file, text + "\n  - {")
        await take_up(clock, manager, lambda: manager.errors)
        assert manager.errors[0].line > 0
        assert (manager.agent("one"), lease.live.state.phase) == (agent, Phase.LIVE)
        write(file, text)
        await take_up(clock, manager, lambda: not manager.errors)
        assert (manager.agent("one"), lease.live.state.phase) == (agent, Phase.LIVE)


async def test_a_cluster_that_is_removed_while_open_is_shut_down(
    managing: Managing, file: Path, clock: FakeClock
) -> None:
    async with managing(file) as manager:
        agent = await manager.open("one")
        agent.watch(PODS)
        write(file, kubeconfig({"two": NOWHERE}))
        await take_up(clock, manager, lambda: agent.state.value == "stopped")
        assert listed(manager) == ["two"]
        assert agent.idle


async def test_a_cluster_that_is_leaving_when_all_ends_is_shut_down(
    managing: Managing, file: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving, shut_down = asyncio.Event(), asyncio.Event()
    async with managing(file) as manager:
        agent = await manager.open("one")
        shutdown = agent.shutdown

        async def slowly() -> None:
            if not leaving.is_set():
                leaving.set()
                await asyncio.Event().wait()
            await shutdown()
            shut_down.set()

        monkeypatch.setattr(agent, "shutdown", slowly)
        write(file, kubeconfig({"two": NOWHERE}))
        await take_up(clock, manager, lambda: True)
        async with asyncio.timeout(20):
            await leaving.wait()
    assert shut_down.is_set()


# Registering


async def test_a_registered_cluster_is_there_after_a_restart(
    managing: Managing, file: Path, tmp_path: Path, server: DemoServer
) -> None:
    other = write(tmp_path / "other", kubeconfig({"x": server.url("one"), "y": NOWHERE}, current="x"))
    async with managing(file) as manager:
        assert await manager.registrar.register(other) == "x"
        assert await manager.registrar.register(other, "y", Traits(read_only=True)) == "y"
        assert listed(manager) == ["one", "two", "x", "y"]
    async with managing(file) as manager:
        assert listed(manager) == ["one", "two", "x", "y"]
        assert [status.source for status in manager.statuses[2:]] == ["registered", "registered"]
        assert [status.read_only for status in manager.statuses] == [False, False, False, True]
        await (await manager.open("x")).check()
        assert manager.statuses[2].reach is Reach.READY


async def test_a_registered_cluster_follows_its_file(
    managing: Managing, file: Path, tmp_path: Path, clock: FakeClock
) -> None:
    other = write(tmp_path / "other", kubeconfig({"x": "https://old"}))
    async with managing(file) as manager:
        await manager.registrar.register(other)
        write(other, kubeconfig({"x": "https://new"}))
        await take_up(clock, manager, lambda: manager.statuses[2].server == "https://new")


async def test_only_what_was_registered_can_be_removed(managing: Managing, file: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", kubeconfig({"x": NOWHERE}))
    before = read(file)
    async with managing(file) as manager:
        await manager.registrar.register(other)
        with pytest.raises(UsageError, match=str(file)):
            await manager.registrar.remove("one")
        with pytest.raises(UsageError, match="no cluster named"):
            await manager.registrar.remove("nope")
        await manager.registrar.remove("x")
        assert listed(manager) == ["one", "two"]
    async with managing(file) as manager:
        assert listed(manager) == ["one", "two"]
    assert read(file) == before


@pytest.mark.parametrize(
    ("text", "context", "said"),
    [
        (None, "", "There is no such file"),
        ("{{", "", "not valid YAML"),
        (kubeconfig({"x": NOWHERE}), "z", "the file has: x"),
        (kubeconfig({}), "", "has no context"),
        (kubeconfig({"one": NOWHERE}), "one", "already"),
    ],
)
async def test_what_cannot_be_registered(
    managing: Managing, file: Path, tmp_path: Path, text: str | None, context: str, said: str
) -> None:
    other = tmp_path / "other"
    if text is not None:
        write(other, text)
    async with managing(file) as manager:
        with pytest.raises((KubeconfigError, UsageError), match=said):
            await manager.registrar.register(other, context)
        assert listed(manager) == ["one", "two"]


async def test_a_registration_that_leads_nowhere_can_be_removed(
    managing: Managing, file: Path, tmp_path: Path, clock: FakeClock
) -> None:
    other = write(tmp_path / "other", kubeconfig({"x": NOWHERE}))
    async with managing(file) as manager:
        await manager.registrar.register(other)
        other.unlink()
        await take_up(clock, manager, lambda: manager.statuses[2].error)
        await manager.registrar.remove("x")
        assert listed(manager) == ["one", "two"]


# Health


async def test_health_is_looked_after_while_somebody_looks(managing: Managing, file: Path, clock: FakeClock) -> None:
    async with managing(file) as manager:
        end = manager.watch_health()
        await until(lambda: all(status.reach is Reach.READY for status in manager.statuses), manager.subscribe)
        first = manager.statuses[0].checked_at
        await clock.advance(HEALTH_SECONDS)
        await until(lambda: manager.statuses[0].checked_at > first, manager.subscribe)
        second = manager.statuses[0].checked_at
        end()
        end()
        await clock.advance(HEALTH_SECONDS * 3)
        assert manager.statuses[0].checked_at == second


async def test_a_cluster_that_hangs_never_slows_another(
    managing: Managing, tmp_path: Path, server: DemoServer, clock: FakeClock
) -> None:
    asked = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()

    async with raw_server(hang) as hanging:
        text = kubeconfig({"hangs": hanging, "one": server.url("one"), "down": NOWHERE})
        async with managing(write(tmp_path / "config", text)) as manager:
            end = manager.watch_health()
            await until(
                lambda: (
                    {status.name: status.reach for status in manager.statuses}
                    == {"hangs": Reach.CONNECTING, "one": Reach.READY, "down": Reach.UNREACHABLE}
                ),
                manager.subscribe,
            )
            await asked.wait()
            agent = await manager.open("one")
            lease = agent.watch(PODS)
            await until(lambda: lease.live.state.phase is Phase.LIVE, lease.live.subscribe)
            end()


async def test_a_cluster_that_appears_is_checked_at_once(
    managing: Managing, file: Path, clock: FakeClock, server: DemoServer
) -> None:
    async with managing(file) as manager:
        end = manager.watch_health()
        write(file, kubeconfig({"new": server.url("one")}))
        await take_up(clock, manager, lambda: listed(manager) == ["new"])
        await until(lambda: manager.statuses[0].reach is Reach.READY, manager.subscribe)
        end()


async def test_shutdown_does_not_wait_for_what_hangs(managing: Managing, tmp_path: Path) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with (
        raw_server(hang) as hanging,
        managing(tmp_path / "none", extra=[Context("x", server=hanging)]) as manager,
    ):
        manager.watch_health()
        agent = await manager.open("x")
        agent.watch(PODS)
        await until(lambda: agent.status.reach is Reach.CONNECTING, manager.subscribe)
        async with asyncio.timeout(2):
            await manager.shutdown()
