"""Disruption budgets that no eviction can pass: a node with such a pod cannot be drained."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, number_at, text_at

BUDGETS = "poddisruptionbudgets.policy"


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Budgets that allow no disruption although every pod of theirs is healthy."""
    for budget in snapshot.all(BUDGETS):
        expected, healthy = (
            number_at(budget, "status.expectedPods") or 0,
            number_at(budget, "status.currentHealthy") or 0,
        )
        if expected and healthy >= expected and number_at(budget, "status.disruptionsAllowed") == 0:
            yield _finding(budget, expected)


def _finding(budget: Manifest, expected: int) -> Finding:
    ref = ref_of(BUDGETS, budget)
    field = "spec.maxUnavailable" if text_at(budget, "spec.maxUnavailable") else "spec.minAvailable"
    why = f"all of its {expected} pods are healthy, and it lets none of them go"
    evidence = (fact(BUDGETS, budget, field), fact(BUDGETS, budget, "status.disruptionsAllowed", "0"))
    return Finding(
        "budget-blocks", Severity.NOTICE, f"disruption budget {ref.name} allows no eviction", why, ref, field, evidence,
        (ref,), 0.9, ("allow one pod to be missing, or run one more",),
    )  # fmt: skip
