"""The entries of AWS's price list: JSON in JSON, a product and its terms."""

import re

import msgspec

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.price_sheet import NodePrice

_SIZE = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+")
_MEMORY = re.compile(r"([\d,.]+) GiB")
_PLACE = re.compile(r"^(?!TS-)[A-Z]{2,4}\d*-")
"""What usage is called by in most regions before its name; `TS-` is no region, but another kind of balancer."""


class _Dimension(msgspec.Struct, frozen=True):
    unit: str = ""
    pricePerUnit: dict[str, str] = {}  # noqa: N815


class _Term(msgspec.Struct, frozen=True):
    priceDimensions: dict[str, _Dimension] = {}  # noqa: N815


class _Terms(msgspec.Struct, frozen=True):
    OnDemand: dict[str, _Term] = {}


class _Product(msgspec.Struct, frozen=True):
    attributes: dict[str, str] = {}


class Offer(msgspec.Struct, frozen=True):
    """One product and what it costs, with AWS's own names."""

    product: _Product
    terms: _Terms = _Terms()

    def rate(self, unit: str) -> float | None:
        """US dollars on demand for a unit: `Hrs`, `GB-Mo`; None when it is not sold like that, or is free."""
        dimensions = (each for term in self.terms.OnDemand.values() for each in term.priceDimensions.values())
        found = [float(each.pricePerUnit.get("USD", "0")) for each in dimensions if each.unit == unit]
        return next((each for each in found if each > 0), None)


def offer(text: str) -> Offer:
    """An entry.

    Raises:
        ProviderError: it is none.
    """
    try:
        return msgspec.json.decode(text, type=Offer)
    except msgspec.MsgspecError as error:
        raise ProviderError("An entry of AWS's price list is not understood", str(error), "please report it") from error


def machine(found: Offer) -> NodePrice | None:
    """A machine on demand with its size; None when it is none, or is sold in another way."""
    told = found.product.attributes
    size, memory = told.get("instanceType", ""), _MEMORY.fullmatch(told.get("memory", ""))
    hourly = found.rate("Hrs")
    if hourly is None or memory is None or not _SIZE.fullmatch(size) or not told.get("vcpu", "").isdecimal():
        return None
    if told.get("marketoption", "OnDemand") != "OnDemand":
        return None
    return NodePrice(float(told["vcpu"]), float(memory[1].replace(",", "")), hourly, size=size)


def usage(found: Offer) -> str:
    """What is paid for, without the region before it: `NatGateway-Hours`."""
    return _PLACE.sub("", found.product.attributes.get("usagetype", ""))
