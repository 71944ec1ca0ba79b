"""What surely ends a fault that a model tells of, offered beside its answer: the plan is the diagnosis' own."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from kubegenie_tui.domain.conversation import PlanProposed
from kubegenie_tui.domain.errors import ClusterError, UsageError
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.genie.proposing.own_words import UNASKED
from kubegenie_tui.genie.proposing.sighting import is_named
from kubegenie_tui.genie.reading.diagnosing import SUSPENDED, Verdict, symptom_of
from kubegenie_tui.genie.reading.scope import Result, Scope, can_propose

_MOST = 2
"""Plans beside one answer."""


async def remedies_for(scope: Scope, results: Sequence[Result], answer: str) -> list[PlanProposed]:
    """The plans for what the look-ups of a turn found and the answer names; none where nothing may be proposed."""
    if not can_propose(scope):
        return []
    from kubegenie_tui.genie.proposing import planning

    found: dict[str, PlanProposed] = {}
    for finding in told_of(results, answer):
        if finding.remedy is None or len(found) == _MOST:
            continue
        try:
            plan, command = await planning.remedied(scope, finding.remedy)
        except (UsageError, ClusterError):
            continue
        plan = msgspec.structs.replace(plan, unasked=UNASKED)
        found.setdefault(plan.title, PlanProposed(plan, None, command, answers=symptom_of(finding)))
    return [*found.values()]


def told_of(results: Iterable[Result], answer: str) -> Iterator[Finding]:
    """The findings of diagnoses whose root, or what it affects, an answer names."""
    for result in results:
        if isinstance(result.data, Verdict):
            findings = result.data.findings
            for finding in (each for each in findings if result.data.subject or each.rule not in SUSPENDED):
                if any(is_named(ref.name, answer) for ref in (finding.root, *finding.affected)):
                    yield finding
