"""What the policy checks found, in words and as data: by check, with those that break it."""

from collections.abc import Iterator
from typing import Any

from kubegenie_tui.diagnostics.pack.audit import CHECKS
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.text import plain
from kubegenie_tui.genie.reading.policies import PolicyVerdict, by_check, headline


def report(verdict: PolicyVerdict) -> dict[str, Any]:
    """What stands beside the findings: objects looked at by check, and the checks that were not run."""
    return {"holding": verdict.held, "broken": verdict.broken, "not_run": verdict.not_run}


def as_text(verdict: PolicyVerdict) -> str:
    """For a person to read."""
    return "".join(f"{line}\n" for line in _lines(verdict))


def _lines(verdict: PolicyVerdict) -> Iterator[str]:
    for name, findings in by_check(verdict):
        yield f"{findings[0].severity.name.lower()}: {name}: {len(findings)} of {verdict.broken[name]} objects"
        yield f"  wanted  {CHECKS[name].what}"
        yield from map(_offender, findings)
        yield f"  next    {CHECKS[name].step}"
        yield ""
    if verdict.held:
        yield f"Holding: {', '.join(f'{name} ({number:,})' for name, number in verdict.held.items())}."
    yield from (f"Not run: {name}: {why}." for name, why in verdict.not_run.items())
    if verdict.unread:
        yield f"Not looked at, for they may not be listed: {', '.join(verdict.unread)}."
    if verdict.left_out:
        yield f"{verdict.left_out} more pods without a workload were not looked at: name a namespace with -n."
    if verdict.ignored:
        yield f"{verdict.ignored} more are ignored by your settings."
    told = headline(verdict)
    yield f"{told[0].upper()}{told[1:]}."


def _offender(finding: Finding) -> str:
    return f"  breaks  {plain(finding.root.words)}: {plain(finding.title.partition(': ')[2])}"
