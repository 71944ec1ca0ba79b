"""What a pod asks for as a whole: requests and limits of its containers, summed as the scheduler and quotas do."""

from collections.abc import Iterator

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.quantity import parse_quantity

Amounts = dict[str, float]
"""By resource: cores, bytes, or how many."""
REQUESTS, LIMITS = "requests", "limits"


def amount(text: object) -> float:
    """A quantity as a number; 0 for what is none."""
    try:
        return float(parse_quantity(str(text)))
    except (KubeGenieError, ValueError):
        return 0.0


def containers_of(spec: Manifest) -> Iterator[Manifest]:
    """Every container that admission looks at, those that run before the others too."""
    yield from mappings_at(spec, "containers")
    yield from mappings_at(spec, "initContainers")


def asked_by(container: Manifest, side: str) -> Amounts:
    """What one container, or the pod as such, requests or is limited to: a limit is a request where that is missing.

    Source: Kubernetes documentation, resource management for pods and containers.
    """
    said = {name: amount(text) for name, text in mapping_at(container, f"resources.{side}").items()}
    return asked_by(container, LIMITS) | said if side == REQUESTS else said


def asked_by_pod(spec: Manifest, side: str) -> Amounts:
    """What a pod of this spec requests or is limited to.

    Containers and sidecars run together; init containers before them, one at a time, beside the sidecars that began
    earlier. What the pod itself says goes before what its containers do.
    Source: Kubernetes documentation, init containers and sidecar containers, resource sharing.
    """
    total, peak = _sum(*(asked_by(each, side) for each in mappings_at(spec, "containers"))), Amounts()
    sidecars = Amounts()
    for each in mappings_at(spec, "initContainers"):
        wanted = _sum(sidecars, asked_by(each, side))
        peak = _most(peak, wanted)
        sidecars = wanted if text_at(each, "restartPolicy") == "Always" else sidecars
    found = _most(_sum(total, sidecars), peak) | asked_by(spec, side)
    overhead = {name: amount(text) for name, text in mapping_at(spec, "overhead").items()}
    return _sum(found, {name: more for name, more in overhead.items() if side == REQUESTS or name in found})


def _sum(*many: Amounts) -> Amounts:
    names = dict.fromkeys(name for each in many for name in each)
    return {name: sum(each.get(name, 0) for each in many) for name in names}


def _most(one: Amounts, other: Amounts) -> Amounts:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in dict.fromkeys((*one, *other))}
