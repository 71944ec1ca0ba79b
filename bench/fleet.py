"""Twenty clusters in one table: how soon all rows are there, memory, and keys while they change; then with two broken.

Everything is seen from outside, as in `keys`: the app runs in a pseudo-terminal, and its title tells how many rows the
table has. As there, what a start takes is the median of several: whatever else the machine does can only make it more,
by half and more where the simulated clusters and the app share a core.
"""

import re
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import psutil

from bench import servers
from bench.figure import Figure, report
from bench.keys import latencies, press
from bench.terminal import Replay, Terminal

CLUSTERS, PODS, STARTS = 20, 5_000, 5
ROWS = re.compile(r"Pods  ([\d,]+)(?: of ([\d,]+))?")
LOADS_WITHIN = 15.0
SETTLE = 12.0
"""Seconds between the rows and the first key: the clusters measure the use of their pods meanwhile."""


def open_fleet(kubeconfig: Path, home: str) -> Terminal:
    """KubeGenie on the pods of all clusters, as a person would start it."""
    command = [sys.executable, "-m", "kubegenie_tui", "--kubeconfig", str(kubeconfig), "--fleet", "-c", "pods"]
    return Terminal(command, {"KUBEGENIE_HOME": home})


def load_seconds(terminal: Terminal, rows: int) -> float:
    """From the list of clusters, where the fleet is asked for, to a table of so many rows."""
    replay, asked = Replay(terminal), 0.0
    while (at := replay.step()) is not None:
        title = replay.text()[1]
        asked = asked or (at if "Clusters" in title else 0.0)
        found = ROWS.search(title)
        if found and int((found[2] or found[1]).replace(",", "")) >= rows:
            return at - asked
    raise RuntimeError(f"there never were {rows} rows")


def start(kubeconfig: Path, rows: int) -> float:
    """Seconds that one start takes; it ends before the next, and when the clusters have nothing more to answer."""
    with tempfile.TemporaryDirectory(prefix="kubegenie-home-") as home:
        terminal = open_fleet(kubeconfig, home)
        terminal.read(LOADS_WITHIN)
        terminal.close()
    return load_seconds(terminal, rows)


def measure(where: str, kubeconfig: Path, rows: int) -> Iterator[Figure]:
    """Several starts, and in the last keys while pods change."""
    loads = [start(kubeconfig, rows) for _ in range(STARTS - 1)]
    with tempfile.TemporaryDirectory(prefix="kubegenie-home-") as home:
        terminal = open_fleet(kubeconfig, home)
        terminal.read(LOADS_WITHIN + SETTLE)
        resident = psutil.Process(terminal.pid).memory_info().rss / 2**20
        sent = press(terminal)
        used = psutil.Process(terminal.pid).memory_info().rss / 2**20
        terminal.close()
    loads.append(load_seconds(terminal, rows))
    yield Figure(f"{where}: asked for to all rows in the table, median", statistics.median(loads), "s", 3)
    yield Figure(f"{where}: asked for to all rows in the table, worst", max(loads), "s")
    yield Figure(f"{where}: resident memory", resident, "MB", 250)
    yield Figure(f"{where}: resident memory after the keys", used, "MB", 250)
    yield from latencies(where, terminal, sent, p95=33)


def order(kubeconfig: Path, fault: Mapping[str, object]) -> None:
    """Order a fault from the simulated clusters."""
    server = re.search(r"http://[\d.]+:\d+", kubeconfig.read_text())
    assert server is not None
    url = f"{server[0]}/control/faults"
    with urllib.request.urlopen(urllib.request.Request(url, msgspec.json.encode(fault), method="POST")) as answer:
        assert answer.status == 200


def main() -> None:
    where = f"{CLUSTERS} clusters of {PODS // 1000}k pods, demo, 200 changes/s"
    with servers.simulated(PODS, churn=200, clusters=CLUSTERS) as kubeconfig:
        report(measure(where, kubeconfig, CLUSTERS * PODS))
        order(kubeconfig, {"cluster": "bench-03", "delay": 600.0, "count": -1})
        order(kubeconfig, {"cluster": "bench-07", "status": 500, "count": -1})
        report(measure(f"{where}, one hangs and one fails", kubeconfig, (CLUSTERS - 2) * PODS))


if __name__ == "__main__":
    main()
