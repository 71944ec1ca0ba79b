"""What a composed cluster costs, by the price sheet of the cloud that it lies in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubegenie_tui.providers.gcp.places import is_zone, region_of
from kubegenie_tui.providers.price_sheet import Line, Sheet, load_sheet

if TYPE_CHECKING:
    from kubegenie_tui.domain.creation import Estimate
    from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec

SHEETS = {"aws": ("eks", "standard"), "gcp": ("gke", "cluster"), "azure": ("aks", "Free")}
"""The sheet of each cloud, and the kind of control plane in it that our Composition asks for."""
_ZONES = 3
"""Of a region of Google: the numbers of a pool are for each."""


def estimate_of(spec: "CrossplaneSpec") -> "Estimate":
    """The fee, and the nodes that it begins with; nothing is known of a Composition that is not ours.

    It may read a file: call it in a thread.
    """
    name, kind = SHEETS[spec.cloud]
    sheet = load_sheet(name)
    if spec.composition:
        return sheet.estimate([Line(f"what {spec.composition} composes", 1, None)], _region(spec))
    return sheet.estimate(_lines(spec, sheet, kind), _region(spec))


def _region(spec: "CrossplaneSpec") -> str:
    return region_of(spec.region) if spec.cloud == "gcp" else spec.region


def _lines(spec: "CrossplaneSpec", sheet: Sheet, kind: str) -> Iterator[Line]:
    yield Line("control plane", 1, sheet.control_plane[kind])
    yield from _nodes(spec, sheet)
    yield Line("disks of nodes and public addresses", 1, None)


def _nodes(spec: "CrossplaneSpec", sheet: Sheet) -> Iterator[Line]:
    price = sheet.node(_region(spec), spec.node_size)
    count = spec.minimum * (_ZONES if spec.cloud == "gcp" and not is_zone(spec.region) else 1)
    if not spec.spot:
        yield Line(spec.node_size, count, price.hourly if price else None)
        return
    if spec.cloud == "azure":
        yield Line(f"{spec.node_size} for the system", 1, price.hourly if price else None)
    what = f"{spec.node_size}, spot"
    if price is not None and price.spot_hourly is None:
        what = f"{what}: less than ${price.hourly:g}/h, and changing"
    yield Line(what, count, price.spot_hourly if price else None)
