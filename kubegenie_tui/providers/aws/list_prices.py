"""What AWS charges in a region: its price list, and what spot machines cost at the moment.

Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

import importlib.util
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

from kubegenie_tui.domain.errors import ExtraMissing, PermissionMissing, ProviderError
from kubegenie_tui.providers.aws.cloud import Cloud
from kubegenie_tui.providers.aws.offers import Offer, machine, offer, usage
from kubegenie_tui.providers.fetched_prices import MOST_PAGES, RegionPrices, Told
from kubegenie_tui.providers.price_sheet import NodePrice

HOME = "us-east-1"
"""Where the price list of all regions is asked for."""
_LINUX = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "capacitystatus": "Used",
    "preInstalledSw": "NA",
    "productFamily": "Compute Instance",
}
_NETWORK: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("nat", "AmazonEC2", {"productFamily": "NAT Gateway"}, "NatGateway-Hours"),
    ("load_balancer", "AWSELB", {"productFamily": "Load Balancer-Network"}, "LoadBalancerUsage"),
    ("classic_load_balancer", "AWSELB", {"productFamily": "Load Balancer"}, "LoadBalancerUsage"),
    ("address", "AmazonVPC", {}, "PublicIPv4:InUseAddress"),
)
"""Kind in the sheet, service, filters, and what its hours are called."""


class ListPrices:
    """The price list, and the spot prices of each region, as one identity may see them.

    Raises:
        ExtraMissing: the SDK is not installed.
    """

    source = "AWS Price List and spot price history"

    def __init__(self, profile: str = "", endpoint: str = "") -> None:
        from kubegenie_tui.providers.aws.eks_config import EksConfig

        if importlib.util.find_spec("botocore") is None:
            raise ExtraMissing("The price list of AWS", "aws")
        self._config = EksConfig.model_validate({"region": HOME, "profile": profile, "endpoint": endpoint or None})
        self._home = Cloud(self._config)

    async def prices(self, region: str, told: Told) -> RegionPrices:
        """What machines, gp3 disks, gateways, balancers and addresses cost in a region."""
        nodes = {}
        async for each in self._offers("AmazonEC2", region, _LINUX):
            found = machine(each)
            if found:
                nodes[found.size] = found
        told(f"{region}: {len(nodes)} sizes")
        if not nodes:
            return RegionPrices({})
        disks = await self._hourly("AmazonEC2", region, {"volumeApiName": "gp3", "productFamily": "Storage"}, "GB-Mo")
        network = {}
        for kind, service, filters, called in _NETWORK:
            known = await self._hourly(service, region, filters, "Hrs", called)
            if known is None:
                told(f"{region}: no price for {kind.replace('_', ' ')}")
            else:
                network[kind] = known
        spot = await self._spot(region, told)
        return RegionPrices(dict(_named(nodes, spot)), {} if disks is None else {"gp3": disks}, network)

    async def _hourly(
        self, service: str, region: str, filters: dict[str, str], unit: str, called: str = ""
    ) -> float | None:
        """US dollars for a unit of the first product that is called so; None when there is none."""
        async for each in self._offers(service, region, filters):
            known = each.rate(unit)
            if known is not None and (not called or usage(each) == called):
                return known
        return None

    async def _offers(self, service: str, region: str, filters: dict[str, str]) -> AsyncIterator[Offer]:
        wanted = [
            {"Type": "TERM_MATCH", "Field": name, "Value": value}
            for name, value in {"regionCode": region, **filters}.items()
        ]
        request = {"ServiceCode": service, "Filters": wanted, "FormatVersion": "aws_v1", "MaxResults": 100}
        async for page in _pages(self._home, "pricing:GetProducts", request):
            for text in page.get("PriceList", ()):
                yield offer(text)

    async def _spot(self, region: str, told: Told) -> dict[str, float]:
        """US dollars an hour by size, the mean of the zones; empty when we may not see them."""
        found: dict[str, list[float]] = {}
        request = {"StartTime": datetime.now(UTC), "ProductDescriptions": ["Linux/UNIX"], "MaxResults": 1000}
        try:
            async for page in _pages(Cloud(self._config, region), "ec2:DescribeSpotPriceHistory", request):
                for each in page.get("SpotPriceHistory", ()):
                    found.setdefault(each["InstanceType"], []).append(float(each["SpotPrice"]))
        except PermissionMissing as error:
            told(f"{region}: no spot prices: {error}")
        else:
            told(f"{region}: {len(found)} spot prices")
        return {size: fmean(zones) for size, zones in found.items()}


def _named(nodes: dict[str, NodePrice], spot: dict[str, float]) -> Iterable[tuple[str, NodePrice]]:
    """The sizes with their spot prices; the name is the key alone, as in every sheet."""
    for size, price in nodes.items():
        yield size, NodePrice(price.vcpu, price.memory_gb, price.hourly, spot.get(size))


async def _pages(cloud: Cloud, call: str, request: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """Page by page, and not for ever.

    Raises:
        ProviderError: AWS refuses, or the list does not end.
    """
    token: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        page = await cloud.read(call, **request, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
    raise ProviderError(f"The answer to {call} does not end", f"{MOST_PAGES} pages were read", "try again later")
