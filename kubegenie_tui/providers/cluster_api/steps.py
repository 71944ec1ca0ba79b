"""The step that makes a cluster: one object; Cluster API does the rest. And those that change its topology."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import DONE, TAG, Found, Made, PlannedStep, Progress
from kubegenie_tui.domain.errors import NameTaken, ProviderError
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.providers.cluster_api.asked import GROUP
from kubegenie_tui.providers.cluster_api.state import endpoint_of, how_changed, how_far, how_gone
from kubegenie_tui.providers.making import Step
from kubegenie_tui.providers.managing import label_of, made_of, ours_after_all

if TYPE_CHECKING:
    from kubegenie_tui.domain.approval import Approval
    from kubegenie_tui.domain.kind import Kind
    from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec
    from kubegenie_tui.providers.managing import Managing, Server

_SECONDS = 600.0
_CHANGE_SECONDS = 900.0


async def cluster_kind(server: "Server") -> "Kind":
    """Cluster, as the server has it.

    Raises:
        ProviderError: it has not.
    """
    found = await server.kind(GROUP, "Cluster")
    if found is None:
        raise ProviderError(f"{server.context} does not serve Cluster API", next_step="`clusterctl init` installs it")
    return found


class _OfCluster(Step):
    """A step about one Cluster."""

    def __init__(self, managing: "Managing", spec: "ClusterApiSpec", planned: PlannedStep) -> None:
        self._managing, self._spec = managing, spec
        self.planned = planned

    async def _there(self, server: "Server") -> Manifest | None:
        return await server.get(await cluster_kind(server), self._spec.name)


class ClusterStep(_OfCluster):
    """The Cluster. It is ours by its label."""

    def __init__(self, managing: "Managing", spec: "ClusterApiSpec", work: str, asked: Manifest) -> None:
        title = f"Cluster {spec.name} {spec.kubernetes} of the class {spec.cluster_class}"
        call = f"Cluster {asked['apiVersion']}"
        super().__init__(managing, spec, PlannedStep("cluster", title, call, asked, _SECONDS))
        self._work, self._asked = work, asked

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """A Cluster of this name."""
        async with self._managing.opened() as server:
            found = await self._there(server)
        return Found(made_of(found), label_of(found, TAG) == self._work) if found else None

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Apply it. One that an earlier try made, whose answer never came, is taken over."""
        try:
            async with self._managing.opened() as server:
                return made_of(await server.create(await cluster_kind(server), self._asked, approval))
        except NameTaken as taken:
            return await ours_after_all(self, made, taken)

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """What it says of itself; its endpoint is noted."""
        async with self._managing.opened() as server:
            found = await self._there(server)
        if found is None:
            return Progress(done=False, failure="somebody has removed it")
        own["endpoint"] = endpoint_of(found)
        return how_far(found, workers=bool(self._spec.pools) and self._spec.wait_for_workers)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: "Approval") -> None:
        """Delete it; Cluster API removes its machines first."""
        async with self._managing.opened() as server:
            await server.delete(await cluster_kind(server), self._spec.name, own["uid"], approval)

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """Whether it is there no more, or what that waits for."""
        async with self._managing.opened() as server:
            found = await self._there(server)
        return DONE if found is None or text_at(found, "metadata.uid") != own["uid"] else how_gone(found)


class _Changing(_OfCluster):
    """A change of the topology: found again by what the topology says, never undone by itself."""

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """Whether it was asked for already."""
        async with self._managing.opened() as server:
            found = await self._present(server)
        return Found(made_of(found), ours=True) if self._is_asked(found) else None

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Ask for it."""
        async with self._managing.opened() as server:
            found = await self._present(server)
            await server.patch(await cluster_kind(server), found, self._patch(found), approval)
        return made_of(found)

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """How many machines are what they shall be."""
        async with self._managing.opened() as server:
            found = await self._present(server)
        return how_changed(found, workers=bool(self._spec.pools) and self._spec.wait_for_workers)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: "Approval") -> None:
        """Nothing: there is no way back to an older version, and a size is changed anew."""

    async def _present(self, server: "Server") -> Manifest:
        found = await self._there(server)
        if found is None:
            raise ProviderError(f"There is no Cluster {self._spec.name} in {server.namespace} any more")
        return found

    @abstractmethod
    def _is_asked(self, found: Manifest) -> bool:
        """Whether the topology says so."""

    @abstractmethod
    def _patch(self, found: Manifest) -> Any:
        """What makes the topology say so."""


class UpgradeStep(_Changing):
    """Another version, of the control plane and then of each pool: Cluster API keeps that order."""

    def __init__(self, managing: "Managing", spec: "ClusterApiSpec", version: str) -> None:
        self._version = f"v{version.removeprefix('v')}"
        self._body = {"spec": {"topology": {"version": self._version}}}
        title = f"{spec.name} from {spec.kubernetes} to {self._version}"
        super().__init__(managing, spec, PlannedStep("upgrade", title, "Cluster", self._body, _CHANGE_SECONDS))

    def _is_asked(self, found: Manifest) -> bool:
        return text_at(found, "spec.topology.version") == self._version

    def _patch(self, found: Manifest) -> Any:
        return self._body


class ScaleStep(_Changing):
    """Another number of nodes of one pool."""

    def __init__(self, managing: "Managing", spec: "ClusterApiSpec", pool: str, count: int) -> None:
        self._pool, self._count = pool, count
        planned = PlannedStep(
            f"scale/{pool}", f"Pool {pool} of {spec.name}: {count} nodes", "Cluster", {"replicas": count}, _SECONDS
        )
        super().__init__(managing, spec, planned)

    def _is_asked(self, found: Manifest) -> bool:
        return pools_of(found)[self._place(found)].get("replicas") == self._count

    def _patch(self, found: Manifest) -> Any:
        path = f"/spec/topology/workers/machineDeployments/{self._place(found)}"
        return [
            {"op": "test", "path": f"{path}/name", "value": self._pool},
            {"op": "add", "path": f"{path}/replicas", "value": self._count},
        ]

    def _place(self, found: Manifest) -> int:
        names = [text_at(each, "name") for each in pools_of(found)]
        if self._pool not in names:
            raise ProviderError(f"{self._spec.name} has no pool {self._pool}", f"it has {', '.join(names) or 'none'}")
        return names.index(self._pool)


def pools_of(found: Manifest) -> list[Manifest]:
    """The pools that a Cluster's topology has."""
    return mappings_at(found, "spec.topology.workers.machineDeployments")
