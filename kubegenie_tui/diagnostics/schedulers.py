"""Pods that no scheduler looks at, for they name one that does not run here.

Source: Kubernetes' documentation, "Configure Multiple Schedulers": such a pod stays Pending, without an event.
"""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact, severity_of
from kubegenie_tui.diagnostics.pods import live_pods, workload_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.quantity import format_age, parse_time

_DEFAULT = "default-scheduler"
_PATIENCE_SECONDS = 15
"""A scheduler that runs says something of a pod sooner."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Pods of another scheduler than the cluster's own, of which nobody has said anything."""
    for pod in live_pods(snapshot):
        name = text_at(pod, "spec.schedulerName")
        age = snapshot.now - parse_time(text_at(pod, "metadata.creationTimestamp"))
        if name not in ("", _DEFAULT) and age >= _PATIENCE_SECONDS and _is_untouched(snapshot, pod):
            yield _finding(snapshot, pod, name, age)


def _is_untouched(snapshot: Snapshot, pod: Manifest) -> bool:
    conditions = mappings_at(pod, "status.conditions")
    is_told = any(text_at(event, "reason") == "FailedScheduling" for event in snapshot.events_of(pod))
    return not text_at(pod, "spec.nodeName") and not conditions and not is_told


def _finding(snapshot: Snapshot, pod: Manifest, name: str, age: float) -> Finding:
    workload, ref = workload_of(snapshot, pod), ref_of("pods", pod)
    field = f"{workload.spec_path}.schedulerName"
    at_work = {text_at(each, "spec.schedulerName") for each in snapshot.all("pods") if text_at(each, "spec.nodeName")}
    near = nearest(name, {_DEFAULT, *at_work} - {"", name}, 0.5)
    why = f'no scheduler called "{name}" has looked at it for {format_age(age)}{did_you_mean(near)}'
    evidence = (
        fact(workload.kind, workload.manifest, field, name),
        fact("pods", pod, "status.conditions[PodScheduled]", "not set"),
    )
    steps = (f"name a scheduler that runs, such as {near or _DEFAULT}", f"or start {name}")
    return Finding(
        "scheduler-silent", severity_of(snapshot, workload),
        f"{workload.word}: pod {ref.name} waits for a scheduler", why, workload.ref, field, evidence,
        (workload.ref, ref), 0.9, steps,
    )  # fmt: skip
