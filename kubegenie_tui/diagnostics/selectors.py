"""Which pods a selector selects."""

from typing import Any

from kubegenie_tui.diagnostics.pods import labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at


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
