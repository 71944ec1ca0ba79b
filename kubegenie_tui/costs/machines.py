"""The nodes as what is paid for: whose machines they are, of which size, where, and at which price."""

from collections.abc import Iterable

import msgspec

from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.quantity import parse_quantity
from kubegenie_tui.providers.price_sheet import NodePrice, Sheet, load_sheet

_PROVIDERS = {"aws": "eks", "gce": "gke", "azure": "aks"}
"""By the scheme of `spec.providerID`."""
SPOT_LABELS = {
    "eks": {"eks.amazonaws.com/capacityType": "SPOT", "karpenter.sh/capacity-type": "spot"},
    "gke": {"cloud.google.com/gke-spot": "true", "cloud.google.com/gke-preemptible": "true"},
    "aks": {"kubernetes.azure.com/scalesetpriority": "spot"},
}
"""By which each provider tells machines that may be taken away."""


class Machine(msgspec.Struct, frozen=True):
    """One node."""

    name: str
    provider: str
    """Name of the price sheet: eks, gke, aks; empty for machines of no cloud that has one."""
    region: str
    size: str
    spot: bool
    cpu: float
    """Cores that pods can have."""
    memory: float
    """Bytes that pods can have."""
    price: NodePrice | None
    """None when no sheet knows the size in that region."""

    @property
    def hourly(self) -> float | None:
        """US dollars; None when nothing is known."""
        if self.price is None:
            return None
        return self.price.spot_hourly if self.spot else self.price.hourly


def machines(nodes: Iterable[Manifest]) -> list[Machine]:
    """Every node, by name."""
    return sorted((machine(each) for each in nodes), key=lambda each: each.name)


def machine(node: Manifest) -> Machine:
    """One node as what is paid for."""
    labels = mapping_at(node, "metadata.labels")
    provider = _PROVIDERS.get(text_at(node, "spec.providerID").partition(":")[0], "")
    region = str(labels.get("topology.kubernetes.io/region", ""))
    size = str(labels.get("node.kubernetes.io/instance-type", ""))
    sheet = sheet_of(provider)
    return Machine(
        text_at(node, "metadata.name"),
        provider,
        region,
        size,
        any(labels.get(key) == value for spot in SPOT_LABELS.values() for key, value in spot.items()),
        parse_quantity(text_at(node, "status.allocatable.cpu") or "0"),
        parse_quantity(text_at(node, "status.allocatable.memory") or "0"),
        sheet.node(region, size) if sheet else None,
    )


def sheet_of(provider: str) -> Sheet | None:
    """The price sheet of a provider, None when it has none."""
    return load_sheet(provider) if provider in _PROVIDERS.values() else None
