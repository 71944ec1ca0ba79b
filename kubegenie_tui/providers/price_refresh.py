"""Prices of today: fetched from a provider, and written as a sheet of this machine, wholly or not at all."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from kubegenie_tui.domain.errors import ProviderError, TryLater, UsageError
from kubegenie_tui.paths import data_dir, refreshed_prices_file, write_private
from kubegenie_tui.providers.fetched_prices import PriceSource, RegionPrices, Told
from kubegenie_tui.providers.price_sheet import NodePrice, Sheet, packaged_sheet, refreshed_sheet

REFRESHABLE = ("eks", "gke", "aks")
MOST_SECONDS = 900.0
"""For all regions together."""
_REGION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


async def refresh(
    provider: str, regions: Sequence[str], told: Told, *, profile: str = "", endpoint: str = ""
) -> tuple[Sheet, Path]:
    """Fetch the prices of regions and write them down; what was written, and where.

    Args:
        provider: one of `REFRESHABLE`.
        regions: those to fetch; without any, those that its sheets know.
        told: is told of progress.
        profile: of AWS, for eks.
        endpoint: another server than the provider's own.

    Raises:
        UsageError: a region or the endpoint cannot be.
        KubeGenieError: prices could not be fetched, or not be written; nothing is changed then.
    """
    earlier = _earlier(provider)
    packaged = packaged_sheet(provider)
    known = packaged.with_newer(earlier) if earlier else packaged
    wanted = list(dict.fromkeys(regions)) or known.regions
    _check(wanted, endpoint)
    source = await asyncio.to_thread(_source, provider, known, profile, endpoint)
    try:
        async with asyncio.timeout(MOST_SECONDS):
            found = {region: await _fetched(source, region, told) for region in wanted}
    except TimeoutError:
        why = f"it took longer than {MOST_SECONDS / 60:g} minutes"
        raise TryLater("The prices were not fetched", why, "name fewer regions with --region") from None
    sheet = _sheet(found, source, packaged)
    sheet = sheet.with_newer(earlier) if earlier else sheet
    data_dir()
    file = refreshed_prices_file(provider)
    write_private(file, "".join(f"{line}\n" for line in lines(sheet)).encode())
    return sheet, file


def _earlier(provider: str) -> Sheet | None:
    """What was refreshed before; a file that cannot be read is about to be replaced."""
    try:
        return refreshed_sheet(provider)
    except ProviderError:
        return None


def _check(regions: Sequence[str], endpoint: str) -> None:
    for region in regions:
        if not _REGION.fullmatch(region):
            raise UsageError(f"{region!r} is no region", next_step="such as eu-west-1, or westeurope")
    parts = urlsplit(endpoint)
    if endpoint and not (parts.hostname and (parts.scheme == "https" or _is_here(parts.scheme, parts.hostname))):
        raise UsageError(f"{endpoint!r} is no endpoint", "it takes https; http is for this machine alone")


def _is_here(scheme: str, host: str) -> bool:
    try:
        return scheme == "http" and ip_address(host).is_loopback
    except ValueError:
        return scheme == "http" and host == "localhost"


def _source(provider: str, known: Sheet, profile: str, endpoint: str) -> PriceSource:
    endpoint = endpoint.rstrip("/")
    if provider == "aks":
        from kubegenie_tui.providers.azure.retail_prices import RetailPrices

        return RetailPrices(known, endpoint)
    if provider == "gke":
        from kubegenie_tui.providers.gcp.catalog_prices import CatalogPrices

        return CatalogPrices(known, endpoint)
    from kubegenie_tui.providers.aws.list_prices import ListPrices

    return ListPrices(profile, endpoint)


async def _fetched(source: PriceSource, region: str, told: Told) -> RegionPrices:
    told(f"{region}: asking")
    found = await source.prices(region, told)
    if not found.nodes:
        raise ProviderError(f"There are no prices for {region}", f"the {source.source} has none", "is it a region?")
    return found


def _sheet(found: Mapping[str, RegionPrices], source: PriceSource, packaged: Sheet) -> Sheet:
    return Sheet(
        datetime.now(UTC).date().isoformat(),
        f"{source.source}; fees of control planes of {packaged.as_of}",
        packaged.control_plane,
        {region: each.nodes for region, each in found.items()},
        disks={region: each.disks for region, each in found.items() if each.disks},
        disk_sizes={region: each.disk_sizes for region, each in found.items() if each.disk_sizes},
        network={region: each.network for region, each in found.items() if each.network},
    )


def lines(sheet: Sheet) -> Iterator[str]:
    """A sheet as TOML; texts are written as in JSON, which is the same as long as they are not of rare characters."""
    yield f"as_of = {json.dumps(sheet.as_of)}"
    yield f"source = {json.dumps(sheet.source)}"
    yield from _table("control_plane", sheet.control_plane)
    for name, regions in (("disks", sheet.disks), ("network", sheet.network)):
        for region, prices in regions.items():
            yield from _table(f"{name}.{json.dumps(region)}", prices)
    for region, kinds in sheet.disk_sizes.items():
        yield f"\n[disk_sizes.{json.dumps(region)}]"
        yield from (f"{json.dumps(kind)} = {_sizes(prices)}" for kind, prices in sorted(kinds.items()))
    for region, nodes in sheet.nodes.items():
        yield f"\n[nodes.{json.dumps(region)}]"
        yield from (f"{json.dumps(size)} = {_node(price)}" for size, price in sorted(nodes.items()))
    for region, origin in sheet.origins.items():
        yield f"\n[origins.{json.dumps(region)}]"
        yield from (f"{field} = {json.dumps(value)}" for field, value in msgspec.structs.asdict(origin).items())


def _table(name: str, prices: Mapping[str, float]) -> Iterator[str]:
    yield f"\n[{name}]"
    yield from (f"{json.dumps(kind)} = {price!r}" for kind, price in prices.items())


def _sizes(prices: Mapping[int, float]) -> str:
    return f"{{ {', '.join(f'{size} = {price!r}' for size, price in sorted(prices.items()))} }}"


def _node(price: NodePrice) -> str:
    spot = "" if price.spot_hourly is None else f", spot_hourly = {round(price.spot_hourly, 6)!r}"
    return f"{{ vcpu = {price.vcpu!r}, memory_gb = {price.memory_gb!r}, hourly = {price.hourly!r}{spot} }}"
