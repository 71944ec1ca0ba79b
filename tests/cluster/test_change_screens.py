"""Changes made at the screen of the whole app, on a real control plane; the official client tells what came of them."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.screens.editor import EditorScreen
from tests.cluster.keyboard import at_the_keyboard
from tests.control_plane import ControlPlane
from tests.ui.on_demo import OnDemo, app_on

pytestmark = pytest.mark.cluster
ADDRESS = {"url": "postgres://db", "size": "3"}
OLD, NEW = ("".join((when, "-s3cret")) for when in ("old", "new"))


@pytest.fixture
def core(official: client.ApiClient, namespace: str) -> client.CoreV1Api:
    """With a ConfigMap and a Secret in the namespace."""
    core = client.CoreV1Api(official)
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "settings"}, "data": ADDRESS})
    core.create_namespaced_secret(namespace, {"metadata": {"name": "db"}, "stringData": {"password": OLD}})
    return core


@asynccontextmanager
async def at(control_plane: ControlPlane, namespace: str, command: str, **options: Any) -> AsyncIterator[OnDemo]:
    """The app at one object of the namespace."""
    where = {"context": control_plane.name, "namespace": namespace, "command": command, **options}
    async with app_on(control_plane.kubeconfig, **where) as (app, pilot):
        screen = OnDemo(app, pilot, None)
        await screen.until(lambda: len(screen.names) == 1)
        yield screen


async def edit(app: OnDemo, change: Callable[[str], str]) -> EditorScreen:
    """Change the object's text, and ask what that would do."""
    await app.command("edit")
    await app.until(lambda: isinstance(app.app.screen, EditorScreen))
    editor = app.app.screen
    assert isinstance(editor, EditorScreen)
    editor.area.load_text(change(editor.area.text))
    await app.pilot.press("ctrl+s")
    return editor


async def approve(app: OnDemo, tier: str, *keys: str) -> None:
    await app.asked_to_decide()
    await app.until_shown(tier)
    await app.pilot.press(*keys)
    await app.until_shown("Done in ")


def data_of(core: client.CoreV1Api, namespace: str) -> Any:
    return core.read_namespaced_config_map("settings", namespace).data


def everything_in(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.rglob("*") if file.is_file())


@pytest.mark.others(done="edit", undone="edit")
async def test_an_edit_is_made_and_taken_back(
    control_plane: ControlPlane, core: client.CoreV1Api, namespace: str
) -> None:
    async with at(control_plane, namespace, "cm /settings") as app:
        await edit(app, lambda text: text.replace("postgres://db", "postgres://other").replace('  size: "3"\n', ""))
        await approve(app, "W1 reversible", "y")
        assert await asyncio.to_thread(data_of, core, namespace) == {"url": "postgres://other"}
        await app.until_shown("u  Undo")
        await app.pilot.press("u")
        await app.until_shown("Undo: Edit configmap")
        await approve(app, "W1 reversible", "y")
        assert await asyncio.to_thread(data_of, core, namespace) == ADDRESS


async def test_what_the_server_refuses_comes_back(
    control_plane: ControlPlane, core: client.CoreV1Api, namespace: str
) -> None:
    async with at(control_plane, namespace, "cm /settings") as app:
        editor = await edit(app, lambda text: text.replace("metadata:", "metadata:\n  labels: {team: a b}"))
        await app.until_shown("refused")
        await app.pilot.press("escape")
        await app.until(lambda: "✖" in editor.area.text)
        assert "a valid label must" in editor.area.text
        assert "labels: {team: a b}" in editor.area.text
        assert await asyncio.to_thread(data_of, core, namespace) == ADDRESS


@pytest.mark.others(done="secret")
async def test_a_secret_is_edited_decoded_and_its_name_is_typed(
    control_plane: ControlPlane, core: client.CoreV1Api, namespace: str, home: Path
) -> None:
    async with at(control_plane, namespace, "secrets /db") as app:
        await edit(app, lambda text: text.replace(OLD, NEW))
        await app.until_shown("another value")
        assert NEW not in app.text().partition("another value")[2]
        await approve(app, "W3 destructive", *"db", "enter")
        assert "u  Undo" not in app.text()
    secret = await asyncio.to_thread(core.read_namespaced_secret, "db", namespace)
    assert base64.b64decode(secret.data["password"]).decode() == NEW
    kept = await asyncio.to_thread(everything_in, home)
    for value in (OLD, NEW):
        assert value.encode() not in kept
        assert base64.b64encode(value.encode()) not in kept


@pytest.mark.others(underneath="edit")
async def test_what_changed_underneath_is_shown_anew(
    control_plane: ControlPlane, core: client.CoreV1Api, namespace: str
) -> None:
    async with at(control_plane, namespace, "cm /settings") as app:
        await edit(app, lambda text: text.replace("postgres://db", "postgres://other"))
        await app.until_shown("W1 reversible")
        await app.pilot.pause()
        body = {"data": {"size": "4"}}
        await asyncio.to_thread(core.patch_namespaced_config_map, "settings", namespace, body)
        await app.pilot.press("y")
        await app.until_shown("Nothing was done")
        assert (await asyncio.to_thread(data_of, core, namespace))["url"] == "postgres://db"
        await approve(app, "W1 reversible", "y")
        assert await asyncio.to_thread(data_of, core, namespace) == {"url": "postgres://other", "size": "4"}


async def test_who_may_not_is_told_so(ours: ControlPlane, core: client.CoreV1Api, namespace: str) -> None:
    viewer = ControlPlane(ours.kubeconfig, f"{ours.name}-viewer", ours.directory)
    async with at(viewer, namespace, "cm /settings") as app:
        await edit(app, lambda text: text.replace("postgres://db", "postgres://other"))
        await app.until_shown("✖ You may not patch configmaps")
        assert "Apply" not in app.text()
    assert await asyncio.to_thread(data_of, core, namespace) == ADDRESS


async def test_of_several_rows_the_one_that_changed_is_named_and_none_is_written(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    core = client.CoreV1Api(official)
    for name in ("one", "two"):
        core.create_namespaced_config_map(namespace, {"metadata": {"name": name}, "data": {"a": name}})

    def tiers() -> list[str | None]:
        found = [core.read_namespaced_config_map(name, namespace) for name in ("one", "two")]
        return [(each.metadata.labels or {}).get("tier") for each in found]

    async with at_the_keyboard(control_plane, namespace, "configmaps") as person:
        for name in ("one", "two"):
            await person.stand_on(name)
            await person.act("m")
        await person.act("L *tier=front enter")
        await person.decided()
        core.patch_namespaced_config_map("two", namespace, {"data": {"b": "theirs"}}, field_manager="somebody")
        await person.is_overtaken()
        assert f"configmaps {namespace}/two changed since it was shown" in " ".join(person.text().split())
        assert tiers() == [None, None]
        audit = (await person.app.services.changes()).audit
        assert [each for each in await audit.entries() if each.cluster == control_plane.name] == []
        await person.approve("W1 reversible")
        assert tiers() == ["front", "front"]
