"""What nodes and control planes cost, by a sheet of a certain day: a data file for each provider, never a guess."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

import msgspec

from kubegenie_tui.domain.creation import HOURS_A_MONTH, Estimate, Price
from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.paths import refreshed_prices_file

T = TypeVar("T")

OLD_DAYS = 365
"""After which prices are called old."""
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


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which day prices are, and who says so."""

    as_of: str
    source: str


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
    disk_sizes: dict[str, dict[str, dict[int, float]]] = {}
    """US dollars a month for a whole disk, by region, kind and GB, where one is billed as the next larger of these."""
    network: dict[str, dict[str, float]] = {}
    """US dollars an hour, by region and kind: `nat`, `address`, `load_balancer`."""
    origins: dict[str, Origin] = {}
    """Of regions whose prices are of another day than the sheet."""
    provider: str = ""
    """Whose prices they are, as `kubegenie costs refresh` calls it; no part of the file."""

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

    def volume_hourly(self, region: str, kind: str, gigabytes: float) -> float | None:
        """US dollars an hour for a disk of so many GB; None when it is not in the sheet."""
        sizes = self.disk_sizes.get(region, {}).get(kind)
        if sizes is None:
            price = self.disk_hourly(region, kind)
            return None if price is None else price * gigabytes
        monthly = next((price for size, price in sorted(sizes.items()) if size >= gigabytes), None)
        return None if monthly is None else monthly / HOURS_A_MONTH

    def network_hourly(self, region: str, kind: str) -> float | None:
        """US dollars an hour for one of a kind; None when it is not in the sheet."""
        return self.network.get(region, {}).get(kind)

    def origin(self, region: str) -> Origin:
        """Of which day the prices of a region are."""
        return self.origins.get(region) or Origin(self.as_of, self.source)

    def estimate(self, lines: Iterable[Line], region: str) -> Estimate:
        """What all of them cost, by the prices of a region; those without a price are named as such."""
        prices, unpriced = [], []
        for each in lines:
            if each.hourly is None:
                unpriced.append(each.what)
            else:
                prices.append(Price(each.what, each.count, each.hourly))
        origin = self.origin(region)
        return Estimate(tuple(prices), origin.as_of, f"{origin.source}{self._advice(region)}", tuple(unpriced))

    def _advice(self, region: str) -> str:
        """How to come by better prices, where there are any."""
        fetch = f"`kubegenie costs refresh {self.provider} --region {region}` fetches"
        if not self.provider:
            return ""
        if region not in self.nodes:
            return f". It has no prices of machines in {region}: {fetch} them"
        age = datetime.now(UTC).date() - date.fromisoformat(self.origin(region).as_of)
        return f". They are more than a year old: {fetch} those of today" if age.days > OLD_DAYS else ""

    def with_newer(self, other: "Sheet") -> "Sheet":
        """The same, but regions that another sheet alone has or has of a later day are that one's, wholly."""
        newer = {
            each: other.origin(each)
            for each in other.regions
            if each not in self.nodes or other.origin(each).as_of > self.origin(each).as_of
        }
        return msgspec.structs.replace(
            self,
            nodes=_replaced(self.nodes, other.nodes, newer),
            disks=_replaced(self.disks, other.disks, newer),
            disk_sizes=_replaced(self.disk_sizes, other.disk_sizes, newer),
            network=_replaced(self.network, other.network, newer),
            origins={**self.origins, **newer},
        )


def _replaced(old: Mapping[str, T], new: Mapping[str, T], regions: Mapping[str, Origin]) -> dict[str, T]:
    kept = {region: part for region, part in old.items() if region not in regions}
    return kept | {region: part for region, part in new.items() if region in regions}


def load_sheet(provider: str) -> Sheet:
    """The sheet of a provider that has one: the packaged one, with the regions that were refreshed since.

    Raises:
        ProviderError: what was refreshed cannot be read.
    """
    try:
        written = refreshed_prices_file(provider).stat().st_mtime_ns
    except OSError:
        return packaged_sheet(provider)
    return _both(provider, refreshed_prices_file(provider), written)


@cache
def packaged_sheet(provider: str) -> Sheet:
    """The sheet that comes with us."""
    return msgspec.structs.replace(_read(_DIRECTORY / f"{provider}.toml"), provider=provider)


def refreshed_sheet(provider: str) -> Sheet | None:
    """The sheet of what was refreshed on this machine; None when nothing was.

    Raises:
        ProviderError: it cannot be read.
    """
    file = refreshed_prices_file(provider)
    try:
        return _read(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # ValueError: of tomllib, of msgspec, of UTF-8
        step = f"`kubegenie costs refresh {provider}` writes it anew; without it the packaged prices are taken"
        raise ProviderError(f"The prices in {file} cannot be read", str(error), step) from error


@lru_cache(maxsize=8)
def _both(provider: str, file: Path, written: int) -> Sheet:
    """Read once for each time that the file was written."""
    refreshed = refreshed_sheet(provider)
    packaged = packaged_sheet(provider)
    return packaged.with_newer(refreshed) if refreshed else packaged


def _read(file: Path) -> Sheet:
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Sheet, str_keys=True)
