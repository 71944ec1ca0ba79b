"""Objects, events, logs and use of a real cluster, as the official client and kubectl tell them."""

import asyncio
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client as official_client

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.errors import Invalid, NotFound
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.quantity import millicores, parse_quantity
from kubegenie_tui.kube import objects
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.logs import LINE_BYTES, logs
from kubegenie_tui.kube.objects import events_of, get_object, list_objects, usage
from tests.cluster.joining import joined
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

KINDS = KindIndex(BUILTIN_KINDS)
PODS, CONFIG_MAPS, NODES = KINDS.resolve("pods"), KINDS.resolve("configmaps"), KINDS.resolve("nodes")


@pytest.fixture
async def client(control_plane: ControlPlane) -> AsyncIterator[Client]:
    async with joined(control_plane) as ours:
        yield ours


@pytest.fixture
def core(official: official_client.ApiClient) -> official_client.CoreV1Api:
    return official_client.CoreV1Api(official)


@pytest.fixture
def seven(core: official_client.CoreV1Api, namespace: str) -> None:
    for number in range(7):
        labels = {"parity": "odd" if number % 2 else "even"}
        core.create_namespaced_config_map(namespace, {"metadata": {"name": f"map-{number}", "labels": labels}})


def names(items: list[dict[str, Any]]) -> list[str]:
    return [item["metadata"]["name"] for item in items if item["metadata"]["name"] != "kube-root-ca.crt"]


async def test_an_object_is_what_the_official_client_reads(
    client: Client, official: official_client.ApiClient, core: official_client.CoreV1Api, namespace: str, seven: None
) -> None:
    ours = await get_object(client, CONFIG_MAPS, "map-3", namespace)
    theirs = official.sanitize_for_serialization(core.read_namespaced_config_map("map-3", namespace))
    assert ours["metadata"]["uid"] == theirs["metadata"]["uid"]
    assert ours["metadata"]["labels"] == theirs["metadata"]["labels"]
    assert (ours["kind"], ours["apiVersion"]) == ("ConfigMap", "v1")
    with pytest.raises(NotFound, match=f'Not found: configmaps "map-9" in namespace "{namespace}"'):
        await get_object(client, CONFIG_MAPS, "map-9", namespace)
    node = await get_object(client, NODES, core.list_node().items[0].metadata.name)
    assert node["kind"] == "Node"


async def test_pages_join_to_what_one_request_gives(
    client: Client, monkeypatch: pytest.MonkeyPatch, namespace: str, seven: None
) -> None:
    whole = await list_objects(client, CONFIG_MAPS, namespace, limit=0)
    assert (names(whole.items), whole.remaining) == ([f"map-{number}" for number in range(7)], 0)
    monkeypatch.setattr(objects, "PAGE", 3)
    in_pages = await list_objects(client, CONFIG_MAPS, namespace, limit=0)
    assert in_pages.items == whole.items
    assert in_pages.resource_version
    first = await list_objects(client, CONFIG_MAPS, namespace, limit=4)
    assert first.items == whole.items[:4]
    assert first.remaining == len(whole.items) - 4
    everywhere = await list_objects(client, CONFIG_MAPS, limit=0)
    assert {item["metadata"]["uid"] for item in everywhere.items} > {item["metadata"]["uid"] for item in whole.items}


async def test_selectors(client: Client, namespace: str, seven: None) -> None:
    odd = await list_objects(client, CONFIG_MAPS, namespace, label_selector="parity=odd")
    assert names(odd.items) == ["map-1", "map-3", "map-5"]
    one = await list_objects(client, CONFIG_MAPS, namespace, field_selector="metadata.name=map-2")
    assert names(one.items) == ["map-2"]
    two = await list_objects(client, CONFIG_MAPS, namespace, label_selector="parity in (odd)", limit=2)
    assert names(two.items) == ["map-1", "map-3"]
    with pytest.raises(Invalid, match="400"):
        await list_objects(client, CONFIG_MAPS, namespace, label_selector="a b c")


def pod(script: str, **spec: Any) -> dict[str, Any]:
    container = {"name": "main", "image": "busybox:1.36", "command": ["sh", "-c", script]}
    return {"metadata": {"name": f"pod-{uuid.uuid4().hex[:6]}"}, "spec": {"containers": [container], **spec}}


async def until(core: official_client.CoreV1Api, namespace: str, name: str, done: Callable[[Any], bool]) -> Any:
    """The pod, as soon as `done` says so of its only container's status."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = await asyncio.to_thread(core.read_namespaced_pod, name, namespace)
        statuses = found.status.container_statuses
        if statuses and done(statuses[0]):
            return found
    pytest.fail(f"the pod did not come so far: {found.status}")


async def created(
    core: official_client.CoreV1Api, namespace: str, body: dict[str, Any], done: Callable[[Any], bool]
) -> Any:
    made = await asyncio.to_thread(core.create_namespaced_pod, namespace, body)
    return await until(core, namespace, made.metadata.name, done)


def crashed(status: Any) -> bool:
    """Twice, and it waits to be started again."""
    return bool(status.restart_count and status.state.waiting and status.last_state.terminated)


def running(status: Any) -> bool:
    return status.state.running is not None


def ended(status: Any) -> bool:
    return status.state.terminated is not None


async def all_lines(batches: AsyncIterator[list[str]]) -> list[str]:
    return [line async for batch in batches for line in batch]


def by_kubectl(kubectl: Path, plane: ControlPlane, namespace: str, *arguments: str) -> list[str]:
    """The lines that `kubectl logs` prints."""
    command = [str(kubectl), "--kubeconfig", str(plane.kubeconfig), "--namespace", namespace, "logs", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


async def test_the_logs_of_a_pod_that_crashes(
    client: Client, core: official_client.CoreV1Api, control_plane: ControlPlane, kubectl: Path, namespace: str
) -> None:
    body = pod("for i in 1 2 3; do echo line $i; done; printf oops; exit 3")
    found = await created(core, namespace, body, crashed)
    name = found.metadata.name
    previous = await all_lines(logs(client, LogQuery(namespace, name, "main", previous=True)))
    assert previous == ["line 1", "line 2", "line 3", "oops"]
    assert previous == await asyncio.to_thread(by_kubectl, kubectl, control_plane, namespace, name, "--previous")
    assert await all_lines(logs(client, LogQuery(namespace, name, "", previous=True, tail=2))) == ["line 3", "oops"]


async def test_the_events_of_a_pod_that_crashes(
    client: Client, core: official_client.CoreV1Api, namespace: str
) -> None:
    found = await created(core, namespace, pod("exit 3"), crashed)
    events: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while not any(event["reason"] == "BackOff" for event in events):
            events = await events_of(client, namespace, found.metadata.uid)
    assert {event["involvedObject"]["uid"] for event in events} == {found.metadata.uid}
    reasons = [event["reason"] for event in events]
    assert reasons.index("Scheduled") < reasons.index("BackOff")
    theirs = core.list_namespaced_event(namespace, field_selector=f"involvedObject.uid={found.metadata.uid}")
    assert {event.metadata.uid for event in theirs.items} >= {event["metadata"]["uid"] for event in events}
    assert await events_of(client, namespace, str(uuid.uuid4())) == []


async def test_a_log_is_followed_until_the_container_ends(
    client: Client, core: official_client.CoreV1Api, namespace: str
) -> None:
    body = pod("echo begun; sleep 1; echo done", restartPolicy="Never")
    found = await created(core, namespace, body, running)
    async with asyncio.timeout(60):
        batches = [batch async for batch in logs(client, LogQuery(namespace, found.metadata.name, "main", follow=True))]
    assert batches == [["begun"], ["done"]]


async def test_a_followed_log_is_left_at_once(client: Client, core: official_client.CoreV1Api, namespace: str) -> None:
    found = await created(core, namespace, pod("echo begun; sleep 1000"), running)
    async with (
        asyncio.timeout(60),
        closing(logs(client, LogQuery(namespace, found.metadata.name, "main", follow=True))) as lines,
    ):
        assert await anext(lines) == ["begun"]
        waiting = asyncio.ensure_future(anext(lines))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_what_part_of_a_log_is_asked_for(client: Client, core: official_client.CoreV1Api, namespace: str) -> None:
    found = await created(core, namespace, pod("echo a; echo b; echo c", restartPolicy="Never"), ended)
    name = found.metadata.name
    assert await all_lines(logs(client, LogQuery(namespace, name, "main"))) == ["a", "b", "c"]
    assert await all_lines(logs(client, LogQuery(namespace, name, "main", tail=0))) == []
    assert await all_lines(logs(client, LogQuery(namespace, name, "main", tail=1))) == ["c"]
    assert await all_lines(logs(client, LogQuery(namespace, name, "main", since_seconds=3600))) == ["a", "b", "c"]
    stamped = await all_lines(logs(client, LogQuery(namespace, name, "main", timestamps=True)))
    assert [line.split(" ", 1)[1] for line in stamped] == ["a", "b", "c"]
    assert all(line[:2] == "20" and "T" in line.split()[0] for line in stamped)


async def test_a_very_long_line_is_cut(
    client: Client, core: official_client.CoreV1Api, ours: ControlPlane, namespace: str
) -> None:
    """200 kB are the most that the simulated kubelet lets through in one piece."""
    said = f"before\n{'x' * 200_000}\nafter"
    container = {"name": "main", "image": "nginx:1.27"}
    body = {"metadata": {"name": "long", "annotations": {"sim/log": said}}, "spec": {"containers": [container]}}
    found = await created(core, namespace, body, running)
    lines = await all_lines(logs(client, LogQuery(namespace, found.metadata.name, "main")))
    first = lines.index("before")
    dropped = 200_000 - LINE_BYTES
    assert lines[first + 1 : first + 3] == [f"{'x' * LINE_BYTES}… ({dropped} more bytes)", "after"]


async def test_logs_that_are_not_there(client: Client, core: official_client.CoreV1Api, namespace: str) -> None:
    found = await created(core, namespace, pod("sleep 1000"), running)
    name = found.metadata.name
    with pytest.raises(Invalid, match="previous terminated container"):
        await all_lines(logs(client, LogQuery(namespace, name, "main", previous=True)))
    with pytest.raises(Invalid, match="container other is not valid"):
        await all_lines(logs(client, LogQuery(namespace, name, "other")))
    with pytest.raises(NotFound, match=f'Not found: pods/log "none" in namespace "{namespace}"'):
        await all_lines(logs(client, LogQuery(namespace, "none", "main")))


async def test_use_is_what_the_metrics_api_says(
    client: Client, official: official_client.ApiClient, core: official_client.CoreV1Api, namespace: str
) -> None:
    body = pod("sleep 1000")
    body["metadata"]["annotations"] = {"sim/cpu": "250m", "sim/memory": "64Mi"}
    found = await created(core, namespace, body, running)
    key = f"{namespace}/{found.metadata.name}"
    used: dict[str, tuple[int, int]] = {}
    async with asyncio.timeout(60):
        while key not in used:
            used = await usage(client, "pods", namespace)
    assert list(used) == [key]
    assert key in await usage(client, "pods")
    custom = official_client.CustomObjectsApi(official)
    theirs = custom.list_namespaced_custom_object("metrics.k8s.io", "v1beta1", namespace, "pods")["items"][0]
    (container,) = theirs["containers"]
    for ours, said in zip(
        used[key],
        (millicores(container["usage"]["cpu"]), parse_quantity(container["usage"]["memory"])),
        strict=True,
    ):
        assert ours == pytest.approx(float(said), rel=0.5)
    nodes = await usage(client, "nodes")
    assert nodes.keys() == {node.metadata.name for node in core.list_node().items}
    assert all(cpu > 0 and memory > 0 for cpu, memory in nodes.values())


async def test_a_cluster_without_metrics(start_control_plane: Callable[..., ControlPlane]) -> None:
    plane = start_control_plane("--bare", name="bare")
    async with joined(plane) as client:
        with pytest.raises(NotFound, match=r"does not serve nodes\.metrics\.k8s\.io"):
            await usage(client, "nodes")
    plane.stop()
