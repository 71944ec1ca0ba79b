"""Ten minutes on a cluster that never rests: memory must stay where it was after the first minute.

On a quiet machine: `python -m bench endurance`.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
from kubernetes import client, config

from bench import servers
from bench.figure import Figure, report
from bench.keys import open_app

FIRST_MINUTE, WHOLE = 60.0, 600.0
"""Seconds."""
SAMPLES = 54
"""Readings of the memory after the first minute, so that a peak is seen as well."""


def endure(where: str, kubeconfig: Path) -> Iterator[Figure]:
    """Resident memory after a minute, and how far it rises above that."""
    with tempfile.TemporaryDirectory(prefix="kubegenie-home-") as home:
        terminal = open_app(kubeconfig, home)
        process = psutil.Process(terminal.pid)
        terminal.read(FIRST_MINUTE)
        before, used, revision = resident(process), process.cpu_times(), revision_of(kubeconfig)
        readings = []
        for _ in range(SAMPLES):
            terminal.read((WHOLE - FIRST_MINUTE) / SAMPLES)
            readings.append(resident(process))
        after, changes = process.cpu_times(), revision_of(kubeconfig) - revision
        terminal.close()
    spent = after.user + after.system - used.user - used.system
    yield Figure(f"{where}: resident memory after the first minute", before, "MB", 110)
    yield Figure(f"{where}: growth until the tenth minute", max(readings) - before, "MB", 5)
    yield Figure(f"{where}: growth on average of the last minute", sum(readings[-6:]) / 6 - before, "MB")
    yield Figure(
        f"{where}: changes that the server made", changes / (WHOLE - FIRST_MINUTE), "a second", 170, at_least=True
    )
    yield Figure(f"{where}: share of a processor", 100 * spent / (WHOLE - FIRST_MINUTE), "%")


def revision_of(kubeconfig: Path) -> int:
    """How many changes the server has made so far."""
    pods = client.CoreV1Api(config.new_client_from_config(str(kubeconfig))).list_pod_for_all_namespaces(limit=1)
    return int(pods.metadata.resource_version)


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
