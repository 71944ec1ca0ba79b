"""What is left of a removed cluster. What it makes itself lies in the group of its nodes, and goes with that."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Leftover, Made
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.providers.azure.cloud import Cloud, or_none
from kubegenie_tui.providers.azure.steps import RESOURCES_API, others_inside
from kubegenie_tui.providers.price_sheet import Sheet

if TYPE_CHECKING:
    from kubegenie_tui.providers.azure.aks_spec import AksSpec

DISKS_API = "2023-04-02"
_DISK = "microsoft.compute/disks"
_KINDS = {
    _DISK: "volume",
    "microsoft.network/loadbalancers": "load balancer",
    "microsoft.network/publicipaddresses": "public address",
}
_PRICES = {"load balancer": "load_balancer", "public address": "address"}
"""What the sheet calls those of the SKU Standard."""


_CLAIM = "kubernetes.io-created-for-pvc-"
_SERVICE = "k8s-azure-service"
"""Tags by which the cloud provider of AKS says what it made something for."""


async def leftovers_of(cloud: Cloud, spec: "AksSpec", made: Mapping[str, Made], sheet: Sheet) -> list[Leftover]:
    """What goes with the group of its nodes; the resource group when it stays, and what others put into it."""
    going = await _going(cloud, str(made.get("cluster", {}).get("nodes_group", "")), sheet)
    if not spec.new_group:
        return [*going, Leftover("resource group", spec.group)]
    if "group" not in made:
        return going
    async with cloud.client() as client:
        inside = await others_inside(cloud, client, spec.group, str(made["group"]["work"]))
    prices = await _hourly(cloud, spec.group, inside, sheet)
    kept = [
        Leftover(_kind(each) or str(each.get("type", "")), str(each.get("name", "")), prices.get(_id(each)))
        for each in inside
    ]
    return [*going, Leftover("resource group", spec.group), *kept] if kept else going


async def _going(cloud: Cloud, group: str, sheet: Sheet) -> list[Leftover]:
    """Disks of volumes and addresses of Services in the group of the nodes, which goes with the cluster."""
    if not group:
        return []
    try:
        async with cloud.client() as client:
            path = f"{cloud.path}/resourceGroups/{group}/resources"
            found = await or_none(cloud.all(client, path, RESOURCES_API)) or []
    except KubeGenieError as error:
        return [Leftover("volumes", f"could not be looked up: {error}", goes=True)]
    named = [(each, what) for each in found if (what := _for(each.get("tags") or {})) and _kind(each)]
    prices = await _hourly(cloud, group, [each for each, _ in named], sheet)
    return [
        Leftover(_kind(each), f"{each.get('name', '')}, {what}", prices.get(_id(each)), goes=True)
        for each, what in named
    ]


async def _hourly(
    cloud: Cloud, group: str, found: Iterable[Mapping[str, Any]], sheet: Sheet
) -> dict[str, float | None]:
    """US dollars an hour of what lies in a group, by id; nothing of what the sheet or Azure does not tell."""
    prices: dict[str, float | None] = {}
    for each in found:
        if (kind := _PRICES.get(_kind(each))) and (each.get("sku") or {}).get("name") == "Standard":
            prices[_id(each)] = sheet.network_hourly(str(each.get("location", "")), kind)
    if any(_kind(each) == _KINDS[_DISK] for each in found):
        for disk in await _disks(cloud, group):
            kind, size = (disk.get("sku") or {}).get("name", ""), (disk.get("properties") or {}).get("diskSizeGB", 0)
            prices[_id(disk)] = sheet.volume_hourly(str(disk.get("location", "")), kind, size) if size else None
    return prices


async def _disks(cloud: Cloud, group: str) -> list[dict[str, Any]]:
    """The disks of a group with their sizes; none when they may not be read: what they cost is not known then."""
    path = f"{cloud.path}/resourceGroups/{group}/providers/Microsoft.Compute/disks"
    try:
        async with cloud.client() as client:
            return await cloud.all(client, path, DISKS_API)
    except KubeGenieError:
        return []


def _kind(found: Mapping[str, Any]) -> str:
    """`volume`; empty for what is none of these."""
    return _KINDS.get(str(found.get("type", "")).lower(), "")


def _id(found: Mapping[str, Any]) -> str:
    """Azure writes the same one in different cases."""
    return str(found.get("id", "")).lower()


def _for(tags: Mapping[str, str]) -> str:
    """Which claim or Service it was made for; empty for what the nodes need themselves."""
    if name := tags.get(f"{_CLAIM}name"):
        return f"of the claim {tags.get(f'{_CLAIM}namespace', '')}/{name}"
    return f"of the Service {tags[_SERVICE]}" if tags.get(_SERVICE) else ""
