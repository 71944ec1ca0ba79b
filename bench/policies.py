"""The policy checks at 10,000 pods of 2,000 workloads that break many of them: CPU of a scan, and the worst stall.

In this process, over objects as a server sends them: what is measured is decoding them and our own work.
"""

import asyncio
import gc
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from bench.figure import Figure, report
from bench.measure import Stalls
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading.policies import audit_policies
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.kube.objects import ObjectList
from kubegenie_tui.kube.pace import paced
from tests.unit.diagnostics import served
from tests.unit.genie.played_reader import PlayedReader

PODS, WORKLOADS, NAMESPACES = 10_000, 2_000, 40


def objects() -> dict[str, list[bytes]]:
    """Workloads without resources, with a moving tag; a Service, an Ingress and a budget for each."""
    variables = [{"name": f"SETTING_{n}", "value": "x" * 20} for n in range(30)]
    bare = served.container(image="web:latest", resources={}, env=variables)
    made = {
        "deployments.apps": [served.deployment(bare, bare, name=f"web-{n}") for n in range(WORKLOADS)],
        "services": [served.service(f"web-{n}") for n in range(WORKLOADS)],
        "ingresses.networking.k8s.io": [served.ingress(f"web-{n}", host=f"{n}.example") for n in range(WORKLOADS)],
        "poddisruptionbudgets.policy": [served.budget(minAvailable=1) for _ in range(WORKLOADS // 2)],
    }
    for items in made.values():
        for number, item in enumerate(items):
            item["metadata"]["namespace"] = f"team-{number % NAMESPACES}"
    return {kind: [msgspec.json.encode(item) for item in items] for kind, items in made.items()}


class Recorded(PlayedReader):
    """Sends the objects, and of the pods tells only how many there are."""

    def __init__(self) -> None:
        super().__init__()
        self._sent = objects()
        self._rows["pods"] = [_pod(number) for number in range(PODS)]

    async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
        if kind.id == "pods":
            return ObjectList([], remaining=PODS)
        sent = self._sent.get(kind.id, [])
        return ObjectList([msgspec.json.decode(item) async for item in paced(sent)])


def _pod(number: int) -> Row:
    workload = number % WORKLOADS
    owner, space = f"web-{workload}-5d4f8c7b9", f"team-{workload % NAMESPACES}"
    return Row(f"p{number}", space, f"{owner}-{number}", 0, "1", (), owner=f"ReplicaSet/{owner}", owner_uid=owner)


async def measure() -> Iterator[Figure]:
    """One scan of everything, the second one: the first imports."""
    scope, stalls = Scope(Recorded(), Focus("bench"), Redactor()), Stalls()
    await audit_policies(scope, "*")
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 1_000)
    watching = asyncio.create_task(stalls.watch())
    began = time.process_time()
    found = (await audit_policies(scope, "*")).data
    scan = time.process_time() - began
    watching.cancel()
    where = f"{PODS // 1000}k pods, {len(found.findings):,} breaches"
    return iter((
        Figure(f"{where}: policies checked in the whole cluster", scan, "CPU-s", 2),
        Figure(f"{where}: the worst stall meanwhile", stalls.worst * 1000, "ms", 16),
    ))  # fmt: skip


def main() -> None:
    report(asyncio.run(measure()))


if __name__ == "__main__":
    main()
