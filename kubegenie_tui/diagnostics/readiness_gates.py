"""Pods whose containers are all ready, and that a condition from outside still holds back.

Source: Kubernetes' documentation, "Pod Lifecycle", pod readiness.
"""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact, severity_of
from kubegenie_tui.diagnostics.pods import is_ready, live_pods, workload_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.quantity import parse_time

_PATIENCE_SECONDS = 30
"""The controller of a gate gets so long before it is a warning."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Gates that are shut though the containers are ready."""
    for pod in live_pods(snapshot):
        gates = [text_at(gate, "conditionType") for gate in mappings_at(pod, "spec.readinessGates")]
        told = {text_at(each, "type"): each for each in mappings_at(pod, "status.conditions")}
        ready = told.get("ContainersReady", {})
        shut = [gate for gate in gates if text_at(told.get(gate, {}), "status") != "True"]
        if shut and text_at(ready, "status") == "True" and not is_ready(pod):
            yield _finding(snapshot, pod, shut[0], told.get(shut[0]), ready)


def _finding(snapshot: Snapshot, pod: Manifest, gate: str, condition: Manifest | None, ready: Manifest) -> Finding:
    workload, ref = workload_of(snapshot, pod), ref_of("pods", pod)
    said = text_at(condition, "message") or text_at(condition, "reason")
    why = f"its gate {gate} is shut: {said}" if said else f"nobody has set the condition {gate} of its gate"
    since = parse_time(text_at(ready, "lastTransitionTime"))
    is_young = bool(since) and snapshot.now - since < _PATIENCE_SECONDS
    severity = Severity.NOTICE if is_young else severity_of(snapshot, workload)
    state = text_at(condition, "status") or "not set"
    return Finding(
        "readiness-gate", severity, f"{workload.word}: its containers are ready, and its pods are not", why,
        workload.ref, f"{workload.spec_path}.readinessGates", (fact("pods", pod, f"status.conditions[{gate}]", state),),
        (workload.ref, ref), 0.9, (f"find out whether the controller that sets {gate} runs", "or take the gate out"),
    )  # fmt: skip
