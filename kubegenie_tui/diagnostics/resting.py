"""Custom resources that are off on purpose: what they say of themselves is no fault then."""

import re

from kubegenie_tui.domain.custom.vocabulary import ON_PURPOSE
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, value_at

_HELD = re.compile(r"(?:Paused|Suspended|Disabled|Hibernated|hibernation)$|^(?:Reconciliation|Hibernation)")
"""Conditions that say so while they are true: KEDA's, Strimzi's, Argo's Rollouts, CloudNativePG's."""
_HELD_FIELDS: dict[str, tuple[object, ...]] = {
    "spec.suspend": (True,),
    "spec.suspended": (True,),
    "spec.paused": (True,),
    "spec.pause": (True,),
    "spec.disabled": (True,),
    "spec.enabled": (False,),
    "spec.running": (False,),
    "spec.runStrategy": ("Halted",),
    "spec.replicas": (0,),
    "spec.desiredState": ("Inactive",),
}
"""Fields by which people switch objects off: Flux, Cluster API, KubeVirt, revisions of Crossplane's packages."""
_HELD_BY = {
    "cluster.x-k8s.io/paused": None,
    "crossplane.io/paused": "true",
    "kustomize.toolkit.fluxcd.io/reconcile": "disabled",
    "strimzi.io/pause-reconciliation": "true",
    "autoscaling.keda.sh/paused": "true",
    "cnpg.io/hibernation": "on",
}
"""Annotations that do the same, each with its value or with any."""


def is_on_purpose(condition: Manifest) -> bool:
    """Whether the reason of a condition tells that somebody wants it so."""
    return ON_PURPOSE.search(text_at(condition, "reason")) is not None


def is_held(item: Manifest) -> bool:
    """Whether an object is paused, suspended, disabled or scaled to nothing."""
    if any(_is_one_of(value_at(item, path), wanted) for path, wanted in _HELD_FIELDS.items()):
        return True
    notes = mapping_at(item, "metadata.annotations")
    if any(key in notes and wanted in (None, notes[key]) for key, wanted in _HELD_BY.items()):
        return True
    return any(
        text_at(each, "status") == "True" and _HELD.search(text_at(each, "type"))
        for each in mappings_at(item, "status.conditions")
    )


def _is_one_of(value: object, wanted: tuple[object, ...]) -> bool:
    """By type as well: 0 is not False."""
    return any(type(value) is type(each) and value == each for each in wanted)
