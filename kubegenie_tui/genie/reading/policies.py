"""The policy checks over a namespace or the cluster: which objects break which, which hold, which were not run."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from kubegenie_tui.diagnostics.pack.audit import CHECKS, Choice, chosen, judged
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.finding import Evidence, Finding, is_ignored
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.policy_parameters import Parameters, parameters_of, with_given
from kubegenie_tui.genie.reading.diagnosing import Verdict, masked_title
from kubegenie_tui.genie.reading.judged_objects import JudgedObjects
from kubegenie_tui.genie.reading.scope import Result, Scope, place
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.kube.pace import paced

_MOST_NAMES = 150
"""Offenders that are named in the text, shared among the checks."""


class PolicyVerdict(Verdict, frozen=True, kw_only=True):
    """What the policy checks found; the worst and most frequent first."""

    held: dict[str, int]
    """Checks that all hold to, with the number of objects each looked at."""
    broken: dict[str, int]
    """Checks that some break, with the same."""
    not_run: dict[str, str]
    """Checks that were not run, and why."""


class _Masks:
    """Findings without secrets; what many of them say alike is looked through once."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._done: dict[str, str] = {}

    def finding(self, finding: Finding) -> Finding:
        """The same, masked."""
        evidence = tuple(Evidence(each.ref, each.field, self._text(each.value)) for each in finding.evidence)
        title = masked_title(finding, self._redactor.text)
        return msgspec.structs.replace(finding, title=title, cause=self._text(finding.cause), evidence=evidence)

    def _text(self, text: str) -> str:
        if text not in self._done:
            self._done[text] = self._redactor.text(text)
        return self._done[text]


class _Tally:
    """What is counted while objects are judged."""

    def __init__(self) -> None:
        self.findings: dict[str, list[Finding]] = {}
        """By check."""
        self.looked_at = Counter[str]()
        self.refs = set[ObjectRef]()
        self.ignored = 0


async def audit_policies(
    scope: Scope, namespace: str | None = None, asked: Sequence[str] = (), given: Mapping[str, str] | None = None
) -> Result:
    """Which objects break policies.

    Args:
        scope: where.
        namespace: None for the one in view, `*` for all.
        asked: names or patterns of checks; all without any.
        given: settings of the checks that are told otherwise this once.

    Raises:
        UsageError: there is no such check or setting, or a setting cannot be used.
        ClusterError: the cluster cannot be reached.
    """
    parameters = parameters_of(with_given(scope.policy, given or {}))
    choice = chosen(parameters, asked)
    space = await scope.known_namespace(namespace, scope.kind("pods"))
    objects = JudgedObjects(scope, space)
    await objects.read(choice.checks, parameters)
    tally = await _judged(scope, Inventory(objects.objects, space), parameters, choice)
    verdict = await _verdict(space, choice, tally, objects)
    return _result(scope, verdict)


async def _judged(scope: Scope, inventory: Inventory, parameters: Parameters, choice: Choice) -> _Tally:
    tally, masks = _Tally(), _Masks(scope.redactor)
    async for each in paced(judged(inventory, parameters, choice.checks)):
        tally.looked_at[each.check.name] += 1
        tally.refs.add(each.ref)
        if each.finding is None:
            continue
        if is_ignored(each.finding, scope.ignored):
            tally.ignored += 1
            continue
        tally.findings.setdefault(each.check.name, []).append(masks.finding(each.finding))
    return tally


async def _verdict(space: str, choice: Choice, tally: _Tally, objects: JudgedObjects) -> PolicyVerdict:
    found = tally.findings
    worst_first = sorted(found, key=lambda name: (-found[name][0].severity, -len(found[name]), name))
    order: list[Finding] = []
    for name in worst_first:
        order += sorted(found[name], key=lambda finding: (finding.root.namespace, finding.root.name))
        await asyncio.sleep(0)
    looked_at = {check.name: tally.looked_at[check.name] for check in choice.checks}
    return PolicyVerdict(
        None,
        space,
        tuple(order),
        len(tally.refs),
        objects.unread,
        objects.left_out,
        tally.ignored,
        held={name: number for name, number in looked_at.items() if name not in found},
        broken={name: looked_at[name] for name in worst_first},
        not_run=choice.not_run,
    )


def _name(finding: Finding) -> str:
    return finding.rule.rpartition("/")[2]


def by_check(verdict: PolicyVerdict) -> Iterator[tuple[str, list[Finding]]]:
    """Each check that is broken, with all that break it."""
    for _, findings in itertools.groupby(verdict.findings, key=lambda finding: finding.rule):
        found = list(findings)
        yield _name(found[0]), found


def headline(verdict: PolicyVerdict) -> str:
    """How it is, in a line: `19 objects break 4 of 20 policy checks in namespace shop, 48 objects checked`."""
    run = {**verdict.held, **verdict.broken}
    if len(run) == 1:
        return _headline_of_one(verdict, *run.items())
    offenders = len({finding.root for finding in verdict.findings})
    checked = f"{place(verdict.namespace)}, {verdict.checked:,} object{'' if verdict.checked == 1 else 's'} checked"
    if not run:
        return f"no policy check was run {place(verdict.namespace)}"
    if not verdict.broken:
        return f"all {len(run)} policy checks hold {checked}"
    verb = "object breaks" if offenders == 1 else "objects break"
    return f"{offenders:,} {verb} {len(verdict.broken)} of {len(run)} policy checks {checked}"


def _headline_of_one(verdict: PolicyVerdict, check: tuple[str, int]) -> str:
    name, looked_at = check
    offenders, where = len(verdict.findings), place(verdict.namespace)
    if not offenders:
        return f"no object breaks {name} {where}, {looked_at:,} object{'' if looked_at == 1 else 's'} checked"
    return f"{offenders:,} of {looked_at:,} objects break{'s' if offenders == 1 else ''} {name} {where}"


def _result(scope: Scope, verdict: PolicyVerdict) -> Result:
    summary = headline(verdict)
    lines = [f"cluster {scope.reader.name}: {summary}"]
    if verdict.unread:
        lines.append(f"could not be read: {', '.join(verdict.unread)}")
    if verdict.ignored:
        lines.append(f"{verdict.ignored} more are ignored by the person's settings")
    most = _MOST_NAMES // max(1, len(verdict.broken))
    for name, findings in by_check(verdict):
        lines += _told(name, verdict.broken[name], findings, most)
    lines += [f"holds: {name}, {number} objects" for name, number in verdict.held.items()]
    lines += [f"not run: {name}: {why}" for name, why in verdict.not_run.items()]
    return Result(summary, "\n".join(lines), verdict, ShowRequested("pods", verdict.namespace))


def _told(name: str, number: int, findings: Sequence[Finding], most: int) -> list[str]:
    """A check with those that break it, each on a line that says so."""
    first = findings[0]
    lines = [f"{name} [{first.severity.name.lower()}]: {CHECKS[name].what}; broken by {len(findings)} of {number}"]
    for finding in findings[:most]:
        also = [ref.name for ref in finding.affected if ref != finding.root]
        more = f" (with {', '.join(also[:5])})" if also else ""
        lines.append(f"VIOLATING: {finding.root.name} ({finding.root.words}): {finding.title.partition(': ')[2]}{more}")
    if len(findings) > most:
        lines.append(f"({most} of {len(findings)} shown; ask for this check alone to see more)")
    return lines
