"""Into a pod and out of it by keys: a shell, the program itself, files both ways, a port."""

import asyncio
from pathlib import Path

import pytest
from kubernetes import client
from kubernetes.stream import stream

from kubegenie_tui.agents.listening import next_free
from kubegenie_tui.screens.copying import CopyScreen
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.shell import ShellScreen
from tests.cluster.keyboard import Person, at_the_keyboard, until
from tests.control_plane import ControlPlane

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]
ECHOING = "while read line; do echo said $line; done"


async def in_shell(person: Person, line: str, answer: str) -> None:
    await person.until(lambda: isinstance(person.app.screen, ShellScreen))
    await person.pilot.press(*person.typed(line), "enter")
    await person.until_shown(answer)
    await person.pilot.press("ctrl+right_square_bracket")
    await person.stand_on("box")


def seen_in_box(core: client.CoreV1Api, namespace: str, file: str) -> str:
    """What the official client reads in a file of the box."""
    session = stream(
        core.connect_get_namespaced_pod_exec, "box", namespace, command=["cat", file],
        stdout=True, stderr=True, stdin=False, tty=False, _preload_content=False,
    )  # fmt: skip
    session.run_forever(timeout=20)
    text = session.read_stdout()
    session.sock.shutdown()
    return str(text)


async def copied(person: Person, *keys: str) -> None:
    await person.act("t form")
    await person.pilot.press(*keys, "enter")
    await person.until_shown("Copied to ")
    await person.until(lambda: not isinstance(person.app.screen, CopyScreen | FormScreen))


async def forwarded(person: Person, local: int) -> None:
    """A port is forwarded, answers, and is stopped in the list."""
    await person.act(f"F form tab ctrl+u *{local} enter")
    await person.until_shown("⇄ 1 forward")
    reader, writer = await asyncio.open_connection("127.0.0.1", local)
    writer.write(b"GET / HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n")
    assert b"200 OK" in await reader.readuntil(b"GET /\n")
    writer.close()
    await writer.wait_closed()
    await person.command("forwards")
    await person.until_shown("ready")
    await person.pilot.press("ctrl+d")
    await person.until_shown("stopped")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", local)


@pytest.mark.others(done="shell attach copy-in copy-out forward", undone="forward")
async def test_a_pod_from_inside(
    control_plane: ControlPlane,
    official: client.ApiClient,
    namespace: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    core = client.CoreV1Api(official)
    box = {"name": "box", "image": "busybox:1.37", "stdin": True, "tty": True, "command": ["sh", "-c", ECHOING]}
    web = {"name": "web", "image": "nginx:1.27", "ports": [{"containerPort": 80}]}
    for container in (box, web):
        body = {"metadata": {"name": container["name"]}, "spec": {"containers": [container]}}
        core.create_namespaced_pod(namespace, body)
    await until(lambda: all(each.status.phase == "Running" for each in core.list_namespaced_pod(namespace).items))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").write_text("there and back")
    async with at_the_keyboard(control_plane, namespace, "pods") as person:
        await person.stand_on("box")
        await person.act("s")
        await in_shell(person, "echo $((40+2))", "42")
        await person.act("a")
        await in_shell(person, "hello", "said hello")
        assert "said hello" in core.read_namespaced_pod_log("box", namespace)
        await copied(person, "right", "tab", *person.typed("/tmp/in"), "tab", "ctrl+u", *person.typed("out"))
        assert await asyncio.to_thread(seen_in_box, core, namespace, "/tmp/in") == "there and back"
        (tmp_path / "back").mkdir()
        await copied(person, "tab", *person.typed("/tmp/in"), "tab", "ctrl+u", *person.typed("back"))
        assert (tmp_path / "back" / "in").read_text() == "there and back"
        await person.stand_on("web")
        await forwarded(person, next_free(34_500))
        audit = (await person.app.services.changes()).audit
        results = [each for each in await audit.entries() if each.phase == "result"]
        assert {(each.subresource, each.result) for each in results} == {("exec", "done"), ("attach", "done")}
