"""A diagnosis in words: the root first, then what it rests on, then what to do."""

from collections.abc import Collection, Sequence

import msgspec

from kubegenie_tui.domain.finding import Evidence, Finding, Remedy
from kubegenie_tui.domain.namespace_set import is_set
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.links import each_once, links_of_finding
from kubegenie_tui.genie.offline.changing import offer
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Details, Intent
from kubegenie_tui.genie.offline.markdown import code, kind_word, sentence, words
from kubegenie_tui.genie.offline.next_steps import MOST, askable, causes_to_ask
from kubegenie_tui.genie.offline.picking import matching
from kubegenie_tui.genie.reading.diagnosing import SUSPENDED, Verdict, diagnose_object, diagnose_scope, symptom_of
from kubegenie_tui.genie.reading.overview import Tally, overview
from kubegenie_tui.genie.reading.scope import place, where

_IN_FULL = 2
_IN_SHORT = 8
_CAUSES = 3
"""Findings of an overview whose cause can be asked for."""
_SURE = 0.7
_AFFECTED = 6
_MOST_SPOKEN_OF = 500
_PREDICATES = {"oomkilled": "were killed for lack of memory lately", "empty": "lack a pod behind them"}


async def tell_why(desk: Desk, intent: Intent) -> None:
    """What is wrong with an object, in a namespace, or in the cluster."""
    if intent.name and intent.kind != "namespaces":
        kind = desk.scope.kind(intent.kind)
        reading = diagnose_object(desk.scope, kind.id, intent.name, intent.namespace)
        what = f"{kind.singular or kind.plural} {intent.name}"
    else:
        space = intent.name if intent.kind == "namespaces" and intent.name else intent.namespace
        reading = diagnose_scope(desk.scope, space)
        what = f"namespace {space}" if space and space != "*" else "all"
    whole: Verdict = (await desk.look(f"diagnose {what}", reading)).data
    verdict, of_these = whole, ""
    if not intent.name and intent.kind not in ("", "namespaces"):
        kind = desk.scope.kind(intent.kind)
        of_these = f"with the {words(kind.plural)}{where(kind, verdict.namespace)}"
    if not intent.name and intent.kind not in ("", "namespaces", "pods"):
        verdict = msgspec.structs.replace(verdict, findings=_about_kind(intent.kind, verdict.findings))
    if not intent.name and intent.kind and intent.details != Details():
        verdict = await _about_these(desk, intent, verdict)
    asked = await askable(desk.scope, verdict.findings[:_IN_FULL])
    others = len(whole.findings) - len(verdict.findings)
    _tell_verdict(desk, verdict, of_these or _subject(verdict), others, asked)
    offered = await _offer(desk, verdict)
    desk.offer_next(*list(dict.fromkeys(asked.values()))[: MOST - offered])
    _link(desk, verdict.findings)


async def _offer(desk: Desk, verdict: Verdict) -> int:
    """Each plan that surely ends one of the findings in full, once; how many."""
    offered: list[Remedy] = []
    for finding in verdict.findings[:_IN_FULL]:
        remedy = _offered(verdict, finding)
        if remedy is not None and remedy not in offered and await offer(desk, remedy, symptom_of(finding)):
            offered.append(remedy)
    return len(offered)


def _link(desk: Desk, findings: Sequence[Finding]) -> None:
    """Lead to what was told of: the findings in full and in short."""
    told_of = findings[: _IN_FULL + _IN_SHORT]
    desk.link(each_once(link for finding in told_of for link in links_of_finding(finding)))


def _offered(verdict: Verdict, finding: Finding) -> Remedy | None:
    """What can be done; that a job is suspended is offered an end only to who asks about that job."""
    is_meant = verdict.subject is None and finding.rule in SUSPENDED
    return None if is_meant else finding.remedy


def _about_kind(kind: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """`anything wrong with the ingresses?`."""
    return tuple(f for f in findings if kind in {f.root.kind, *(ref.kind for ref in f.affected)})


async def _about_these(desk: Desk, intent: Intent, verdict: Verdict) -> Verdict:
    """The findings about the objects that were spoken of: `why are they pending?`.

    The table of a custom kind need not tell how its objects are; a diagnosis does.
    """
    if "." in desk.scope.kind(intent.kind).group and intent.details == Details(status=intent.details.status):
        return verdict
    listing = await matching(desk, intent, _MOST_SPOKEN_OF)
    these = {ObjectRef(intent.kind, row.name, row.namespace) for row in listing.shown}
    findings = tuple(finding for finding in verdict.findings if these.intersection((finding.root, *finding.affected)))
    return msgspec.structs.replace(verdict, findings=findings)


async def tell_found(desk: Desk, intent: Intent, rules: Collection[str]) -> None:
    """What some of the rules find, for a state that no table shows."""
    space = intent.namespace
    verdict: Verdict = (await desk.look(f"diagnose {space or 'all'}", diagnose_scope(desk.scope, space))).data
    findings = tuple(finding for finding in verdict.findings if finding.rule in rules)
    there, kind = place(verdict.namespace), desk.scope.kind(intent.kind)
    if not findings:
        desk.say(f"**No {words(kind.plural)} {there}** {_PREDICATES[intent.details.status]}.\n")
        return
    number = len(findings)
    desk.say(f"**{number} case{'' if number == 1 else 's'} {there}**:\n\n")
    desk.say("".join(_short(finding, verdict) for finding in findings[:_IN_SHORT]))
    _tell_gaps(desk, verdict)
    _link(desk, findings[:_IN_SHORT])


def _tell_verdict(desk: Desk, verdict: Verdict, about: str, others: int, offered: Collection[str]) -> None:
    """What was found.

    Args:
        desk: where it is told.
        verdict: what was found.
        about: of what, in words.
        others: problems that were found and not asked about.
        offered: steps that are offered to be picked, and so are not told.
    """
    if not verdict.findings:
        desk.say(f"**Nothing wrong found {about}.** {verdict.checked:,} objects were checked.\n")
    many = len(verdict.findings)
    if many > 1:
        desk.say(f"**{many} problems {about}**, the worst first.\n\n")
    for finding in verdict.findings[:_IN_FULL]:
        desk.say(told(finding, verdict.noted_of(finding), offered))
    rest = verdict.findings[_IN_FULL:]
    if rest:
        desk.say("Also:\n\n" + "".join(_short(finding, verdict) for finding in rest[:_IN_SHORT]))
        if len(rest) > _IN_SHORT:
            desk.say(f"- and {len(rest) - _IN_SHORT} more\n")
    if verdict.findings:
        _tell_checked(desk, verdict, others)
    _tell_gaps(desk, verdict)


def _tell_checked(desk: Desk, verdict: Verdict, others: int) -> None:
    more = f"{others} other problem{'' if others == 1 else 's'}" if others else "nothing else wrong"
    there = f" {place(verdict.namespace)}" if is_set(verdict.namespace) else ""
    desk.say(f"\n{verdict.checked:,} objects were checked{there}; {more} {'were' if others > 1 else 'was'} found.\n")


def _subject(verdict: Verdict) -> str:
    if verdict.subject is None:
        return place(verdict.namespace)
    return f"with {_word(verdict.subject)}"


def _tell_gaps(desk: Desk, verdict: Verdict) -> None:
    if verdict.unread:
        desk.say(f"\nNot checked, for they cannot be read: {words(', '.join(verdict.unread))}.\n")
    if verdict.unheard:
        desk.say(f"\nNot checked, for it cannot be read: {words(verdict.unheard_words())}.\n")
    if verdict.left_out:
        desk.say(f"\n{verdict.left_out} more namespaces with problems were not looked into; ask about one of them.\n")
    if verdict.partly:
        desk.say(f"\nLooked at in part: {words('; '.join(verdict.partly))}.\n")


def told(finding: Finding, notes: Sequence[str] = (), offered: Collection[str] = ()) -> str:
    """A finding in full, with what was noted when it was there before, and without the steps that are offered."""
    likely = "" if finding.confidence >= _SURE else "Likely: "
    parts = [f"**{likely}{sentence(finding.title)}** {sentence(finding.cause)}\n\n"]
    field = f", field {code(finding.field)}" if finding.field else ""
    parts.append(f"- Root: {_word(finding.root)}{field}\n")
    parts += [f"- {_fact(evidence)}\n" for evidence in finding.evidence]
    if finding.affected:
        parts.append(f"- Affected: {_several(finding.affected)}\n")
    parts += [f"- {words(note)}\n" for note in notes]
    parts += [f"- Next: {words(step)}\n" for step in finding.next_steps if step not in offered]
    return "".join([*parts, "\n"])


def short(finding: Finding) -> str:
    """A finding on one line."""
    return f"- **{words(finding.title)}**: {words(finding.cause)}\n"


def _short(finding: Finding, verdict: Verdict) -> str:
    notes = "".join(f"  - {words(note)}\n" for note in verdict.noted_of(finding))
    return f"{short(finding)}{notes}"


def _fact(evidence: Evidence) -> str:
    if evidence.field.startswith(("log", "event")):
        return f"{words(evidence.field)} of {code(evidence.ref.name)}: {code(evidence.value)}"
    return f"{_word(evidence.ref)} {code(evidence.field)}: {code(evidence.value)}"


def _several(refs: Sequence[ObjectRef]) -> str:
    named = ", ".join(_word(ref) for ref in refs[:_AFFECTED])
    return f"{named} and {len(refs) - _AFFECTED} more" if len(refs) > _AFFECTED else named


def _word(ref: ObjectRef) -> str:
    """An object as it is named in a sentence."""
    return f"{words(kind_word(ref.kind))} {code(f'{ref.namespace}/{ref.name}' if ref.namespace else ref.name)}"


async def tell_overview(desk: Desk, intent: Intent) -> None:
    """How a namespace or the cluster is, and what is worst there."""
    namespace = intent.namespace or (None if desk.scope.focus.namespace and not _whole(intent) else "*")
    tallies: list[Tally] = (await desk.look("overview", overview(desk.scope, namespace))).data
    verdict: Verdict = (await desk.look("diagnose", diagnose_scope(desk.scope, namespace))).data
    there = place(verdict.namespace) if verdict.namespace else f"in cluster {code(desk.scope.reader.name)}"
    if verdict.findings:
        desk.say(f"**{len(verdict.findings)} problems {there}.**\n\n")
        desk.say("".join(_short(finding, verdict) for finding in verdict.findings[:_IN_SHORT]))
        if len(verdict.findings) > _IN_SHORT:
            desk.say(f"- and {len(verdict.findings) - _IN_SHORT} more\n")
    else:
        well = "All is well" if verdict.whole else "No fault is seen"
        desk.say(f"**{well} {there}**: nothing wrong was found among {verdict.checked:,} objects.\n")
    desk.say("\n" + "".join(_tallied(tally) for tally in tallies if tally.total))
    _tell_gaps(desk, verdict)
    _link(desk, verdict.findings[:_IN_SHORT])
    desk.offer_next(*await causes_to_ask(desk.scope, verdict.findings[:_CAUSES]))


def _whole(intent: Intent) -> bool:
    return intent.namespace == "*"


def _tallied(tally: Tally) -> str:
    counts = ", ".join(f"{number:,} {health.word}" for health, number in sorted(tally.by_health.items()))
    return f"- {words(tally.word)}: {tally.total:,} ({counts})\n"
