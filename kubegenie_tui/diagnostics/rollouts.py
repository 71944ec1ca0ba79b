"""Deployments that do not get on, where no other rule knows why."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics import remedies
from kubegenie_tui.diagnostics.build import fact, severity_of
from kubegenie_tui.diagnostics.pods import Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

_KIND = "deployments.apps"


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Rollouts past their deadline, and paused ones that lack pods."""
    for deployment in snapshot.all(_KIND):
        workload = Workload(_KIND, deployment, TEMPLATE_PATHS[_KIND])
        late = _late(deployment)
        if late is not None:
            why = text_at(late, "message")
            evidence = (fact(_KIND, deployment, "status.conditions[Progressing]", why),)
            title = f"{workload.word}: its rollout does not get on"
            steps = ("look at its newest pods", "go back to the revision before")
            severity = severity_of(snapshot, workload)
            yield Finding("rollout-late", severity, title, why, workload.ref, "", evidence, (workload.ref,), 0.5, steps)
        elif mapping_at(deployment, "spec").get("paused") is True:
            yield _paused(deployment, workload)


def _late(deployment: Manifest) -> Manifest | None:
    conditions = mappings_at(deployment, "status.conditions")
    return next((c for c in conditions if c.get("type") == "Progressing" and c.get("status") == "False"), None)


def _paused(deployment: Manifest, workload: Workload) -> Finding:
    updated, wanted = number_at(deployment, "status.updatedReplicas") or 0, number_at(deployment, "spec.replicas") or 0
    why = f"its rollout is paused at {updated} of {wanted} updated pods"
    evidence = (fact(_KIND, deployment, "spec.paused", "true"),)
    title = f"{workload.word} is paused"
    step = ("resume the rollout",)
    ready = number_at(deployment, "status.readyReplicas") or 0
    severity = Severity.NOTICE if ready >= wanted or updated >= wanted else Severity.WARNING
    return Finding(
        "rollout-paused", severity, title, why, workload.ref, "spec.paused", evidence, (workload.ref,), 1.0,
        step, remedies.resume(workload),
    )  # fmt: skip
