"""Told to end by a signal, or left without a terminal: the program and all that it started are gone in two seconds."""

import contextlib
import os
import signal
import socket
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from kubegenie_tui.agents.listening import next_free
from kubegenie_tui.cli.demo import simulated
from tests.clouds.declared import declare_ours
from tests.ui.test_terminal import PATIENCE, Terminal

ENDS_WITHIN = 10.0
PLUGIN = "sleep 1000 & wait"
"""A credential plugin that never answers, with a child of its own."""
EDITOR = f"""#!{sys.executable}
import signal
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
print("the editor has the terminal", flush=True)
while True:
    signal.pause()
"""
"""An editor that nothing ends but SIGKILL."""
End = Callable[["Run"], None]


class Run:
    """`kubegenie` as the leader of a terminal's session."""

    def __init__(self, pid: int, end: int, home: Path) -> None:
        self.pid = pid
        self.end = end
        self.terminal = Terminal(end, 100, 30)
        self._mark = ("KUBEGENIE_HOME", str(home))

    def family(self) -> list[psutil.Process]:
        """It, and whatever inherited its environment, whoever is the parent now."""
        return [each for each in psutil.process_iter() if self._is_ours(each)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return self._mark in process.environ().items() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


@contextmanager
def running(
    home: Path,
    *arguments: str,
    program: tuple[str, ...] = ("-m", "kubegenie_tui"),
    environment: Mapping[str, str] | None = None,
    hangup: Any = signal.SIG_DFL,
) -> Iterator[Run]:
    """Run it in a terminal of 100x30; `hangup`: what it finds set for SIGHUP."""
    command = [sys.executable, *program, *arguments]
    environ = {**os.environ, "TERM": "xterm-256color", "KUBEGENIE_HOME": str(home), **(environment or {})}
    pid, end = os.forkpty()
    if pid == 0:
        signal.signal(signal.SIGHUP, hangup)
        os.execvpe(command[0], command, environ)
    termios.tcsetwinsize(end, (30, 100))
    run = Run(pid, end, home)
    try:
        yield run
    finally:
        with contextlib.suppress(OSError):
            os.close(end)
        for each in run.family():
            each.kill()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def signalled(number: signal.Signals) -> End:
    def end(run: Run) -> None:
        os.kill(run.pid, number)
        run.terminal.read_to_end()

    return end


def closed(run: Run) -> None:
    os.close(run.end)


def typed(run: Run) -> None:
    run.terminal.type("\x03")
    run.terminal.read_to_end()


ENDS = {"SIGTERM": signalled(signal.SIGTERM), "SIGHUP": signalled(signal.SIGHUP), "closed": closed, "ctrl+c": typed}
STATUS = {
    **{"SIGTERM": 128 + signal.SIGTERM, "SIGHUP": 128 + signal.SIGHUP},
    **{"closed": 128 + signal.SIGHUP, "ctrl+c": 128 + signal.SIGINT},
}
every_end = pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP", "closed"])


def ends(run: Run, how: str) -> None:
    """End it, and see that nothing is left in time, and with which status it ended."""
    began = time.monotonic()
    ENDS[how](run)
    _, status = os.waitpid(run.pid, 0)
    _, alive = psutil.wait_procs(run.family(), max(0.1, ENDS_WITHIN - time.monotonic() + began))
    took = time.monotonic() - began
    assert not alive, [each.cmdline() for each in alive]
    assert took < ENDS_WITHIN
    assert os.waitstatus_to_exitcode(status) == STATUS[how]


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A kubeconfig of the demo's clusters, and of one that asks a plugin which never answers."""
    directory = tmp_path_factory.mktemp("clusters")
    with simulated(directory) as kubeconfig:
        known: dict[str, Any] = yaml.safe_load(kubeconfig.read_text())
        plugin = {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "sh",
            "args": ["-c", PLUGIN],
            "interactiveMode": "Never",
        }
        known["users"].append({"name": "plugin", "user": {"exec": plugin}})
        cluster = known["contexts"][0]["context"]["cluster"]
        known["contexts"].append({"name": "waits", "context": {"cluster": cluster, "user": "plugin"}})
        path = directory / "with-plugin"
        path.write_text(yaml.safe_dump(known))
        yield path


@every_end
def test_a_demo_and_its_server(home: Path, tmp_path: Path, how: str) -> None:
    with running(home, "demo", environment={"TMPDIR": str(tmp_path)}) as run:
        run.terminal.read_until("prod-eu")
        assert len(run.family()) == 2
        ends(run, how)
        assert not list(tmp_path.glob("kubegenie-demo-*"))
        assert how == "closed" or b"\x1b[?1049l" in run.terminal.written, "the terminal is as it was before"


def test_a_demo_under_nohup(home: Path, tmp_path: Path) -> None:
    """No signal tells that its terminal has closed."""
    with running(home, "demo", environment={"TMPDIR": str(tmp_path)}, hangup=signal.SIG_IGN) as run:
        run.terminal.read_until("prod-eu")
        ends(run, "closed")
        assert not list(tmp_path.glob("kubegenie-demo-*"))


LEADER = """
import signal, subprocess, sys
signal.signal(signal.SIGHUP, lambda *_: None)
child = subprocess.Popen([sys.executable, "-m", "kubegenie_tui", *sys.argv[1:]])
sys.exit(child.wait())
"""


def test_a_demo_below_one_that_keeps_the_hangup(home: Path, tmp_path: Path) -> None:
    """As make does, where it is what the terminal runs: only who leads the session is told, and waits for us."""
    with running(home, "demo", program=("-c", LEADER), environment={"TMPDIR": str(tmp_path)}) as run:
        run.terminal.read_until("prod-eu")
        ends(run, "closed")
        assert not list(tmp_path.glob("kubegenie-demo-*"))


SETTINGS = """
[commands.wait]
key = "f9"
scopes = ["po"]
background = true
command = ["sh", "-c", "sleep 1000 & wait"]

[commands.look]
key = "f8"
scopes = ["po"]
command = ["sh", "-c", "echo it has the terminal; sleep 1000 | cat"]
"""
PODS = ("--context", "prod-eu", "-n", "shop", "-c", "pods")


def set_up(home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text(SETTINGS)


def until(true: Callable[[], object]) -> None:
    """Wait for what no terminal tells."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


def test_an_app_that_asks_a_cloud_which_does_not_answer(home: Path, tmp_path: Path) -> None:
    """The library of the cloud asks in a thread, which nobody can tell to end."""
    site, nowhere = str(declare_ours(tmp_path / "site")), str(tmp_path / "missing")
    with (
        socket.create_server(("127.0.0.1", 0)) as cloud,
        running(home, "--kubeconfig", nowhere, environment={"PYTHONPATH": site}) as run,
    ):
        run.terminal.read_until("n create")
        run.terminal.type("n")
        run.terminal.read_until("Amazon EKS")
        run.terminal.type("eks\r")
        run.terminal.read_until("eks: how it is reached")
        run.terminal.type(f"us-east-1\t\t{'A' * 20}\tsecret\t\t\thttp://127.0.0.1:{cloud.getsockname()[1]}\r")
        run.terminal.read_until("Asking who we are … ")
        while "Asking who we are … 0s" in run.terminal.text():
            assert run.terminal.read(time.monotonic() + PATIENCE)
        asked, _ = cloud.accept()
        began = time.monotonic()
        run.terminal.type("\x11")
        _, status = os.waitpid(run.pid, 0)
        assert (os.waitstatus_to_exitcode(status), time.monotonic() - began < ENDS_WITHIN) == (0, True)
        asked.close()


@every_end
def test_an_app_with_its_hands_full(home: Path, clusters: Path, how: str) -> None:
    """A forward, a command of the person's own that started another, a credential plugin, and a shell."""
    set_up(home)
    local = next_free(35_000)
    with running(home, "--kubeconfig", str(clusters), *PODS) as run:
        run.terminal.read_until("Running")
        run.terminal.type("F")
        run.terminal.read_until("Local port")
        run.terminal.type(f"\t\x15{local}\r")
        until(lambda: answers(local))
        run.terminal.type("\x1b[20~\x0b")
        until(lambda: sum(each.cmdline() == ["sleep", "1000"] for each in run.family()) == 2)
        run.terminal.read_until("waits")
        run.terminal.type(":ctx prod-eu\r")
        run.terminal.read_until("Workloads")
        run.terminal.type("s")
        run.terminal.read_until("/ # ")
        ends(run, how)
        assert not answers(local)


SHELL = """
import signal, subprocess, sys
subprocess.call([sys.executable, "-m", "kubegenie_tui", *sys.argv[1:]])
signal.pause()
"""
"""Who has the terminal's session, and goes on when the app has ended: no hangup ends what is left."""


def test_a_command_that_has_the_terminal_of_a_shell(home: Path, clusters: Path) -> None:
    set_up(home)
    with running(home, "--kubeconfig", str(clusters), *PODS, program=("-c", SHELL)) as run:
        run.terminal.read_until("Running")
        run.terminal.type("\x1b[19~")
        run.terminal.read_until("it has the terminal")
        until(lambda: {"sleep", "cat"} <= {each.name() for each in run.family()})
        others = [each for each in run.family() if each.pid != run.pid]
        [app] = psutil.Process(run.pid).children()
        app.terminate()
        _, alive = psutil.wait_procs(others, ENDS_WITHIN)
        assert not alive, alive


@every_end
def test_an_app_whose_editor_does_not_listen(home: Path, clusters: Path, tmp_path: Path, how: str) -> None:
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o700)
    named = {"EDITOR": str(editor), "VISUAL": "", "KUBE_EDITOR": "", "XDG_RUNTIME_DIR": str(tmp_path)}
    with running(home, "--kubeconfig", str(clusters), *PODS, environment=named) as run:
        run.terminal.read_until("Running")
        run.terminal.type("E")
        run.terminal.read_until("the editor has the terminal")
        ends(run, how)
    assert not list(tmp_path.glob("kubegenie-*/edit.yaml")), "what was edited is left behind"


@every_end
def test_a_forward_without_the_app(home: Path, clusters: Path, how: str) -> None:
    local = next_free(36_000)
    words = ("forward", "--context", "prod-eu", "-n", "shop", "service/frontend", f"{local}:80")
    with running(home, "--kubeconfig", str(clusters), *words) as run:
        run.terminal.read_until("leads to pod")
        with socket.create_connection(("127.0.0.1", local)):
            ends(run, how)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("SIGTERM", ["cp", "web:/etc/hosts", "."]),
        ("SIGHUP", ["ask", "what is wrong?"]),
        ("closed", ["get", "pods"]),
    ],
    ids=["cp", "ask", "get"],
)
def test_a_command_line_that_waits_for_a_plugin(home: Path, clusters: Path, how: str, words: list[str]) -> None:
    with running(home, "--kubeconfig", str(clusters), "--context", "waits", *words) as run:
        until(lambda: ["sleep", "1000"] in [each.cmdline() for each in run.family()])
        ends(run, how)


STUCK = """
import asyncio, time
from kubegenie_tui.ending import run_to_end

async def work():
    print("stuck", flush=True)
    await asyncio.to_thread(time.sleep, 1000)

run_to_end(work())
"""


@pytest.mark.parametrize("how", ["SIGTERM", "ctrl+c"])
def test_what_cannot_be_cancelled_ends_in_time(home: Path, how: str) -> None:
    with running(home, program=("-c", STUCK)) as run:
        run.terminal.read_until("stuck")
        ends(run, how)
