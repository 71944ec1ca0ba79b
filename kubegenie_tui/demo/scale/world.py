"""A cluster of many pods in which nothing lives but change."""

import asyncio
import time
from typing import TYPE_CHECKING

from kubegenie_tui.demo.scale.pods import TEAMS, PodTemplate
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object

if TYPE_CHECKING:
    from kubegenie_tui.demo.state.collection import Stored

NAME = "bench"
NODES = 100
TICKS = 20
"""Batches of changes a second."""


class ScaledWorld:
    """So many pods, so many of them changing every second."""

    def __init__(
        self, pods: int, *, churn: int = 0, seed: int = 0, name: str = NAME, like: "ScaledWorld | None" = None
    ) -> None:
        """A cluster that stands still until it ticks.

        Args:
            pods: how many there are.
            churn: how many of them change a second.
            seed: other changes.
            name: of the cluster.
            like: one of as many pods, to share with it the bytes of those that are the same.
        """
        self.cluster = Cluster(name, seed=seed, started=time.time())
        self._pods = pods
        self._churn = churn
        self._template = PodTemplate()
        self._restarts: dict[int, int] = {}
        for number in range(NODES):
            self.cluster.create(_node(number))
        for number in range(TEAMS):
            namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"team-{number:02}"}}
            self.cluster.create({**namespace, "status": {"phase": "Active"}})
        first = self.cluster.revision + 1
        self.cluster.revision += pods
        self._first: list[Stored] = like._first if like else [self._template.stored(n, first + n) for n in range(pods)]
        self.cluster.collection("pods").load(self._first)

    async def tick(self) -> None:
        """Change pods for ever."""
        started, done = time.monotonic(), 0
        while True:
            await asyncio.sleep(1 / TICKS)
            due = int((time.monotonic() - started) * self._churn)
            for _ in range(due - done):
                self._change(self.cluster.random.randrange(self._pods))
            done = due

    def _change(self, number: int) -> None:
        self._restarts[number] = self._restarts.get(number, 0) + 1
        self.cluster.revision += 1
        stored = self._template.stored(number, self.cluster.revision, self._restarts[number])
        self.cluster.collection("pods").put(stored)


def scaled_worlds(clusters: int, pods: int, *, churn: int = 0, seed: int = 0) -> list[ScaledWorld]:
    """So many clusters of so many pods each; `churn` changes a second are shared out among them."""
    if clusters == 1:
        return [ScaledWorld(pods, churn=churn, seed=seed)]
    worlds: list[ScaledWorld] = []
    for number in range(clusters):
        share = churn // clusters + (number < churn % clusters)
        like = worlds[0] if worlds else None
        worlds.append(ScaledWorld(pods, churn=share, seed=seed + number, name=f"{NAME}-{number + 1:02}", like=like))
    return worlds


def _node(number: int) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"node-{number:03}", "labels": {"kubernetes.io/hostname": f"node-{number:03}"}},
        "spec": {},
        "status": {
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
            "nodeInfo": {"kubeletVersion": "v1.37.2"},
        },
    }
