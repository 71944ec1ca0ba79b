"""What is wrong with an object, a namespace or the cluster: the findings, worded as evidence."""

import asyncio
from collections.abc import Callable, Collection, Sequence

import msgspec

from kubegenie_tui.diagnostics.choosing import chosen_rules
from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.relevance import about
from kubegenie_tui.domain.conversation import MOST_SYMPTOMS, ShowRequested, Symptom
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.finding import Evidence, Finding, is_ignored
from kubegenie_tui.domain.incident import IncidentNote, noted, recalled
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.gathering import Gathered, gather
from kubegenie_tui.genie.reading.objects import detail
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Result, Scope, place
from kubegenie_tui.kube.pace import paced

_MOST_AFFECTED = 20
_MOST_NOTES = 3
_MOST_UNHEARD = 3


class Verdict(msgspec.Struct, frozen=True):
    """A diagnosis of a subject."""

    subject: ObjectRef | None
    """None for a namespace or the cluster."""
    namespace: str
    findings: tuple[Finding, ...]
    checked: int
    unread: tuple[str, ...] = ()
    left_out: int = 0
    ignored: int = 0
    """Findings that the person's settings leave out."""
    notes: tuple[IncidentNote, ...] = ()
    """What was noted when one of the findings was there before, the latest first."""
    partly: tuple[str, ...] = ()
    """What was looked at in part, and which: `240 of 1,200 unwell pods`."""
    whole: bool = True
    """Whether a fault that is not found is not there: nothing that may have one was left out."""
    rules: tuple[str, ...] = ()
    """The only ones that were looked at; none for all."""
    unheard: tuple[str, ...] = ()
    """Containers that crashed and whose log cannot be read, and why: `app of shop/web-1 (it is gone)`."""

    @property
    def saw_all(self) -> bool:
        """Whether all was looked at that may tell of a fault."""
        return self.whole and not self.unread and not self.unheard

    def unheard_words(self) -> str:
        """The logs that cannot be read, as they are told: a few, and how many more."""
        told, more = self.unheard[:_MOST_UNHEARD], len(self.unheard) - _MOST_UNHEARD
        return f"the log of {', of '.join(told)}{f' and of {more} more' if more > 0 else ''}"

    def noted_of(self, finding: Finding) -> list[str]:
        """What was noted of a finding, as it is told: `Noted on 2026-11-03: the vault was sealed`."""
        return [noted(note, finding) for note in recalled(self.notes, finding)[:_MOST_NOTES]]


async def diagnose_object(
    scope: Scope, kind_name: str, name: str, namespace: str | None = None, *, analyzers: Collection[str] = ()
) -> Result:
    """What is wrong with one object, followed to its root, by all rules or by some: see `chosen_rules`.

    Raises:
        UsageError, ClusterError: as `resolve` and `gather`.
    """
    kind = scope.kind(kind_name)
    if kind.id == "namespaces":
        return await diagnose_scope(scope, name, analyzers=analyzers)
    rules = chosen_rules(analyzers)
    ref = await resolve(scope, kind, name, namespace)
    gathered = await gather(scope, ref.namespace, ref)
    diagnosis = await asyncio.to_thread(diagnose, gathered.snapshot, rules)
    findings = await asyncio.to_thread(about, ref, gathered.snapshot, diagnosis.findings)
    verdict = await _verdict(scope, (ref, ref.namespace), gathered, diagnosis.checked, findings)
    return _result(scope, msgspec.structs.replace(verdict, rules=tuple(sorted(rules))), str(ref), detail(ref))


async def diagnose_scope(scope: Scope, namespace: str | None = None, *, analyzers: Collection[str] = ()) -> Result:
    """What is wrong in a namespace, or in the whole cluster with `*`, by all rules or by some: see `chosen_rules`.

    Raises:
        UsageError: there is no such rule.
        ClusterError: as `gather`.
    """
    rules = chosen_rules(analyzers)
    space = await scope.known_namespace(namespace, scope.kind("pods"))
    gathered = await gather(scope, space)
    diagnosis = await asyncio.to_thread(diagnose, gathered.snapshot, rules)
    verdict = await _verdict(scope, (None, space), gathered, diagnosis.checked, diagnosis.findings)
    verdict = msgspec.structs.replace(verdict, rules=tuple(sorted(rules)))
    return _result(scope, verdict, place(space), ShowRequested("pods", space))


async def _verdict(
    scope: Scope, asked: tuple[ObjectRef | None, str], gathered: Gathered, checked: int, findings: Sequence[Finding]
) -> Verdict:
    masked, ignored = await _told_of(scope, findings)
    notes = await _notes(scope, masked)
    return Verdict(
        *asked, masked, checked, gathered.unread, gathered.left_out, ignored, notes, gathered.partly, gathered.whole,
        unheard=gathered.unheard,
    )  # fmt: skip


async def _told_of(scope: Scope, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], int]:
    """The findings to be told, masked, and how many are left out."""
    told = [masked_finding(scope, each) async for each in paced(findings) if not is_ignored(each, scope.ignored)]
    return tuple(told), len(findings) - len(told)


def masked_finding(scope: Scope, finding: Finding) -> Finding:
    """A finding without secrets."""
    text = scope.redactor.text
    evidence = tuple(Evidence(e.ref, e.field, text(e.value)) for e in finding.evidence)
    title = masked_title(finding, text)
    return msgspec.structs.replace(finding, title=title, cause=text(finding.cause), evidence=evidence)


def masked_title(finding: Finding, mask: Callable[[str], str]) -> str:
    """A title without secrets; what follows `deployment auth:` is our own sentence, and not the value of `auth`."""
    head, sign, rest = finding.title.partition(": ")
    names = {ref.name for ref in (finding.root, *finding.affected)}
    return f"{head}: {mask(rest)}" if sign and head.rpartition(" ")[2] in names else mask(finding.title)


async def _notes(scope: Scope, findings: Sequence[Finding]) -> tuple[IncidentNote, ...]:
    """What findings bring back; a diagnosis is told without notes when these cannot be read."""
    if scope.notes is None or not findings:
        return ()
    try:
        kept = await scope.notes.of(scope.reader.name)
    except StoreError:
        return ()
    return tuple(note for note in kept if any(recalled([note], finding) for finding in findings))


def symptoms(result: Result) -> tuple[Symptom, ...]:
    """What a look-up found to be wrong, to be known again later; nothing for other look-ups than a diagnosis."""
    if not isinstance(result.data, Verdict):
        return ()
    return tuple(map(symptom_of, result.data.findings[:MOST_SYMPTOMS]))


SUSPENDED = frozenset({"job-suspended", "cronjob-suspended"})
"""Rules of what somebody stopped: an end of it is offered only to who asks about that object."""


def symptom_of(finding: Finding) -> Symptom:
    """A finding as far as it is known again by."""
    return Symptom(finding.rule, finding.root, finding.title, finding.affected[:_MOST_AFFECTED])


def _result(scope: Scope, verdict: Verdict, what: str, show: ShowRequested) -> Result:
    number = len(verdict.findings)
    found = "nothing wrong" if not number else f"{number} problem{'s' if number > 1 else ''}"
    summary = (
        f"{found} found {what if verdict.subject is None else 'with ' + what}, {verdict.checked:,} objects checked"
    )
    lines = [f"cluster {scope.reader.name}: {summary}"]
    if verdict.rules:
        lines.append(f"only these rules were looked at: {', '.join(verdict.rules)}")
    if verdict.unread:
        lines.append(f"could not be read: {', '.join(verdict.unread)}")
    if verdict.unheard:
        lines.append(f"could not be read: {verdict.unheard_words()}")
    if verdict.left_out:
        lines.append(f"{verdict.left_out} more namespaces with problems were not looked into")
    if verdict.partly:
        lines.append(f"looked at in part: {'; '.join(verdict.partly)}")
    if verdict.ignored:
        lines.append(f"{verdict.ignored} more are ignored by the person's settings")
    for finding in verdict.findings[:MOST_SYMPTOMS]:
        lines += _told(finding)
        lines += [f"  {told}" for told in verdict.noted_of(finding)]
    if number > MOST_SYMPTOMS:
        lines.append(f"({MOST_SYMPTOMS} of {number} shown)")
    return Result(summary, "\n".join(lines), verdict, show)


def _told(finding: Finding) -> list[str]:
    field = f", field {finding.field}" if finding.field else ""
    lines = [f"- {finding.severity.name.lower()} [{finding.rule}] {finding.title}"]
    lines.append(f"  cause: {finding.cause} (root: {finding.root}{field}; confidence {finding.confidence:.0%})")
    lines += [f"  evidence: {e.ref} {e.field} = {e.value}" for e in finding.evidence]
    lines += [f"  next: {step}" for step in finding.next_steps]
    if (remedy := finding.remedy) is not None:
        given = "".join(f" {name}={text}" for name, text in remedy.given.items())
        patch = (
            f" manifest {msgspec.json.encode(remedy.patch).decode()}"
            if remedy.patch and not remedy.is_strategic
            else ""
        )
        how = "is offered beside an answer that names it" if remedy.is_strategic else "can be proposed"
        lines.append(f"  remedy, {how}: {remedy.operation} {remedy.ref}{given}{patch}")
    return lines
