"""A real control plane for tests: started here, or one that KUBEGENIE_TEST_KUBECONFIG names."""

import os
import selectors
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 120.0
"""Seconds a control plane may take to start: the first start on a machine unpacks the program."""
ENDS_WITHIN = 20.0
"""Seconds it may take to end after SIGTERM."""
STARTS = 3
"""How often a control plane is started that lost a port: it looks for free ones and listens on them seconds later."""


class PortLostError(Exception):
    """Somebody took a port between the moment the program found it free and the moment it listened."""


@dataclass(frozen=True)
class ControlPlane:
    """A cluster that tests may fill."""

    kubeconfig: Path
    name: str
    """The admin context in `kubeconfig`; NAME-viewer, NAME-editor and NAME-nobody are there too when we started it."""
    directory: Path | None = None
    """State directory (pki/, audit.log, NAME.pid), None when it is somebody else's cluster."""
    process: subprocess.Popen[bytes] | None = None

    def pid(self, part: str) -> int:
        """Process id of a part such as `kube-apiserver`, as it is now: a killed part comes back with another one."""
        assert self.directory is not None, "only a control plane that the tests started has parts to stop"
        return int((self.directory / f"{part}.pid").read_text())

    def stop(self) -> None:
        """End it; a second call does nothing."""
        if self.process is None or self.process.returncode is not None:
            return
        if self.directory is not None:
            self._wake_stopped_parts()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(ENDS_WITHIN)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _wake_stopped_parts(self) -> None:
        assert self.directory is not None
        for file in self.directory.glob("*.pid"):
            try:
                os.kill(int(file.read_text()), signal.SIGCONT)
            except (OSError, ValueError):
                continue


def program() -> Path | None:
    """The testcluster program, if there is one."""
    named = os.environ.get("KUBEGENIE_TESTCLUSTER")
    path = Path(named) if named else ROOT.parent / "shared" / "bin" / "testcluster"
    return path if path.is_file() else None


def start(directory: Path, name: str, *flags: str) -> ControlPlane:
    """A new control plane with its state in `directory`; flags as `testcluster up --help` tells.

    Skips the test when there is no program to start (fails it when KUBEGENIE_REQUIRE_CLUSTER=1).
    """
    found = program()
    if found is None:
        skip_or_fail("no testcluster program: set KUBEGENIE_TESTCLUSTER to its path")
    for _ in range(STARTS - 1):
        try:
            return _start(found, directory, name, *flags)
        except PortLostError:
            shutil.rmtree(directory)
    return _start(found, directory, name, *flags)


def _start(found: Path, directory: Path, name: str, *flags: str) -> ControlPlane:
    log = directory.with_suffix(".log")
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [str(found), "up", "--dir", str(directory), "--name", name, *flags],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    cluster = ControlPlane(directory / "kubeconfig", name, directory, process)
    try:
        _wait_until_ready(process, log)
    except BaseException as error:
        cluster.stop()
        if any(b"address already in use" in part.read_bytes() for part in directory.glob("*.log")):
            raise PortLostError(f"{directory}: a port was taken") from error
        raise
    return cluster


def named_by_environment() -> ControlPlane | None:
    """The cluster of KUBEGENIE_TEST_KUBECONFIG, which is never stopped."""
    path = os.environ.get("KUBEGENIE_TEST_KUBECONFIG")
    if not path:
        return None
    from kubernetes import config

    _, current = config.list_kube_config_contexts(config_file=path)
    return ControlPlane(Path(path), current["name"])


def skip_or_fail(reason: str) -> NoReturn:
    """Skip the test for want of a cluster, unless this run must have one."""
    if os.environ.get("KUBEGENIE_REQUIRE_CLUSTER") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    assert process.stdout is not None
    deadline = time.monotonic() + READY_WITHIN
    seen = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while b"READY" not in seen or not seen.endswith(b"\n"):
            if not selector.select(max(deadline - time.monotonic(), 0)):
                pytest.fail(f"the control plane was not ready in {READY_WITHIN:.0f} s: {seen.decode()}{_tail(log)}")
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                pytest.fail(f"the control plane ended before it was ready: {seen.decode()}{_tail(log)}")
            seen += chunk


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
