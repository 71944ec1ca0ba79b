"""Changes of a cluster: what may be asked for, and the steps of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Change, Choice, Estimate, Made, Outline, WorkKind
from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.providers.azure.access import cluster_named, group_of
from kubegenie_tui.providers.azure.change_steps import ControlPlaneUpgrade, PoolScale, PoolUpgrade
from kubegenie_tui.providers.azure.choices import version_key
from kubegenie_tui.providers.azure.cloud import Cloud
from kubegenie_tui.providers.azure.outlines import NAME
from kubegenie_tui.providers.making import Step
from kubegenie_tui.providers.price_sheet import Line, Sheet

if TYPE_CHECKING:
    from azure.mgmt.containerservice.models import AgentPool

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
        cost = _cost(spec, await _pool(cloud, spec, change), change, sheet)
        return Outline(NAME, spec.name, where, steps, cost)
    offered = [choice.value for choice in await upgrades(cloud, spec.name)]
    if change.version not in offered:
        raise SpecRefused(
            f"{spec.name} cannot go to {change.version}",
            f"it can go to {', '.join(offered)}" if offered else "there is no newer version for it",
            field="version",
        )
    return Outline(
        NAME,
        spec.name,
        where,
        steps,
        warnings=(
            "there is no way back to the version before",
            "nodes are replaced: pods move, and budgets that allow no disruption hold it up",
        ),
    )


async def _pool(cloud: Cloud, spec: "AksSpec", change: Change) -> "AgentPool":
    found = await cluster_named(cloud, spec.name)
    async with cloud.client() as client:
        pools = [each async for each in client.agent_pools.list(group_of(found), spec.name)]
    pool = next((each for each in pools if each.name == change.pool), None)
    if pool is None or pool.properties is None:
        have = ", ".join(str(each.name) for each in pools)
        raise SpecRefused(f"{spec.name} has no pool {change.pool}", f"it has {have}", field="pool")
    if pool.properties.enable_auto_scaling:
        bounds = f"between {pool.properties.min_count} and {pool.properties.max_count} nodes"
        raise SpecRefused(f"The pool {change.pool} scales itself", bounds, "change its bounds in Azure", field="pool")
    least = 1 if pool.properties.mode == "System" else 0
    if not least <= change.count <= MOST_NODES:
        raise SpecRefused(
            f"The pool {change.pool} cannot have {change.count} nodes", f"from {least} to {MOST_NODES}", field="count"
        )
    return pool


def _cost(spec: "AksSpec", pool: "AgentPool", change: Change, sheet: Sheet) -> Estimate:
    assert pool.properties is not None
    size = str(pool.properties.vm_size)
    price = sheet.node(spec.region, size)
    spot = pool.properties.scale_set_priority == "Spot"
    hourly = (price.spot_hourly if spot else price.hourly) if price else None
    line = Line(f"pool {change.pool}: {size}{', spot' if spot else ''}", change.count, hourly)
    return sheet.estimate([line], spec.region)
