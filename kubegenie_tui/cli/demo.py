"""`kubegenie demo`: the full screen on simulated clusters, which live in a child process and end with us."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from kubegenie_tui.cli.connect import start_options
from kubegenie_tui.cli.fullscreen import open_app, require_terminal
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.start import StartOptions

STARTING = "Starting the simulated clusters …"

ENDS_WITHIN = 5.0
"""Seconds the child may take to end when its standard input closes."""


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie demo`."""
    return open_demo(start_options(arguments))


def open_demo(options: StartOptions) -> int:
    """Start the simulated clusters and open the app on them, with all else as asked for.

    Raises:
        UsageError: there is no terminal, or the clusters did not start.
    """
    require_terminal()
    sys.stderr.write(STARTING)
    sys.stderr.flush()
    with (
        tempfile.TemporaryDirectory(prefix="kubegenie-demo-", ignore_cleanup_errors=True) as directory,
        simulated(Path(directory), remove=True) as kubeconfig,
    ):
        sys.stderr.write(f"\r{' ' * len(STARTING)}\r")
        return open_app(msgspec.structs.replace(options, kubeconfig=kubeconfig, demo=True))


@contextmanager
def simulated(directory: Path, *, remove: bool = False) -> Iterator[Path]:
    """Simulated clusters for as long as the block runs; their kubeconfig, which lies in `directory`.

    With `remove` they take the directory away when they end, whether or not there is time for it here.

    Raises:
        UsageError: they did not start.
    """
    log = directory / "demo.log"
    command = [sys.executable, "-m", "kubegenie_tui.demo", "--dir", str(directory), *(["--remove"] if remove else [])]
    with log.open("wb") as errors:
        child = subprocess.Popen(  # noqa: S603 - this same program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        yield _ready(child, log)
    finally:
        _end(child)


def _ready(child: subprocess.Popen[str], log: Path) -> Path:
    assert child.stdout is not None
    word, _, path = child.stdout.readline().strip().partition(" ")
    if word == "READY":
        return Path(path)
    reason = log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
    raise UsageError("The simulated clusters did not start", reason, "please report this")


def _end(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()
    try:
        child.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()
