"""The logs of containers that are ready too: of what is asked about by its name, and a few of a namespace that is."""

from collections.abc import Iterable

from kubegenie_tui.diagnostics.build import pods_of
from kubegenie_tui.diagnostics.pods import containers_of, is_ready, live_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import parse_time

_MOST_PODS = 3
_MOST_WORKLOADS = 20
"""Of a namespace: one pod each, for the others say the same."""
MOST_LOGS = 6
MOST_SAMPLES = 30
_BACK_SECONDS = 900
"""How far back a log is read: what was logged before that is over."""


def pods_to_hear(snapshot: Snapshot, subject: ObjectRef) -> list[ObjectRef]:
    """The pods of a workload, or the one that is asked about, that are ready; a few."""
    manifest = snapshot.get(subject.kind, subject.namespace, subject.name)
    if manifest is None:
        return []
    below = [manifest] if subject.kind == "pods" else pods_of(snapshot, manifest)
    ready = [ref_of("pods", pod) for pod in below if is_ready(pod) and not text_at(pod, "metadata.deletionTimestamp")]
    return sorted(ready, key=lambda ref: ref.name)[:_MOST_PODS]


def pods_to_sample(snapshot: Snapshot) -> list[ObjectRef]:
    """One ready pod of each workload, of a few workloads."""
    one_each: dict[str, ObjectRef] = {}
    pods = (
        pod for pod in live_pods(snapshot) if is_ready(pod) and ref_of("pods", pod).namespace not in snapshot.called
    )
    for pod in sorted(pods, key=lambda pod: ref_of("pods", pod).name):
        owners = [text_at(each, "uid") for each in mappings_at(pod, "metadata.ownerReferences")]
        one_each.setdefault(next(iter(owners), "") or text_at(pod, "metadata.uid"), ref_of("pods", pod))
    return list(one_each.values())[:_MOST_WORKLOADS]


def logs_to_hear(pods: Iterable[Manifest], now: float, most: int = MOST_LOGS) -> list[tuple[Manifest, str, int]]:
    """Pod and name of containers that are ready, and for how many seconds, at most those that count; a few."""
    found = []
    for pod in pods:
        ready_for = int(now - _ready_since(pod))
        names = [each.name for each in containers_of(pod) if each.ready and (each.sidecar or not each.init)]
        if ready_for > 0 and is_ready(pod):
            found += [(pod, name, min(ready_for, _BACK_SECONDS)) for name in names]
    return found[:most]


def _ready_since(pod: Manifest) -> float:
    """Seconds since the epoch: what a program says before, it says of its start."""
    told = [each for each in mappings_at(pod, "status.conditions") if each.get("type") == "Ready"]
    return parse_time(text_at(told[0], "lastTransitionTime")) if told else 0.0
