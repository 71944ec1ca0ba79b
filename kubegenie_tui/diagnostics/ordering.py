"""In which order findings are told: the worst and most certain first, a likely cause before what nobody explains."""

from collections.abc import Iterable

from kubegenie_tui.domain.finding import Finding, Severity

_VAGUE = 0.6
"""How sure a finding is at most that tells of a symptom and not why."""
_SURE = 0.75
_HARMLESS = (
    "autoscaler-at-limit", "autoscaler-blind", "autoscaler-unable", "budget", "certificate-expires", "errors-logged",
    "ingress", "job-failed", "load-balancer", "missing-backend", "monitor", "rollout-late", "wrong-backend",
)  # fmt: skip
"""Beginnings of rules about what cannot keep a program from running, or would have been followed to it."""


def ordered(findings: Iterable[Finding], namespaces: frozenset[str]) -> list[Finding]:
    """The worst first, the most certain of them before the others, those in these namespaces before those outside."""
    every = list(findings)
    unexplained = {f.root.namespace for f in every if f.severity is Severity.CRITICAL and f.confidence <= _VAGUE}

    def place(finding: Finding) -> tuple[float, bool, float, int, str]:
        may_explain = _may_explain(finding) and not unexplained.isdisjoint(places(finding) - {""})
        severity = Severity.CRITICAL if may_explain else finding.severity
        certainty = min(finding.confidence, _VAGUE + 0.01) if may_explain else finding.confidence
        return -severity, is_elsewhere(finding, namespaces), -certainty, -len(finding.affected), finding.title

    return sorted(every, key=place)


def _may_explain(finding: Finding) -> bool:
    is_known = finding.severity is Severity.WARNING and finding.confidence >= _SURE
    return is_known and not finding.rule.startswith(_HARMLESS)


def places(finding: Finding) -> set[str]:
    """The namespaces of its root and of what suffers from it."""
    return {ref.name if ref.kind == "namespaces" else ref.namespace for ref in (finding.root, *finding.affected)}


def is_elsewhere(finding: Finding, namespaces: frozenset[str]) -> bool:
    """Whether it is outside of the namespaces that are asked about; never, where none are."""
    return bool(namespaces) and namespaces.isdisjoint(places(finding))
