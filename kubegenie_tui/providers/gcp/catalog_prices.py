"""What Google charges: its billing catalog, in which a machine is priced by its cores and its memory.

Source: https://cloud.google.com/billing/docs/reference/rest/v1/services.skus/list
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.fetched_prices import MOST_PAGES, RegionPrices, Told
from kubegenie_tui.providers.gcp.login import login
from kubegenie_tui.providers.gcp.refusals import sdk
from kubegenie_tui.providers.gcp.rest import answered, session_of
from kubegenie_tui.providers.price_sheet import NodePrice, Sheet

ENDPOINT = "https://cloudbilling.googleapis.com"
_COMPUTE = "6F81-5844-456A"
_WHAT = "Google's prices cannot be fetched"
_PART = re.compile(
    r"(?:Spot Preemptible )?(?P<family>[A-Z]\d+[A-Z]?)(?: AMD| Arm)? Instance (?P<part>Core|Ram) running in .+"
)
_DISK = re.compile(r"(?P<kind>Balanced|SSD backed|Storage) PD Capacity(?: in .+)?")
_DISKS = {"Balanced": "pd-balanced", "SSD backed": "pd-ssd", "Storage": "pd-standard"}


class _Money(msgspec.Struct, frozen=True):
    currencyCode: str = ""  # noqa: N815
    units: str = "0"
    nanos: int = 0


class _Tier(msgspec.Struct, frozen=True):
    unitPrice: _Money = _Money()  # noqa: N815


class _Expression(msgspec.Struct, frozen=True):
    tieredRates: list[_Tier] = []  # noqa: N815


class _Pricing(msgspec.Struct, frozen=True):
    pricingExpression: _Expression = _Expression()  # noqa: N815


class _Category(msgspec.Struct, frozen=True):
    usageType: str = ""  # noqa: N815


class _Sku(msgspec.Struct, frozen=True):
    """One of the catalog, with its own names."""

    description: str = ""
    category: _Category = _Category()
    serviceRegions: list[str] = []  # noqa: N815
    pricingInfo: list[_Pricing] = []  # noqa: N815

    @property
    def rate(self) -> float | None:
        """US dollars for a unit, beyond what is free; None when there is no such price."""
        tiers = self.pricingInfo[-1].pricingExpression.tieredRates if self.pricingInfo else []
        price = tiers[-1].unitPrice if tiers else _Money()
        return int(price.units) + price.nanos / 1e9 if price.currencyCode == "USD" else None


class CatalogPrices:
    """The catalog, read once for all regions. It names no sizes: those are of a sheet that knows them."""

    source = "Google Cloud Billing Catalog"

    def __init__(self, sheet: Sheet, endpoint: str = "") -> None:
        self._endpoint = endpoint or ENDPOINT
        self._sizes = {size: price for region in sheet.nodes.values() for size, price in region.items()}
        self._skus: list[_Sku] = []

    async def prices(self, region: str, told: Told) -> RegionPrices:
        """What machines and disks cost in a region."""
        if not self._skus:
            self._skus = await self._catalog(told)
        here = [each for each in self._skus if region in each.serviceRegions]
        return RegionPrices(dict(self._nodes(here)), dict(_disks(here)))

    def _nodes(self, skus: list[_Sku]) -> Iterator[tuple[str, NodePrice]]:
        rates = _rates(skus)
        for size, known in self._sizes.items():
            family = size.partition("-")[0].upper()
            hourly = _hourly(known, rates, family, "OnDemand")
            if hourly is not None:
                yield size, NodePrice(known.vcpu, known.memory_gb, hourly, _hourly(known, rates, family, "Preemptible"))

    async def _catalog(self, told: Told) -> list[_Sku]:
        session = await asyncio.to_thread(self._session)
        url, found, query = f"{self._endpoint}/v1/services/{_COMPUTE}/skus", list[_Sku](), dict(_FIRST)
        for number in range(1, MOST_PAGES + 1):
            answer = await asyncio.to_thread(answered, session, _WHAT, "GET", url, query)
            found += [each for each in _skus(answer) if _PART.fullmatch(each.description) or _is_disk(each)]
            told(f"catalog: page {number}")
            if not answer.get("nextPageToken"):
                return found
            query["pageToken"] = str(answer["nextPageToken"])
        raise ProviderError("Google's catalog does not end", f"{MOST_PAGES} pages were read", "try again later")

    def _session(self) -> Any:
        """With the login of this machine, which goes to encrypted endpoints alone."""
        with sdk():
            from google.auth.credentials import AnonymousCredentials
        encrypted = self._endpoint.startswith("https:")
        return session_of(_WHAT, login(None) if encrypted else AnonymousCredentials())  # type: ignore[no-untyped-call]


_FIRST = {"currencyCode": "USD", "pageSize": "5000"}


def _skus(answer: dict[str, Any]) -> list[_Sku]:
    try:
        return msgspec.convert(answer.get("skus", []), list[_Sku])
    except msgspec.ValidationError as error:
        raise ProviderError(_WHAT, f"what came is no catalog: {error}", "please report it") from error


def _rates(skus: list[_Sku]) -> dict[tuple[str, str, str], float]:
    """US dollars an hour for a core or a GB, by family, `Core` or `Ram`, and how it is bought."""
    found = {}
    for each in skus:
        match, rate = _PART.fullmatch(each.description), each.rate
        if match and rate:
            found[match["family"], match["part"], each.category.usageType] = rate
    return found


def _hourly(size: NodePrice, rates: dict[tuple[str, str, str], float], family: str, bought: str) -> float | None:
    core, memory = rates.get((family, "Core", bought)), rates.get((family, "Ram", bought))
    if core is None or memory is None:
        return None
    return round(size.vcpu * core + size.memory_gb * memory, 6)


def _is_disk(sku: _Sku) -> bool:
    return _DISK.fullmatch(sku.description) is not None and sku.category.usageType == "OnDemand"


def _disks(skus: list[_Sku]) -> Iterator[tuple[str, float]]:
    for each in skus:
        match, rate = _DISK.fullmatch(each.description), each.rate
        if match and rate:
            yield _DISKS[match["kind"]], rate
