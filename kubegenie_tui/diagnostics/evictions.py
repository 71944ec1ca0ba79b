"""Programs that fail as a disruption budget keeps a pod where it is: drains, autoscalers, upgrades."""

import re
from collections.abc import Sequence

from kubegenie_tui.diagnostics.budgets import BUDGETS, held_by, limit_of
from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding

_HELD = re.compile(r"cannot evict pod as it would violate the pod's disruption budget", re.IGNORECASE)
_POD = re.compile(r"pods?/\"?(?P<name>[a-z0-9][a-z0-9.-]*)\"?(?: -n \"?(?P<space>[a-z0-9-]+)\"?)?")
"""As `kubectl drain` names a pod that it cannot evict."""


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str], evidence: list[Evidence]
) -> Finding | None:
    """The budget of the pod that a log says is not let go."""
    if not any(_HELD.search(line) for line in lines):
        return None
    own = ref_of("pods", container.pod).namespace
    for match in (found for line in lines for found in _POD.finditer(line)):
        pod = snapshot.get("pods", match["space"] or own, match["name"])
        budget = next(iter(held_by(snapshot, pod)), None) if pod is not None else None
        if budget is not None:
            ref, field = ref_of(BUDGETS, budget), limit_of(budget)
            return container_finding(
                snapshot, workload, container,
                rule="budget-blocks",
                title=f"container {container.name} cannot evict pod {match['name']}",
                cause=f"disruption budget {ref.name} lets none of its pods go",
                root=ref,
                field=field,
                evidence=[*evidence, fact(BUDGETS, budget, field)],
                confidence=0.95,
                next_steps=["allow one pod to be missing, or run one more"],
            )  # fmt: skip
    return None
