"""Nodes that are not ready, under pressure, closed, or that something else on them reports a problem of.

Conditions beside those of Kubernetes are set by others, such as https://github.com/kubernetes/node-problem-detector.
"""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at

_PRESSURE = {
    "MemoryPressure": "it runs out of memory",
    "DiskPressure": "it runs out of disk space",
    "PIDPressure": "it runs out of process ids",
    "NetworkUnavailable": "its network is not set up",
}

_PROBLEM = re.compile(
    r"deadlock|read-?only|corrupt|frequent|unhealthy|problem|fail|error|degraded|unregister|pressure", re.IGNORECASE
)
"""Words in a condition's type that tell that it is bad when it is true."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """What the conditions of nodes tell; a cordoned node is worth a notice."""
    for node in snapshot.all("nodes"):
        for condition in mappings_at(node, "status.conditions"):
            yield from _of_condition(snapshot, node, condition)
        if mapping_at(node, "spec").get("unschedulable") is True:
            ref = ref_of("nodes", node)
            yield Finding(
                "node-cordoned", Severity.NOTICE, f"node {ref.name} takes no new pods", "it is cordoned", ref,
                "spec.unschedulable", (fact("nodes", node, "spec.unschedulable", "true"),), (ref,), 0.9,
                ("uncordon it when its maintenance is over",),
            )  # fmt: skip


def _of_condition(snapshot: Snapshot, node: Manifest, condition: Manifest) -> Iterator[Finding]:
    kind, status = text_at(condition, "type"), text_at(condition, "status")
    ref, said = ref_of("nodes", node), text_at(condition, "message")
    if kind == "Ready" and status != "True":
        silent = status == "Unknown"
        why = "its kubelet has stopped reporting" if silent else said or text_at(condition, "reason")
        step = "check that the machine runs and reaches the API server" if silent else "look at the kubelet's log there"
        rule, title, severity = "node-not-ready", f"node {ref.name} is not ready", Severity.CRITICAL
    elif kind in _PRESSURE and status == "True":
        why, step = _PRESSURE[kind], "free what it lacks, or move pods away"
        rule, title, severity = "node-pressure", f"node {ref.name} has {kind}", Severity.WARNING
    elif _PROBLEM.search(kind) and status == "True":
        why, step = said or text_at(condition, "reason") or f"{kind} is true", "look at the machine"
        rule, title, severity = "node-problem", f"node {ref.name} reports {kind}", Severity.WARNING
    else:
        return
    field = f"status.conditions[{kind}]"
    evidence = (fact("nodes", node, field, f"{status}: {said}"),)
    affected = [ref_of("pods", pod) for pod in snapshot.all("pods") if text_at(pod, "spec.nodeName") == ref.name]
    yield Finding(rule, severity, title, why, ref, field, evidence, (ref, *affected), 0.95, (step,))
