"""Port-forwards on a simulated cluster: from the store to the store, by both protocols, past what fails."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.forward import MOST_TUNNELS, Forward
from kubegenie_tui.agents.forwards import Forwards
from kubegenie_tui.agents.listening import next_free
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.forward import ForwardSpec, ForwardState, forward_row
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.http.websocket import WebSocket
from kubegenie_tui.kube.streams.flow import Flow
from kubegenie_tui.kube.streams.tunnel import CHANNELS, FrameTunnel
from kubegenie_tui.store.store import Store
from tests.demo_worlds import demo_worlds
from tests.unit.agents.waiting import DEADLINE, eventually, until


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return demo_worlds()


@pytest.fixture
async def server(worlds: list[World]) -> AsyncIterator[DemoServer]:
    async with DemoServer(worlds, ticking=False) as found:
        yield found


@contextlib.asynccontextmanager
async def session(server: DemoServer, tmp_path: Path) -> AsyncIterator[Forwards]:
    """What one run of the app has of forwards."""
    store = await Store.open(tmp_path / "store.db")
    manager = ClusterManager(store, kubeconfig=[server.kubeconfig(tmp_path / "kubeconfig")])
    await manager.start()
    forwards = Forwards(manager, store.forwards)
    await forwards.load()
    try:
        yield forwards
    finally:
        await forwards.shutdown()
        await manager.shutdown()
        await store.close()


def wanted(name: str = "frontend", kind: str = "services", port: str = "80") -> ForwardSpec:
    return ForwardSpec(ObjectRef(kind, name, "shop", "prod-eu"), port, next_free(23_000))


async def ready(forwards: Forwards, forward: Forward) -> None:
    await until(lambda: forward.status.state is ForwardState.READY, forwards.subscribe)


async def asked(port: int) -> bytes:
    async with asyncio.timeout(DEADLINE):
        return await answer(*await asyncio.open_connection("127.0.0.1", port))


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    async with asyncio.timeout(DEADLINE):
        writer.write(b"GET /hello HTTP/1.1\r\nHost: pod\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            answer = await reader.read()
            writer.close()
            return answer
        return b""


async def test_what_ran_is_offered_and_never_starts_by_itself(server: DemoServer, tmp_path: Path) -> None:
    spec, other = wanted(), wanted("checkout")
    async with session(server, tmp_path) as forwards:
        await ready(forwards, await forwards.start(spec))
        assert b"GET /hello" in await asked(spec.local)
    async with session(server, tmp_path) as forwards:
        assert (forwards.running, forwards.offered) == (0, 1)
        (status,) = forwards.statuses
        assert (status.spec, status.state, status.wanted) == (spec, ForwardState.STOPPED, True)
        assert forward_row(status, 1).cells[0] == "ran before"
        await ready(forwards, await forwards.start(status.spec))
        assert forwards.offered == 0
        await forwards.stop(spec.id)
        await forwards.start(ForwardSpec(other.target, "80", spec.local + 1), keep=False)
    async with session(server, tmp_path) as forwards:
        assert [(status.spec.local, status.wanted) for status in forwards.statuses] == [(spec.local, False)]
        await forwards.forget(spec.id)
    async with session(server, tmp_path) as forwards:
        assert forwards.statuses == ()


async def test_a_local_port_leads_to_one_place(server: DemoServer, tmp_path: Path) -> None:
    spec = wanted()
    async with session(server, tmp_path) as forwards:
        await forwards.start(spec)
        with pytest.raises(UsageError, match=r"is forwarded already.*is free"):
            await forwards.start(spec)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(UsageError, match=r"is taken.*is free"):
                await forwards.start(ForwardSpec(spec.target, "80", port))
        with pytest.raises(UsageError, match="no pods to forward to"):
            await forwards.start(ForwardSpec(ObjectRef("configmaps", "x", "shop", "prod-eu"), "80", port))
        assert forwards.running == 1


async def test_what_is_kept_stays_when_its_local_port_leads_elsewhere(server: DemoServer, tmp_path: Path) -> None:
    spec = wanted()
    other = ForwardSpec(wanted("checkout").target, "80", spec.local)
    async with session(server, tmp_path) as forwards:
        await forwards.start(spec)
        await forwards.stop(spec.id)
        await ready(forwards, await forwards.start(other))
        taken, runs = sorted(forwards.statuses, key=lambda status: status.spec == other)
        assert (taken.spec.target, taken.state) == (spec.target, ForwardState.STOPPED)
        assert "is forwarded already" in str(taken.error)
        assert "services shop/checkout" in str(taken.error)
        assert runs.error is None
        with pytest.raises(UsageError, match=r"is forwarded already.*is free"):
            await forwards.start(taken.spec)
    async with session(server, tmp_path) as forwards:
        kept = {status.spec.target.name: (status.wanted, status.error) for status in forwards.statuses}
        assert kept == {"frontend": (False, None), "checkout": (True, None)}
        await ready(forwards, await forwards.start(spec))
        assert b"GET /hello" in await asked(spec.local)
        await forwards.forget(other.id)
        assert [status.spec.target for status in forwards.statuses] == [spec.target]


async def test_the_older_protocol_serves_as_well(
    server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = Client.connect

    async def older(client: Client, path: str, params: dict[str, str], protocols: Sequence[str]) -> WebSocket:
        return await connect(client, path, params, [each for each in protocols if each == CHANNELS])

    monkeypatch.setattr(Client, "connect", older)
    async with session(server, tmp_path) as forwards:
        forward = await forwards.start(wanted())
        await ready(forwards, forward)
        for _ in range(3):
            assert b"GET /hello" in await asked(forward.spec.local)
        assert forward.status.total == 3


async def test_what_the_pod_refuses_is_said(server: DemoServer, tmp_path: Path) -> None:
    async with session(server, tmp_path) as forwards:
        forward = await forwards.start(wanted("frontend", "deployments.apps", "81"))
        await ready(forwards, forward)
        assert await asked(forward.spec.local) == b""
        await until(lambda: forward.status.error, forwards.subscribe)
        assert "connection refused" in str(forward.status.error)


async def test_a_target_that_is_not_there_is_tried_again(server: DemoServer, tmp_path: Path) -> None:
    async with session(server, tmp_path) as forwards:
        forward = await forwards.start(wanted("no-such-service"))
        await until(lambda: forward.status.error, forwards.subscribe)
        assert forward.status.state is ForwardState.CONNECTING
        assert "no-such-service" in str(forward.status.error)


async def test_what_can_never_be_is_not_tried_again(server: DemoServer, tmp_path: Path) -> None:
    spec = ForwardSpec(wanted().target, "no-such-port", next_free(34_000))
    async with session(server, tmp_path) as forwards:
        await forwards.start(spec)
        await until(lambda: not forwards.running, forwards.subscribe)
        [status] = forwards.statuses
        assert (status.spec, status.state) == (spec, ForwardState.STOPPED)
        assert "its TCP ports: 80" in str(status.error)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", spec.local)
        states = list[ForwardState]()
        forwards.subscribe(lambda: states.extend(each.state for each in forwards.statuses))
        await forwards.start(spec)
        assert ForwardState.CONNECTING in states


async def test_ports_to_choose_from(server: DemoServer, tmp_path: Path) -> None:
    async with session(server, tmp_path) as forwards:
        assert await forwards.ports_of(wanted().target) == ["80"]
        assert (await forwards.ports_of(wanted(kind="deployments.apps").target))[0].isdigit()


async def test_what_is_closed_takes_no_connection_and_the_many_share(
    server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_close, closing = asyncio.Event(), asyncio.Event()
    close = FrameTunnel.close

    async def slowly(tunnel: FrameTunnel) -> None:
        closing.set()
        await may_close.wait()
        await close(tunnel)

    async with session(server, tmp_path) as forwards:
        forward = await forwards.start(wanted())
        await ready(forwards, forward)
        monkeypatch.setattr(FrameTunnel, "close", slowly)
        peers = [await asyncio.open_connection("127.0.0.1", forward.spec.local) for _ in range(30)]
        await eventually(lambda: sum(tunnel.load for tunnel in forward._tunnels) == 30)
        assert len(forward._tunnels) == MOST_TUNNELS
        first, later = peers[:25], peers[25:]
        assert all(await asyncio.gather(*(answer(*peer) for peer in first)))
        async with asyncio.timeout(DEADLINE):
            await closing.wait()
        later += [await asyncio.open_connection("127.0.0.1", forward.spec.local) for _ in range(20)]
        await eventually(lambda: forward.status.total == 50 and forward.status.open <= 45)
        may_close.set()
        assert all(await asyncio.gather(*(answer(*peer) for peer in later)))
        assert forward.status.error is None


async def test_a_tunnel_that_is_lost_as_it_is_taken_gives_way_to_another(
    server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, open_flow = [], FrameTunnel.open

    async def open_lost(tunnel: FrameTunnel) -> Flow:
        opened.append(tunnel)
        if len(opened) == 1:
            await tunnel._socket._socket.close()
        return await open_flow(tunnel)

    async with session(server, tmp_path) as forwards:
        forward = await forwards.start(wanted())
        await ready(forwards, forward)
        monkeypatch.setattr(FrameTunnel, "open", open_lost)
        assert b"200 OK" in await asked(forward.spec.local)
        assert len(set(opened)) == 2
        assert forward.status.error is None
