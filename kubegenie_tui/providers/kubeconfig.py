"""The clusters of kubeconfig files."""

import asyncio
from typing import TYPE_CHECKING, Any

from kubegenie_tui.kube.kubeconfig.loader import Kubeconfig, kubeconfig_paths, load_kubeconfig
from kubegenie_tui.providers.api import FoundCluster, KubeGenieError, Lists, Registers

if TYPE_CHECKING:
    from kubegenie_tui.providers.kubeconfig_config import KubeconfigConfig


class KubeconfigProvider(Lists, Registers):
    """Every context is a cluster."""

    def __init__(self, config: "KubeconfigConfig") -> None:
        self._file = config.file

    async def list_clusters(self) -> list[FoundCluster]:
        """The contexts, those that cannot be used with the reason.

        Raises:
            KubeconfigError: no file is there, or none of those there can be used.
        """
        found = await self._read()
        return [
            FoundCluster(each.name, each.server, state=str(each.error) if each.error else "")
            for each in found.contexts.values()
        ]

    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """The context alone, with its credentials in the clear.

        Raises:
            KubeGenieError: there is none of that name, or it cannot be used.
        """
        from kubegenie_tui.kube.kubeconfig.writer import content_of

        found = await self._read()
        if cluster not in found.contexts:
            raise KubeGenieError(f'There is no context "{cluster}"', f"there are {', '.join(found.contexts) or 'none'}")
        return await content_of(found.contexts[cluster])

    async def _read(self) -> Kubeconfig:
        return await asyncio.to_thread(load_kubeconfig, kubeconfig_paths(self._file))
