"""Clusters to measure on, each in processes of its own: the real control plane and the demo's generator."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests import control_plane

LONGEST_CHURN = 3600
"""Seconds; what churns is ended with its block, and this must never be sooner."""


def program() -> Path | None:
    """The program that starts the real control plane; says so when there is none, as its figures will lack."""
    found = control_plane.program()
    if found is None:
        sys.stderr.write("a real API server is not measured: KUBEGENIE_TESTCLUSTER names no program to start one\n")
    return found


@contextmanager
def real(pods: int, churn: int = 0) -> Iterator[Path]:
    """A real API server over TLS that holds so many pods, `churn` of them changing a second; its kubeconfig."""
    testcluster = program()
    assert testcluster is not None
    with tempfile.TemporaryDirectory(prefix="kubegenie-bench-") as directory:
        plane = control_plane.start(Path(directory) / "plane", "bench", "--bare")
        try:
            fill = [str(testcluster), "fill", "--kubeconfig", str(plane.kubeconfig), "--pods", str(pods)]
            subprocess.run(fill, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            wait_until_idle()
            with changing(testcluster, plane.kubeconfig, churn):
                yield plane.kubeconfig
        finally:
            plane.stop()


def wait_until_idle() -> None:
    """Let the server tidy up after it was filled, for half a minute at most: what is measured next is not that."""
    for _ in range(30):
        if psutil.cpu_percent(interval=1.0) < 10:
            return


@contextmanager
def changing(testcluster: Path, kubeconfig: Path, rate: int) -> Iterator[None]:
    """So many changes a second for as long as the block runs."""
    if not rate:
        yield
        return
    command = [str(testcluster), "churn", "--kubeconfig", str(kubeconfig), "--rate", str(rate)]
    command += ["--seconds", str(LONGEST_CHURN)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as child:
        try:
            yield
        finally:
            child.terminate()


@contextmanager
def simulated(pods: int, churn: int = 0, clusters: int = 1) -> Iterator[Path]:
    """The demo server with clusters of so many generated pods each; its kubeconfig."""
    with tempfile.TemporaryDirectory(prefix="kubegenie-bench-") as directory:
        command = [sys.executable, "-m", "kubegenie_tui.demo", "--dir", directory]
        command += ["--scale", str(pods), "--churn", str(churn), "--clusters", str(clusters)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdin is not None
            word, _, path = child.stdout.readline().strip().partition(" ")
            assert word == "READY", "the demo server did not start"
            try:
                yield Path(path)
            finally:
                child.stdin.close()
