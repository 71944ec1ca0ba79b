"""What would be done for a cluster or a change of one, as it is reviewed: steps, cost, what stays, what to know."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Change, Estimate, Outline, WorkKind
from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.providers.gcp.changing import BoundPool, ScalePool, UpgradeControlPlane, UpgradePool
from kubegenie_tui.providers.gcp.versions import default_of, is_offered, offered, upgrades
from kubegenie_tui.providers.making import Step
from kubegenie_tui.providers.price_sheet import Line, Sheet, load_sheet

if TYPE_CHECKING:
    from google.cloud.container_v1 import types as gke

    from kubegenie_tui.providers.gcp.container import Container
    from kubegenie_tui.providers.gcp.gke_spec import GkePool, GkeSpec
    from kubegenie_tui.providers.gcp.rest import Rest

PROVIDER = "gke"
LEAVES = (
    "load balancers of Services and Ingresses that are there when the cluster is removed",
    "volumes that are there when it is removed, and those that are to be retained",
    "its logs and metrics in Google Cloud",
)
_OPEN = "The API server can be reached from the whole internet, with credentials: name authorized networks"
_NAT = "Nodes without addresses of the internet reach it by Cloud NAT alone, which is not made here"
_SPOT = "Spot nodes may be taken away at any time, all at once"
_ONE_ZONE = "One zone: its API server is away whenever it is upgraded, and with the zone"


def outline_of(spec: "GkeSpec", steps: Sequence[Step], project: str, config: "gke.ServerConfig") -> Outline:
    """All that would be done for a cluster.

    Raises:
        SpecRefused: its version is not offered there.
    """
    versions = offered(config, spec.channel)
    if not is_offered(spec.version, versions):
        some = ", ".join(versions[:3]) or "nothing"
        raise SpecRefused(f"{spec.region} does not offer {spec.version}", f"it has {some}", field="version")
    version = spec.version or f"Google's choice, {default_of(config, spec.channel)} now"
    return told(spec, steps, f"{spec.region} · project {project} · version {version}")


def told(spec: "GkeSpec", steps: Sequence[Step], where: str) -> Outline:
    """The same without a look at Google Cloud."""
    return Outline(
        PROVIDER,
        spec.name,
        where,
        tuple(each.planned for each in steps),
        estimate_of(spec, load_sheet(PROVIDER)),
        LEAVES,
        tuple(_warnings(spec)),
    )


def estimate_of(spec: "GkeSpec", sheet: Sheet) -> Estimate:
    """The cluster's fee, nodes and disks; a pool that scales itself is counted as it begins."""
    return sheet.estimate(_lines(spec, sheet), spec.within)


def change_steps_of(spec: "GkeSpec", change: Change, container: "Container", rest: "Rest") -> list[Step]:
    """The steps of a change, in order: nodes are never newer than their control plane."""
    if change.bounds is not None:
        return [BoundPool(spec, container, change.pool, change.bounds)]
    if change.kind is WorkKind.SCALE:
        return [ScalePool(spec, container, rest, change.pool, change.count)]
    nodes = [UpgradePool(spec, container, pool, change.version) for pool in spec.pools]
    return [UpgradeControlPlane(spec, container, change.version), *nodes]


def change_outline_of(
    spec: "GkeSpec", change: Change, steps: Sequence[Step], project: str, cluster: "gke.Cluster"
) -> Outline:
    """All that a change would do.

    Raises:
        SpecRefused: the pool is not there, or is not scaled by hand.
    """
    warnings = _scaling(spec, change, cluster) if change.kind is WorkKind.SCALE else _upgrading(spec, cluster)
    where = f"{spec.region} · project {project} · version {cluster.current_master_version}"
    return Outline(PROVIDER, spec.name, where, tuple(each.planned for each in steps), warnings=tuple(warnings))


def require_upgrade(version: str, cluster: "gke.Cluster", config: "gke.ServerConfig") -> None:
    """Raise unless a cluster can be brought to a version now.

    Raises:
        SpecRefused: it cannot.
    """
    channel = cluster.release_channel.channel.name.lower()
    able = upgrades(cluster.current_master_version, offered(config, channel))
    if version not in able:
        some = f"it can go to {', '.join(able[:3])}" if able else "it has the newest that is offered to it"
        raise SpecRefused(f"{cluster.name} cannot be upgraded to {version or 'no version'}", some, field="version")


def _lines(spec: "GkeSpec", sheet: Sheet) -> Iterator[Line]:
    yield Line("Cluster", 1, sheet.control_plane["cluster"])
    if spec.mode == "Autopilot":
        yield Line("Pods of Autopilot, by what they request", 1, None)
    for pool in spec.pools:
        yield _nodes(spec, pool, sheet)
        count = pool.count * spec.zones * pool.disk_gb
        yield Line(
            f"Disks of {pool.name}: GB of {pool.disk_type}", count, sheet.disk_hourly(spec.within, pool.disk_type)
        )


def _nodes(spec: "GkeSpec", pool: "GkePool", sheet: Sheet) -> Line:
    price = sheet.node(spec.within, pool.size)
    hourly = None if price is None else price.spot_hourly if pool.spot else price.hourly
    return Line(f"Nodes of {pool.name}: {pool.size}{', spot' if pool.spot else ''}", pool.count * spec.zones, hourly)


def _warnings(spec: "GkeSpec") -> Iterator[str]:
    if not spec.networks:
        yield _OPEN
    if spec.private_nodes:
        yield _NAT
    if spec.zonal:
        yield _ONE_ZONE
    if any(each.spot for each in spec.pools):
        yield _SPOT
    for each in spec.pools:
        if each.autoscale:
            most, first = each.maximum * spec.zones, each.count * spec.zones
            yield f"The pool {each.name} may grow to {most} nodes: the estimate is for {first}"


def _scaling(spec: "GkeSpec", change: Change, cluster: "gke.Cluster") -> Iterable[str]:
    pool = next((each for each in cluster.node_pools if each.name == change.pool), None)
    if pool is None:
        names = ", ".join(each.name for each in cluster.node_pools) or "none: Autopilot makes nodes by itself"
        raise SpecRefused(f"{spec.name} has no pool {change.pool}", f"it has {names}", field="pool")
    if change.bounds is not None:
        return _bounding(pool)
    if not pool.autoscaling.enabled:
        return []
    least, most = pool.autoscaling.min_node_count, pool.autoscaling.max_node_count
    if not least <= change.count <= most:
        why, step = f"between {least} and {most}", "give it other bounds"
        raise SpecRefused(f"The pool {pool.name} scales itself", why, step, field="count")
    return [f"The pool {pool.name} scales itself: it may not stay at {change.count}"]


def _bounding(pool: "gke.NodePool") -> Iterable[str]:
    if not pool.autoscaling.enabled:
        step = "give it a number of nodes"
        raise SpecRefused(f"The pool {pool.name} does not scale itself", "it has no bounds", step, field="pool")
    least, most = pool.autoscaling.min_node_count, pool.autoscaling.max_node_count
    yield f"Its bounds are {least} and {most} now"
    yield "Nodes beyond the new ones go, and missing ones come, when Google next scales the pool"


def _upgrading(spec: "GkeSpec", cluster: "gke.Cluster") -> Iterable[str]:
    yield "There is no way back to an older version"
    if spec.zonal:
        yield "One zone: its API server is away while it is upgraded"
    if spec.pools:
        yield "Nodes are drained one after the other: Pods are moved"
    ours = {each.name for each in spec.pools}
    others = [each.name for each in cluster.node_pools if each.name not in ours]
    if others and spec.mode == "Standard":
        yield f"Pools that were not made here keep their version: {', '.join(others)}"
