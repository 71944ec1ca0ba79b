"""The simulated clusters as a child process: they start, they end with us, and a child that fails says why."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import yaml

from kubegenie_tui.cli import demo, main
from kubegenie_tui.cli.demo import open_demo, simulated
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.start import StartOptions

PATIENCE = 30.0


def program(tmp_path: Path, text: str) -> str:
    """A program in place of our own Python."""
    file = tmp_path / "child"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o700)
    return str(file)


def server(kubeconfig: Path) -> str:
    clusters = yaml.safe_load(kubeconfig.read_text())["clusters"]
    return str(clusters[0]["cluster"]["server"])


def test_the_clusters_answer_while_the_block_runs_and_not_after(tmp_path: Path) -> None:
    with simulated(tmp_path) as kubeconfig:
        assert kubeconfig.parent == tmp_path
        address = server(kubeconfig)
        with urllib.request.urlopen(f"{address}/version") as answer:
            assert answer.status == 200
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address}/version")


def test_a_child_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", program(tmp_path, "echo trace >&2; echo 'no more ports' >&2; exit 1"))
    with pytest.raises(UsageError) as caught, simulated(tmp_path):
        pass
    assert caught.value.why == "no more ports"


def test_a_child_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "ENDS_WITHIN", 0.1)
    child = program(tmp_path, f'echo "READY {tmp_path}/kubeconfig"; echo $$ > {tmp_path}/pid; exec tail -f /dev/null')
    monkeypatch.setattr(sys, "executable", child)
    with simulated(tmp_path) as kubeconfig:
        assert kubeconfig == tmp_path / "kubeconfig"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_what_was_asked_for_goes_to_the_app_and_the_wait_is_told_and_wiped_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[StartOptions] = []

    def open_app(options: StartOptions) -> int:
        opened.append(options)
        return 0

    monkeypatch.setattr(sys, "executable", program(tmp_path, 'echo "READY /somewhere/kubeconfig"; cat'))
    monkeypatch.setattr(demo, "require_terminal", lambda: None)
    monkeypatch.setattr(demo, "open_app", open_app)
    assert main(["demo", "-c", "pods", "-n", "shop", "--context", "prod-eu"]) == Exit.OK
    (options,) = opened
    assert (options.command, options.namespace, options.context, options.demo) == ("pods", "shop", "prod-eu", True)
    assert options.kubeconfig == Path("/somewhere/kubeconfig")
    told = capsys.readouterr().err
    assert told.startswith("Starting the simulated clusters …")
    assert told.endswith("\r")


def test_without_a_terminal_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    with pytest.raises(UsageError, match="needs a terminal"):
        open_demo(StartOptions())


@contextmanager
def in_terminal(*command: str, **env: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A program in a pseudo-terminal of 80x24; the process and our end of the terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(ours, (24, 80))
    environ = {**os.environ, "TERM": "xterm-256color", **env}
    process = subprocess.Popen(command, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def read_until(ours: int, wanted: bytes) -> bytes:
    """What comes out of the terminal, up to these bytes or the program's end."""
    seen, deadline = b"", time.monotonic() + PATIENCE
    while wanted not in seen:
        ready, _, _ = select.select([ours], [], [], max(deadline - time.monotonic(), 0))
        assert ready, f"it never came: {wanted!r}"
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            return seen
        seen += chunk
    return seen


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    command = (sys.executable, "-m", "kubegenie_tui", "demo")
    with in_terminal(*command, TMPDIR=str(tmp_path)) as (process, ours):
        read_until(ours, b"prod-eu")
        (directory,) = tmp_path.glob("kubegenie-demo-*")
        process.send_signal(number)
        left = read_until(ours, b"\x1b[?1049l")
        assert b"\x1b[?1049l" in left, "the terminal is as it was before"
        read_until(ours, b"never: up to the end")
        assert process.wait(PATIENCE) == 128 + number
    assert not directory.exists()
    assert not [each for each in psutil.process_iter(["cmdline"]) if str(directory) in (each.info["cmdline"] or ())]


def test_a_closed_terminal_ends_it_and_its_server(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kubegenie_tui", "demo"]
    pid, ours = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, {**os.environ, "TERM": "xterm-256color", "TMPDIR": str(tmp_path)})
    read_until(ours, b"prod-eu")
    (directory,) = tmp_path.glob("kubegenie-demo-*")
    app = psutil.Process(pid)
    family = [app, *app.children(recursive=True)]
    os.close(ours)
    try:
        _, alive = psutil.wait_procs(family, PATIENCE)
        assert not alive
        assert not directory.exists()
    finally:
        for each in family:
            if each.is_running():
                each.kill()
