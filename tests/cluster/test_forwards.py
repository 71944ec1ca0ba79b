"""Port-forwards through a real API server: both ends of a connection, many of them, and pods that come and go."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from kubernetes import client, watch

from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.forward import Forward
from kubegenie_tui.agents.forwards import Forwards
from kubegenie_tui.agents.listening import next_free
from kubegenie_tui.domain.errors import NotFound, UsageError
from kubegenie_tui.domain.forward import ForwardSpec, ForwardState
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.store.store import Store
from tests.control_plane import ControlPlane
from tests.unit.agents.waiting import DEADLINE, until

pytestmark = pytest.mark.cluster
COUNTER = """
import socket
server = socket.create_server(("127.0.0.1", {port}))
open("/tmp/listens", "w")
while True:
    peer = server.accept()[0]
    count = 0
    while piece := peer.recv(65536):
        count += len(piece)
    peer.sendall(b"%d bytes" % count)
    peer.close()
"""
"""Answers only when its client has said that it sends no more."""

Begin = Callable[..., Awaitable[Forward]]


@pytest.fixture
async def forwards(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Forwards]:
    store = await Store.open(tmp_path / "store.db")
    manager = ClusterManager(store, kubeconfig=[control_plane.kubeconfig])
    await manager.start()
    found = Forwards(manager, store.forwards)
    yield found
    await found.shutdown()
    await manager.shutdown()
    await store.close()


@pytest.fixture
def begin(forwards: Forwards, control_plane: ControlPlane, namespace: str) -> Begin:
    """Starts a forward and waits until it is ready."""

    async def start(kind: str, name: str, port: str) -> Forward:
        local = next_free(20_000 + hash(namespace) % 9_000)
        target = ObjectRef(kind, name, namespace, control_plane.name)
        forward = await forwards.start(ForwardSpec(target, port, local))
        await until(lambda: forward.status.state is ForwardState.READY, forwards.subscribe)
        return forward

    return start


async def run_pod(official: client.ApiClient, namespace: str, name: str, container: Mapping[str, object]) -> None:
    core = client.CoreV1Api(official)
    body = {"metadata": {"name": name, "labels": {"app": name}}, "spec": {"containers": [{"name": "app", **container}]}}
    await asyncio.to_thread(core.create_namespaced_pod, namespace, body)
    await asyncio.to_thread(_wait_ready, core, namespace, f"app={name}")


def _wait_ready(core: client.CoreV1Api, namespace: str, selector: str) -> None:
    stream = watch.Watch().stream(
        core.list_namespaced_pod, namespace, label_selector=selector, timeout_seconds=int(DEADLINE)
    )
    for event in stream:
        conditions = event["object"].status.conditions or []
        if any(each.type == "Ready" and each.status == "True" for each in conditions):
            return
    pytest.fail(f"no pod with {selector} became ready")


GET = b"GET / HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n"


async def asked(port: int, text: bytes = GET, head: bytes = b"\r\n\r\n") -> bytes:
    """What comes back for some bytes, which end when the head of the answer is there, or at once without a head.

    A simulated program that has not begun to answer 10 ms after the end is cut off by its node.
    """
    async with asyncio.timeout(DEADLINE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(text)
            await writer.drain()
            begun = await _until(reader, head) if head else b""
            writer.write_eof()
            return begun + await reader.read()
        finally:
            writer.close()


async def _until(reader: asyncio.StreamReader, end: bytes) -> bytes:
    try:
        return await reader.readuntil(end)
    except asyncio.IncompleteReadError as error:
        return error.partial


async def test_a_thousand_connections_one_after_the_other(
    official: client.ApiClient, namespace: str, begin: Begin
) -> None:
    await run_pod(official, namespace, "web", {"image": "nginx", "ports": [{"containerPort": 80}]})
    forward = await begin("pods", "web", "80")
    for number in range(1_000):
        answer = await asked(forward.spec.local)
        assert b"200 OK" in answer, (number, answer, forward.status)
    status = forward.status
    assert (status.total, status.error) == (1_000, None)
    assert len(forward._tunnels) <= 2


async def test_each_side_ends_what_it_sends(official: client.ApiClient, namespace: str, begin: Begin) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    program = {
        "image": "python:3.13",
        "command": ["python3", "-c", COUNTER.format(port=port)],
        "readinessProbe": {"exec": {"command": ["test", "-f", "/tmp/listens"]}, "periodSeconds": 1},
    }
    await run_pod(official, namespace, "counter", program)
    forward = await begin("pods", "counter", str(port))
    assert await asked(forward.spec.local, b"x" * 3_000_000, head=b"") == b"3000000 bytes"
    assert forward.status.sent == 3_000_000


async def test_many_at_once(official: client.ApiClient, namespace: str, begin: Begin) -> None:
    await run_pod(official, namespace, "web", {"image": "nginx", "ports": [{"containerPort": 80}]})
    forward = await begin("pods", "web", "80")
    answers = await asyncio.gather(*(asked(forward.spec.local) for _ in range(60)))
    assert [answer for answer in answers if b"200 OK" not in answer] == [], forward.status.error


async def test_a_pod_of_a_deployment_is_followed(official: client.ApiClient, namespace: str, begin: Begin) -> None:
    core = client.CoreV1Api(official)
    container = {"name": "app", "image": "nginx", "ports": [{"name": "http", "containerPort": 80}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    client.AppsV1Api(official).create_namespaced_deployment(namespace, {"metadata": {"name": "web"}, "spec": spec})
    await asyncio.to_thread(_wait_ready, core, namespace, "app=web")
    first = core.list_namespaced_pod(namespace, label_selector="app=web").items[0].metadata.name
    forward = await begin("pods", first, "http")
    assert forward.spec.follows == ObjectRef("deployments.apps", "web", namespace, forward.spec.target.cluster)
    assert first.encode() in await asked(forward.spec.local)
    core.delete_namespaced_pod(first, namespace, grace_period_seconds=1)
    answer = b""
    async with asyncio.timeout(60):  # its node serves it until it has ended
        while b"200 OK" not in answer or first.encode() in answer:
            with contextlib.suppress(ConnectionResetError):
                answer = await asked(forward.spec.local)
    assert forward.status.pod != first


async def test_a_service_leads_to_its_target_port(official: client.ApiClient, namespace: str, begin: Begin) -> None:
    await run_pod(official, namespace, "web", {"image": "nginx", "ports": [{"name": "http", "containerPort": 80}]})
    ports = [{"port": 8080, "targetPort": "http"}]
    service = {"metadata": {"name": "front"}, "spec": {"selector": {"app": "web"}, "ports": ports}}
    client.CoreV1Api(official).create_namespaced_service(namespace, service)
    forward = await begin("services", "front", "8080")
    assert b"port 80" in await asked(forward.spec.local)


async def test_what_the_pod_refuses_is_said(official: client.ApiClient, namespace: str, begin: Begin) -> None:
    await run_pod(official, namespace, "web", {"image": "nginx", "ports": [{"containerPort": 80}]})
    forward = await begin("pods", "web", "81")
    with contextlib.suppress(ConnectionResetError):
        assert await asked(forward.spec.local) == b""
    assert "connection refused" in str(forward.status.error)


async def test_a_port_that_is_taken(
    official: client.ApiClient, namespace: str, begin: Begin, forwards: Forwards, control_plane: ControlPlane
) -> None:
    await run_pod(official, namespace, "web", {"image": "nginx", "ports": [{"containerPort": 80}]})
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        spec = ForwardSpec(ObjectRef("pods", "web", namespace, control_plane.name), "80", port)
        with pytest.raises(UsageError, match=f"Port {port} of this computer is taken.*is free"):
            await forwards.start(spec)
    with pytest.raises(NotFound):
        await forwards.start(ForwardSpec(ObjectRef("pods", "absent", namespace, control_plane.name), "80", port))
    assert forwards.running == 0
