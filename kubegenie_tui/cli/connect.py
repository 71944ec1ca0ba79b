"""From a command line to a cluster agent, and everything closed again at the end."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import UsageError

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.agents.cluster_manager import ClusterManager


@asynccontextmanager
async def opened_manager(arguments: argparse.Namespace) -> AsyncIterator["ClusterManager"]:
    """The known clusters, for as long as the block runs.

    Raises:
        KubeGenieError: the database or a kubeconfig cannot be used.
    """
    from kubegenie_tui.agents.cluster_manager import ClusterManager
    from kubegenie_tui.kube.kubeconfig import kubeconfig_paths
    from kubegenie_tui.paths import data_dir
    from kubegenie_tui.store.store import Store

    store = await Store.open(data_dir() / "kubegenie.db")
    try:
        manager = ClusterManager(store, kubeconfig=kubeconfig_paths(arguments.kubeconfig), read_only=True)
        await manager.start()
        try:
            yield manager
        finally:
            await manager.shutdown()
    finally:
        await store.close()


@asynccontextmanager
async def opened_cluster(arguments: argparse.Namespace) -> AsyncIterator["ClusterAgent"]:
    """The cluster asked for, or the current one.

    Raises:
        UsageError: none was asked for and none is current.
        KubeGenieError: its context cannot be used.
    """
    async with opened_manager(arguments) as manager:
        name = arguments.context or manager.current
        if not name:
            raise UsageError(
                "There is no current cluster", next_step="name one with --context, or try `kubegenie demo`"
            )
        yield await manager.open(name)
