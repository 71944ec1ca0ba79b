"""Azure's retail prices, which anybody may read.

Source: https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import msgspec

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.azure.retail_door import Page, Rate, same_server, turned
from kubegenie_tui.providers.fetched_prices import MOST_PAGES, RegionPrices, Told
from kubegenie_tui.providers.price_sheet import NodePrice, Sheet

ENDPOINT = "https://prices.azure.com"
_API = "2023-01-01-preview"
_NOT_LINUX = ("Windows", "Cloud Services", "CloudServices")
"""In names of products, of machines that cost something else than those of a node."""


_DISKS = ("Standard HDD Managed Disks", "Standard SSD Managed Disks", "Premium SSD Managed Disks")
_DISK = re.compile(r"([SEP])(\d+) (LRS|ZRS) Disk")
_DISK_KINDS = {"S": "Standard", "E": "StandardSSD", "P": "Premium"}
_DISK_GB = {
    1: 4, 2: 8, 3: 16, 4: 32, 6: 64, 10: 128, 15: 256, 20: 512, 30: 1_024, 40: 2_048, 50: 4_096, 60: 8_192,
    70: 16_384, 80: 32_767,
}  # fmt: skip
"""GB of disks by the number in the name of their size. Source: Microsoft Learn, "Azure managed disk types"."""
_NETWORK = (
    ("address", "", "productName eq 'IP Addresses'", "Standard IPv4 Static Public IP"),
    ("load_balancer", "Global", "serviceName eq 'Load Balancer'", "Standard Included LB Rules and Outbound Rules"),
)
"""Kind in the sheet, the region that has its price where it is not each by itself, filter, and name of the meter."""


class RetailPrices:
    """The API. It names no cores and no memory: sizes are those that a sheet knows already, wherever it does."""

    source = "Azure Retail Prices API"

    def __init__(self, sheet: Sheet, endpoint: str = "") -> None:
        self._endpoint = endpoint or ENDPOINT
        self._sizes = {size: price for region in sheet.nodes.values() for size, price in region.items()}

    async def prices(self, region: str, told: Told) -> RegionPrices:
        """What machines cost in a region, on demand and as spot; and disks, addresses and load balancers."""
        rates = await self._rates(region, "serviceName eq 'Virtual Machines'", told)
        nodes = dict(_nodes(rates, self._sizes))
        others = len({each.armSkuName for each in rates if each.armSkuName} - self._sizes.keys())
        if others:
            told(f"{region}: {others} sizes are left out, whose cores and memory are not known")
        if not nodes:
            return RegionPrices({})
        disks = [each for product in _DISKS for each in await self._rates(region, f"productName eq '{product}'", told)]
        return RegionPrices(nodes, disk_sizes=_disk_sizes(disks), network=await self._network(region, told))

    async def _network(self, region: str, told: Told) -> dict[str, float]:
        found = {}
        for kind, place, filters, called in _NETWORK:
            rates = await self._rates(place or region, f"{filters} and meterName eq '{called}'", told)
            prices = [each.retailPrice for each in rates if _is_price(each, "1 Hour")]
            if prices:
                found[kind] = max(prices)
            else:
                told(f"{region}: no price for {kind.replace('_', ' ')}")
        return found

    async def _rates(self, region: str, filters: str, told: Told) -> list[Rate]:
        wanted = f"{filters} and armRegionName eq '{region}' and priceType eq 'Consumption'"
        url = f"{self._endpoint}/api/retail/prices?{urlencode({'api-version': _API, '$filter': wanted})}"
        found: list[Rate] = []
        for number in range(1, MOST_PAGES + 1):
            page: Page = await turned(url)
            found += page.Items
            told(f"{region}: page {number}, {len(found)} prices")
            if not page.NextPageLink:
                return found
            if not same_server(page.NextPageLink, self._endpoint):
                raise ProviderError("The list of Azure's prices goes on at another address", page.NextPageLink)
            url = page.NextPageLink
            await asyncio.sleep(0)
        raise ProviderError(
            "The list of Azure's prices does not end", f"{MOST_PAGES} pages were read", "try again later"
        )


def _nodes(rates: Iterable[Rate], sizes: Mapping[str, NodePrice]) -> Iterable[tuple[str, NodePrice]]:
    """The sizes that have a price on demand: of a size's meters the dearest, so that nothing is told too low."""
    demand: dict[str, float] = {}
    spot: dict[str, float] = {}
    for each in rates:
        if _is_linux(each) and each.armSkuName in sizes and not each.meterName.endswith("Low Priority"):
            kind = spot if each.meterName.endswith("Spot") else demand
            kind[each.armSkuName] = max(each.retailPrice, kind.get(each.armSkuName, 0.0))
    for size, hourly in demand.items():
        known = sizes[size]
        yield size, msgspec.structs.replace(known, hourly=hourly, spot_hourly=spot.get(size))


def _disk_sizes(rates: Iterable[Rate]) -> dict[str, dict[int, float]]:
    """US dollars a month by kind, as Azure calls it for a disk, and GB."""
    found: dict[str, dict[int, float]] = {}
    for each in rates:
        size = _DISK.fullmatch(each.meterName)
        if size and _is_price(each, "1/Month") and int(size[2]) in _DISK_GB:
            sizes, gigabytes = found.setdefault(f"{_DISK_KINDS[size[1]]}_{size[3]}", {}), _DISK_GB[int(size[2])]
            sizes[gigabytes] = max(each.retailPrice, sizes.get(gigabytes, 0.0))
    return found


def _is_price(rate: Rate, unit: str) -> bool:
    known = rate.type == "Consumption" and rate.currencyCode == "USD" and rate.unitOfMeasure == unit
    return known and rate.retailPrice > 0


def _is_linux(rate: Rate) -> bool:
    return (
        _is_price(rate, "1 Hour")
        and rate.isPrimaryMeterRegion
        and not any(word in rate.productName for word in _NOT_LINUX)
    )
