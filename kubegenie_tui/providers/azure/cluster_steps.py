"""The cluster itself and its further node pools."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.creation import Found, Made, PlannedStep, Progress
from kubegenie_tui.domain.errors import NameTaken
from kubegenie_tui.providers.azure.bodies import cluster_body, pool_properties
from kubegenie_tui.providers.azure.cloud import Cloud, or_none
from kubegenie_tui.providers.azure.provisioning import going, is_ours, is_to_go, progress
from kubegenie_tui.providers.azure.steps import SHOWN
from kubegenie_tui.providers.making import Step

if TYPE_CHECKING:
    from azure.mgmt.containerservice.models import AgentPool, ManagedCluster

    from kubegenie_tui.providers.azure.aks_spec import AksPool, AksSpec


class Cluster(Step):
    """The managed cluster with its first system pool. AKS makes a second group, for its nodes, which goes with it."""

    def __init__(self, cloud: Cloud, spec: "AksSpec", work: str) -> None:
        self._cloud, self._spec, self._work = cloud, spec, work
        pool = spec.first_pool
        version = f" {spec.version}" if spec.version else ""
        self.planned = PlannedStep(
            "cluster",
            f"Cluster {spec.name}{version}, {spec.tier} tier, with pool {pool_words(pool)}",
            "Microsoft.ContainerService/managedClusters/write",
            cluster_body(spec, SHOWN),
            usual_seconds=300,
        )

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """The cluster of that name in the group."""
        cluster = await self._cluster()
        return None if cluster is None else Found(_of_cluster(cluster), is_ours(cluster.tags, self._work))

    async def make(self, made: Mapping[str, Made], approval: Approval) -> Made:
        """Ask for it; refused when one of that name came meanwhile."""
        own = {"name": self._spec.name, "group": self._spec.group}
        return await _asked(self._request(), lambda: self.find(made), own)

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """How far it has come; its address and its groups are noted."""
        cluster = await self._cluster()
        if cluster is not None:
            own.update(_of_cluster(cluster))
        return progress(cluster)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """Ask for it to go, with the group of its nodes, unless it is on its way out."""
        if not is_to_go(await self._cluster()):
            return
        async with self._cloud.client() as client:
            await or_none(client.managed_clusters.begin_delete(self._spec.group, self._spec.name, polling=False))

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """How far its going has come."""
        return going(await self._cluster())

    async def _request(self) -> None:
        async with self._cloud.client() as client:
            from azure.core import MatchConditions

            body: Any = cluster_body(self._spec, self._work)
            await client.managed_clusters.begin_create_or_update(
                self._spec.group,
                self._spec.name,
                body,
                match_condition=MatchConditions.IfMissing,
                polling=False,
            )

    async def _cluster(self) -> "ManagedCluster | None":
        async with self._cloud.client() as client:
            return await or_none(client.managed_clusters.get(self._spec.group, self._spec.name))


class Pool(Step):
    """A further node pool."""

    def __init__(self, cloud: Cloud, spec: "AksSpec", pool: "AksPool", work: str) -> None:
        self._cloud, self._spec, self._pool, self._work = cloud, spec, pool, work
        self.planned = PlannedStep(
            f"pool/{pool.name}",
            f"{pool.mode} pool {pool_words(pool)}",
            "Microsoft.ContainerService/managedClusters/agentPools/write",
            {"name": pool.name, "properties": pool_properties(spec, pool, SHOWN)},
            usual_seconds=180,
            optional=True,
        )

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """The pool of that name in the cluster."""
        pool = await self._found()
        if pool is None or pool.properties is None:
            return None
        return Found({"id": pool.id, "name": pool.name}, is_ours(pool.properties.tags, self._work))

    async def make(self, made: Mapping[str, Made], approval: Approval) -> Made:
        """Ask for it; refused when one of that name came meanwhile."""
        return await _asked(self._request(), lambda: self.find(made), {"name": self._pool.name})

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """How far it has come."""
        pool = await self._found()
        if pool is not None:
            own["id"] = pool.id
        return progress(pool)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """Ask for it to go, unless it is on its way out."""
        if not is_to_go(await self._found()):
            return
        async with self._cloud.client() as client:
            asked = client.agent_pools.begin_delete(self._spec.group, self._spec.name, self._pool.name, polling=False)
            await or_none(asked)

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """How far its going has come."""
        return going(await self._found())

    async def _request(self) -> None:
        async with self._cloud.client() as client:
            from azure.core import MatchConditions

            body: Any = {"properties": pool_properties(self._spec, self._pool, self._work)}
            await client.agent_pools.begin_create_or_update(
                self._spec.group,
                self._spec.name,
                self._pool.name,
                body,
                match_condition=MatchConditions.IfMissing,
                polling=False,
            )

    async def _found(self) -> "AgentPool | None":
        async with self._cloud.client() as client:
            return await or_none(client.agent_pools.get(self._spec.group, self._spec.name, self._pool.name))


def pool_words(pool: "AksPool") -> str:
    """A pool in a few words: `system: 3 x Standard_D4s_v5, spot`."""
    count = f"{pool.minimum} to {pool.maximum}" if pool.autoscale else str(pool.count)
    return f"{pool.name}: {count} x {pool.size}{', spot' if pool.spot else ''}"


async def _asked(request: Awaitable[None], find: Callable[[], Awaitable[Found | None]], own: Made) -> Made:
    """What was asked for. When an answer was lost, it is there already at the second request, and ours."""
    try:
        await request
    except NameTaken:
        found = await find()
        if found is None or not found.ours:
            raise
        return found.made
    return own


def _of_cluster(cluster: "ManagedCluster") -> Made:
    assert cluster.properties is not None
    return {
        "id": cluster.id,
        "name": cluster.name,
        "group": str(cluster.id).split("/")[4],
        "nodes_group": cluster.properties.node_resource_group or "",
        "server": cluster.properties.fqdn or cluster.properties.private_fqdn or "",
        "version": cluster.properties.current_kubernetes_version or "",
    }
