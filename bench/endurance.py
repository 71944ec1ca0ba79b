"""Ten minutes on a cluster that never rests: memory must stay where it was after the first minute.

On a quiet machine: `python -m bench endurance`.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench import servers
from bench.figure import Figure, report
from bench.keys import open_app

FIRST_MINUTE, WHOLE = 60.0, 600.0
"""Seconds."""
SAMPLES = 9
"""Readings of the memory after the first minute, so that a peak is seen as well."""


def endure(where: str, kubeconfig: Path) -> Iterator[Figure]:
    """Resident memory after a minute, and how far it rises above that."""
    with tempfile.TemporaryDirectory(prefix="kubegenie-home-") as home:
        terminal = open_app(kubeconfig, home)
        process = psutil.Process(terminal.pid)
        terminal.read(FIRST_MINUTE)
        before, used = resident(process), process.cpu_times()
        readings = []
        for _ in range(SAMPLES):
            terminal.read((WHOLE - FIRST_MINUTE) / SAMPLES)
            readings.append(resident(process))
        after = process.cpu_times()
        terminal.close()
    spent = after.user + after.system - used.user - used.system
    yield Figure(f"{where}: resident memory after the first minute", before, "MB", 110)
    yield Figure(f"{where}: growth until the tenth minute", max(readings) - before, "MB", 5)
    yield Figure(f"{where}: share of a processor", 100 * spent / (WHOLE - FIRST_MINUTE), "%")


def resident(process: psutil.Process) -> float:
    """Resident memory, MB."""
    return float(process.memory_info().rss) / 2**20


def main() -> None:
    testcluster = servers.program()
    if testcluster is None:
        sys.exit(0)
    with servers.real(10_000) as kubeconfig, servers.changing(testcluster, kubeconfig, 200):
        report(endure("10k pods, real, 200 changes/s", kubeconfig))


if __name__ == "__main__":
    main()
