"""Hooks that outlast what a pod is given to end: the program is killed, and never asked to stop.

Source: Kubernetes' documentation, "Container Lifecycle Hooks": the grace period counts from before the hook.
"""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.calls import workloads
from kubegenie_tui.diagnostics.pods import Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at

_GRACE_SECONDS = 30
"""Of a pod that says none."""
_SLEEP = re.compile(r"(?:^|[;&\s])(?:/\w+)*/?sleep (\d+)s?(?=$|[;&\s])")
_CONDITIONAL = re.compile(r"\b(?:if|while|until|for|case)\b|\|\||\btimeout\b")


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Workloads with a hook that sleeps as long as the grace period, or longer."""
    for workload in workloads(snapshot):
        grace = number_at(workload.pod_spec, "terminationGracePeriodSeconds")
        grace = _GRACE_SECONDS if grace is None else grace
        for container in mappings_at(workload.pod_spec, "containers"):
            sleeps = _slept(mapping_at(container, "lifecycle.preStop.exec"))
            if grace and sleeps >= grace:
                yield _finding(workload, text_at(container, "name"), sleeps, grace)
                break


def _slept(hook: Manifest) -> int:
    """Seconds that a hook is certain to sleep."""
    script = " ".join(str(word) for word in hook.get("command") or [])
    return 0 if _CONDITIONAL.search(script) else sum(int(each) for each in _SLEEP.findall(script))


def _finding(workload: Workload, name: str, sleeps: int, grace: int) -> Finding:
    field, hook = (
        f"{workload.spec_path}.terminationGracePeriodSeconds",
        f"{workload.spec_path}.containers[{name}].lifecycle.preStop",
    )
    evidence = (
        fact(workload.kind, workload.manifest, hook, f"sleeps {sleeps}s"),
        fact(workload.kind, workload.manifest, field, f"{grace}s"),
    )
    why = f"the preStop hook of container {name} sleeps {sleeps}s, and {grace}s later the pod is killed"
    title = f"{workload.word}: its pods are killed before they are asked to stop"
    steps = (f"give the pod more than {sleeps}s to end, or let the hook sleep less",)
    return Finding(
        "grace-too-short", Severity.WARNING, title, why, workload.ref, field, evidence, (workload.ref,), 0.85, steps
    )
