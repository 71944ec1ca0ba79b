"""The Kubernetes Engine API of one project: what can be looked up, and what changes something with a person's yes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.providers.gcp.wire import Wire

if TYPE_CHECKING:
    from google.cloud.container_v1 import types as gke

    from kubegenie_tui.domain.approval import Approval


class Container(Wire):
    """What can be asked of the API. Whatever changes something gives the operation that does it."""

    async def clusters(self) -> "list[gke.Cluster]":
        """Those of all locations."""
        found = await self._ask("The clusters cannot be listed", "list_clusters", parent=self._at("-"))
        return list(found.clusters)

    async def cluster(self, location: str, name: str) -> "gke.Cluster | None":
        """A cluster; None when there is none of this name."""
        path = self._cluster(location, name)
        found: gke.Cluster | None = await self._found(f"{name} cannot be looked up", "get_cluster", path)
        return found

    async def pool(self, location: str, cluster: str, name: str) -> "gke.NodePool | None":
        """A node pool; None when there is none of this name, or no such cluster."""
        path = self._pool(location, cluster, name)
        found: gke.NodePool | None = await self._found(f"The pool {name} cannot be looked up", "get_node_pool", path)
        return found

    async def operation(self, location: str, name: str) -> "gke.Operation | None":
        """What became of an operation; None when Google has forgotten it."""
        path = f"{self._at(location)}/operations/{name}"
        found: gke.Operation | None = await self._found("An operation cannot be looked up", "get_operation", path)
        return found

    async def operations(self, location: str) -> "list[gke.Operation]":
        """Those of a location that Google remembers."""
        what = "The operations cannot be listed"
        return list((await self._ask(what, "list_operations", parent=self._at(location))).operations)

    async def server_config(self, location: str) -> "gke.ServerConfig":
        """The versions that a location offers."""
        what = "The versions cannot be listed"
        found: gke.ServerConfig = await self._ask(what, "get_server_config", name=self._at(location))
        return found

    async def create_cluster(self, location: str, cluster: Mapping[str, Any], approval: "Approval") -> "gke.Operation":
        """Begin to make a cluster, given as the JSON of the API."""
        body = {"parent": self._at(location), "cluster": cluster}
        return await self._write(f"{cluster['name']} was not made", "create_cluster", "CreateCluster", body)

    async def delete_cluster(self, location: str, name: str, approval: "Approval") -> "gke.Operation":
        """Begin to delete a cluster with all of its pools."""
        body = {"name": self._cluster(location, name)}
        return await self._write(f"{name} was not deleted", "delete_cluster", "DeleteCluster", body)

    async def create_pool(
        self, location: str, cluster: str, pool: Mapping[str, Any], approval: "Approval"
    ) -> "gke.Operation":
        """Begin to make a pool, given as the JSON of the API."""
        body = {"parent": self._cluster(location, cluster), "nodePool": pool}
        return await self._write(f"The pool {pool['name']} was not made", "create_node_pool", "CreateNodePool", body)

    async def delete_pool(self, location: str, cluster: str, name: str, approval: "Approval") -> "gke.Operation":
        """Begin to delete a pool."""
        body = {"name": self._pool(location, cluster, name)}
        return await self._write(f"The pool {name} was not deleted", "delete_node_pool", "DeleteNodePool", body)

    async def resize_pool(
        self, location: str, cluster: str, name: str, count: int, approval: "Approval"
    ) -> "gke.Operation":
        """Begin to give a pool so many nodes in each of its zones."""
        body = {"name": self._pool(location, cluster, name), "nodeCount": count}
        return await self._write(f"The pool {name} was not scaled", "set_node_pool_size", "SetNodePoolSize", body)

    async def bound_pool(
        self, location: str, cluster: str, name: str, autoscaling: Mapping[str, Any], approval: "Approval"
    ) -> "gke.Operation":
        """Begin to give a pool that scales itself other bounds, for each of its zones."""
        what, body = f"The pool {name} was not changed", {"name": self._pool(location, cluster, name)}
        return await self._write(
            what, "set_node_pool_autoscaling", "SetNodePoolAutoscaling", {**body, "autoscaling": autoscaling}
        )

    async def upgrade_pool(
        self, location: str, cluster: str, name: str, version: str, image: str, approval: "Approval"
    ) -> "gke.Operation":
        """Begin to bring a pool to a version. Google wants its kind of image said again, though it stays."""
        body = {"name": self._pool(location, cluster, name), "nodeVersion": version, "imageType": image}
        return await self._write(f"The pool {name} was not upgraded", "update_node_pool", "UpdateNodePool", body)

    async def upgrade_control_plane(
        self, location: str, cluster: str, version: str, approval: "Approval"
    ) -> "gke.Operation":
        """Begin to bring a control plane to a version."""
        body = {"name": self._cluster(location, cluster), "update": {"desiredMasterVersion": version}}
        return await self._write(f"{cluster} was not upgraded", "update_cluster", "UpdateCluster", body)

    def _at(self, location: str) -> str:
        return f"projects/{self.project}/locations/{location}"

    def _cluster(self, location: str, name: str) -> str:
        return f"{self._at(location)}/clusters/{name}"

    def _pool(self, location: str, cluster: str, name: str) -> str:
        return f"{self._cluster(location, cluster)}/nodePools/{name}"
