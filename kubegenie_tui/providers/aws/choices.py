"""What there is to choose from at AWS, for each field that a person fills in."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from kubegenie_tui.domain.errors import PermissionMissing
from kubegenie_tui.domain.form import Value
from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.aws.listed import ADD_ONS
from kubegenie_tui.providers.aws.versions import as_choice, versions
from kubegenie_tui.providers.making import Choice
from kubegenie_tui.providers.price_sheet import load_sheet

WITHOUT_EKS = ("use1-az3", "usw1-az2", "cac1-az3")
"""Ids of zones that take no control plane. Source: Amazon EKS user guide, subnet requirements."""
_SMALLEST_MIB = 2048
"""Memory below which a node has no room for pods beside its own daemons."""
_MOST_SIZES = 400


async def choices(cloud: Cloud, field: str, values: Mapping[str, Value]) -> list[Choice]:
    """What there is for a field; empty when any text will do.

    Raises:
        ProviderError: it cannot be looked up.
    """
    known: dict[str, Callable[[Cloud, Mapping[str, Value]], Awaitable[list[Choice]]]] = {
        "region": _regions,
        "zones": _zones,
        "version": _versions,
        "vpc": _vpcs,
        "subnets": _subnets,
        "pools.size": _sizes,
        "add_ons": _add_ons,
    }
    return await known[field](cloud, values) if field in known else []


async def zones(cloud: Cloud) -> dict[str, str]:
    """Names and ids of the zones that take a control plane."""
    filters = [{"Name": "zone-type", "Values": ["availability-zone"]}]
    found = await cloud.all("ec2:DescribeAvailabilityZones", "AvailabilityZones", Filters=filters)
    return {
        each["ZoneName"]: each["ZoneId"]
        for each in sorted(found, key=lambda each: str(each["ZoneName"]))
        if each["ZoneId"] not in WITHOUT_EKS and each.get("State", "available") == "available"
    }


def size_words(cloud: Cloud, found: Mapping[str, Any]) -> str:
    """`4 vCPU · 16 GiB · $0.192/h`, and whether it is of another processor."""
    price = load_sheet("eks").node(cloud.region, found["InstanceType"])
    cores, memory = found["VCpuInfo"]["DefaultVCpus"], found["MemoryInfo"]["SizeInMiB"] / 1024
    arm = " · Arm" if "arm64" in found.get("ProcessorInfo", {}).get("SupportedArchitectures", ()) else ""
    return f"{price.words if price else f'{cores} vCPU · {memory:g} GiB · unpriced'}{arm}"


async def _regions(cloud: Cloud, _: Mapping[str, Value]) -> list[Choice]:
    found = await cloud.all("ec2:DescribeRegions", "Regions")
    return [Choice(each) for each in sorted(each["RegionName"] for each in found)]


async def _zones(cloud: Cloud, _: Mapping[str, Value]) -> list[Choice]:
    return [Choice(name, identity) for name, identity in (await zones(cloud)).items()]


async def _versions(cloud: Cloud, _: Mapping[str, Value]) -> list[Choice]:
    try:
        return [as_choice(each) for each in await versions(cloud)]
    except PermissionMissing:
        return []


async def _vpcs(cloud: Cloud, _: Mapping[str, Value]) -> list[Choice]:
    found = await cloud.all("ec2:DescribeVpcs", "Vpcs")
    return [Choice(each["VpcId"], _named(each, each["CidrBlock"])) for each in found]


async def _subnets(cloud: Cloud, values: Mapping[str, Value]) -> list[Choice]:
    filters = [{"Name": "vpc-id", "Values": [str(values["vpc"])]}] if values.get("vpc") else []
    found = await cloud.all("ec2:DescribeSubnets", "Subnets", Filters=filters)
    return [
        Choice(each["SubnetId"], _named(each, f"{each['CidrBlock']} · {each['AvailabilityZone']}"))
        for each in sorted(found, key=lambda each: str(each["AvailabilityZone"]))
    ]


async def _sizes(cloud: Cloud, _: Mapping[str, Value]) -> list[Choice]:
    filters = [
        {"Name": "bare-metal", "Values": ["false"]},
        {"Name": "supported-virtualization-type", "Values": ["hvm"]},
    ]
    found = await cloud.all("ec2:DescribeInstanceTypes", "InstanceTypes", Filters=filters)
    sheet = load_sheet("eks")
    roomy = [each for each in found if each["MemoryInfo"]["SizeInMiB"] >= _SMALLEST_MIB]

    def by_price(each: Mapping[str, Any]) -> tuple[bool, bool, float, str]:
        price, old = sheet.node(cloud.region, each["InstanceType"]), not each.get("CurrentGeneration", True)
        amount = price.hourly if price else each["MemoryInfo"]["SizeInMiB"]
        return price is None, price is None and old, amount, each["InstanceType"]

    return [Choice(each["InstanceType"], size_words(cloud, each)) for each in sorted(roomy, key=by_price)[:_MOST_SIZES]]


async def _add_ons(cloud: Cloud, _: Mapping[str, Value]) -> list[Choice]:
    return [Choice(each) for each in ADD_ONS]


def _named(found: Mapping[str, Any], words: str) -> str:
    name = next((each["Value"] for each in found.get("Tags", ()) if each["Key"] == "Name"), "")
    return f"{name} · {words}" if name else words
