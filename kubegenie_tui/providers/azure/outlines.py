"""What would be done for a spec, what it costs, and what would stay when it is removed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kubegenie_tui.domain.creation import Estimate, Outline
from kubegenie_tui.domain.errors import PermissionMissing, SpecRefused
from kubegenie_tui.providers.azure.access import group_of
from kubegenie_tui.providers.azure.choices import sizes, versions
from kubegenie_tui.providers.azure.cloud import Cloud, or_none
from kubegenie_tui.providers.azure.cluster_steps import Cluster, Pool
from kubegenie_tui.providers.azure.steps import NAMESPACE, RESOURCES_API, Group, Registration
from kubegenie_tui.providers.making import Step
from kubegenie_tui.providers.price_sheet import Line, Sheet

if TYPE_CHECKING:
    from azure.mgmt.containerservice.aio import ContainerServiceClient

    from kubegenie_tui.providers.azure.aks_spec import AksPool, AksSpec

NAME = "aks"
STEADY_NODES = 3
"""With fewer of them in the system pools, an upgrade or a failed node is felt."""
FREE_NODES = 10
"""What the Free tier is meant for, at most."""
_NAMED = 3
"""Sizes that are named in place of one that is not to be had."""


def steps_of(cloud: Cloud, spec: "AksSpec", work: str) -> list[Step]:
    """All steps, in order."""
    made: list[Step] = [Registration(cloud)]
    if spec.new_group:
        made.append(Group(cloud, spec, work))
    made.append(Cluster(cloud, spec, work))
    made += [Pool(cloud, spec, pool, work) for pool in spec.pools if pool is not spec.first_pool]
    return made


async def outline_of(cloud: Cloud, spec: "AksSpec", sheet: Sheet) -> Outline:
    """What would be done.

    Raises:
        SpecRefused: the region has not the version or a size, the group is there or not, or the name is used.
        KubeGenieError: Azure cannot be asked.
    """
    await _check_version(cloud, spec)
    await _check_sizes(cloud, spec, sheet)
    async with cloud.client() as client:
        await _check_group(cloud, client, spec)
        await _check_name(client, spec)
    return told(cloud, spec, sheet)


def told(cloud: Cloud, spec: "AksSpec", sheet: Sheet) -> Outline:
    """The same without a look at Azure."""
    planned = tuple(step.planned for step in steps_of(cloud, spec, ""))
    where = f"{spec.region} · subscription {cloud.config.subscription}"
    return Outline(
        NAME,
        spec.name,
        where,
        planned,
        estimate(spec, sheet),
        tuple(leaves(spec)),
        tuple(warnings(spec)),
        seals=not spec.entra,
    )


def estimate(spec: "AksSpec", sheet: Sheet) -> Estimate:
    """What it costs; pools that scale themselves are counted with the nodes that they begin with."""
    lines = [Line(f"control plane, {spec.tier} tier", 1, sheet.control_plane.get(spec.tier))]
    lines += [pool_line(spec.region, pool, sheet) for pool in spec.pools]
    disks = sum(pool.count for pool in spec.pools)
    lines += [
        Line(f"{disks} disks of nodes", disks, None),
        Line("load balancer for traffic out", 1, sheet.network_hourly(spec.region, "load_balancer")),
        Line("its public address", 1, sheet.network_hourly(spec.region, "address")),
        Line("traffic, and public addresses of Services", 1, None),
    ]
    return sheet.estimate(lines, spec.region)


def pool_line(region: str, pool: "AksPool", sheet: Sheet) -> Line:
    """The nodes of a pool."""
    price = sheet.node(region, pool.size)
    hourly = (price.spot_hourly if pool.spot else price.hourly) if price else None
    return Line(f"pool {pool.name}: {pool.size}{', spot' if pool.spot else ''}", pool.count, hourly)


def leaves(spec: "AksSpec") -> Sequence[str]:
    """What stays when the cluster is removed, in words."""
    stays = [f"the registration of {NAMESPACE} in the subscription"]
    if not spec.new_group:
        stays.append(f"the resource group {spec.group}, which was there before")
    else:
        stays.append(f"the resource group {spec.group}, as long as something of others lies in it")
    stays.append("disks and addresses that workloads were told to make in other resource groups")
    return stays


def warnings(spec: "AksSpec") -> Sequence[str]:
    """What a person should know before they say yes."""
    said = [
        f"AKS makes a second resource group, MC_{spec.group}_{spec.name}_{spec.region}: it goes with the cluster, and "
        "with it load balancers, addresses and the disks of volumes, whatever their reclaim policy says"
    ]
    steady = sum(pool.count for pool in spec.pools if pool.mode == "System")
    nodes = sum(pool.maximum if pool.autoscale else pool.count for pool in spec.pools)
    if steady < STEADY_NODES:
        said.append(f"the system pools have {steady} nodes: {STEADY_NODES} get through upgrades and failures")
    if spec.tier == "Free" and nodes > FREE_NODES:
        said.append(f"the Free tier is meant for at most {FREE_NODES} nodes, and guarantees no uptime")
    if spec.subnet:
        said.append(
            "the identity of the cluster needs the role Network Contributor on your subnet: nobody gives it one"
        )
    if spec.entra and not spec.admin_groups:
        said.append("nobody has rights inside the cluster before a role of Azure gives them some")
    return said


async def _check_version(cloud: Cloud, spec: "AksSpec") -> None:
    if not spec.version:
        return
    known = [choice.value for choice in await versions(cloud, spec.region)]
    if not any(each == spec.version or each.startswith(f"{spec.version}.") for each in known):
        raise SpecRefused(
            f"AKS has no Kubernetes {spec.version} in {spec.region}",
            f"there are {', '.join(known)}",
            "choose one of them, or leave it empty",
            field="version",
        )


async def _check_sizes(cloud: Cloud, spec: "AksSpec", sheet: Sheet) -> None:
    """Whoever may not list sizes is told by Azure itself, when it is asked for the pool."""
    try:
        offered = [choice.value for choice in await sizes(cloud, spec.region, sheet)]
    except PermissionMissing:
        return
    known = {size.lower() for size in offered}
    for at, pool in enumerate(spec.pools):
        if pool.size.lower() not in known:
            priced = [size for size in offered if sheet.node(spec.region, size)][:_NAMED]
            raise SpecRefused(
                f"The subscription can have no {pool.size} for nodes in {spec.region}",
                next_step=f"choose another size, such as {', '.join(priced)}" if priced else "choose another size",
                field=f"pools.{at}.size",
            )


async def _check_group(cloud: Cloud, client: "ContainerServiceClient", spec: "AksSpec") -> None:
    path = f"{cloud.path}/resourceGroups/{spec.group}"
    is_there = await or_none(cloud.rest(client, "GET", path, RESOURCES_API)) is not None
    if is_there == spec.new_group:
        raise SpecRefused(
            f"There is a resource group {spec.group} already"
            if is_there
            else f"There is no resource group {spec.group}",
            next_step="choose another one, or say that it is not a new one" if is_there else "let a new one be made",
            field="resource_group",
        )


async def _check_name(client: "ContainerServiceClient", spec: "AksSpec") -> None:
    """AKS takes the same name in two groups; we tell clusters apart by it."""
    async for each in client.managed_clusters.list():
        if each.name == spec.name:
            raise SpecRefused(
                f"There is a cluster {spec.name} already",
                f"it lies in the resource group {group_of(each)}",
                "choose another name",
                field="name",
            )
