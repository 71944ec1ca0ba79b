"""Which pods a selector selects."""

from typing import Any

from kubegenie_tui.diagnostics.pods import labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at


def matches(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether labels hold every pair of an equality selector, which is not empty."""
    return bool(selector) and all(labels.get(key) == str(value) for key, value in selector.items())


def selected_pods(snapshot: Snapshot, service: Manifest) -> list[Manifest]:
    """The pods behind a Service that are here, finished and leaving ones left out."""
    selector, namespace = mapping_at(service, "spec.selector"), ref_of("services", service).namespace
    return [
        pod
        for pod in snapshot.all("pods")
        if ref_of("pods", pod).namespace == namespace
        and text_at(pod, "status.phase") not in ("Succeeded", "Failed")
        and not text_at(pod, "metadata.deletionTimestamp")
        and matches(selector, labels_of(pod))
    ]


def label_selector_matches(selector: Manifest, labels: dict[str, str]) -> bool:
    """Whether labels satisfy a LabelSelector (`matchLabels` and `matchExpressions`); an empty one takes all."""
    pairs = mapping_at(selector, "matchLabels")
    if any(labels.get(key) != str(value) for key, value in pairs.items()):
        return False
    return all(_holds(rule, labels) for rule in mappings_at(selector, "matchExpressions"))


def _holds(rule: Manifest, labels: dict[str, str]) -> bool:
    key, values = text_at(rule, "key"), rule.get("values") or []
    match text_at(rule, "operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False
