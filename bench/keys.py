"""From a key's byte to the changed list of names, from launch to the first rows, and memory: all seen from outside.

The app runs in a 160x45 pseudo-terminal. A key counts from its byte to the arrival of the bytes after which the list of
names on an emulated screen is another one; the screen is emulated afterwards.
"""

import random
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench import servers
from bench.figure import Figure, report
from bench.terminal import Replay, Terminal

NAME = re.compile(r"\b[a-z][a-z0-9-]*-[a-z0-9]{3,10}(?:-[a-z0-9]{3,5})?\b")
KEYS = (b"\x1b[6~", b"\x1b[6~", b"\x1b[5~", b"\x1b[B")
PRESSES = 120
LAUNCHES = 7
SETTLE = 6.0
"""Seconds between the first rows and the first key: the tree, the chat and the counts come meanwhile."""


def open_app(kubeconfig: Path, home: str) -> Terminal:
    """KubeGenie on all pods, as a person would start it."""
    command = [sys.executable, "-m", "kubegenie_tui", "--kubeconfig", str(kubeconfig), "-A", "-c", "pods"]
    return Terminal(command, {"KUBEGENIE_HOME": home})


def names(lines: list[str]) -> tuple[str, ...]:
    """The list of names on a screen: what stands in the table, line by line."""
    return tuple(match.group() for line in lines[2:-1] if (match := NAME.search(line)))


def launches(where: str, kubeconfig: Path) -> Iterator[Figure]:
    """From the start of the process to the first painted rows: the median of several starts."""
    found = []
    for _ in range(LAUNCHES):
        with tempfile.TemporaryDirectory(prefix="kubegenie-home-") as home:
            terminal = open_app(kubeconfig, home)
            terminal.read(2.0)
            terminal.close()
        found.append(first_rows(terminal))
    yield Figure(f"{where}: launch to first painted rows, median", statistics.median(found), "s", 0.7)
    yield Figure(f"{where}: launch to first painted rows, worst", max(found), "s")


def first_rows(terminal: Terminal) -> float:
    """Seconds from the start to a screen full of names."""
    replay = Replay(terminal)
    while (at := replay.step()) is not None:
        if len(names(replay.text())) > 20:
            return at - terminal.started
    raise RuntimeError("no rows were painted")


def measure(where: str, kubeconfig: Path, ten_thousand: bool) -> Iterator[Figure]:
    """Memory and keys on one cluster."""
    with tempfile.TemporaryDirectory(prefix="kubegenie-home-") as home:
        terminal = open_app(kubeconfig, home)
        terminal.read(SETTLE)
        process = psutil.Process(terminal.pid)
        resident = process.memory_info().rss / 2**20
        sent = press(terminal)
        used = process.memory_info().rss / 2**20
        terminal.close()
    yield Figure(f"{where}: resident memory", resident, "MB", 110 if ten_thousand else None)
    yield Figure(f"{where}: resident memory after {PRESSES} keys", used, "MB", None)
    yield from latencies(where, terminal, sent)


def press(terminal: Terminal) -> list[float]:
    """Press keys at irregular moments; when each was."""
    chance = random.Random(1)
    sent = []
    for number in range(PRESSES):
        terminal.read(chance.uniform(0.06, 0.16))
        sent.append(terminal.send(KEYS[number % len(KEYS)]))
    terminal.read(1.0)
    return sent


def latencies(where: str, terminal: Terminal, sent: list[float], p95: float = 30) -> Iterator[Figure]:
    """From each key to the first screen with other names."""
    found = sorted(answers(terminal, sent))
    yield Figure(f"{where}: keys answered", len(found), "keys", PRESSES * 3 / 4 - 2, at_least=True)
    yield Figure(f"{where}: key to repaint p50", statistics.median(found), "ms", 12)
    yield Figure(f"{where}: key to repaint p95", found[int(len(found) * 0.95)], "ms", p95)
    yield Figure(f"{where}: key to repaint, worst", found[-1], "ms")


def answers(terminal: Terminal, sent: list[float]) -> list[float]:
    """Milliseconds from each key that was answered to its answer."""
    replay = Replay(terminal)
    found = []
    for number, at in enumerate(sent):
        if KEYS[number % len(KEYS)] == b"\x1b[B":
            continue
        replay.feed_until(at)
        before = names(replay.text())
        while (moment := replay.step()) is not None:
            if names(replay.text()) != before:
                found.append((moment - at) * 1000)
                break
    return found


def main() -> None:
    testcluster = servers.program()
    if testcluster is not None:
        with servers.real(10_000) as kubeconfig:
            report(launches("10k pods, real, quiet", kubeconfig))
            report(measure("10k pods, real, quiet", kubeconfig, True))
            with servers.changing(testcluster, kubeconfig, 200):
                report(measure("10k pods, real, 200 changes/s", kubeconfig, True))
    with servers.simulated(50_000, churn=200) as kubeconfig:
        report(measure("50k pods, demo, 200 changes/s", kubeconfig, False))


if __name__ == "__main__":
    main()
