"""Claims that a StatefulSet's controller deletes with it, or with the pods that a smaller one has no more.

Source of the rules: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
"""

from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at
from kubegenie_tui.domain.plan import StepPreview, Verb

_POLICY = "spec.persistentVolumeClaimRetentionPolicy"


def has_claims(preview: StepPreview) -> bool:
    """Whether it is a StatefulSet whose pods have claims of their own."""
    is_set = preview.step.ref.kind == "statefulsets.apps"
    return is_set and bool(mappings_at(preview.before, "spec.volumeClaimTemplates"))


def claims_lost(preview: StepPreview) -> str:
    """What a change of a StatefulSet deletes of its claims, in words; empty for nothing."""
    if not has_claims(preview):
        return ""
    if preview.step.verb is Verb.DELETE:
        goes = text_at(preview.before, f"{_POLICY}.whenDeleted") == "Delete" and preview.step.propagation != "Orphan"
        return "it deletes its claims and their data" if goes else ""
    pods = len(_ordinals_gone(preview))
    if not pods or text_at(preview.after, f"{_POLICY}.whenScaled") != "Delete":
        return ""
    return f"it deletes the claims of {pods} {'pod' if pods == 1 else 'pods'} and their data"


def claims_of_pods_gone(preview: StepPreview) -> list[str]:
    """Names of the claims of pods that a changed StatefulSet has no more."""
    templates = [text_at(each, "metadata.name") for each in mappings_at(preview.before, "spec.volumeClaimTemplates")]
    name = preview.step.ref.name
    return [f"{template}-{name}-{number}" for number in _ordinals_gone(preview) for template in templates]


def _ordinals_gone(preview: StepPreview) -> list[int]:
    if preview.before is None or preview.after is None:
        return []
    stay = _ordinals(preview.after)
    return [number for number in _ordinals(preview.before) if number not in stay]


def _ordinals(manifest: Manifest) -> range:
    """Numbers of a StatefulSet's pods."""
    first, replicas = number_at(manifest, "spec.ordinals.start") or 0, number_at(manifest, "spec.replicas")
    return range(first, first + (1 if replicas is None else replicas))
