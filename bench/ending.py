"""From a signal, or the loss of the terminal, to the end of the app and all that it started.

The app looks at pods in a pseudo-terminal, and a credential plugin that never answers runs, with a child of its own.
"""

import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import yaml

from bench import servers
from bench.figure import Figure, report
from bench.stopping import wait_for
from bench.terminal import Terminal

PODS, ROUNDS = 10_000, 5
PLUGIN = "sleep 1000 & wait"
PATIENCE = 30.0
WAYS: dict[str, Callable[[Terminal], None]] = {
    "SIGTERM": lambda terminal: psutil.Process(terminal.pid).send_signal(signal.SIGTERM),
    "SIGHUP": lambda terminal: psutil.Process(terminal.pid).send_signal(signal.SIGHUP),
    "a closed terminal": Terminal.hang_up,
}


def main() -> None:
    with servers.simulated(PODS, churn=200) as kubeconfig, waiting(kubeconfig) as known:
        for way, end in WAYS.items():
            took = max(seconds(known, end) for _ in range(ROUNDS))
            report([Figure(f"{way} to no process left, worst of {ROUNDS}", took, "s", 2)])


@contextmanager
def waiting(kubeconfig: Path) -> Iterator[Path]:
    """The same clusters, and one whose credentials never come."""
    known = yaml.safe_load(kubeconfig.read_text())
    exec_plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "sh", "args": ["-c", PLUGIN]}
    known["users"].append({"name": "waits", "user": {"exec": {**exec_plugin, "interactiveMode": "Never"}}})
    cluster = known["contexts"][0]["context"]["cluster"]
    known["contexts"].append({"name": "waits", "context": {"cluster": cluster, "user": "waits"}})
    with tempfile.TemporaryDirectory(prefix="kubegenie-bench-") as directory:
        path = Path(directory) / "kubeconfig"
        path.write_text(yaml.safe_dump(known))
        yield path


def seconds(kubeconfig: Path, end: Callable[[Terminal], None]) -> float:
    """One life of the app, and how long its end takes."""
    with tempfile.TemporaryDirectory(prefix="kubegenie-home-") as home:
        command = [sys.executable, "-m", "kubegenie_tui", "--kubeconfig", str(kubeconfig), "--fleet", "-c", "pods"]
        terminal = Terminal(command, {"KUBEGENIE_HOME": home})
        wait_for(terminal, b"service-0000-")
        app = psutil.Process(terminal.pid)
        while not (started := app.children(recursive=True)):
            terminal.read(0.1)
        began = time.perf_counter()
        end(terminal)
        while not all(map(has_ended, (app, *started))):
            assert time.perf_counter() - began < PATIENCE, [each.cmdline() for each in (app, *started)]
            time.sleep(0.01)
        took = time.perf_counter() - began
        terminal.close()
    return took


def has_ended(process: psutil.Process) -> bool:
    """Whether it runs no more; that somebody has yet to take note of its end is not ours to wait for."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


if __name__ == "__main__":
    main()
