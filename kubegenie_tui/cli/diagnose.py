"""`kubegenie diagnose`: what is wrong in a namespace or a cluster, each fault at the object that has to change.

With `--policies` it says which objects break policies.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services, require_namespace
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.cluster_reader import kinds_known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.domain.finding import Finding, Remedy
    from kubegenie_tui.domain.object_ref import ObjectRef
    from kubegenie_tui.domain.scan import Comparison
    from kubegenie_tui.genie.reading.diagnosing import Verdict
    from kubegenie_tui.genie.reading.scope import Scope
    from kubegenie_tui.services import Services


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie diagnose [-n NAMESPACE | -A]`."""
    return run_to_end(_diagnose(arguments))


async def _diagnose(arguments: argparse.Namespace) -> int:
    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        await kinds_known(agent)
        namespace = await _namespace(agent, namespace_of(arguments))
        scope = _scope(agent, namespace, services)
        if arguments.policies is not None:
            await _tell_policies(scope, arguments)
        else:
            await _tell(scope, services, arguments)
    return Exit.OK


async def _tell(scope: "Scope", services: "Services", arguments: argparse.Namespace) -> None:
    from kubegenie_tui.genie.reading.scanning import since_last

    now = time.time()
    verdict = await _verdict(scope, arguments.rules)
    comparison = None if verdict.rules else await since_last(services.store.scans, scope, verdict, now)
    told = [each for each in verdict.findings if not arguments.new or _is_new(each, comparison)]
    if arguments.output == "json":
        write_json(as_json(replace(verdict, findings=tuple(told)), scope.reader.kinds))
        return
    sys.stdout.write(as_text(verdict, told))
    if comparison is not None:
        sys.stdout.write(f"{comparison.words(now).capitalize()}.\n")
    elif arguments.new:
        sys.stdout.write("There is no earlier look to compare with.\n")


def _is_new(finding: "Finding", comparison: "Comparison | None") -> bool:
    return comparison is None or comparison.since(finding) is None


async def _tell_policies(scope: "Scope", arguments: argparse.Namespace) -> None:
    from kubegenie_tui.cli.policy_report import as_text as policies_as_text
    from kubegenie_tui.cli.policy_report import report
    from kubegenie_tui.genie.reading.policies import PolicyVerdict, audit_policies

    asked = [] if arguments.policies == "*" else [word for word in arguments.policies.split(",") if word.strip()]
    verdict: PolicyVerdict = (await audit_policies(scope, scope.focus.namespace or "*", asked)).data
    if arguments.output == "json":
        write_json(as_json(verdict, scope.reader.kinds) | report(verdict))
    else:
        sys.stdout.write(policies_as_text(verdict))


async def _namespace(agent: "ClusterAgent", asked: str | None) -> str:
    if asked:
        await require_namespace(agent, asked)
    return asked if asked is not None else agent.status.namespace or "default"


def _scope(agent: "ClusterAgent", namespace: str, services: "Services") -> "Scope":
    from kubegenie_tui.genie.reading.scope import Scope
    from kubegenie_tui.genie.redaction.redactor import Redactor

    settings, focus, notes = services.settings, Focus(agent.name, namespace), services.store.notes
    ignored = settings.diagnosis.patterns()
    return Scope(agent, focus, Redactor(), ignored=ignored, policy=settings.policy, notes=notes)


async def _verdict(scope: "Scope", rules: str | None) -> "Verdict":
    from kubegenie_tui.genie.reading.diagnosing import diagnose_scope

    asked = rules.split(",") if rules is not None else []
    verdict: Verdict = (await diagnose_scope(scope, scope.focus.namespace or "*", analyzers=asked)).data
    return verdict


def as_json(verdict: "Verdict", kinds: KindIndex) -> dict[str, Any]:
    """Findings as data, the worst first; what was not looked at, or is ignored, only where that is so."""
    found: dict[str, Any] = {
        "findings": [_finding(each, kinds) for each in verdict.findings],
        "checked": verdict.checked,
    }
    if verdict.rules:
        found["rules"] = list(verdict.rules)
    if verdict.unread:
        found["unread"] = list(verdict.unread)
    if verdict.unheard:
        found["unread_logs"] = list(verdict.unheard)
    if verdict.ignored:
        found["ignored"] = verdict.ignored
    if verdict.left_out:
        found["namespaces_left_out"] = verdict.left_out
    if verdict.partly:
        found["partly"] = list(verdict.partly)
    return found


def _finding(finding: "Finding", kinds: KindIndex) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.name.lower(),
        "confidence": finding.confidence,
        "title": finding.title,
        "cause": finding.cause,
        "root": {**_ref(finding.root, kinds), "field": finding.field},
        "evidence": [{**_ref(each.ref, kinds), "field": each.field, "value": each.value} for each in finding.evidence],
        "affected": [_ref(each, kinds) for each in finding.affected],
        "next": list(finding.next_steps),
        "fix": [_step(finding.remedy, kinds)] if finding.remedy else None,
    }


def _ref(ref: "ObjectRef", kinds: KindIndex) -> dict[str, str]:
    kind = kinds.get(ref.kind)
    return {"kind": kind.kind if kind else ref.kind, "namespace": ref.namespace, "name": ref.name}


def _step(remedy: "Remedy", kinds: KindIndex) -> dict[str, Any]:
    patch: dict[str, Any] = {"patch": remedy.patch} if remedy.patch else {}
    patch |= {"patch_type": "strategic"} if remedy.is_strategic else {}
    return {"operation": remedy.operation, **_ref(remedy.ref, kinds), "args": remedy.given, **patch}


def as_text(verdict: "Verdict", told: Sequence["Finding"]) -> str:
    """Findings for a person to read, and how many there are with those that are not told."""
    where = f"namespace {plain(verdict.namespace)}" if verdict.namespace else "all namespaces"
    parts = [_told(each, verdict.noted_of(each)) for each in told]
    number = len(verdict.findings)
    parts.append(
        f"{number} problem{'' if number == 1 else 's'} in {where}, {verdict.checked:,} objects checked.\n"
        if number
        else f"Nothing wrong in {where}: {verdict.checked:,} objects checked.\n"
    )
    parts += _limits(verdict)
    return "\n".join(parts)


def _told(finding: "Finding", notes: Sequence[str]) -> str:
    field = f" {finding.field}" if finding.field else ""
    lines = [
        f"{finding.severity.name.lower()}: {plain(finding.title)}",
        f"  cause   {plain(finding.cause)}",
        f"  change  {plain(str(finding.root))}{plain(field)}",
        *(f"  seen    {plain(str(each.ref))} {plain(each.field)} = {plain(each.value)}" for each in finding.evidence),
        *(f"  noted   {plain(note.removeprefix('Noted '))}" for note in notes),
        *(f"  next    {plain(step)}" for step in finding.next_steps),
    ]
    return "\n".join(lines) + "\n"


def _limits(verdict: "Verdict") -> Sequence[str]:
    told = []
    if verdict.rules:
        told.append(f"Only these rules were looked at: {', '.join(verdict.rules)}.\n")
    if verdict.unread:
        told.append(f"Not looked at, for they may not be listed: {', '.join(verdict.unread)}.\n")
    if verdict.unheard:
        told.append(f"Not looked at, for it cannot be read: {verdict.unheard_words()}.\n")
    if verdict.ignored:
        told.append(f"{verdict.ignored} more are ignored by your settings.\n")
    if verdict.left_out:
        told.append(f"{verdict.left_out} more troubled namespaces were not looked into: name one with -n.\n")
    if verdict.partly:
        told.append(f"Looked at in part: {'; '.join(verdict.partly)}.\n")
    return told
