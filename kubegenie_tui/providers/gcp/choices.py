"""What there is for a field of a cluster: places, versions, machine types, networks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Choice
from kubegenie_tui.domain.errors import PermissionMissing
from kubegenie_tui.providers.gcp.outlines import PROVIDER
from kubegenie_tui.providers.gcp.places import is_zone, region_of
from kubegenie_tui.providers.gcp.versions import default_of, offered
from kubegenie_tui.providers.price_sheet import load_sheet

if TYPE_CHECKING:
    from kubegenie_tui.domain.form import Value
    from kubegenie_tui.providers.gcp.container import Container
    from kubegenie_tui.providers.gcp.rest import Rest

_MIB_A_GIB = 1024


async def choices_of(field: str, values: "Mapping[str, Value]", container: "Container", rest: "Rest") -> list[Choice]:
    """What there is for a field, given what was filled in so far; empty when any text will do.

    Raises:
        KubeGenieError: it cannot be looked up.
    """
    given = {key: str(value or "") for key, value in values.items()}
    place = given.get("region", "")
    match field:
        case "region":
            return await _places(rest)
        case "network":
            return [Choice(each["name"]) for each in await rest.listed("global/networks")]
        case "version" if place:
            return await _versions(container, place, given.get("channel") or "regular")
        case "pools.size" if place:
            return await _sizes(rest, place)
        case "subnetwork" if place:
            return [_subnetwork(each) for each in await _subnetworks(rest, place) if _is_of(each, given)]
        case "pods_range" | "services_range" if place and given.get("subnetwork"):
            return await _ranges(rest, place, given["subnetwork"])
    return []


async def _places(rest: "Rest") -> list[Choice]:
    """Regions and then zones; where Compute is closed to us, the regions of the price sheet."""
    try:
        regions = await rest.listed("regions")
        zones = await rest.listed("zones")
    except PermissionMissing:
        return [Choice(each, "region") for each in load_sheet(PROVIDER).regions]
    up = [each for each in (*regions, *zones) if each.get("status", "UP") == "UP"]
    return [
        Choice(each["name"], "one zone" if is_zone(each["name"]) else "region")
        for each in sorted(up, key=lambda each: (is_zone(each["name"]), each["name"]))
    ]


async def _versions(container: "Container", place: str, channel: str) -> list[Choice]:
    config = await container.server_config(place)
    default = default_of(config, channel)
    return [Choice(each, "Google's choice" if each == default else "") for each in offered(config, channel)]


async def _sizes(rest: "Rest", place: str) -> list[Choice]:
    """Machine types with what the sheet says of their price, small ones first."""
    sheet, region = load_sheet(PROVIDER), region_of(place)
    try:
        zone = place if is_zone(place) else await _zone_of(rest, region)
        found = await rest.listed(f"zones/{zone}/machineTypes") if zone else []
    except PermissionMissing:
        return [Choice(each.size, each.words) for each in sheet.sizes(region)]
    by_size = sorted(found, key=lambda each: (each["guestCpus"], each["memoryMb"], each["name"]))
    return [Choice(each["name"], _machine(each, sheet.node(region, each["name"]))) for each in by_size]


async def _zone_of(rest: "Rest", region: str) -> str:
    names = sorted(each["name"] for each in await rest.listed("zones"))
    return next((each for each in names if region_of(each) == region), "")


def _machine(found: Mapping[str, Any], price: Any) -> str:
    words = f"{found['guestCpus']} vCPU · {found['memoryMb'] / _MIB_A_GIB:g} GiB"
    return price.words if price else words


async def _subnetworks(rest: "Rest", place: str) -> list[dict[str, Any]]:
    return await rest.listed(f"regions/{region_of(place)}/subnetworks")


def _is_of(subnetwork: Mapping[str, Any], given: Mapping[str, str]) -> bool:
    return str(subnetwork.get("network", "")).rpartition("/")[2] == (given.get("network") or "default")


def _subnetwork(found: Mapping[str, Any]) -> Choice:
    return Choice(found["name"], str(found.get("ipCidrRange", "")))


async def _ranges(rest: "Rest", place: str, subnetwork: str) -> list[Choice]:
    for each in await _subnetworks(rest, place):
        if each["name"] == subnetwork:
            ranges = each.get("secondaryIpRanges", ())
            return [Choice(one["rangeName"], str(one.get("ipCidrRange", ""))) for one in ranges]
    return []
