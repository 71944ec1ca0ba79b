"""What nodes and control planes cost, by a sheet of a certain day: a data file for each provider, never a guess."""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from kubegenie_tui.domain.creation import HOURS_A_MONTH, Estimate, Price

_DIRECTORY = Path(__file__).parent / "prices"


class NodePrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A size of machine in one region; US dollars."""

    vcpu: float
    memory_gb: float
    hourly: float
    spot_hourly: float | None = None
    size: str = ""

    @property
    def words(self) -> str:
        """`4 vCPU · 16 GiB · $0.134/h`."""
        return f"{self.vcpu:g} vCPU · {self.memory_gb:g} GiB · ${self.hourly:.3f}/h"


class Line(msgspec.Struct, frozen=True):
    """One thing that a cluster has so many of."""

    what: str
    count: float
    hourly: float | None
    """US dollars for one; None when no sheet knows it."""


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One provider's prices."""

    as_of: str
    source: str
    control_plane: dict[str, float]
    """US dollars an hour, by kind."""
    nodes: dict[str, dict[str, NodePrice]]
    """By region and size."""
    disks: dict[str, dict[str, float]] = {}
    """US dollars for a GB and month, by region and kind."""
    network: dict[str, dict[str, float]] = {}
    """US dollars an hour, by region and kind: `nat`, `address`, `load_balancer`."""

    @property
    def regions(self) -> list[str]:
        """Those that it knows."""
        return list(self.nodes)

    def node(self, region: str, size: str) -> NodePrice | None:
        """A size in a region; None when it is not in the sheet."""
        return self.nodes.get(region, {}).get(size)

    def sizes(self, region: str) -> list[NodePrice]:
        """All sizes of a region, the cheapest first."""
        found = self.nodes.get(region, {}).items()
        return sorted(
            (msgspec.structs.replace(price, size=size) for size, price in found), key=lambda each: each.hourly
        )

    def disk_hourly(self, region: str, kind: str) -> float | None:
        """US dollars for a GB and hour; None when it is not in the sheet."""
        monthly = self.disks.get(region, {}).get(kind)
        return None if monthly is None else monthly / HOURS_A_MONTH

    def network_hourly(self, region: str, kind: str) -> float | None:
        """US dollars an hour for one of a kind; None when it is not in the sheet."""
        return self.network.get(region, {}).get(kind)

    def estimate(self, lines: Iterable[Line]) -> Estimate:
        """What all of them cost; those without a price are named as such."""
        prices, unpriced = [], []
        for each in lines:
            if each.hourly is None:
                unpriced.append(each.what)
            else:
                prices.append(Price(each.what, each.count, each.hourly))
        return Estimate(tuple(prices), self.as_of, self.source, tuple(unpriced))


@cache
def load_sheet(provider: str) -> Sheet:
    """The sheet of a provider that has one."""
    text = (_DIRECTORY / f"{provider}.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Sheet)
