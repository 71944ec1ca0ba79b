"""What is changed about a cluster that is there: the version of its control plane, then of its pools; a pool's size."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Bounds, Found, Made, PlannedStep, Progress
from kubegenie_tui.domain.errors import KubeGenieError, ProviderError
from kubegenie_tui.providers.gcp.operations import how_far, running_on
from kubegenie_tui.providers.making import Step

if TYPE_CHECKING:
    from google.cloud.container_v1 import types as gke

    from kubegenie_tui.domain.approval import Approval
    from kubegenie_tui.providers.gcp.container import Container
    from kubegenie_tui.providers.gcp.gke_spec import GkePool, GkeSpec
    from kubegenie_tui.providers.gcp.rest import Rest

_CONTROL_PLANE_SECONDS = 900.0
_NODE_SECONDS = 180.0
"""A node is drained, made anew, and joins."""
_SCALE_SECONDS = 120.0


class _Changing(Step):
    """A step that changes what is there: it is never undone by itself."""

    def __init__(self, spec: "GkeSpec", container: "Container", planned: PlannedStep) -> None:
        self._name, self._location = spec.name, spec.region
        self._container = container
        self.planned = planned

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """The operation that does it."""
        return await how_far(self._container, self._location, own)

    async def _under_way(self, made: Mapping[str, Made]) -> Found | None:
        """What this work asked for before it was stopped, while its operation goes on: the cluster takes no other."""
        own = made.get(self.planned.key, {})
        progress = await how_far(self._container, self._location, own)
        return None if progress.done or progress.failure else Found(dict(own), ours=True)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: "Approval") -> None:
        """Nothing: there is no way back to an older version, and a size is changed anew."""


class _Upgrading(_Changing):
    """An upgrade, which a new process finds again by the version, or by the operation that is under way."""

    def __init__(self, spec: "GkeSpec", container: "Container", planned: PlannedStep, version: str) -> None:
        super().__init__(spec, container, planned)
        self._version = version
        self._link = f"/clusters/{spec.name}"
        self._kind = "UPGRADE_MASTER"

    @abstractmethod
    async def _now(self) -> str:
        """The version that it has."""

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """Whether it has that version already, or is on its way to it."""
        if await self._now() == self._version:
            return Found({"version": self._version}, ours=True)
        operation = await running_on(self._container, self._location, self._link, self._kind)
        return Found({"version": self._version, "operation": operation}, ours=True) if operation else None

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """The operation, and then whether that version is what it has now."""
        begun = await super().look(made, own)
        if begun.done and (now := await self._now()) != self._version:
            return Progress(done=False, phase=begun.phase, failure=f"its version is {now}")
        return begun


class UpgradeControlPlane(_Upgrading):
    """Brings the control plane to a version."""

    def __init__(self, spec: "GkeSpec", container: "Container", version: str) -> None:
        request = {"update": {"desiredMasterVersion": version}}
        title = f"Control plane of {spec.name} to {version}"
        planned = PlannedStep("control-plane", title, "container:UpdateCluster", request, _CONTROL_PLANE_SECONDS)
        super().__init__(spec, container, planned, version)

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Ask for it."""
        begun = await self._container.upgrade_control_plane(self._location, self._name, self._version, approval)
        return {"version": self._version, "operation": begun.name}

    async def _now(self) -> str:
        found = await self._container.cluster(self._location, self._name)
        if found is None:
            raise ProviderError(f"There is no cluster {self._name} in {self._location}")
        return str(found.current_master_version)


class UpgradePool(_Upgrading):
    """Brings the nodes of a pool to a version, one after the other."""

    def __init__(self, spec: "GkeSpec", container: "Container", pool: "GkePool", version: str) -> None:
        title = f"Nodes of the pool {pool.name} to {version}"
        seconds = max(1, pool.count) * spec.zones * _NODE_SECONDS
        planned = PlannedStep(f"pool/{pool.name}", title, "container:UpdateNodePool", {"nodeVersion": version}, seconds)
        super().__init__(spec, container, planned, version)
        self._pool = pool.name
        self._link = f"/clusters/{spec.name}/nodePools/{pool.name}"
        self._kind = "UPGRADE_NODES"

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Ask for it."""
        image = (await self._there()).config.image_type
        begun = await self._container.upgrade_pool(
            self._location, self._name, self._pool, self._version, image, approval
        )
        return {"version": self._version, "operation": begun.name}

    async def _now(self) -> str:
        return str((await self._there()).version)

    async def _there(self) -> "gke.NodePool":
        return await pool_there(self._container, self._location, self._name, self._pool)


class ScalePool(_Changing):
    """Gives a pool so many nodes in each of its zones. To ask again does no harm once nothing is under way."""

    def __init__(self, spec: "GkeSpec", container: "Container", rest: "Rest", pool: str, count: int) -> None:
        each_zone = "" if spec.zonal else " in each zone"
        title = f"Pool {pool}: {count} nodes{each_zone}"
        planned = PlannedStep(f"scale/{pool}", title, "container:SetNodePoolSize", {"nodeCount": count}, _SCALE_SECONDS)
        super().__init__(spec, container, planned)
        self._rest = rest
        self._pool, self._count = pool, count

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """What is under way by our record, or by the groups of its machines, which know of a size as it is asked for.

        What the pool itself says of its size is what it was made with.
        """
        under_way = await self._under_way(made)
        if under_way is not None or not await self._has_size():
            return under_way
        link = f"/clusters/{self._name}/nodePools/{self._pool}"
        operation = await running_on(self._container, self._location, link, "SET_NODE_POOL_SIZE")
        return Found({"count": self._count, **({"operation": operation} if operation else {})}, ours=True)

    async def _has_size(self) -> bool:
        """Whether all groups are to have so many machines; no, where they may not be looked at."""
        pool = await pool_there(self._container, self._location, self._name, self._pool)
        paths = [url.partition("/projects/")[2].partition("/")[2] for url in pool.instance_group_urls]
        try:
            groups = [await self._rest.one(path) for path in paths]
        except KubeGenieError:
            return False
        return bool(groups) and all(each.get("targetSize") == self._count for each in groups)

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Ask for it."""
        begun = await self._container.resize_pool(self._location, self._name, self._pool, self._count, approval)
        return {"count": self._count, "operation": begun.name}


class BoundPool(_Changing):
    """Gives a pool that scales itself other bounds in each of its zones."""

    def __init__(self, spec: "GkeSpec", container: "Container", pool: str, bounds: Bounds) -> None:
        self._wanted = {"enabled": True, "minNodeCount": bounds.least, "maxNodeCount": bounds.most}
        each_zone = "" if spec.zonal else " in each zone"
        title = f"Pool {pool}: between {bounds.least} and {bounds.most} nodes{each_zone}"
        call, request = "container:SetNodePoolAutoscaling", {"autoscaling": self._wanted}
        super().__init__(spec, container, PlannedStep(f"scale/{pool}", title, call, request, _SCALE_SECONDS))
        self._pool, self._bounds = pool, bounds

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """Whether it has those bounds already, or is on its way to them by what this work asked for."""
        now = (await self._there()).autoscaling
        has = now.enabled and (now.min_node_count, now.max_node_count) == (self._bounds.least, self._bounds.most)
        return Found({}, ours=True) if has else await self._under_way(made)

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Ask for it; which zones it prefers stays as it is."""
        now = (await self._there()).autoscaling
        prefers = {"locationPolicy": now.location_policy.name} if now.location_policy else {}
        begun = await self._container.bound_pool(
            self._location, self._name, self._pool, {**self._wanted, **prefers}, approval
        )
        return {"operation": begun.name}

    async def _there(self) -> "gke.NodePool":
        return await pool_there(self._container, self._location, self._name, self._pool)


async def pool_there(container: "Container", location: str, cluster: str, name: str) -> "gke.NodePool":
    """A pool that is to be changed.

    Raises:
        ProviderError: it is not there any more.
    """
    found = await container.pool(location, cluster, name)
    if found is None:
        raise ProviderError(f"{cluster} has no pool {name}")
    return found
