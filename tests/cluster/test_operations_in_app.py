"""The way a person goes: a key or a word, the plan, a yes; the official client tells what came of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.plan import PlanScreen
from tests.cluster.operating import deploy
from tests.control_plane import ControlPlane
from tests.ui.on_demo import OnDemo, app_on

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
PATIENCE = 60.0


class Person(OnDemo):
    """Somebody at the keyboard."""

    async def stand_on(self, name: str) -> None:
        await self.until(lambda: isinstance(self.app.screen, ExplorerScreen) and name in self.names)
        self.table.select(self.explorer.pane.namespace, name)
        await self.pilot.pause()

    async def approve(self, tier: str, word: str = "") -> None:
        """Wait for the plan, and say yes as its tier wants it."""
        await self.until(lambda: isinstance(self.app.screen, PlanScreen))
        await self.until_shown(tier)
        await self.pilot.pause()
        await self.pilot.press(*(word or "y"), *(["enter"] if word else []))
        await self.until_shown("Done in ")
        await self.pilot.press("escape")
        await self.until(lambda: isinstance(self.app.screen, ExplorerScreen))


@asynccontextmanager
async def at_the_keyboard(plane: ControlPlane, namespace: str, command: str, user: str = "") -> AsyncIterator[Person]:
    context = f"{plane.name}-{user}" if user else plane.name
    options: dict[str, Any] = {"context": context, "namespace": namespace, "command": command}
    async with app_on(plane.kubeconfig, **options) as (app, pilot):
        yield Person(app, pilot, None)


async def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(true):
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.2)


async def test_a_deployment_by_keys_and_words(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    deploy(official, namespace)
    apps = client.AppsV1Api(official)
    async with at_the_keyboard(control_plane, namespace, "deployments") as person:
        await person.stand_on("web")
        await person.pilot.press("s")
        await person.until(lambda: isinstance(person.app.screen, FormScreen))
        await person.pilot.press("3", "enter")
        await person.approve("W1 reversible")
        assert apps.read_namespaced_deployment("web", namespace).status.ready_replicas == 3
        await person.command("image app=nginx:1.28")
        await person.approve("W2 disruptive")
        assert apps.read_namespaced_deployment("web", namespace).spec.template.spec.containers[0].image == "nginx:1.28"
        await person.pilot.press("r")
        await person.approve("W1 reversible")
        annotations = apps.read_namespaced_deployment("web", namespace).spec.template.metadata.annotations
        assert "kubectl.kubernetes.io/restartedAt" in annotations
        await person.pilot.press("full_stop")
        await person.until_shown("roll back")
        await person.pilot.press(*"label", "enter")
        await person.until(lambda: isinstance(person.app.screen, FormScreen))
        await person.pilot.press(*"tier", "equals_sign", *"front", "enter")
        await person.approve("W1 reversible")
        assert apps.read_namespaced_deployment("web", namespace).metadata.labels["tier"] == "front"
        await person.pilot.press("ctrl+d")
        await person.approve("W2 disruptive")
        assert apps.list_namespaced_deployment(namespace).items == []


async def test_several_rows_and_a_typed_name(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    core = client.CoreV1Api(official)
    for name in ("one", "two"):
        core.create_namespaced_config_map(namespace, {"metadata": {"name": name}})
    core.create_namespaced_secret(namespace, {"metadata": {"name": "key"}, "stringData": {"a": "b"}})
    async with at_the_keyboard(control_plane, namespace, "configmaps") as person:
        await person.stand_on("one")
        await person.pilot.press("m")
        person.table.select(namespace, "two")
        await person.pilot.press("m", "ctrl+d")
        await person.approve("W2 disruptive")
        left = {each.metadata.name for each in core.list_namespaced_config_map(namespace).items}
        assert not left & {"one", "two"}
        await person.command("secrets")
        await person.stand_on("key")
        await person.pilot.press("ctrl+d")
        await person.approve("W3 destructive", "key")
        assert core.list_namespaced_secret(namespace).items == []


async def test_a_new_object_from_a_file(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str, tmp_path: Path
) -> None:
    core, file = client.CoreV1Api(official), tmp_path / "map.yaml"
    file.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata: {a: '1'}\n")
    async with at_the_keyboard(control_plane, namespace, "configmaps") as person:
        await person.stand_on("kube-root-ca.crt")
        await person.command(f"apply {file}")
        await person.approve("W1 reversible")
        assert core.read_namespaced_config_map("flags", namespace).data == {"a": "1"}


async def test_a_node_by_its_menu(control_plane: ControlPlane, official: client.ApiClient, namespace: str) -> None:
    core = client.CoreV1Api(official)
    node = core.list_node().items[-1].metadata.name
    async with at_the_keyboard(control_plane, namespace, "nodes") as person:
        await person.until(lambda: isinstance(person.app.screen, ExplorerScreen) and node in person.names)
        person.table.select("", node)
        await person.command("cordon")
        await person.approve("W1 reversible")
        await until(lambda: core.read_node(node).spec.unschedulable is True)
        await person.command("uncordon")
        await person.approve("W1 reversible")
        await until(lambda: not core.read_node(node).spec.unschedulable)


async def test_the_menu_tells_a_viewer_what_they_may_not_do(
    ours: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    deploy(official, namespace)
    async with at_the_keyboard(ours, namespace, "deployments", "viewer") as person:
        await person.stand_on("web")
        await person.pilot.press("full_stop")
        await person.until_shown(f"you may not delete deployments in {namespace}")
        assert "you may not patch deployments/scale" in person.text()
