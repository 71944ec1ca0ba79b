"""Agents and their manager on real control planes: what they promise when servers are killed, hang and change."""

import asyncio
import os
import random
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from kubegenie_tui.agents.agent import AgentState
from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.leases import IDLE_SECONDS
from kubegenie_tui.domain.cluster import Reach
from kubegenie_tui.domain.errors import Refused
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, Phase
from kubegenie_tui.domain.traits import Traits
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from kubegenie_tui.store.store import Store
from tests.cluster.faulty_proxy import FaultyProxy
from tests.control_plane import ControlPlane
from tests.unit.agents.fakes import FakeClock, settle
from tests.unit.agents.kubeconfigs import kubeconfig, write
from tests.unit.agents.waiting import DEADLINE, until

pytestmark = pytest.mark.cluster

PODS = Kind("", "v1", "pods", "Pod")
CONFIG_MAPS = Kind("", "v1", "configmaps", "ConfigMap")
LONG_AFTER = 4.0
"""Seconds: a watch that tries again so late would not be the first to find the server up again."""
LIMIT_RANGES = Kind("", "v1", "limitranges", "LimitRange")


@pytest.fixture(scope="module")
def spare(start_control_plane: Callable[..., ControlPlane]) -> Iterator[ControlPlane]:
    """A control plane whose parts may be stopped."""
    plane = start_control_plane("--bare", name="spare")
    yield plane
    plane.stop()


@pytest.fixture
def spare_official(spare: ControlPlane) -> Iterator[client.ApiClient]:
    api = config.new_client_from_config(str(spare.kubeconfig), context=spare.name)
    yield api
    api.rest_client.pool_manager.clear()
    api.close()


@asynccontextmanager
async def managing(*files: Path) -> AsyncIterator[ClusterManager]:
    store = await Store.in_memory()
    manager = ClusterManager(store, kubeconfig=files)
    await manager.start()
    try:
        yield manager
    finally:
        await manager.shutdown()
        await store.close()


@asynccontextmanager
async def agent_of(plane: ControlPlane, clock: FakeClock) -> AsyncIterator[ClusterAgent]:
    agent = ClusterAgent(load_kubeconfig([plane.kubeconfig]).contexts[plane.name], clock=clock)
    await agent.initialize()
    try:
        yield agent
    finally:
        await agent.shutdown()


def names(live: LiveRows) -> set[str]:
    return {row.name for row in live.rows.values()}


def is_live(live: LiveRows) -> bool:
    return live.state.phase is Phase.LIVE


def own_kubeconfig(plane: ControlPlane, path: Path, *contexts: str) -> Path:
    """A kubeconfig of one's own with some of the plane's contexts."""
    whole = yaml.safe_load(plane.kubeconfig.read_text())
    whole["contexts"] = [each for each in whole["contexts"] if each["name"] in contexts]
    whole["current-context"] = contexts[0]
    return write(path, yaml.safe_dump(whole))


async def add_map(api: client.ApiClient, name: str, namespace: str = "default") -> None:
    """Create a ConfigMap; tried again while the server is not back yet."""
    core, deadline = client.CoreV1Api(api), time.monotonic() + DEADLINE
    while True:
        try:
            await asyncio.to_thread(core.create_namespaced_config_map, namespace, {"metadata": {"name": name}})
        except (ApiException, HTTPError):
            assert time.monotonic() < deadline, "the server never came back"
        else:
            return


async def test_open_check_and_watch(control_plane: ControlPlane, official: client.ApiClient, namespace: str) -> None:
    async with managing(control_plane.kubeconfig) as manager:
        agent = await manager.open(control_plane.name)
        lease = agent.watch(PODS, namespace)
        everywhere = agent.watch(PODS)
        await until(
            lambda: is_live(lease.live) and is_live(everywhere.live), lease.live.subscribe, everywhere.live.subscribe
        )
        pod = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}}
        core = client.CoreV1Api(official)
        await asyncio.to_thread(core.create_namespaced_pod, namespace, pod)
        await until(lambda: names(lease.live) == {"web"}, lease.live.subscribe)
        await until(lambda: agent.status.reach is Reach.READY, manager.subscribe)
        nodes = await asyncio.to_thread(lambda: core.list_node().items)
        version = await asyncio.to_thread(lambda: client.VersionApi(official).get_code().git_version)
        assert (agent.status.version, agent.status.nodes) == (version, len(nodes))
        assert agent.status.latency_ms is not None
        await asyncio.to_thread(core.delete_namespaced_pod, "web", namespace, grace_period_seconds=0)
        await until(lambda: not lease.live.rows, lease.live.subscribe)


async def test_a_new_kind_is_known_soon(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    plural = namespace.replace("test-", "gadget")
    definition = {
        "metadata": {"name": f"{plural}.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": plural, "kind": plural.title()},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
            ],
        },
    }
    api = client.ApiextensionsV1Api(official)
    async with managing(control_plane.kubeconfig) as manager:
        agent = await manager.open(control_plane.name)
        agent.watch(PODS, namespace)
        await until(lambda: len(agent.kinds) > 50 and agent.kinds.find("crd"), agent.on_kinds)
        definitions = agent.watch(agent.kinds.resolve("crd"))
        await until(lambda: is_live(definitions.live), definitions.live.subscribe)
        await asyncio.to_thread(api.create_custom_resource_definition, definition)
        try:
            await until(lambda: agent.kinds.find(plural), agent.on_kinds)
        finally:
            await asyncio.to_thread(api.delete_custom_resource_definition, f"{plural}.example.com")
        await until(lambda: agent.kinds.find(plural) is None, agent.on_kinds)


async def test_the_server_sees_the_watch_end_when_it_is_idle(
    control_plane: ControlPlane, namespace: str, kubectl: Path
) -> None:
    command = [str(kubectl), "--kubeconfig", str(control_plane.kubeconfig), "get", "--raw", "/metrics"]

    def watches() -> int:
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = re.findall(
            r"apiserver_longrunning_requests\{[^}]*limitranges[^}]*scope=\"namespace\"[^}]*\} (\d+)", text
        )
        return sum(map(int, found))

    async def until_watched(times: int) -> None:
        deadline = time.monotonic() + DEADLINE
        while await asyncio.to_thread(watches) != times:
            assert time.monotonic() < deadline

    clock = FakeClock()
    async with agent_of(control_plane, clock) as agent:
        lease = agent.watch(LIMIT_RANGES, namespace)
        await until(lambda: is_live(lease.live), lease.live.subscribe)
        await until_watched(1)
        lease.release()
        await settle()
        await clock.advance(IDLE_SECONDS - 1)
        assert await asyncio.to_thread(watches) == 1
        await clock.advance(1)
        await until_watched(0)


async def test_a_killed_server_is_found_again(spare: ControlPlane, spare_official: client.ApiClient) -> None:
    async with managing(spare.kubeconfig) as manager:
        agent = await manager.open(spare.name)
        lease = agent.watch(CONFIG_MAPS)
        await until(lambda: is_live(lease.live), lease.live.subscribe)
        await until(lambda: agent.status.reach is Reach.READY, manager.subscribe)
        before = names(lease.live)
        reached: list[Reach] = []
        manager.subscribe(lambda: reached.append(agent.status.reach))
        spare_official.rest_client.pool_manager.clear()
        os.kill(spare.pid("kube-apiserver"), signal.SIGKILL)
        await until(lambda: lease.live.state.phase is Phase.STALE, lease.live.subscribe)
        assert names(lease.live) == before, "rows are marked as old, not blanked"
        await until(lambda: is_live(lease.live), lease.live.subscribe)
        await add_map(spare_official, "after-the-kill")
        await until(lambda: "after-the-kill" in names(lease.live), lease.live.subscribe)
        await until(lambda: agent.status.reach is Reach.READY and agent.status.error is None, manager.subscribe)
        assert is_live(lease.live)


class Forgetful(FaultyProxy):
    """Before the server; as it is told, it is down, or has forgotten what watches ask to go on from."""

    def __init__(self, plane: ControlPlane, server: str) -> None:
        assert plane.directory is not None
        super().__init__(server, plane.directory / "pki", random.Random(0))
        self.is_down = False
        self.forgotten = 0

    def _next_fault(self, *, watch: bool) -> str:
        if self.is_down:
            return "unavailable"
        if watch and self.forgotten:
            self.forgotten -= 1
            return "gone"
        return ""


async def test_watches_that_were_cut_and_are_too_old_are_subscribed_anew(
    spare: ControlPlane, spare_official: client.ApiClient, tmp_path: Path
) -> None:
    front = Forgetful(spare, spare_official.configuration.host)
    async with front.serving() as url, managing(write(tmp_path / "config", kubeconfig({"front": url}))) as manager:
        agent = await manager.open("front")
        lease = agent.watch(CONFIG_MAPS)
        await until(lambda: is_live(lease.live), lease.live.subscribe)
        await until(lambda: agent.status.reach is Reach.READY, manager.subscribe)
        front.is_down = True
        front.hang_up()
        await until(lambda: lease.live.state.phase is Phase.STALE, lease.live.subscribe)
        await until(lambda: agent.status.reach is Reach.DEGRADED, manager.subscribe)
        await until(lambda: lease.live.state.retry_at - time.time() > LONG_AFTER, lease.live.subscribe)
        await add_map(spare_official, "while-it-was-cut")
        front.is_down, front.forgotten = False, 1
        manager.supervisor.ask(agent, heal=True)
        await until(lambda: is_live(lease.live) and "while-it-was-cut" in names(lease.live), lease.live.subscribe)
        await until(lambda: agent.status.reach is Reach.READY and agent.state is AgentState.RUNNING, manager.subscribe)
        assert front.forgotten == 0
        assert re.fullmatch(r"answers again; [1-9] watche?s? subscribed anew", agent.steps[-1][1])


async def test_contexts_follow_the_file(control_plane: ControlPlane, tmp_path: Path) -> None:
    admin, viewer = control_plane.name, f"{control_plane.name}-viewer"
    file = own_kubeconfig(control_plane, tmp_path / "config", admin)
    async with managing(file) as manager:
        agent = await manager.open(admin)
        lease = agent.watch(PODS)
        await until(lambda: is_live(lease.live), lease.live.subscribe)
        own_kubeconfig(control_plane, file, viewer, admin)
        await until(lambda: manager.current == viewer, manager.subscribe)
        assert {status.name for status in manager.statuses} == {admin, viewer}
        assert manager.agent(admin) is agent
        assert is_live(lease.live)
        steps = await manager.test(viewer)
        assert all(step.ok for step in steps), steps
        assert "may not list secrets" in steps[-1].detail
        own_kubeconfig(control_plane, file, admin)
        await until(lambda: manager.current == admin, manager.subscribe)
        assert manager.agent(viewer) is None
        assert is_live(lease.live)


async def test_one_that_hangs_slows_no_other(
    spare: ControlPlane, control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    hanging = spare.pid("kube-apiserver")
    async with managing(spare.kubeconfig, control_plane.kubeconfig) as manager:
        slow, well = await manager.open(spare.name), await manager.open(control_plane.name)
        held, lease = slow.watch(CONFIG_MAPS), well.watch(CONFIG_MAPS, namespace)
        await until(lambda: is_live(held.live) and is_live(lease.live), held.live.subscribe, lease.live.subscribe)
        os.kill(hanging, signal.SIGSTOP)
        try:
            end = manager.watch_health()
            pending = slow.watch(PODS)
            for number in range(5):
                name = f"during-{number}"
                await add_map(official, name, namespace)
                await until(lambda name=name: name in names(lease.live), lease.live.subscribe)  # type: ignore[misc]
            await well.check()
            assert well.status.reach is Reach.READY
            opened = await manager.open(f"{control_plane.name}-viewer")
            other = opened.watch(PODS, namespace)
            await until(lambda: is_live(other.live), other.live.subscribe)
            assert pending.live.state.phase is Phase.LOADING
            await until(lambda: slow.status.reach is Reach.UNREACHABLE, manager.subscribe)
            end()
        finally:
            os.kill(hanging, signal.SIGCONT)
        await until(lambda: is_live(pending.live), pending.live.subscribe)
        await slow.check()
        assert slow.status.reach is Reach.READY


async def test_rights_are_a_matter_of_the_context(control_plane: ControlPlane) -> None:
    async with managing(control_plane.kubeconfig) as manager:
        steps = await manager.test(f"{control_plane.name}-nobody")
        assert [step.name for step in steps] == [
            "name",
            "connection",
            "TLS",
            "version",
            "readiness",
            "identity",
            "rights",
        ]
        assert "may not list pods, secrets, nodes · name the namespace in which" in steps[-1].detail
        editor = f"{control_plane.name}-editor"
        await manager.registrar.say(editor, Traits(namespace="team-a"))
        steps = await manager.test(editor)
        assert steps[-1].detail == "may list pods; may not list secrets, nodes; in team-a may list secrets"
        nobody = await manager.open(f"{control_plane.name}-nobody")
        lease = nobody.watch(PODS)
        await until(lambda: lease.live.state.phase is Phase.DENIED, lease.live.subscribe)
        await nobody.check()
        assert (nobody.status.reach, nobody.status.nodes, nobody.status.pods) == (Reach.READY, None, None)


async def test_a_wrong_authority_and_a_wrong_port_are_told_by_the_step_that_fails(
    control_plane: ControlPlane, spare: ControlPlane, tmp_path: Path
) -> None:
    whole = yaml.safe_load(await asyncio.to_thread(control_plane.kubeconfig.read_text))
    other = yaml.safe_load(await asyncio.to_thread(spare.kubeconfig.read_text))
    good = whole["clusters"][0]["cluster"]
    strange = {**other["clusters"][0]["cluster"], "server": good["server"]}
    closed = {**good, "server": "https://127.0.0.1:9"}
    text = text_of(whole, strange=strange, closed=closed)
    async with managing(write(tmp_path / "config", text)) as manager:
        steps = await manager.test("strange")
        assert [(step.name, step.ok) for step in steps] == [("name", True), ("connection", True), ("TLS", False)]
        assert "not trusted" in steps[-1].detail
        steps = await manager.test("closed")
        assert [(step.name, step.ok) for step in steps] == [("name", True), ("connection", False)]
        closed_agent = await manager.open("closed")
        with pytest.raises(Refused):
            await closed_agent.health_check()


def text_of(whole: dict[str, Any], **clusters: dict[str, Any]) -> str:
    """A kubeconfig with a context for each of these clusters, as the first user of `whole`."""
    user = whole["users"][0]
    contexts = [{"name": name, "context": {"cluster": name, "user": user["name"]}} for name in clusters]
    parts = {
        "clusters": [{"name": name, "cluster": cluster} for name, cluster in clusters.items()],
        "users": [user],
        "contexts": contexts,
    }
    return yaml.safe_dump({"apiVersion": "v1", "kind": "Config", **parts})
