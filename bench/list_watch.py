"""Lists to rows and changes to rows, without a screen: CPU, memory, the loop's worst stall, the first rows.

Each load runs in a process of its own. CPU counts in the quietest of several, since other processes on the machine
disturb the caches and can only make it more; memory and stalls count in the worst.
"""

import statistics
from collections.abc import Iterator
from pathlib import Path

from bench import servers
from bench.canned import canned
from bench.figure import Figure, report
from bench.measure import measured

RUNS = 5


def loads(where: str, kubeconfig: Path, pods: int, cpu: float, growth: float) -> Iterator[Figure]:
    """What it costs to have all pods as rows."""
    runs = [measured(kubeconfig, pods, 0, "cost") for _ in range(RUNS)]
    stalls = [measured(kubeconfig, pods, 0, "stalls").stall for _ in range(3)]
    yield Figure(f"{where}: list to rows, CPU", min(run.cpu for run in runs), "CPU-s", cpu)
    yield Figure(f"{where}: growth of memory, peak", max(run.growth for run in runs), "MB", growth)
    yield Figure(f"{where}: growth of memory, held", max(run.held for run in runs), "MB")
    yield Figure(f"{where}: worst stall of the loop", max(stalls), "ms", 16)
    yield Figure(f"{where}: first rows published", statistics.median(run.first_rows for run in runs) * 1000, "ms")
    yield Figure(f"{where}: all rows published", statistics.median(run.wall for run in runs), "s")


def changes(where: str, kubeconfig: Path, pods: int, events: int) -> Iterator[Figure]:
    """How fast changes become rows."""
    runs = [measured(kubeconfig, pods, events, "cost") for _ in range(RUNS)]
    stalls = [measured(kubeconfig, pods, events, "stalls").stall for _ in range(3)]
    fastest = max(run.events_per_cpu_second for run in runs)
    yield Figure(f"{where}: changes to rows", fastest, "events/CPU-s", 40_000, at_least=True)
    yield Figure(f"{where}: worst stall of the loop", max(stalls), "ms", 16)


def main() -> None:
    if servers.program() is not None:
        with servers.real(10_000) as kubeconfig:
            report(loads("10k pods, real API server over TLS", kubeconfig, 10_000, cpu=0.6, growth=60))
    with servers.simulated(50_000) as kubeconfig:
        report(loads("50k pods, demo", kubeconfig, 50_000, cpu=1.2, growth=110))
    with canned(5_000, 50_000) as kubeconfig:
        report(changes("5k pods, canned, 50k changes", kubeconfig, 5_000, 50_000))


if __name__ == "__main__":
    main()
