"""Reads the inventory: `[rack-7]`, with `server`, and where they are known `region` and `ca`."""

import asyncio
import tomllib
from typing import Any

from kubegenie_inventory.config import InventoryConfig
from kubegenie_tui.providers.api import FoundCluster, KubeGenieError, Lists, Registers


class InventoryProvider(Lists, Registers):
    """Lists what the file holds, and leads to each of it."""

    def __init__(self, config: InventoryConfig) -> None:
        self._config = config

    async def list_clusters(self) -> list[FoundCluster]:
        """The clusters of the region."""
        found = await asyncio.to_thread(self._read)
        return [FoundCluster(name, each.get("server", ""), each.get("region", "")) for name, each in found.items()]

    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """A kubeconfig for one of them."""
        found = await asyncio.to_thread(self._read)
        if "server" not in found.get(cluster, {}):
            raise KubeGenieError(f'Nobody says where "{cluster}" is', f"{self._config.file} has no server of it")
        server = {"server": found[cluster]["server"], "certificate-authority": found[cluster].get("ca", "")}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster,
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
            "clusters": [{"name": cluster, "cluster": {key: value for key, value in server.items() if value}}],
            "users": [{"name": cluster, "user": {"token": self._config.token.get_secret_value()}}],
        }

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            clusters = tomllib.loads(self._config.file.read_text())
        except (OSError, ValueError) as error:
            raise KubeGenieError(f"{self._config.file} cannot be read", str(error)) from error
        region = self._config.region
        return {name: each for name, each in clusters.items() if region in ("", each.get("region"))}
