"""What a provider's price API says of one region, and what every one of them keeps to."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from kubegenie_tui.providers.price_sheet import NodePrice

Told = Callable[[str], None]
"""Is told of progress, a line at a time."""
MOST_PAGES = 200
"""Of one list: it ends sooner unless the server goes round in circles."""


class RegionPrices(msgspec.Struct, frozen=True):
    """US dollars, as in a sheet."""

    nodes: dict[str, NodePrice]
    disks: dict[str, float] = {}
    network: dict[str, float] = {}
    disk_sizes: dict[str, dict[int, float]] = {}


class PriceSource(Protocol):
    """A provider's price API."""

    source: str
    """Who says so, for the sheet."""

    async def prices(self, region: str, told: Told) -> RegionPrices:
        """What it says of a region; no nodes when it knows no such region.

        Raises:
            KubeGenieError: it does not answer, or not in a way that is understood.
        """
