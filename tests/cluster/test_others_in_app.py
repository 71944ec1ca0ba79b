"""Changes that are no operation of the catalogue: by somebody who may only read, and when somebody else was quicker."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.agents.listening import next_free
from kubegenie_tui.screens.copying import CopyScreen
from kubegenie_tui.screens.shell import ShellScreen
from tests.cluster.keyboard import at_the_keyboard, until
from tests.control_plane import ControlPlane

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata: {c: '2'}\n"
PASTE = MAP.replace("flags", "pasted")


@pytest.fixture
def core(
    official: client.ApiClient, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> client.CoreV1Api:
    """With a ConfigMap, a Secret and a file for the ConfigMap."""
    core = client.CoreV1Api(official)
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "flags"}, "data": {"a": "1"}})
    core.create_namespaced_secret(namespace, {"metadata": {"name": "db"}, "stringData": {"password": "old"}})
    (tmp_path / "map.yaml").write_text(MAP)
    monkeypatch.chdir(tmp_path)
    return core


def seen(core: client.CoreV1Api, namespace: str) -> Any:
    """Versions of all that could have been changed; a new namespace gets the server's authority at any moment."""
    lists = core.list_namespaced_config_map(namespace), core.list_namespaced_secret(namespace)
    versions = {each.metadata.name: each.metadata.resource_version for found in lists for each in found.items}
    versions.pop("kube-root-ca.crt", None)
    return versions


def with_password(text: str) -> str:
    return text.replace("old", "".join(("n", "ew")))


@pytest.mark.others(refused="template paste file edit secret")
async def test_who_may_only_read_changes_nothing(reader: ControlPlane, core: client.CoreV1Api, namespace: str) -> None:
    before = seen(core, namespace)
    async with at_the_keyboard(reader, namespace, "configmaps") as person:
        await person.stand_on("flags")
        await person.write("create configmap", lambda text: text)
        await person.is_refused("You may not patch configmaps")
        await person.write("create", lambda text: text + PASTE)
        await person.is_refused("You may not patch configmaps")
        await person.command("apply map.yaml")
        await person.is_refused("You may not patch configmaps")
        await person.write("edit", lambda text: text.replace('"1"', '"2"'))
        await person.is_refused("You may not patch configmaps")
        await person.command("secrets")
        await person.stand_on("db")
        await person.write("edit", with_password)
        await person.is_refused("You may not patch secrets")
    assert await asyncio.to_thread(seen, core, namespace) == before


@pytest.mark.others(underneath="template paste file secret", undone="file")
async def test_somebody_else_is_quicker(control_plane: ControlPlane, core: client.CoreV1Api, namespace: str) -> None:
    def value(name: str = "flags") -> Any:
        return core.read_namespaced_config_map(name, namespace).data

    async with at_the_keyboard(control_plane, namespace, "configmaps") as person:
        await person.stand_on("flags")
        for line, text, name in (("create configmap", "", "settings"), ("create", PASTE, "pasted")):
            await person.write(line, lambda old, text=text: old + text)  # type: ignore[misc]
            await person.decided()
            core.create_namespaced_config_map(namespace, {"metadata": {"name": name}, "data": {"theirs": "yes"}})
            await person.is_overtaken()
            assert value(name) == {"theirs": "yes"}
            await person.drop()
            await person.stand_on("flags")
        await person.command("apply map.yaml")
        await person.decided()
        core.patch_namespaced_config_map("flags", namespace, {"data": {"b": "theirs"}}, field_manager="somebody")
        await person.is_overtaken()
        assert value() == {"a": "1", "b": "theirs"}
        await person.approve("W1 reversible")
        assert value() == {"a": "1", "b": "theirs", "c": "2"}
        await person.take_back()
        assert value() == {"a": "1", "b": "theirs"}
        await person.leave()
        await person.command("secrets")
        await person.stand_on("db")
        await person.write("edit", with_password)
        await person.decided()
        core.patch_namespaced_secret("db", namespace, {"stringData": {"user": "theirs"}})
        await person.is_overtaken("db")
        assert "dXNlcg" not in person.text()
        kept = core.read_namespaced_secret("db", namespace).data
        assert kept == {"password": "b2xk", "user": "dGhlaXJz"}


@pytest.mark.others(refused="shell attach copy-in copy-out forward")
async def test_who_may_only_read_does_not_get_into_a_pod(
    reader: ControlPlane, core: client.CoreV1Api, official: client.ApiClient, namespace: str
) -> None:
    container = {"name": "box", "image": "busybox:1.37", "stdin": True, "command": ["sh", "-c", "sleep 3600"]}
    core.create_namespaced_pod(namespace, {"metadata": {"name": "box"}, "spec": {"containers": [container]}})
    await until(lambda: core.read_namespaced_pod("box", namespace).status.phase == "Running")
    async with at_the_keyboard(reader, namespace, "pods") as person:
        await person.stand_on("box")
        for key in ("s", "a"):
            await person.pilot.press(key)
            await person.until(lambda: isinstance(person.app.screen, ShellScreen))
            await person.until_shown("Not allowed to create pods/")
            await person.pilot.press("ctrl+right_square_bracket")
            await person.stand_on("box")
        for keys in (("tab",), ("right", "tab")):
            await person.act("t form")
            await person.pilot.press(
                *keys, *person.typed("/tmp/in"), "tab", "ctrl+u", *person.typed("map.yaml"), "enter"
            )
            await person.until(
                lambda: isinstance(person.app.screen, CopyScreen) and "Not allowed to create pods/exec" in person.text()
            )
            await person.pilot.press("escape")
            await person.stand_on("box")
        local = next_free(34_700)
        await person.act(f"F form ctrl+u *80 tab ctrl+u *{local} enter")
        await person.until_shown("Not allowed to create pods/portforward")
        audit = (await person.app.services.changes()).audit
        results = [each for each in await audit.entries() if each.phase == "result"]
        assert {each.result for each in results} == {"failed"}
    assert await asyncio.to_thread(Path("map.yaml").read_text) == MAP
