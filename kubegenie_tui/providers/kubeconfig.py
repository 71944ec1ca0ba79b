"""The clusters of kubeconfig files."""

import asyncio
from typing import TYPE_CHECKING

from kubegenie_tui.kube.kubeconfig.loader import kubeconfig_paths, load_kubeconfig
from kubegenie_tui.providers.api import FoundCluster, Lists

if TYPE_CHECKING:
    from kubegenie_tui.providers.kubeconfig_config import KubeconfigConfig


class KubeconfigProvider(Lists):
    """Every context is a cluster."""

    def __init__(self, config: "KubeconfigConfig") -> None:
        self._file = config.file

    async def list_clusters(self) -> list[FoundCluster]:
        """The contexts, those that cannot be used with the reason.

        Raises:
            KubeconfigError: no file is there, or none of those there can be used.
        """
        found = await asyncio.to_thread(load_kubeconfig, kubeconfig_paths(self._file))
        return [
            FoundCluster(each.name, each.server, state=str(each.error) if each.error else "")
            for each in found.contexts.values()
        ]
