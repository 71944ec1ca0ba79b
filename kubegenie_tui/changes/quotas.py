"""Whether more pods fit into what a namespace may use."""

from collections.abc import Iterator, Sequence

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.plan import Note
from kubegenie_tui.domain.quantity import parse_quantity

_NAMES = {"cpu": ("requests", "cpu"), "memory": ("requests", "memory")}
"""Short names of a quota for what pods request. Source: Kubernetes documentation of resource quotas."""


def quota_notes(pods: int, spec: Manifest, quotas: Sequence[Manifest]) -> Iterator[Note]:
    """What quotas say to so many more pods of this spec: one note for each that would be full, or one that all fit."""
    fits = True
    for quota in quotas:
        hard, used = mapping_at(quota, "status.hard"), mapping_at(quota, "status.used")
        for resource, limit in hard.items():
            wanted = _wanted(resource, pods, spec)
            if not wanted:
                continue
            left = _amount(limit) - _amount(used.get(resource, 0))
            if wanted > left:
                fits = False
                name = text_at(quota, "metadata.name")
                yield Note(
                    Health.BAD, f"quota {name} has no room for {pods} more: {resource} {used.get(resource)} of {limit}"
                )
    if quotas and fits:
        yield Note(Health.OK, "fits into the quota of the namespace")


def _wanted(resource: str, pods: int, spec: Manifest) -> float:
    if resource in ("pods", "count/pods"):
        return pods
    side, _, name = resource.partition(".")
    side, name = _NAMES.get(resource, (side, name))
    if side not in ("requests", "limits") or not name:
        return 0
    amounts = (mapping_at(each, f"resources.{side}").get(name, 0) for each in mappings_at(spec, "containers"))
    return pods * sum(_amount(amount) for amount in amounts)


def _amount(text: object) -> float:
    try:
        return float(parse_quantity(str(text)))
    except (KubeGenieError, ValueError):
        return 0.0
