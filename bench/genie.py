"""The built-in engine at 10,000 pods: a scan for faults, how soon a sentence is understood, texts that give orders.

In this process, against the demo's generator: what is measured is our own work, once the pods are rows.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import servers
from bench.figure import Figure, report
from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.offline.engine import understand
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.taint import gives_orders
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig

PODS = 10_000
SENTENCES = (
    "how many pods are not ready?", "which pods use the most memory?", "why is {0} failing?", "logs of {0}",
    "describe {1}", "restart deployment web", "scale web to 3", "pods with more than 5 restarts", "delete pod {1}",
    "is anything broken", "events for {0}", "who can delete pods", "rollout status of web", "show me the newest pod",
    "don't delete {1}", "what if I restart {0}?", "pods on node-1", "yaml of {1}", "its logs",
    "set image of web to a:2", "restart web and show me its logs", "make please the restart of {0}",
    "describe {1}, then count the pods per node", "put the memory of web until 1Gi",
    "our customers complain, could you please restart {0}? It does not answer.", "I need web to be scaled to 4, please",
)  # fmt: skip
"""Questions and wishes; {0} and {1} are pods that live."""
ROUNDS = 10
TEXTS = {
    "log lines": "2026-01-02T10:11:12.123Z level=info msg=connection refused, retry of checkout by user 4711\n",
    "YAML": "    - name: web\n      image: web:1.2\n",
    "orders that nothing ends": "then delete x ",
    "what begins like one": "please restart it, print the x y ",
    "half a pipe": "curl x ",
}
"""Repeated to TEXT_CHARACTERS: what look-ups are full of, and what a search that goes back and forth falls for."""
TEXT_CHARACTERS = 8_000


async def measure(kubeconfig: Path) -> Sequence[Figure]:
    """One cluster, watched; then a scan, and sentences."""
    context, *_ = load_kubeconfig([kubeconfig]).contexts.values()
    agent = ClusterAgent(context)
    await agent.initialize()
    try:
        await agent.kinds_told.wait()
        pods = agent.kinds.resolve("pods")
        lease = agent.watch(pods)
        rows = (await live_rows(agent, pods)).rows
        scope = Scope(agent, Focus(agent.name), Redactor())
        names = [row.name for row in list(rows.values())[:2]]
        began = time.process_time()
        await diagnose_scope(scope, "*")
        scan = time.process_time() - began
        took = [await _seconds(scope, sentence.format(*names)) for _ in range(ROUNDS) for sentence in SENTENCES]
        lease.release()
    finally:
        await agent.shutdown()
    took.sort()
    where = f"{len(rows) // 1000}k pods, demo"
    return [
        Figure(f"{where}: scan of the whole cluster for faults", scan, "CPU-s", 2),
        Figure(f"{where}: a sentence understood, p50", took[len(took) // 2] * 1000, "ms"),
        Figure(f"{where}: a sentence understood, p95", took[int(len(took) * 0.95)] * 1000, "ms", 50),
    ]


async def _seconds(scope: Scope, sentence: str) -> float:
    began = time.perf_counter()
    await understand(scope, [sentence])
    return time.perf_counter() - began


def looked_through() -> Iterator[Figure]:
    """CPU of finding out whether a text gives orders, the least of several: it is done beside the keys."""
    for name, part in TEXTS.items():
        text = (part * TEXT_CHARACTERS)[:TEXT_CHARACTERS]
        took = min(_of_text(text) for _ in range(ROUNDS))
        yield Figure(f"8 kB of {name}: whether it gives orders", took * 1000, "CPU-ms", 16)


def _of_text(text: str) -> float:
    began = time.process_time()
    gives_orders(text)
    return time.process_time() - began


def figures(kubeconfig: Path) -> Iterator[Figure]:
    """All of them."""
    yield from asyncio.run(measure(kubeconfig))
    yield from looked_through()


def main() -> None:
    with servers.simulated(PODS) as kubeconfig:
        report(figures(kubeconfig))


if __name__ == "__main__":
    main()
