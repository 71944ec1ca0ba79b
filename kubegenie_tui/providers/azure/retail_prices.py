"""Azure's retail prices, which anybody may read.

Source: https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices
"""

import asyncio
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


class RetailPrices:
    """The API. It names no cores and no memory: sizes are those that a sheet knows already, wherever it does."""

    source = "Azure Retail Prices API"

    def __init__(self, sheet: Sheet, endpoint: str = "") -> None:
        self._endpoint = endpoint or ENDPOINT
        self._sizes = {size: price for region in sheet.nodes.values() for size, price in region.items()}

    async def prices(self, region: str, told: Told) -> RegionPrices:
        """What machines cost in a region, on demand and as spot."""
        rates = await self._rates(region, told)
        nodes = dict(_nodes(rates, self._sizes))
        others = len({each.armSkuName for each in rates if each.armSkuName} - self._sizes.keys())
        if others:
            told(f"{region}: {others} sizes are left out, whose cores and memory are not known")
        return RegionPrices(nodes)

    async def _rates(self, region: str, told: Told) -> list[Rate]:
        wanted = f"serviceName eq 'Virtual Machines' and armRegionName eq '{region}' and priceType eq 'Consumption'"
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


def _is_linux(rate: Rate) -> bool:
    return (
        rate.type == "Consumption"
        and rate.currencyCode == "USD"
        and rate.unitOfMeasure == "1 Hour"
        and rate.isPrimaryMeterRegion
        and rate.retailPrice > 0
        and not any(word in rate.productName for word in _NOT_LINUX)
    )
