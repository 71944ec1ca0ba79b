"""The agents on screen, of real API servers: what they and the list say of one that is ill, and once it is well."""

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client, config

from kubegenie_tui.agents.agent import AgentState
from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.kube.auth import credentials
from kubegenie_tui.screens.agents import COLUMNS, AgentsScreen
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from tests.cluster.fronts import fronted
from tests.cluster.joining import context_of
from tests.control_plane import ControlPlane
from tests.ui.on_demo import PATIENCE, OnDemo, app_on
from tests.unit.agents.kubeconfigs import write
from tests.unit.kube.authority import Authority

pytestmark = pytest.mark.cluster

SIZE = (200, 50)
LONG_AFTER = 8.0
"""Seconds: a watch that tries again so late would not be the first to find the server up again."""
AT = {column.title: number for number, column in enumerate(COLUMNS)}


class Watcher(OnDemo):
    """Somebody who looks at the agents."""

    async def look_at_agents(self, name: str) -> ClusterAgent:
        """The agents, with the cursor on the one of a cluster."""
        await self.command("agents")
        await self.until(lambda: isinstance(self.app.screen, AgentsScreen) and name in self.names)
        self.table.select("", name)
        agent = self.app.services.manager.agent(name)
        assert agent is not None
        return agent

    async def look_at_list(self, *words: str) -> None:
        """The list of clusters, with these words in it; then back to the rows."""
        await self.pilot.press("ctrl+k")
        await self.until(lambda: isinstance(self.app.screen, ClustersScreen))
        for each in words:
            await self.until_shown(each)
        await self.pilot.press("escape")
        await self.until(lambda: isinstance(self.app.screen, ExplorerScreen))

    def cell(self, title: str) -> Any:
        """Of the agent under the cursor."""
        row = self.table.current
        return None if row is None else row.cells[AT[title]]

    async def mended(self) -> None:
        """It is told to mend itself until it is well."""
        async with asyncio.timeout(PATIENCE):
            while not str(self.cell("STATE")).startswith("running"):
                await self.pilot.press("m")
                await self.pilot.pause(0.2)

    async def checked_until(self, true: Callable[[], object]) -> None:
        """It looks again and again, until something is true."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                await self.checked()

    async def checked(self) -> None:
        """The agent under the cursor has looked once more."""
        before = self.cell("CHECKED") or 0
        await self.pilot.press("h")
        await self.until(lambda: (self.cell("CHECKED") or 0) > before)


@asynccontextmanager
async def watching(kubeconfig: Path, context: str) -> AsyncIterator[Watcher]:
    where = {"context": context, "namespace": "default", "command": "configmaps"}
    async with app_on(kubeconfig, SIZE, **where) as (app, pilot):
        on = Watcher(app, pilot, None)
        await on.until(lambda: isinstance(app.screen, ExplorerScreen) and on.names)
        yield on


@pytest.fixture(scope="module")
def spare(start_control_plane: Callable[..., ControlPlane]) -> Iterator[ControlPlane]:
    """A control plane whose parts may be stopped, with a ConfigMap."""
    plane = start_control_plane("--bare", name="spare")
    with config.new_client_from_config(str(plane.kubeconfig), context=plane.name) as api:
        client.CoreV1Api(api).create_namespaced_config_map("default", {"metadata": {"name": "one"}})
    yield plane
    plane.stop()


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def kubeconfig_of(plane: ControlPlane, path: Path, users: dict[str, dict[str, Any]], **servers: str) -> Path:
    """A context for each user, at the plane's address or at one of its own."""
    whole = yaml.safe_load(plane.kubeconfig.read_text())
    [cluster] = [each["cluster"] for each in whole["clusters"] if each["name"] == plane.name]
    parts = {
        "clusters": [
            {"name": name, "cluster": {**cluster, "server": servers.get(name, cluster["server"])}} for name in users
        ],
        "users": [{"name": name, "user": user} for name, user in users.items()],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in users],
        "current-context": next(iter(users)),
    }
    return write(path, yaml.safe_dump({"apiVersion": "v1", "kind": "Config", **parts}))


async def test_a_server_that_was_killed_and_comes_back(spare: ControlPlane) -> None:
    assert spare.process is not None
    async with watching(spare.kubeconfig, spare.name) as on:
        await on.look_at_agents(spare.name)
        await on.until(lambda: on.cell("STATE") == "running" and on.cell("QUEUE") == 0 and on.cell("LATENCY"))
        with stopped(spare.process.pid):  # who would start it again at once
            os.kill(spare.pid("kube-apiserver"), signal.SIGKILL)
            await on.until(lambda: on.cell("STATE") in ("degraded", "healing") and on.cell("QUEUE") > 0)
            assert on.cell("FAILED") > 0
            await on.until_shown("Nothing listens")
            await on.until_shown("hangs up, to connect anew")
            await on.look_at_list("unreachable", "connection refused")
            await on.look_at_agents(spare.name)
            [rows] = [each.table.live for each in on.app.tab.explorers]
            await on.until(lambda: on.cell("QUEUE") > 0 and rows.state.retry_at - time.time() > LONG_AFTER)
        await on.mended()
        await on.until(lambda: re.search(r"answers again; [1-9]\d* watche?s? subscribed anew", on.text()))
        await on.until(lambda: on.cell("STATE") == "running" and on.cell("QUEUE") == 0 and on.cell("HEALED") > 0)
        assert "Nothing listens" not in on.text()
        await on.look_at_list("healthy")
        with config.new_client_from_config(str(spare.kubeconfig), context=spare.name) as api:
            core = client.CoreV1Api(api)
            await asyncio.to_thread(core.create_namespaced_config_map, "default", {"metadata": {"name": "after"}})
        await on.until(lambda: "after" in on.names)


async def test_a_server_that_is_not_ready(spare: ControlPlane) -> None:
    async with watching(spare.kubeconfig, spare.name) as on:
        await on.look_at_agents(spare.name)
        with stopped(spare.pid("etcd")):
            await on.pilot.press("h")
            await on.until(lambda: on.cell("STATE") in ("degraded", "healing"))
            await on.until_shown("etcd")
            await on.look_at_list("degraded", "etcd")
            await on.look_at_agents(spare.name)
        await on.mended()
        await on.until(lambda: "etcd" not in on.text())
        await on.look_at_list("healthy")


async def test_certificates_that_end_soon(ours: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "CERTIFICATE_FILE_SECONDS", 0.1)
    assert ours.directory is not None
    authority = Authority(tmp_path / "issued", ours.directory / "pki")
    certificate, key = authority.issue("ours", days=5)
    users: dict[str, dict[str, Any]] = {
        "viewer": {"token": context_of(ours, "viewer").auth.token.value},
        "us": {"client-certificate": str(certificate), "client-key": str(key)},
    }
    users["server"] = users["viewer"]
    async with fronted(ours, authority.issue("front", days=3)) as front:
        file = kubeconfig_of(ours, tmp_path / "config", users, server=front)
        async with watching(file, "viewer") as on:
            told = {"us": "our client certificate ends in", "server": "the server's certificate ends in"}
            for name, words in told.items():
                await on.look_at_agents(name)
                await on.checked()
                await on.until_shown(f"{words} {4 if name == 'us' else 2} days")
            await on.look_at_list("warning", *told.values())
            authority.issue("ours", days=90)
            await on.look_at_agents("us")
            await on.checked_until(lambda: told["us"] not in on.text())
            await on.look_at_list(told["server"])


async def test_a_node_that_is_not_ready(control_plane: ControlPlane, official: client.ApiClient) -> None:
    core = client.CoreV1Api(official)
    nodes = await asyncio.to_thread(lambda: core.list_node().items)
    count, name = len(nodes), nodes[-1].metadata.name

    def fault(kind: str | None) -> None:
        core.patch_node(name, {"metadata": {"annotations": {"sim/fault": kind}}})

    async with watching(control_plane.kubeconfig, control_plane.name) as on:
        await on.look_at_agents(control_plane.name)
        await on.checked_until(lambda: on.cell("NODES") == f"{count}/{count}")
        await asyncio.to_thread(fault, "NotReadyNow")
        try:
            await on.checked_until(lambda: on.cell("NODES") == f"{count - 1}/{count}")
            await on.until_shown(f"1 of {count} nodes not ready")
            await on.look_at_list("warning", f"1 of {count} nodes not ready")
            await on.look_at_agents(control_plane.name)
        finally:
            await asyncio.to_thread(fault, None)
        await on.checked_until(lambda: on.cell("NODES") == f"{count}/{count}")
        await on.until(lambda: "not ready" not in on.text())


class Accounts:
    """Service accounts of a server and their tokens: with an account its token ends, seconds later."""

    def __init__(self, api: client.ApiClient) -> None:
        self._core = client.CoreV1Api(api)
        self._rbac = client.RbacAuthorizationV1Api(api)

    def token(self, name: str) -> str:
        """Of a new account, which may do everything."""
        self._core.create_namespaced_service_account("default", {"metadata": {"name": name}})
        who = {"kind": "ServiceAccount", "name": name, "namespace": "default"}
        role = {"kind": "ClusterRole", "name": "cluster-admin", "apiGroup": "rbac.authorization.k8s.io"}
        binding = {"metadata": {"name": name}, "roleRef": role, "subjects": [who]}
        self._rbac.create_cluster_role_binding(binding)
        asked: Any = {"spec": {"audiences": None, "expirationSeconds": 3600}}
        made = self._core.create_namespaced_service_account_token(name, "default", asked)
        return str(made.status.token)

    def end(self, name: str) -> None:
        self._core.delete_namespaced_service_account(name, "default")


@pytest.fixture
def accounts(spare: ControlPlane) -> Iterator[Accounts]:
    with config.new_client_from_config(str(spare.kubeconfig), context=spare.name) as api:
        yield Accounts(api)


async def test_a_token_file_that_is_rotated(spare: ControlPlane, accounts: Accounts, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(await asyncio.to_thread(accounts.token, "filed-first"))
    async with watching(kubeconfig_of(spare, tmp_path / "config", {"filed": {"tokenFile": str(file)}}), "filed") as on:
        agent = await on.look_at_agents("filed")
        await asyncio.to_thread(accounts.end, "filed-first")
        await on.checked_until(lambda: on.cell("STATE") != "running")
        await on.until_shown('does not accept user "filed" (401)')
        await on.until_shown("reads its token file again")
        await on.look_at_list("denied", "the token in")
        await on.look_at_agents("filed")
        file.write_text(await asyncio.to_thread(accounts.token, "filed-second"))
        await on.mended()
        await on.until_shown("answers again")
        assert "401" not in on.text()
        assert (await agent.whoami()).username == "system:serviceaccount:default:filed-second"
        await on.look_at_list("healthy")


async def test_a_credential_plugin_whose_token_is_not_taken_any_more(
    spare: ControlPlane, accounts: Accounts, tmp_path: Path
) -> None:
    """It is asked for another one at the first 401, and nobody is bothered."""
    kept, runs, plugin = tmp_path / "kept", tmp_path / "runs", tmp_path / "plugin.sh"
    api = "client.authentication.k8s.io/v1"
    answer = f'{{"apiVersion": "{api}", "kind": "ExecCredential", "status": {{"token": "%s"}}}}'
    plugin.write_text(f"#!/bin/sh\nprintf x >>'{runs}'\nprintf '{answer}' \"$(cat '{kept}')\"\n")
    plugin.chmod(0o700)
    kept.write_text(await asyncio.to_thread(accounts.token, "asked-first"))
    user = {"exec": {"apiVersion": api, "command": str(plugin), "interactiveMode": "Never"}}
    async with watching(kubeconfig_of(spare, tmp_path / "config", {"asked": user}), "asked") as on:
        agent = await on.look_at_agents("asked")
        await on.until(lambda: on.cell("STATE") == "running")
        before = len(runs.read_text())
        kept.write_text(await asyncio.to_thread(accounts.token, "asked-second"))
        await asyncio.to_thread(accounts.end, "asked-first")
        await on.checked_until(lambda: len(runs.read_text()) > before)
        assert on.cell("FAILED") == 0
        assert (await agent.whoami()).username == "system:serviceaccount:default:asked-second"
        await on.look_at_list("healthy")


async def test_what_is_asked_of_an_agent_by_keys(spare: ControlPlane) -> None:
    other = f"{spare.name}-viewer"
    async with watching(spare.kubeconfig, spare.name) as on:
        await on.look_at_agents(spare.name)
        await on.pilot.press("ctrl+d")
        await on.until_shown(f"{spare.name} is looked at")
        agent = await on.look_at_agents(other)
        await on.until(lambda: "not open" in on.cell("STATE"))
        await on.checked()
        await on.until(lambda: on.cell("STATE") == "healthy, not open")
        await on.pilot.press("i")
        await on.until(lambda: on.cell("STATE").startswith("running"))
        await on.pilot.press("m")
        await on.until(lambda: on.cell("HEALED") == 1 and agent.state is AgentState.RUNNING)
        await on.pilot.press("ctrl+d")
        await on.until(lambda: agent.state is AgentState.STOPPED and "not open" in on.cell("STATE"))
