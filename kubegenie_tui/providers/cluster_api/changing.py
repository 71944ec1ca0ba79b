"""The steps that change the topology of a cluster; Cluster API does the rest."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Found, Made, PlannedStep, Progress
from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.providers.cluster_api.asked import MAXIMUM, MINIMUM, bounds_asked
from kubegenie_tui.providers.cluster_api.state import how_changed
from kubegenie_tui.providers.cluster_api.steps import OfCluster, cluster_kind
from kubegenie_tui.providers.managing import made_of

if TYPE_CHECKING:
    from kubegenie_tui.domain.approval import Approval
    from kubegenie_tui.domain.creation import Bounds
    from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec
    from kubegenie_tui.providers.managing import Managing, Server

_POOLS = "spec.topology.workers.machineDeployments"
_SCALE_SECONDS = 600.0
_UPGRADE_SECONDS = 900.0


class _Changing(OfCluster):
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
        super().__init__(managing, spec, PlannedStep("upgrade", title, "Cluster", self._body, _UPGRADE_SECONDS))

    def _is_asked(self, found: Manifest) -> bool:
        return text_at(found, "spec.topology.version") == self._version

    def _patch(self, found: Manifest) -> Any:
        return self._body


class ScaleStep(_Changing):
    """Another number of nodes of one pool."""

    def __init__(self, managing: "Managing", spec: "ClusterApiSpec", pool: str, count: int) -> None:
        self._pool, self._count = pool, count
        planned = PlannedStep(
            f"scale/{pool}",
            f"Pool {pool} of {spec.name}: {count} nodes",
            "Cluster",
            {"replicas": count},
            _SCALE_SECONDS,
        )
        super().__init__(managing, spec, planned)

    def _is_asked(self, found: Manifest) -> bool:
        return pool_at(found, self._pool)[1].get("replicas") == self._count

    def _patch(self, found: Manifest) -> Any:
        place, _ = pool_at(found, self._pool)
        return [
            {"op": "test", "path": f"{place}/name", "value": self._pool},
            {"op": "add", "path": f"{place}/replicas", "value": self._count},
        ]


class BoundStep(_Changing):
    """Other bounds of a pool, or its first: from then on its number of nodes is left to the cluster-autoscaler."""

    def __init__(self, managing: "Managing", spec: "ClusterApiSpec", pool: str, bounds: "Bounds") -> None:
        self._pool, self._bounds = pool, bounds_asked(bounds.least, bounds.most)
        title = f"Pool {pool} of {spec.name}: between {bounds.least} and {bounds.most} nodes"
        planned = PlannedStep(f"scale/{pool}", title, "Cluster", {"annotations": self._bounds}, _SCALE_SECONDS)
        super().__init__(managing, spec, planned)

    def _is_asked(self, found: Manifest) -> bool:
        _, pool = pool_at(found, self._pool)
        return "replicas" not in pool and self._bounds.items() <= _annotations(pool).items()

    def _patch(self, found: Manifest) -> Any:
        place, pool = pool_at(found, self._pool)
        metadata = {**mapping_at(pool, "metadata"), "annotations": {**_annotations(pool), **self._bounds}}
        return [
            {"op": "test", "path": f"{place}/name", "value": self._pool},
            {"op": "add", "path": f"{place}/metadata", "value": metadata},
            *([{"op": "remove", "path": f"{place}/replicas"}] if "replicas" in pool else []),
        ]


def pool_at(found: Manifest, name: str) -> tuple[str, Manifest]:
    """Where in a Cluster a pool stands, as a JSON pointer, and the pool.

    Raises:
        ProviderError: its topology has none of that name.
    """
    pools = mappings_at(found, _POOLS)
    names = [text_at(each, "name") for each in pools]
    if name not in names:
        cluster = text_at(found, "metadata.name")
        raise ProviderError(f"{cluster} has no pool {name}", f"it has {', '.join(names) or 'none'}")
    at = names.index(name)
    return f"/{_POOLS.replace('.', '/')}/{at}", pools[at]


def bounds_of(pool: Manifest) -> tuple[str, str] | None:
    """Between which numbers a pool scales itself; None for one that does not."""
    annotations = _annotations(pool)
    return (annotations[MINIMUM], annotations[MAXIMUM]) if {MINIMUM, MAXIMUM} <= annotations.keys() else None


def _annotations(pool: Manifest) -> Manifest:
    return mapping_at(pool, "metadata.annotations")
