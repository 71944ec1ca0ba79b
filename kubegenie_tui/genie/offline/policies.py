"""The policy checks in words: what breaks which of them, what holds, and what was not run."""

from collections.abc import Sequence

import msgspec

from kubegenie_tui.diagnostics.pack.audit import CHECKS
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.genie.offline.changing import offer
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.markdown import code, kind_word, sentence, table, words
from kubegenie_tui.genie.reading.policies import PolicyVerdict, audit_policies, by_check, headline

_MOST_ROWS = 50
_MOST_NAMED = 6


async def tell_policies(desk: Desk, intent: Intent) -> None:
    """Which objects break policies; those that were asked for, or all of the pack."""
    asked = [name for name in intent.details.checks.split(",") if name]
    what = intent.details.checks or "policies"
    verdict: PolicyVerdict = (
        await desk.look(f"check {what}", audit_policies(desk.scope, intent.namespace, asked))
    ).data
    if intent.name:
        verdict = _about(verdict, intent)
    desk.say(f"{_headline(verdict, intent)}{':' if verdict.findings else '.'}\n\n")
    if len(asked) == 1:
        _tell_one(desk, verdict)
    else:
        _tell_all(desk, verdict, whole=not intent.name)
    for name, why in verdict.not_run.items() if asked else ():
        desk.say(f"\n{code(name)} was not run: {words(why)}.\n")
    if verdict.unread:
        desk.say(f"\nNot checked, for they cannot be read: {words(', '.join(verdict.unread))}.\n")
    remedy = next((finding.remedy for finding in verdict.findings if finding.remedy), None) if len(asked) == 1 else None
    if remedy is not None:
        await offer(desk, remedy)


def _about(verdict: PolicyVerdict, intent: Intent) -> PolicyVerdict:
    """What one object breaks."""
    findings = tuple(
        finding
        for finding in verdict.findings
        if any((ref.kind, ref.name) == (intent.kind, intent.name) for ref in finding.affected)
    )
    broken = {finding.rule.rpartition("/")[2]: 1 for finding in findings}
    held = {name: 1 for name in (*verdict.held, *verdict.broken) if name not in broken}
    return msgspec.structs.replace(verdict, findings=findings, broken=broken, held=held)


def _headline(verdict: PolicyVerdict, intent: Intent) -> str:
    if not intent.name:
        told = words(headline(verdict))
        return f"**{told[0].upper()}{told[1:]}**"
    run = len(verdict.held) + len(verdict.broken)
    return (
        f"**{kind_word(intent.kind).capitalize()} {code(intent.name)} breaks {len(verdict.broken)} of {run} policies**"
    )


def _tell_one(desk: Desk, verdict: PolicyVerdict) -> None:
    findings = verdict.findings
    if not findings:
        return
    rows = [(each.root.namespace, f"{each.root.noun} {each.root.name}", _why(each)) for each in findings[:_MOST_ROWS]]
    desk.say(f"{table(('NAMESPACE', 'NAME', 'WHY'), rows)}\n")
    if len(findings) > _MOST_ROWS:
        desk.say(f"\nAnd {len(findings) - _MOST_ROWS:,} more.\n")
    desk.say(f"\nNext: {sentence(findings[0].next_steps[0])}\n")


def _tell_all(desk: Desk, verdict: PolicyVerdict, *, whole: bool) -> None:
    """`whole`: whether all objects were meant, and not one of them."""
    for name, findings in by_check(verdict):
        count = f"{len(findings)} of {verdict.broken[name]}"
        desk.say(f"- **{words(name)}** ({count}), {words(CHECKS[name].what)}: {_named(findings)}\n")
    if whole and verdict.held and verdict.findings:
        desk.say(f"\nHolding: {words(', '.join(verdict.held))}.\n")
    unset = [name for name, why in verdict.not_run.items() if why.startswith("set ")]
    if whole and unset:
        desk.say(f"\nNot run, for `[policy]` of the settings says nothing of them: {words(', '.join(unset))}.\n")


def _named(findings: Sequence[Finding]) -> str:
    named = ", ".join(code(f"{each.root.namespace}/{each.root.name}".lstrip("/")) for each in findings[:_MOST_NAMED])
    return f"{named} and {len(findings) - _MOST_NAMED} more" if len(findings) > _MOST_NAMED else named


def _why(finding: Finding) -> str:
    return finding.title.partition(": ")[2]
