"""The clusters of an account, region by region: AWS lists those of one at a time."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import KubeGenieError, PermissionMissing, ProviderError
from kubegenie_tui.providers.api import FoundCluster, progress, trouble
from kubegenie_tui.providers.aws.cloud import Cloud

if TYPE_CHECKING:
    from kubegenie_tui.providers.aws.eks_config import EksConfig

_AT_ONCE = 4
"""Regions: each is a few requests, and threads are for others too."""


async def clusters(config: "EksConfig", here: Cloud) -> list[FoundCluster]:
    """Those of the region, and then of all others. One whose name another has too is called `region/name`.

    Raises:
        ProviderError: those of the region cannot be listed.
    """
    found = await _of_region(here)
    others = [Cloud(config, each) for each in await _other_regions(here)]
    if others:
        progress(f"{here.region}: {len(found)}, and {len(others)} other regions")
    limit = asyncio.Semaphore(_AT_ONCE)
    told = await asyncio.gather(*(_limited(limit, each) for each in others), return_exceptions=True)
    _tell_of_troubles(others, told)
    found += [cluster for each in told if isinstance(each, list) for cluster in each]
    taken: set[str] = set()
    named = []
    for cluster in found:
        name = str(cluster["name"])
        named.append(_found(cluster, f"{cluster['region']}/{name}" if name in taken else name))
        taken.add(name)
    return named


async def seen_in(config: "EksConfig", clouds: Sequence[Cloud], name: str) -> tuple[Cloud, Mapping[str, Any]]:
    """A cluster of that name, or of `region/name`: of the regions of these doors first, and then of all others.

    Raises:
        ProviderError: there is none.
    """
    region, _, short = name.rpartition("/")
    if region:
        clouds = [next((each for each in clouds if each.region == region), Cloud(config, region))]
    for cloud in clouds:
        answer = await cloud.seen("eks:DescribeCluster", name=short)
        if answer is not None:
            return cloud, answer["cluster"]
    known = {each.region for each in clouds}
    others = [] if region else [each for each in await _other_regions(clouds[-1]) if each not in known]
    there = [Cloud(config, each) for each in others]
    asked = (each.seen("eks:DescribeCluster", name=short) for each in there)
    for cloud, told in zip(there, await asyncio.gather(*asked, return_exceptions=True), strict=True):
        if isinstance(told, dict):
            return cloud, told["cluster"]
    raise ProviderError(f"EKS has no cluster {name} in this account", "", "name one that it lists")


async def _other_regions(cloud: Cloud) -> list[str]:
    """Those that are turned on; none when they may not be listed, which is told."""
    try:
        found = await cloud.all("ec2:DescribeRegions", "Regions")
    except PermissionMissing as error:
        trouble(error)
        return []
    return sorted(each["RegionName"] for each in found if each["RegionName"] != cloud.region)


async def _limited(limit: asyncio.Semaphore, cloud: Cloud) -> list[dict[str, Any]]:
    async with limit:
        return await _of_region(cloud)


async def _of_region(cloud: Cloud) -> list[dict[str, Any]]:
    names = await cloud.all("eks:ListClusters", "clusters")
    seen = [await cloud.seen("eks:DescribeCluster", name=name) for name in sorted(names)]
    return [{**each["cluster"], "region": cloud.region} for each in seen if each is not None]


def _tell_of_troubles(clouds: Sequence[Cloud], told: Sequence[object]) -> None:
    """Together: what an organization forbids is forbidden in many regions, in the same words."""
    failed = [(cloud.region, each) for cloud, each in zip(clouds, told, strict=True) if isinstance(each, BaseException)]
    for _, error in failed:
        if not isinstance(error, KubeGenieError):
            raise error
    if failed:
        regions = ", ".join(region for region, _ in failed)
        trouble(ProviderError(f"Clusters cannot be listed in {regions}", str(failed[0][1])))


def _found(seen: Mapping[str, Any], name: str) -> FoundCluster:
    version = f"v{seen['version']}" if seen.get("version") else ""
    return FoundCluster(name, str(seen.get("endpoint", "")), seen["region"], version, str(seen.get("status", "")))
