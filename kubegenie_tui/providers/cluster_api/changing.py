"""The steps that change the topology of a cluster; Cluster API does the rest."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Found, Made, PlannedStep, Progress, WorkKind
from kubegenie_tui.domain.errors import ProviderError, SpecRefused
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.providers.cluster_api.asked import LARGEST, MAXIMUM, MINIMUM, VERSION, bounds_asked
from kubegenie_tui.providers.cluster_api.state import how_changed
from kubegenie_tui.providers.cluster_api.steps import OfCluster, cluster_kind, present
from kubegenie_tui.providers.managing import made_of
from kubegenie_tui.providers.version_order import numbers, require_following

if TYPE_CHECKING:
    from kubegenie_tui.domain.approval import Approval
    from kubegenie_tui.domain.creation import Bounds, Change
    from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec
    from kubegenie_tui.providers.managing import Managing, Server

_POOLS = "spec.topology.workers.machineDeployments"
_SCALE_SECONDS = 600.0
_UPGRADE_SECONDS = 900.0
_BY_AUTOSCALER = "Within them it is scaled by a cluster-autoscaler that you run with the provider clusterapi"


class Changing(OfCluster):
    """A change of the topology: found again by what the topology says, never undone by itself."""

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """Whether it was asked for already."""
        async with self._managing.opened() as server:
            found = await present(server, self._spec.name)
        return Found(made_of(found), ours=True) if self._is_asked(found) else None

    async def make(self, made: Mapping[str, Made], approval: "Approval") -> Made:
        """Ask for it."""
        async with self._managing.opened() as server:
            found = await present(server, self._spec.name)
            await server.patch(await cluster_kind(server), found, self._patch(found), approval)
        return made_of(found)

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """How many machines are what they shall be."""
        async with self._managing.opened() as server:
            found = await present(server, self._spec.name)
        return how_changed(found, workers=bool(self._spec.pools) and self._spec.wait_for_workers)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: "Approval") -> None:
        """Nothing: there is no way back to an older version, and a size is changed anew."""

    @abstractmethod
    def require_fitting(self, found: Manifest, known: Sequence[str]) -> tuple[str, ...]:
        """What is to be said of the change, of a Cluster as it is now.

        Args:
            found: the Cluster.
            known: the versions that its class makes; empty when it does not say.

        Raises:
            SpecRefused: it cannot be.
        """

    async def try_out(self, server: "Server", found: Manifest) -> None:
        """Let the server say what it would say to it, of a Cluster as it is now.

        Raises:
            SpecRefused: the Cluster asks for that already, or the server would refuse it.
        """
        if self._is_asked(found):
            what = f"{self._spec.name} asks for that already"
            raise SpecRefused(what, "nothing would change", "ask for something else")
        await server.try_patch(await cluster_kind(server), found, self._patch(found))

    @abstractmethod
    def _is_asked(self, found: Manifest) -> bool:
        """Whether the topology says so."""

    @abstractmethod
    def _patch(self, found: Manifest) -> Any:
        """What makes the topology say so."""


class UpgradeStep(Changing):
    """Another version, of the control plane and then of each pool: Cluster API keeps that order."""

    def __init__(self, managing: "Managing", spec: "ClusterApiSpec", version: str) -> None:
        self._version = f"v{version.removeprefix('v')}"
        self._body = {"spec": {"topology": {"version": self._version}}}
        title = f"{spec.name} from {spec.kubernetes} to {self._version}"
        super().__init__(managing, spec, PlannedStep("upgrade", title, "Cluster", self._body, _UPGRADE_SECONDS))

    def require_fitting(self, found: Manifest, known: Sequence[str]) -> tuple[str, ...]:
        """A class that says what it makes is followed by Cluster API over several minor versions."""
        if not VERSION.fullmatch(self._version):
            raise SpecRefused(f'"{self._version}" is no version', "", "write it like v1.34.2", field="version")
        now = text_at(found, "spec.topology.version")
        if not known:
            require_following(now, self._version, of="Clusters whose class names no versions")
        elif self._version != now and self._version not in later(now, known):
            there = ", ".join(later(now, known)) or "none"
            raise SpecRefused(f"{self._version} does not follow {now}", f"its class makes {there}", field="version")
        return ()

    def _is_asked(self, found: Manifest) -> bool:
        return text_at(found, "spec.topology.version") == self._version

    def _patch(self, found: Manifest) -> Any:
        return self._body


class ScaleStep(Changing):
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

    def require_fitting(self, found: Manifest, known: Sequence[str]) -> tuple[str, ...]:
        """The number of a pool that scales itself is not ours."""
        if bounds := bounds_of(pool_at(found, self._pool)[1]):
            why = f"between {bounds[0]} and {bounds[1]} nodes"
            raise SpecRefused(f"The pool {self._pool} scales itself", why, "give it other bounds", field="pool")
        if not 0 <= self._count <= LARGEST:
            what = f"A pool has no {self._count} nodes"
            raise SpecRefused(what, f"it has 0 to {LARGEST}", field="count")
        return ()

    def _is_asked(self, found: Manifest) -> bool:
        return pool_at(found, self._pool)[1].get("replicas") == self._count

    def _patch(self, found: Manifest) -> Any:
        place, _ = pool_at(found, self._pool)
        return [
            {"op": "test", "path": f"{place}/name", "value": self._pool},
            {"op": "add", "path": f"{place}/replicas", "value": self._count},
        ]


class BoundStep(Changing):
    """Other bounds of a pool, or its first: from then on its number of nodes is left to the cluster-autoscaler."""

    def __init__(self, managing: "Managing", spec: "ClusterApiSpec", pool: str, bounds: "Bounds") -> None:
        self._pool, self._bounds = pool, bounds_asked(bounds.least, bounds.most)
        title = f"Pool {pool} of {spec.name}: between {bounds.least} and {bounds.most} nodes"
        planned = PlannedStep(f"scale/{pool}", title, "Cluster", {"annotations": self._bounds}, _SCALE_SECONDS)
        super().__init__(managing, spec, planned)

    def require_fitting(self, found: Manifest, known: Sequence[str]) -> tuple[str, ...]:
        """How the pool is now, and who scales it."""
        pool = pool_at(found, self._pool)[1]
        bounds = bounds_of(pool)
        now = (
            f"Its bounds are {bounds[0]} and {bounds[1]} now" if bounds else f"It has {pool.get('replicas')} nodes now"
        )
        return now, _BY_AUTOSCALER

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


def step_of(managing: "Managing", spec: "ClusterApiSpec", change: "Change") -> Changing:
    """The one step of a change."""
    if change.kind is WorkKind.UPGRADE:
        return UpgradeStep(managing, spec, change.version)
    if change.bounds is not None:
        return BoundStep(managing, spec, change.pool, change.bounds)
    return ScaleStep(managing, spec, change.pool, change.count)


def later(now: str, known: Iterable[str]) -> list[str]:
    """The versions among those known that are newer, the next first."""
    return sorted({each for each in known if numbers(each) > numbers(now)}, key=numbers)


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
