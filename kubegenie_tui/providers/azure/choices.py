"""What there is to choose from: regions, versions of Kubernetes, sizes of machines, resource groups."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Choice
from kubegenie_tui.domain.form import Value
from kubegenie_tui.domain.text import plain
from kubegenie_tui.providers.azure.cloud import Cloud
from kubegenie_tui.providers.azure.rights import SUBSCRIPTIONS_API
from kubegenie_tui.providers.azure.steps import RESOURCES_API
from kubegenie_tui.providers.price_sheet import Sheet

if TYPE_CHECKING:
    from azure.mgmt.containerservice.models import KubernetesVersion

SKUS_API = "2021-07-01"
LEAST_CPUS, LEAST_MEMORY_GB = 2, 4
"""What AKS wants of a node."""


async def regions(cloud: Cloud) -> list[Choice]:
    """Places that machines stand in."""
    async with cloud.client() as client:
        found = await cloud.all(client, f"{cloud.path}/locations", SUBSCRIPTIONS_API)
    physical = (each for each in found if (each.get("metadata") or {}).get("regionType", "Physical") == "Physical")
    return sorted(
        (Choice(each["name"], plain(str(each.get("displayName", "")))) for each in physical),
        key=lambda choice: choice.value,
    )


async def versions(cloud: Cloud, region: str) -> list[Choice]:
    """Versions of Kubernetes in a region, the newest first."""
    async with cloud.client() as client:
        listed = await client.managed_clusters.list_kubernetes_versions(region)
    found = [choice for each in listed.values_property or () for choice in _patches(each)]
    return sorted(found, key=lambda choice: version_key(choice.value), reverse=True)


async def sizes(cloud: Cloud, region: str, sheet: Sheet) -> list[Choice]:
    """Sizes that the subscription may have in a region, and that suffice for a node; the small ones first."""
    path = f"{cloud.path}/providers/Microsoft.Compute/skus"
    async with cloud.client() as client:
        found = await cloud.all(client, path, SKUS_API, f"location eq '{region}'")
    machines = [_Machine(each) for each in found if each.get("resourceType") == "virtualMachines"]
    fit = [each for each in machines if each.is_free and each.cpus >= LEAST_CPUS and each.memory_gb >= LEAST_MEMORY_GB]
    fit.sort(key=lambda each: (each.cpus, each.memory_gb, each.name))
    return [Choice(each.name, _size_words(each, region, sheet)) for each in fit]


async def groups(cloud: Cloud) -> list[Choice]:
    """Resource groups of the subscription."""
    async with cloud.client() as client:
        found = await cloud.all(client, f"{cloud.path}/resourceGroups", RESOURCES_API)
    return [Choice(each["name"], each.get("location", "")) for each in found]


async def choices(cloud: Cloud, field: str, values: Mapping[str, Value], sheet: Sheet) -> list[Choice]:
    """What there is for a field; empty when any text will do, or the region is not known yet."""
    region = str(values.get("region") or "")
    match field:
        case "region":
            return await regions(cloud)
        case "version" if region:
            return await versions(cloud, region)
        case "pools.size" if region:
            return await sizes(cloud, region, sheet)
        case "resource_group":
            return await groups(cloud)
        case _:
            return []


def version_key(version: str) -> tuple[int, ...]:
    """What versions are put in order by."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _patches(minor: "KubernetesVersion") -> list[Choice]:
    plans = minor.capabilities.support_plan if minor.capabilities else None
    words = [
        "preview" if minor.is_preview else "",
        "the default" if minor.is_default else "",
        "long-term support only" if plans and "KubernetesOfficial" not in plans else "",
    ]
    label = ", ".join(word for word in words if word)
    return [Choice(each, label) for each in minor.patch_versions or (str(minor.version),)]


class _Machine:
    """A size as Azure lists it."""

    def __init__(self, sku: dict[str, Any]) -> None:
        self.name = str(sku.get("name", ""))
        can = {each.get("name"): each.get("value") for each in sku.get("capabilities") or ()}
        self.cpus = int(can.get("vCPUs") or 0)
        self.memory_gb = float(can.get("MemoryGB") or 0)
        self.is_free = all(each.get("type") != "Location" for each in sku.get("restrictions") or ())
        """Whether the subscription may have it in the region at all."""


def _size_words(machine: _Machine, region: str, sheet: Sheet) -> str:
    price = sheet.node(region, machine.name)
    return price.words if price else f"{machine.cpus} vCPU · {machine.memory_gb:g} GiB · unpriced"
