"""New objects by a person's hand: from a template, a paste, a file; and who owns what is in the way."""

import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client
from textual import events

from tests.cluster.keyboard import at_the_keyboard
from tests.control_plane import ControlPlane
from tests.ui.test_terminal import Terminal, program

pytestmark = pytest.mark.cluster
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\ndata: {a: '1'}\n"
PASTE = (
    MAP
    + "---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n"
)
EDITOR = f"""#!{sys.executable}
import sys
from pathlib import Path
file = Path(sys.argv[1])
file.write_text(file.read_text().replace('a: "1"', 'a: "edited"'))
"""


@pytest.fixture
def core(official: client.ApiClient) -> client.CoreV1Api:
    return client.CoreV1Api(official)


def flags(core: client.CoreV1Api, namespace: str) -> Any:
    found = {each.metadata.name: each.data for each in core.list_namespaced_config_map(namespace).items}
    return found.get("flags")


@pytest.mark.others(done="template paste", undone="template paste")
async def test_from_a_template_and_from_a_paste(
    control_plane: ControlPlane, core: client.CoreV1Api, namespace: str
) -> None:
    async with at_the_keyboard(control_plane, namespace, "configmaps") as person:
        await person.stand_on("kube-root-ca.crt")
        await person.command("create configmap")
        await person.editor()
        await person.pilot.press("ctrl+s")
        await person.approve("W1 reversible")
        assert core.read_namespaced_config_map("settings", namespace).data == {"LOG_LEVEL": "info"}
        await person.take_back()
        assert "settings" not in {each.metadata.name for each in core.list_namespaced_config_map(namespace).items}
        await person.leave()
        await person.command("create")
        area = (await person.editor()).area
        pasted = PASTE.replace("port: 80", "port: eighty").replace("\n", "\r")  # as most terminals send it
        person.app.post_message(events.Paste(pasted))
        await person.until(lambda: "eighty" in area.text)
        await person.pilot.press("ctrl+s")
        await person.until(lambda: "ctrl+s once more asks the server all the same" in person.text())
        await person.pilot.press("ctrl+s")
        await person.decided()
        assert "does not accept the request" in person.text()
        assert "expected numeric" in person.text()
        assert "y  Apply" not in person.text()
        await person.pilot.press("escape")
        await person.until(lambda: "✖" in area.text)
        line = next(number for number, text in enumerate(area.text.splitlines(), 1) if "port: eighty" in text)
        assert f":{line}: The server does not accept" in area.text
        assert flags(core, namespace) is None
        area.load_text(area.text.replace("port: eighty", "port: 80"))
        await person.pilot.press("ctrl+s")
        await person.approve("W1 reversible")
        assert flags(core, namespace) == {"a": "1"}
        service = core.read_namespaced_service("web", namespace)
        assert {each.manager for each in service.metadata.managed_fields} == {"kubegenie"}
        await person.take_back()
        assert flags(core, namespace) is None


@pytest.mark.others(done="file")
async def test_a_file_and_who_owns_a_field(
    control_plane: ControlPlane, core: client.CoreV1Api, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "map.yaml").write_text(MAP)
    monkeypatch.chdir(tmp_path)
    async with at_the_keyboard(control_plane, namespace, "configmaps") as person:
        await person.stand_on("kube-root-ca.crt")
        await person.command("apply map.yaml")
        await person.approve("W1 reversible")
        assert flags(core, namespace) == {"a": "1"}
        await person.leave()
        core.patch_namespaced_config_map("flags", namespace, {"data": {"a": "3"}}, field_manager="somebody")
        await person.command("apply map.yaml")
        await person.decided()
        assert "somebody owns data.a" in person.text()
        assert flags(core, namespace) == {"a": "3"}
        await person.pilot.press("f")
        await person.approve("W3 destructive", "flags")
        assert flags(core, namespace) == {"a": "1"}


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """An editor that changes one value by itself."""
    script = tmp_path / "editor"
    script.write_text(EDITOR)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


@contextmanager
def editing(plane: ControlPlane, namespace: str, home: Path, script: Path) -> Iterator[Terminal]:
    """The app in a terminal, at what the person's own editor made of `flags`."""
    where = ("--context", plane.name, "-n", namespace, "-c", "cm /flags")
    environment = {
        "TERM": "xterm-256color",
        "KUBECONFIG": str(plane.kubeconfig),
        "EDITOR": str(script),
        "VISUAL": "",
        "KUBE_EDITOR": "",
    }
    with program(home, *where, environment=environment) as (terminal, process):
        terminal.read_until("1 of 2")
        terminal.type("E")
        yield terminal
        terminal.type("\x11")
        terminal.read_to_end()
        assert process.wait(20) == 0


@pytest.mark.others(done="own-editor", underneath="own-editor", undone="own-editor")
def test_in_the_persons_own_editor(
    control_plane: ControlPlane, core: client.CoreV1Api, namespace: str, home: Path, script: Path
) -> None:
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "flags"}, "data": {"a": "1"}})
    with editing(control_plane, namespace, home, script) as terminal:
        terminal.read_until("W1 reversible")
        core.patch_namespaced_config_map("flags", namespace, {"data": {"b": "theirs"}})
        terminal.type("y")
        terminal.read_until("Nothing was done")
        terminal.read_until("b: theirs")
        assert flags(core, namespace) == {"a": "1", "b": "theirs"}
        terminal.type("y")
        terminal.read_until("Done in")
        assert flags(core, namespace) == {"a": "edited", "b": "theirs"}
        terminal.type("u")
        terminal.read_until("Undo: Edit")
        terminal.read_until("y  Apply")
        terminal.type("y")
        terminal.read_until("Done in")
        assert flags(core, namespace) == {"a": "1", "b": "theirs"}


@pytest.mark.others(refused="own-editor")
def test_what_the_persons_own_editor_wrote_is_refused(
    reader: ControlPlane, core: client.CoreV1Api, namespace: str, home: Path, script: Path
) -> None:
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "flags"}, "data": {"a": "1"}})
    with editing(reader, namespace, home, script) as terminal:
        terminal.read_until("You may not patch configmaps")
        terminal.type("y")
    assert flags(core, namespace) == {"a": "1"}
