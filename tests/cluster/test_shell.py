"""A shell in a real pod, from the key to the prompt, in a real pseudo-terminal; and files there and back."""

import asyncio
import fcntl
import hashlib
import os
import signal
import struct
import termios
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kubernetes import client

from kubegenie_tui.agents.archive import Transfer
from kubegenie_tui.agents.cluster_manager import ClusterManager
from kubegenie_tui.agents.copying import Copier
from kubegenie_tui.agents.pod_access import PodAccess
from kubegenie_tui.changes.audit import Audit, open_audit
from kubegenie_tui.domain.errors import ServerFailed, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.paths import settings_file, write_private
from kubegenie_tui.store.store import Store
from tests.cluster.test_forwards import run_pod
from tests.control_plane import ControlPlane
from tests.ui.test_terminal import program
from tests.unit.agents.waiting import eventually

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("shell", ["embedded", "suspend"])
async def test_a_shell(
    official: client.ApiClient, namespace: str, control_plane: ControlPlane, home: Path, shell: str
) -> None:
    await run_pod(official, namespace, "box", {"image": "bash", "command": ["sh", "-c", "sleep 3600"]})
    where = ("--context", control_plane.name, "-n", namespace, "-c", "pods")
    environment = {
        "TERM": "xterm-256color",
        "KUBECONFIG": str(control_plane.kubeconfig),
        "KUBEGENIE_UI_SHELL": shell,
        "KUBEGENIE_UI_GENIE": "false",
        "KUBEGENIE_UI_TREE": "false",
    }
    if shell == "suspend":
        write_private(settings_file(), b'[keys]\nleave-shell = "ctrl+underscore"\n')
    with program(home, *where, environment=environment) as (terminal, process):
        terminal.read_until("Running")
        terminal.type("s")
        leaves = "ctrl+] leaves" if shell == "embedded" else "ctrl+_ leads back to KubeGenie"
        told = terminal.read_until if shell == "embedded" else terminal.read_until_written
        await asyncio.to_thread(told, leaves)
        await asyncio.to_thread(terminal.read_until, "# ")
        lines = 28 if shell == "embedded" else 30
        # A prompt of one line: at another width bash draws a wrapped one anew over what stands above it.
        terminal.type("PS1='# '; stty size; echo $TERM $((40 + 2)) ${BASH_VERSION:+bash}\r")
        await asyncio.to_thread(terminal.read_until, "xterm-256color 42 bash")
        assert f"{lines} 100" in terminal.text()
        fcntl.ioctl(terminal._end, termios.TIOCSWINSZ, struct.pack("HHHH", 26, 90, 0, 0))
        os.killpg(process.pid, signal.SIGWINCH)
        for number in range(200):
            terminal.type(f'clear; stty size; echo is-""{number}\r')
            await asyncio.to_thread(terminal.read_until, f"is-{number}")
            if f"{lines - 4} 90" in terminal.text():
                break
        assert f"{lines - 4} 90" in terminal.text()
        terminal.type("\x1d" if shell == "embedded" else "\x1f")
        await asyncio.to_thread(terminal.read_until, "Running")
        terminal.type("\x11")
        await asyncio.to_thread(terminal.read_to_end)
        assert process.wait(20) == 0


@pytest.fixture
async def audit(tmp_path: Path) -> AsyncIterator[Audit]:
    store = await Store.open(tmp_path / "store.db")
    yield await open_audit(store, tmp_path)
    await store.close()


@pytest.fixture
async def copier(
    official: client.ApiClient, namespace: str, control_plane: ControlPlane, audit: Audit
) -> AsyncIterator[Copier]:
    await run_pod(official, namespace, "box", {"image": "busybox", "command": ["sh", "-c", "sleep 3600"]})
    store = await Store.in_memory()
    manager = ClusterManager(store, kubeconfig=[control_plane.kubeconfig])
    await manager.start()
    agent = await manager.open(control_plane.name)

    async def opened() -> Audit:
        return audit

    yield Copier(PodAccess(agent, opened), ObjectRef("pods", "box", namespace, control_plane.name), "app")
    await manager.shutdown()
    await store.close()


async def test_a_directory_there_and_back(copier: Copier, tmp_path: Path, audit: Audit) -> None:
    source = tmp_path / "source"
    (source / "deep" / "er").mkdir(parents=True)
    (source / "big").write_bytes(os.urandom(9_000_000))
    (source / "deep" / "er" / "a name with ümläut").write_text("small")
    there = Transfer()
    assert await copier.send(source, "/tmp/copied", there) == "/tmp/copied"
    assert (there.files, there.bytes, there.total) == (2, 9_000_005, 9_000_005)
    back = Transfer()
    place = await copier.fetch("/tmp/copied", tmp_path / "back", back)
    assert place == tmp_path / "back"
    assert (place / "deep" / "er" / "a name with ümläut").read_text() == "small"
    digests = [hashlib.sha256((each / "big").read_bytes()).digest() for each in (source, place)]
    assert digests[0] == digests[1]
    assert await copier.send(source / "big", "/tmp/copied", Transfer()) == "/tmp/copied/big"
    assert {entry.result for entry in await audit.entries() if entry.phase == "result"} == {"done"}


async def test_a_copy_that_is_stopped(copier: Copier, tmp_path: Path) -> None:
    source = tmp_path / "big"
    with source.open("wb") as file:
        file.truncate(3_000_000_000)
    transfer = Transfer()
    with pytest.raises(ServerFailed):
        await copier.send(source, "/dev/null/", transfer)
    fetching = asyncio.create_task(copier.fetch("/usr", tmp_path / "back", transfer))
    await eventually(lambda: transfer.current)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert not parts(tmp_path)


def parts(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.name.endswith(".part")]


async def test_what_cannot_be_copied(copier: Copier, tmp_path: Path) -> None:
    with pytest.raises(ServerFailed, match="No such file"):
        await copier.fetch("/tmp/absent", tmp_path, Transfer())
    with pytest.raises(UsageError, match="There is no file"):
        await copier.send(tmp_path / "absent", "/tmp/x", Transfer())
    with pytest.raises(UsageError, match="names no file"):
        await copier.fetch("/", tmp_path, Transfer())
