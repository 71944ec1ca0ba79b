"""The price APIs of AWS, Google and Azure on loopback: each filters and pages as the real one does."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode
from xml.sax.saxutils import escape

import msgspec
from aiohttp import web

LINUX = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "capacitystatus": "Used",
    "preInstalledSw": "NA",
    "marketoption": "OnDemand",
}


def product(service: str, family: str, unit: str, usd: str, **attributes: str) -> tuple[str, dict[str, Any]]:
    """An entry of AWS's price list, and the service it belongs to."""
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}, "beginRange": "0", "endRange": "Inf"}
    told = {"servicecode": service, "regionCode": "eu-west-1", **attributes}
    entry = {
        "product": {"productFamily": family, "attributes": told, "sku": "SKU"},
        "serviceCode": service,
        "terms": {"OnDemand": {"SKU.TERM": {"priceDimensions": {"SKU.TERM.RATE": dimension}, "sku": "SKU"}}},
    }
    return service, entry


def instance(size: str, usd: str, vcpu: str, memory: str, **attributes: str) -> tuple[str, dict[str, Any]]:
    """A machine of AWS."""
    told = {**LINUX, "instanceType": size, "vcpu": vcpu, "memory": memory, **attributes}
    return product("AmazonEC2", "Compute Instance", "Hrs", usd, **told)


class FakePriceList:
    """AWS: `pricing:GetProducts` and `ec2:DescribeSpotPriceHistory`."""

    def __init__(self, *entries: tuple[str, dict[str, Any]]) -> None:
        self.entries = list(entries)
        self.spot: list[tuple[str, str, str]] = []
        """Size, zone, price."""
        self.denied = ""
        """A call that is not allowed."""
        self.page = 100
        self.asked: list[str] = []
        self.endless = False

    async def answer(self, request: web.Request) -> web.Response:
        """As AWS."""
        if target := request.headers.get("X-Amz-Target"):
            self.asked.append(target.rpartition(".")[2])
            return self._products(await request.json())
        form = {name: values[0] for name, values in parse_qs(await request.text()).items()}
        self.asked.append(form["Action"])
        return self._spot(form)

    def _products(self, asked: dict[str, Any]) -> web.Response:
        kind = "application/x-amz-json-1.1"
        if self.denied == "GetProducts":
            refused = {"__type": "AccessDeniedException", "Message": "not authorized to perform: pricing:GetProducts"}
            return web.json_response(refused, status=400, content_type=kind)
        wanted = {each["Field"]: each["Value"] for each in asked["Filters"]}
        found = [each for service, each in self.entries if service == asked["ServiceCode"] and _fits(each, wanted)]
        start, most = int(asked.get("NextToken", 0)), min(self.page, asked["MaxResults"])
        body: dict[str, Any] = {
            "FormatVersion": "aws_v1",
            "PriceList": [json.dumps(each) for each in found[start : start + most]],
        }
        if self.endless or start + most < len(found):
            body["NextToken"] = str(start + most)
        return web.json_response(body, content_type=kind)

    def _spot(self, form: dict[str, str]) -> web.Response:
        if self.denied == "DescribeSpotPriceHistory":
            error = "<Error><Code>UnauthorizedOperation</Code><Message>You are not authorized</Message></Error>"
            body = f"<Response><Errors>{error}</Errors><RequestID>1</RequestID></Response>"
            return web.Response(text=body, status=403, content_type="text/xml")
        assert form["ProductDescription.1"] == "Linux/UNIX"
        items = "".join(
            f"<item><instanceType>{escape(size)}</instanceType><productDescription>Linux/UNIX</productDescription>"
            f"<spotPrice>{price}</spotPrice><availabilityZone>{zone}</availabilityZone></item>"
            for size, zone, price in self.spot
        )
        space = "http://ec2.amazonaws.com/doc/2016-11-15/"
        body = f'<DescribeSpotPriceHistoryResponse xmlns="{space}"><spotPriceHistorySet>{items}</spotPriceHistorySet>'
        text = f"{body}<nextToken></nextToken></DescribeSpotPriceHistoryResponse>"
        return web.Response(text=text, content_type="text/xml")


def _fits(entry: dict[str, Any], wanted: dict[str, str]) -> bool:
    told = {**entry["product"]["attributes"], "productFamily": entry["product"]["productFamily"]}
    return all(told.get(field) == value for field, value in wanted.items())


def meter(size: str, name: str, price: float, **other: object) -> dict[str, Any]:
    """A price of Azure, as its API words it."""
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": price,
        "unitPrice": price,
        "armRegionName": "westeurope",
        "location": "EU West",
        "effectiveStartDate": "2026-11-01T00:00:00Z",
        "meterName": name,
        "productName": "Virtual Machines Dsv5 Series",
        "skuName": size,
        "serviceName": "Virtual Machines",
        "serviceFamily": "Compute",
        "unitOfMeasure": "1 Hour",
        "type": "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": size,
        **other,
    }


class Fault(msgspec.Struct):
    """What is answered instead, once."""

    status: int
    body: str = ""
    headers: dict[str, str] = {}


class FakeRetail:
    """Azure's retail prices."""

    def __init__(self, *meters: dict[str, Any]) -> None:
        self.meters = list(meters)
        self.page = 1000
        self.faults: list[Fault] = []
        self.elsewhere = ""
        """Where lists go on instead of here."""
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        """As Azure."""
        self.asked.append(str(request.rel_url))
        if self.faults:
            fault = self.faults.pop(0)
            return web.Response(status=fault.status, text=fault.body, headers=fault.headers)
        wanted = request.query["$filter"]
        names = {"priceType": "type"}
        equal = {names.get(name, name): value for name, value in re.findall(r"(\w+) eq '([^']*)'", wanted)}
        found = [each for each in self.meters if all(each[name] == value for name, value in equal.items())]
        skipped = int(request.query.get("$skip", 0))
        following = None
        if skipped + self.page < len(found):
            query = urlencode({"$filter": wanted, "$skip": skipped + self.page})
            following = f"{self.elsewhere or request.url.origin()}/api/retail/prices?{query}"
        items = found[skipped : skipped + self.page]
        return web.json_response({"Items": items, "NextPageLink": following, "Count": len(items)})


def sku(description: str, usd: float, bought: str = "OnDemand", *regions: str, free: bool = False) -> dict[str, Any]:
    """One of Google's catalog."""
    price = {"currencyCode": "USD", "units": str(int(usd)), "nanos": round(usd % 1 * 1e9)}
    tiers = [{"startUsageAmount": 30 if free else 0, "unitPrice": price}]
    if free:
        tiers.insert(0, {"startUsageAmount": 0, "unitPrice": {"currencyCode": "USD", "units": "0", "nanos": 0}})
    return {
        "name": "services/6F81-5844-456A/skus/0000-0000-0000",
        "description": description,
        "category": {"serviceDisplayName": "Compute Engine", "resourceFamily": "Compute", "usageType": bought},
        "serviceRegions": list(regions or ("us-central1",)),
        "pricingInfo": [{"pricingExpression": {"usageUnit": "h", "tieredRates": tiers}}],
    }


class FakeCatalog:
    """Google's billing catalog."""

    def __init__(self, *skus: dict[str, Any]) -> None:
        self.skus = list(skus)
        self.page = 5000
        self.disabled = False
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        """As Google."""
        self.asked.append(str(request.rel_url))
        assert request.path == "/v1/services/6F81-5844-456A/skus"
        if self.disabled:
            reason = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}
            error = {"code": 403, "message": "API is off", "status": "PERMISSION_DENIED", "details": [reason]}
            return web.json_response({"error": error}, status=403)
        assert request.query["currencyCode"] == "USD"
        start = int(request.query.get("pageToken") or 0)
        end = start + min(self.page, int(request.query["pageSize"]))
        token = str(end) if end < len(self.skus) else ""
        return web.json_response({"skus": self.skus[start:end], "nextPageToken": token})
