"""Installing and upgrading by helm as a person does it: typed, by a form, with the values in the editor."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client
from textual.screen import Screen

from kubegenie_tui.screens.editor import EditorScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.helm import HelmScreen
from kubegenie_tui.screens.said import FailureScreen
from tests.cluster.charts import bring_helm, write_chart
from tests.cluster.keyboard import Person, at_the_keyboard
from tests.cluster.test_helm import installed
from tests.control_plane import ControlPlane
from tests.ui.on_demo import OnDemo, app_on

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


def maps(official: client.ApiClient, namespace: str) -> dict[str, Any]:
    found = client.CoreV1Api(official).list_namespaced_config_map(namespace).items
    return {each.metadata.name: each.data for each in found if each.metadata.name != "kube-root-ca.crt"}


async def approve(app: OnDemo, back: type[Screen[None]]) -> None:
    """Type the release's name, see how it ends, and go back."""
    await app.asked_to_decide()
    await app.until_shown('type "web"')
    await app.pilot.press(*"web", "enter")
    await app.until_shown("Done in ")
    await app.pilot.press("escape")
    await app.until(lambda: isinstance(app.app.screen, back))


async def edited(app: OnDemo, old: str, new: str) -> None:
    await app.until(lambda: isinstance(app.app.screen, EditorScreen))
    editor = app.app.screen
    assert isinstance(editor, EditorScreen)
    editor.area.load_text(editor.area.text.replace(old, new))
    await app.pilot.press("ctrl+s")


@pytest.mark.others(done="helm-install helm-upgrade")
async def test_a_release_from_its_installation_to_its_upgrade(
    control_plane: ControlPlane,
    official: client.ApiClient,
    namespace: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bring_helm(tmp_path, monkeypatch)
    monkeypatch.chdir(write_chart(tmp_path).parent)
    (tmp_path / "v").write_text("mode: fast\n")
    options: dict[str, Any] = {"context": control_plane.name, "namespace": namespace, "command": "configmaps"}
    async with app_on(control_plane.kubeconfig, **options) as (running, pilot):
        app = OnDemo(running, pilot, None)
        await app.until(lambda: isinstance(running.screen, ExplorerScreen) and app.names)
        await app.command("helm install web web -f v")
        await approve(app, ExplorerScreen)
        assert maps(official, namespace)["web-flags"] == {"mode": "fast", "kept": "1"}
        await app.command("helm")
        await app.until(lambda: isinstance(running.screen, HelmScreen) and app.names == ["web"])
        await pilot.press("u")
        await app.until(lambda: isinstance(running.screen, FormScreen))
        await app.until_shown("Upgrade web on")
        await pilot.press("enter")  # the chart that it was installed from is known
        await edited(app, "mode: fast", "mode: [")
        await app.until_shown("is no YAML")
        await edited(app, "mode: [", "mode: slow")
        await approve(app, HelmScreen)
        assert maps(official, namespace)["web-flags"]["mode"] == "slow"
        await pilot.press("enter")
        await app.until(lambda: len(app.names) == 2)


async def test_a_chart_that_defines_a_kind(
    control_plane: ControlPlane,
    official: client.ApiClient,
    namespace: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bring_helm(tmp_path, monkeypatch)
    plural = f"flags{namespace.removeprefix('test-')}"
    monkeypatch.chdir(write_chart(tmp_path, defines=plural).parent)
    definitions, name = client.ApiextensionsV1Api(official), f"{plural}.charts.example.com"
    options: dict[str, Any] = {"context": control_plane.name, "namespace": namespace, "command": "configmaps"}
    async with app_on(control_plane.kubeconfig, **options) as (running, pilot):
        app = OnDemo(running, pilot, None)
        await app.until(lambda: isinstance(running.screen, ExplorerScreen) and app.names)
        await app.command("helm install web web")
        await app.until_shown("it defines kinds that outlive the release")
        await approve(app, ExplorerScreen)
    assert "web-flags" in maps(official, namespace)
    assert definitions.read_custom_resource_definition(name).spec.names.plural == plural
    definitions.delete_custom_resource_definition(name)


async def test_what_helm_says_against_it_is_shown(
    control_plane: ControlPlane, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_helm(tmp_path, monkeypatch)
    options: dict[str, Any] = {"context": control_plane.name, "namespace": namespace, "command": "configmaps"}
    async with app_on(control_plane.kubeconfig, **options) as (running, pilot):
        app = OnDemo(running, pilot, None)
        await app.until(lambda: isinstance(running.screen, ExplorerScreen) and app.names)
        await app.command("helm install web nowhere/web")
        await app.until_shown("repo nowhere not found")
        await closed(app)
        await app.command("helm upgrade web nowhere/web")
        await app.until_shown("There is no release web")


async def closed(app: OnDemo) -> None:
    """A failure stays in view until it is closed; corners forget."""
    assert isinstance(app.app.screen, FailureScreen)
    assert not app.app._notifications
    await app.pilot.press("escape")
    await app.until(lambda: isinstance(app.app.screen, ExplorerScreen))


async def test_who_may_not_is_told_what_why_and_what_next(
    reader: ControlPlane, ours: ControlPlane, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_helm(tmp_path, monkeypatch)
    monkeypatch.chdir(write_chart(tmp_path).parent)
    told = {
        (reader, ""): ("helm does not run here", "it would not act as reader-of-", "`:as` makes you yourself"),
        (ours, "viewer"): ("Not allowed to list secrets", 'User "viewer" cannot list', "ask for a role that grants"),
    }
    for (plane, user), words in told.items():
        async with at_the_keyboard(plane, namespace, "configmaps", user) as person:
            await person.until(lambda person=person: "kube-root-ca.crt" in person.names)  # type: ignore[misc]
            for verb in ("install", "upgrade"):
                await person.command(f"helm {verb} other web")
                await person.until(lambda person=person: isinstance(person.app.screen, FailureScreen))  # type: ignore[misc]
                await person.until_shown(f"helm {verb} other web")
                for each in words:
                    assert each in person.text(), person.text()
                await closed(person)


async def test_whom_a_kubeconfig_impersonates_may_not(
    reader: ControlPlane, ours: ControlPlane, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_helm(tmp_path, monkeypatch)
    monkeypatch.chdir(write_chart(tmp_path).parent)
    found = yaml.safe_load(ours.kubeconfig.read_text())
    context = next(each["context"] for each in found["contexts"] if each["name"] == ours.name)
    user = next(each["user"] for each in found["users"] if each["name"] == context["user"])
    found["users"].append({"name": "other", "user": {**user, "as": reader.name.rpartition(" ")[2]}})
    found["contexts"].append({"name": "other", "context": {**context, "user": "other"}})
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(found))
    async with at_the_keyboard(ControlPlane(tmp_path / "kubeconfig", "other"), namespace, "configmaps") as person:
        await person.until(lambda: "kube-root-ca.crt" in person.names)
        await person.command("helm install web web")
        await person.is_refused("You may not create configmaps")
        await person.command("helm upgrade web web")
        await person.until_shown("There is no release web")
        await closed(person)


async def test_helm_itself_may_not(
    control_plane: ControlPlane, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "helm"
    program.parent.mkdir()
    said = 'Error: INSTALLATION FAILED: secrets is forbidden: User "ada" cannot create resource "secrets"'
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    async with at_the_keyboard(control_plane, namespace, "configmaps") as person:
        await person.until(lambda: "kube-root-ca.crt" in person.names)
        await person.command("helm install other nowhere/web")
        for words in ("helm pull failed", 'User "ada" cannot create', "ask who administers the cluster"):
            await person.until_shown(words)
        await closed(person)


@asynccontextmanager
async def at_releases(plane: ControlPlane, namespace: str) -> AsyncIterator[Person]:
    """The list of releases, with the cursor on `web`."""
    async with at_the_keyboard(plane, namespace, "configmaps") as person:
        await person.until(lambda: "kube-root-ca.crt" in person.names)
        await person.command("helm")
        await person.until(lambda: isinstance(person.app.screen, HelmScreen) and person.names == ["web"])
        yield person


@pytest.mark.others(done="helm-rollback helm-uninstall", underneath="helm-rollback helm-uninstall")
async def test_a_release_is_rolled_back_and_uninstalled_unless_somebody_is_quicker(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    installed(official, namespace)
    core = client.CoreV1Api(official)
    async with at_releases(control_plane, namespace) as person:
        for key, name in (("b", "flags"), ("ctrl+d", "old")):
            before = maps(official, namespace).keys()
            await person.pilot.press(key)
            await person.decided()
            core.patch_namespaced_config_map(name, namespace, {"data": {"theirs": "yes"}})
            await person.is_overtaken("web")
            assert maps(official, namespace).keys() == before
            await person.approve("W3 destructive", "web")
            await person.pilot.press("escape")
            await person.until(lambda: isinstance(person.app.screen, HelmScreen))
            if key == "b":
                assert maps(official, namespace) == {
                    "flags": {"mode": "slow", "kept": "1", "theirs": "yes"},
                    "old": {"a": "1"},
                }
                await person.pilot.press("r")
                await person.until_shown("web-1.0.1")
    assert maps(official, namespace) == {}


@pytest.mark.others(refused="helm-rollback helm-uninstall helm-install helm-upgrade")
async def test_who_may_only_read_leaves_releases_as_they_are(
    control_plane: ControlPlane,
    reader: ControlPlane,
    official: client.ApiClient,
    namespace: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bring_helm(tmp_path, monkeypatch)
    monkeypatch.chdir(write_chart(tmp_path).parent)
    installed(official, namespace)
    before = maps(official, namespace)
    async with at_releases(reader, namespace) as person:
        for key in ("b", "ctrl+d"):
            await person.pilot.press(key)
            await person.is_refused("You may not")
    async with at_the_keyboard(control_plane, namespace, "configmaps", read_only=True) as person:
        await person.stand_on("flags")
        for line in ("helm install other web", "helm upgrade web web -f web/values.yaml"):
            await person.command(line)
            await person.is_refused("is read-only here")
    assert maps(official, namespace) == before
