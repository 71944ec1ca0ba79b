"""A process that has everything imported and forks writers: each carries out plans without end, until it is killed.

One line in is one writer: `WHERE DIRECTORY NAME`, its cluster a URL or a kubeconfig.
Lines out: its process id, then `killed` once it has ended that way.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from kubegenie_tui.changes.opening import Changes, open_changes
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, StepState, Verb
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import Context
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from kubegenie_tui.store import undo
from kubegenie_tui.store.store import Store

CONFIG_MAPS = "configmaps"


class Cluster:
    """As much of a live cluster as the gate needs."""

    def __init__(self, where: str) -> None:
        self.name = "prod"
        self.client = Client(context_at(where))
        self.kinds = KindIndex(BUILTIN_KINDS)
        self.status = ClusterStatus("prod", server=self.client.server)

    async def learn_kinds(self) -> None:
        """Those that every cluster has are enough here."""


def context_at(where: str) -> Context:
    """Of a URL, or the current one of a kubeconfig."""
    if where.startswith("http:"):
        return Context("prod", server=where)
    read = load_kubeconfig([Path(where)])
    return read.contexts[read.current]


def steps_of(name: str) -> tuple[Step, ...]:
    """Three writes that tell by themselves which plan they belong to."""
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop"}}
    mine, shared = ObjectRef(CONFIG_MAPS, name, "shop"), ObjectRef(CONFIG_MAPS, "settings", "shop")
    return (
        Step(Verb.CREATE, mine, made, wait=False),
        Step(Verb.PATCH, shared, {"data": {"plan": name}}, wait=False),
        Step(Verb.PATCH, shared, {"data": {"again": name}}, wait=False),
    )


async def carry_out(cluster: Cluster, changes: Changes, name: str) -> None:
    preview = await changes.gate.preview(cluster, Plan(name, "prod", steps_of(name)))
    approval = changes.gate.approve(preview, "test", preview.confirm)
    async for news in changes.gate.carry_out(cluster, preview, approval):
        if news.state is StepState.FAILED:
            raise SystemExit(f"{name}: {news.error}")


async def write_for_ever(where: str, directory: Path, name: str) -> None:
    store = await Store.open(directory / "kubegenie.db")
    if store.notice:
        raise SystemExit(store.notice)
    changes, cluster = await open_changes(store, directory), Cluster(where)
    number = 0
    while True:
        number += 1
        await carry_out(cluster, changes, f"{name}-{number}")


def main() -> None:
    import aiosqlite  # noqa: F401 - every writer needs it
    import kubernetes_asyncio.client  # noqa: F401

    undo.KEPT = 1_000_000
    for line in sys.stdin:
        where, directory, name = line.split()
        child = os.fork()
        if not child:
            asyncio.run(write_for_ever(where, Path(directory), name))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else "failed\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
