"""What a change of a cluster consists of: the control plane and each pool by themselves."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.creation import Bounds, Found, Made, PlannedStep, Progress
from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.azure.cloud import Cloud, or_none
from kubegenie_tui.providers.azure.provisioning import progress
from kubegenie_tui.providers.making import Step

if TYPE_CHECKING:
    from azure.mgmt.containerservice.aio import ContainerServiceClient

_POOLS = "Microsoft.ContainerService/managedClusters/agentPools/write"


class Change(Step):
    """One property of something that is there is to have a value."""

    def __init__(self, cloud: Cloud, group: str, cluster: str) -> None:
        self._cloud, self._group, self._cluster = cloud, group, cluster

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """Whether it was asked for already; what failed is to be asked for anew."""
        thing = await self._thing()
        return Found(self._wanted(), ours=True) if self._is_asked(thing) and not progress(thing).failure else None

    async def make(self, made: Mapping[str, Made], approval: Approval) -> Made:
        """Ask for it, as long as nobody changes the same thing meanwhile."""
        async with self._cloud.client() as client:
            thing = await self._get(client)
            self._change(thing)
            await self._put(client, thing)
        return self._wanted()

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """How far it has come."""
        return progress(await self._thing())

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """A change is not undone by itself."""

    async def _thing(self) -> Any:
        async with self._cloud.client() as client:
            thing = await or_none(self._get(client))
        if thing is None:
            raise ProviderError(f"{self.planned.title}: it is not there any more")
        return thing

    @abstractmethod
    async def _get(self, client: "ContainerServiceClient") -> Any:
        """What is to be changed, as Azure has it."""

    @abstractmethod
    async def _put(self, client: "ContainerServiceClient", thing: Any) -> None:
        """Send it back, unless it is not as it was when we got it."""

    @abstractmethod
    def _is_asked(self, thing: Any) -> bool:
        """Whether it has the value."""

    @abstractmethod
    def _change(self, thing: Any) -> None:
        """Give it the value."""

    @abstractmethod
    def _wanted(self) -> Made:
        """The value, to be kept."""


class ControlPlaneUpgrade(Change):
    """A newer version for the control plane; the pools keep theirs."""

    def __init__(self, cloud: Cloud, group: str, cluster: str, version: str) -> None:
        super().__init__(cloud, group, cluster)
        self._version = version
        self.planned = PlannedStep(
            "upgrade/control-plane",
            f"Control plane of {cluster} to {version}",
            "Microsoft.ContainerService/managedClusters/write",
            {"properties": {"kubernetesVersion": version}},
            usual_seconds=600,
        )

    async def _get(self, client: "ContainerServiceClient") -> Any:
        return await client.managed_clusters.get(self._group, self._cluster)

    async def _put(self, client: "ContainerServiceClient", thing: Any) -> None:
        await client.managed_clusters.begin_create_or_update(
            self._group, self._cluster, thing, polling=False, **_unchanged(thing)
        )

    def _is_asked(self, thing: Any) -> bool:
        return bool(thing.properties.kubernetes_version == self._version)

    def _change(self, thing: Any) -> None:
        thing.properties.kubernetes_version = self._version

    def _wanted(self) -> Made:
        return {"version": self._version}


class PoolChange(Change):
    """Something about one pool."""

    def __init__(self, cloud: Cloud, group: str, cluster: str, pool: str) -> None:
        super().__init__(cloud, group, cluster)
        self._pool = pool

    async def _get(self, client: "ContainerServiceClient") -> Any:
        return await client.agent_pools.get(self._group, self._cluster, self._pool)

    async def _put(self, client: "ContainerServiceClient", thing: Any) -> None:
        await client.agent_pools.begin_create_or_update(
            self._group, self._cluster, self._pool, thing, polling=False, **_unchanged(thing.properties)
        )


class PoolUpgrade(PoolChange):
    """A newer version for the nodes of a pool: AKS replaces them one after the other."""

    def __init__(self, cloud: Cloud, group: str, cluster: str, pool: str, version: str) -> None:
        super().__init__(cloud, group, cluster, pool)
        self._version = version
        self.planned = PlannedStep(
            f"upgrade/{pool}",
            f"Nodes of pool {pool} to {version}",
            _POOLS,
            {"properties": {"orchestratorVersion": version}},
            usual_seconds=600,
        )

    def _is_asked(self, thing: Any) -> bool:
        return bool(thing.properties.orchestrator_version == self._version)

    def _change(self, thing: Any) -> None:
        thing.properties.orchestrator_version = self._version

    def _wanted(self) -> Made:
        return {"version": self._version}


class PoolScale(PoolChange):
    """Another number of nodes."""

    def __init__(self, cloud: Cloud, group: str, cluster: str, pool: str, count: int) -> None:
        super().__init__(cloud, group, cluster, pool)
        self._count = count
        self.planned = PlannedStep(
            f"scale/{pool}",
            f"Pool {pool} to {count} nodes",
            _POOLS,
            {"properties": {"count": count}},
            usual_seconds=120,
        )

    def _is_asked(self, thing: Any) -> bool:
        return bool(thing.properties.count == self._count)

    def _change(self, thing: Any) -> None:
        thing.properties.count = self._count

    def _wanted(self) -> Made:
        return {"count": self._count}


class PoolBounds(PoolChange):
    """Other bounds for a pool that scales itself; it is brought within them."""

    def __init__(self, cloud: Cloud, group: str, cluster: str, pool: str, bounds: Bounds) -> None:
        super().__init__(cloud, group, cluster, pool)
        self._bounds = bounds
        self.planned = PlannedStep(
            f"scale/{pool}",
            f"Pool {pool} between {bounds.least} and {bounds.most} nodes",
            _POOLS,
            {"properties": {"minCount": bounds.least, "maxCount": bounds.most}},
            usual_seconds=120,
        )

    def _is_asked(self, thing: Any) -> bool:
        now = thing.properties
        return bool((now.min_count, now.max_count) == (self._bounds.least, self._bounds.most))

    def _change(self, thing: Any) -> None:
        thing.properties.min_count, thing.properties.max_count = self._bounds.least, self._bounds.most
        thing.properties.count = self._bounds.nearest(thing.properties.count)

    def _wanted(self) -> Made:
        return {"least": self._bounds.least, "most": self._bounds.most}


def _unchanged(thing: Any) -> dict[str, Any]:
    """What makes Azure refuse when it was changed since; nothing when Azure gave no mark to go by."""
    from azure.core import MatchConditions

    return {"etag": thing.e_tag, "match_condition": MatchConditions.IfNotModified} if thing.e_tag else {}
