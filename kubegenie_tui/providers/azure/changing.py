"""Changes of a cluster: what may be asked for, and the steps of it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Change, Choice, Estimate, Made, Outline, WorkKind
from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.providers.azure.access import cluster_named, group_of
from kubegenie_tui.providers.azure.change_steps import ControlPlaneUpgrade, PoolBounds, PoolScale, PoolUpgrade
from kubegenie_tui.providers.azure.choices import version_key
from kubegenie_tui.providers.azure.cloud import Cloud
from kubegenie_tui.providers.azure.outlines import NAME
from kubegenie_tui.providers.making import Step
from kubegenie_tui.providers.price_sheet import Line, Sheet

if TYPE_CHECKING:
    from azure.mgmt.containerservice.models import AgentPool
    from azure.mgmt.containerservice.models import AgentPoolManagedClusterAgentPoolProfileProperties as Properties

    from kubegenie_tui.providers.azure.aks_spec import AksSpec

MOST_NODES = 1_000


async def upgrades(cloud: Cloud, cluster: str) -> list[Choice]:
    """Versions that the control plane can go to, the next first."""
    found = await cluster_named(cloud, cluster)
    async with cloud.client() as client:
        profile = await client.managed_clusters.get_upgrade_profile(group_of(found), str(found.name))
    offered = profile.properties.control_plane_profile.upgrades or ()
    choices = [
        Choice(each.kubernetes_version, "preview" if each.is_preview else "")
        for each in offered
        if each.kubernetes_version
    ]
    return sorted(choices, key=lambda choice: version_key(choice.value))


def change_steps(cloud: Cloud, spec: "AksSpec", made: Mapping[str, Made], change: Change) -> list[Step]:
    """The steps of a change."""
    group = str(made.get("cluster", {}).get("group") or spec.group)
    if change.bounds is not None:
        return [PoolBounds(cloud, group, spec.name, change.pool, change.bounds)]
    if change.kind is WorkKind.SCALE:
        return [PoolScale(cloud, group, spec.name, change.pool, change.count)]
    pools = (PoolUpgrade(cloud, group, spec.name, pool.name, change.version) for pool in spec.pools)
    return [ControlPlaneUpgrade(cloud, group, spec.name, change.version), *pools]


async def change_outline(
    cloud: Cloud, spec: "AksSpec", made: Mapping[str, Made], change: Change, sheet: Sheet
) -> Outline:
    """What a change would do.

    Raises:
        SpecRefused: there is no such version or pool, or the pool cannot have so many nodes.
        KubeGenieError: Azure cannot be asked.
    """
    steps = tuple(step.planned for step in change_steps(cloud, spec, made, change))
    where = f"{spec.region} · subscription {cloud.config.subscription}"
    if change.kind is WorkKind.SCALE:
        pool = await _pool(cloud, spec, change)
        count, warnings = _effect(pool, change)
        return Outline(NAME, spec.name, where, steps, _cost(spec, change.pool, pool, count, sheet), warnings=warnings)
    offered = [choice.value for choice in await upgrades(cloud, spec.name)]
    if change.version not in offered:
        raise SpecRefused(
            f"{spec.name} cannot go to {change.version}",
            f"it can go to {', '.join(offered)}" if offered else "there is no newer version for it",
            field="version",
        )
    others = {str(each.name) for each in await _pools(cloud, spec.name)} - {each.name for each in spec.pools}
    return Outline(NAME, spec.name, where, steps, warnings=tuple(_said_of_an_upgrade(sorted(others))))


def _said_of_an_upgrade(others: list[str]) -> Iterator[str]:
    yield "there is no way back to the version before"
    yield "nodes are replaced: pods move, and budgets that allow no disruption hold it up"
    if others:
        yield f"pools that were not made here, or that it went on without, keep their version: {', '.join(others)}"


async def _pools(cloud: Cloud, cluster: str) -> "list[AgentPool]":
    found = await cluster_named(cloud, cluster)
    async with cloud.client() as client:
        return [each async for each in client.agent_pools.list(group_of(found), cluster)]


async def _pool(cloud: Cloud, spec: "AksSpec", change: Change) -> "Properties":
    pools = await _pools(cloud, spec.name)
    pool = next((each for each in pools if each.name == change.pool), None)
    if pool is None or pool.properties is None:
        have = ", ".join(str(each.name) for each in pools)
        raise SpecRefused(f"{spec.name} has no pool {change.pool}", f"it has {have}", field="pool")
    return pool.properties


def _effect(now: "Properties", change: Change) -> tuple[int, tuple[str, ...]]:
    """The number of nodes that it comes to, and what is to be said of that.

    Raises:
        SpecRefused: the pool cannot be scaled so.
    """
    name, bounds, least = change.pool, change.bounds, 1 if now.mode == "System" else 0
    if bounds is None:
        _require_number(now, least, change)
        return change.count, ()
    if not now.enable_auto_scaling:
        why, step = f"it has {now.count} nodes", "give it a number of nodes"
        raise SpecRefused(f"The pool {name} does not scale itself", why, step, field="pool")
    if bounds.least < least:
        raise SpecRefused(f"The pool {name} has at least {least} nodes", "it is of the system", field="least")
    return bounds.nearest(now.count or 0), (
        f"Its bounds are {now.min_count} and {now.max_count} now",
        *bounds.effect(now.count or 0),
    )


def _require_number(now: "Properties", least: int, change: Change) -> None:
    name = change.pool
    if now.enable_auto_scaling:
        why = f"between {now.min_count} and {now.max_count} nodes"
        raise SpecRefused(f"The pool {name} scales itself", why, "give it other bounds", field="pool")
    if not least <= change.count <= MOST_NODES:
        raise SpecRefused(
            f"The pool {name} cannot have {change.count} nodes", f"from {least} to {MOST_NODES}", field="count"
        )


def _cost(spec: "AksSpec", name: str, pool: "Properties", count: int, sheet: Sheet) -> Estimate:
    size = str(pool.vm_size)
    price = sheet.node(spec.region, size)
    spot = pool.scale_set_priority == "Spot"
    hourly = (price.spot_hourly if spot else price.hourly) if price else None
    line = Line(f"pool {name}: {size}{', spot' if spot else ''}", count, hourly)
    return sheet.estimate([line], spec.region)
