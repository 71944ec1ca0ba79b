"""The steps that make a cluster: itself with its first pool, then each further pool, for it takes one at a time."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import DONE, TAG, Found, Made, PlannedStep, Progress
from kubegenie_tui.domain.errors import NameTaken
from kubegenie_tui.providers.gcp.asked import cluster_asked, pool_asked
from kubegenie_tui.providers.gcp.operations import how_far, running_on, why_broken
from kubegenie_tui.providers.making import Step

if TYPE_CHECKING:
    from google.cloud.container_v1 import types as gke

    from kubegenie_tui.domain.approval import Approval
    from kubegenie_tui.providers.gcp.container import Container
    from kubegenie_tui.providers.gcp.gke_spec import GkePool, GkeSpec

_CLUSTER_SECONDS = {"Autopilot": 480.0, "Standard": 360.0}
_POOL_SECONDS = 120.0
_REMOVAL = "removal"
"""Under which the operation that removes something is noted."""


def steps_of(spec: "GkeSpec", work: str, container: "Container") -> list[Step]:
    """All steps for a spec, in order."""
    further = [PoolStep(spec, pool, work, container) for pool in spec.pools[1:]]
    return [ClusterStep(spec, work, container), *further]


class ClusterStep(Step):
    """The cluster, with its first pool. It is ours by its label."""

    def __init__(self, spec: "GkeSpec", work: str, container: "Container") -> None:
        self._spec, self._work, self._container = spec, work, container
        self._asked = cluster_asked(spec, work)
        self.planned = PlannedStep(
            "cluster", _cluster_title(spec), "container:CreateCluster", self._asked, _CLUSTER_SECONDS[spec.mode]
        )

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """A cluster of this name at this location."""
        found = await self._container.cluster(self._spec.region, self._spec.name)
        if found is None:
            return None
        return Found({"name": found.name, "location": self._spec.region}, _is_ours(found.resource_labels, self._work))

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Ask for it."""
        try:
            begun = await self._container.create_cluster(self._spec.region, self._asked, approval)
        except NameTaken as taken:
            return await _ours_after_all(self, made, taken)
        return {"name": self._spec.name, "location": self._spec.region, "operation": begun.name}

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """The operation first, then what the cluster says of itself; its endpoint is noted once it runs."""
        begun = await how_far(self._container, self._spec.region, own)
        if not begun.done:
            return begun
        found = await self._container.cluster(self._spec.region, self._spec.name)
        if found is None:
            return Progress(done=False, failure="Google has removed it")
        own["endpoint"], own["version"] = found.endpoint, found.current_master_version
        return _progress(found.status.name, found.conditions, found.status_message)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: "Approval") -> None:
        """Delete it, with all of its pools, unless that is under way."""
        where, name = self._spec.region, self._spec.name
        found = await self._container.cluster(where, name)
        if found is not None and found.status.name == "STOPPING":
            own[_REMOVAL] = await running_on(self._container, where, f"/clusters/{name}", "DELETE_CLUSTER")
        elif found is not None:
            own[_REMOVAL] = (await self._container.delete_cluster(where, name, approval)).name

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Whether it is there no more."""
        found = await self._container.cluster(self._spec.region, self._spec.name)
        return await _going(self._container, self._spec.region, found, own)


class PoolStep(Step):
    """A further pool. It is ours by the label of its machines."""

    def __init__(self, spec: "GkeSpec", pool: "GkePool", work: str, container: "Container") -> None:
        self._spec, self._pool, self._work, self._container = spec, pool, work, container
        self._asked = pool_asked(spec, pool, work)
        title = f"Node pool {pool.name}: {pool_words(spec, pool)}"
        call = "container:CreateNodePool"
        self.planned = PlannedStep(f"pool/{pool.name}", title, call, self._asked, _POOL_SECONDS, optional=True)

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """A pool of this name in the cluster."""
        found = await self._container.pool(self._spec.region, self._spec.name, self._pool.name)
        if found is None:
            return None
        return Found({"name": found.name}, _is_ours(found.config.resource_labels, self._work))

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Ask for it."""
        try:
            begun = await self._container.create_pool(self._spec.region, self._spec.name, self._asked, approval)
        except NameTaken as taken:
            return await _ours_after_all(self, made, taken)
        return {"name": self._pool.name, "operation": begun.name}

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """The operation first, then what the pool says of itself."""
        begun = await how_far(self._container, self._spec.region, own)
        if not begun.done:
            return begun
        found = await self._container.pool(self._spec.region, self._spec.name, self._pool.name)
        if found is None:
            return Progress(done=False, failure="Google has removed it")
        return _progress(found.status.name, found.conditions, found.status_message)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: "Approval") -> None:
        """Delete it with its nodes, unless that is under way."""
        where, cluster, name = self._spec.region, self._spec.name, self._pool.name
        found = await self._container.pool(where, cluster, name)
        if found is not None and found.status.name == "STOPPING":
            link = f"/clusters/{cluster}/nodePools/{name}"
            own[_REMOVAL] = await running_on(self._container, where, link, "DELETE_NODE_POOL")
        elif found is not None:
            own[_REMOVAL] = (await self._container.delete_pool(where, cluster, name, approval)).name

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Whether it is there no more."""
        found = await self._container.pool(self._spec.region, self._spec.name, self._pool.name)
        return await _going(self._container, self._spec.region, found, own)


def pool_words(spec: "GkeSpec", pool: "GkePool") -> str:
    """What a pool is: `3 x 2 x e2-standard-4, spot` where there are three zones."""
    each_zone = "" if spec.zones == 1 else f"{spec.zones} zones x "
    grows = f", {pool.minimum} to {pool.maximum}" if pool.autoscale else ""
    return f"{each_zone}{pool.count} x {pool.size}{grows}{', spot' if pool.spot else ''}"


def _cluster_title(spec: "GkeSpec") -> str:
    if spec.mode == "Autopilot":
        return f"Autopilot cluster {spec.name} in {spec.region}"
    return f"Cluster {spec.name} in {spec.region}, with pool {spec.pools[0].name}: {pool_words(spec, spec.pools[0])}"


def _is_ours(labels: Mapping[str, str], work: str) -> bool:
    return labels.get(TAG) == work


async def _ours_after_all(step: Step, made: Mapping[str, Made], taken: NameTaken) -> Made:
    """What an earlier try of the same request made, whose answer never came."""
    found = await step.find(made)
    if found is None or not found.ours:
        raise taken
    return found.made


async def _going(
    container: "Container", location: str, found: "gke.Cluster | gke.NodePool | None", own: Made
) -> Progress:
    """How far the going of something has come: it stays for ever when the operation that removes it failed."""
    if found is None:
        return DONE
    begun = await how_far(container, location, {"operation": own.get(_REMOVAL, "")})
    return Progress(done=False, phase=found.status.name, failure=begun.failure)


def _progress(status: str, conditions: Any, message: str) -> Progress:
    """What the state of a cluster or a pool means while it is made."""
    if status in ("RUNNING", "RUNNING_WITH_ERROR"):
        return Progress(done=True, phase=status)
    if status in ("PROVISIONING", "RECONCILING"):
        return Progress(done=False, phase=status)
    why = why_broken(conditions, message or f"it is {status}")
    return Progress(done=False, phase=status, failure=why)
