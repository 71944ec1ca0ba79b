"""What became of a change that was made: its objects are looked at from time to time until they have come to rest.

No model is asked: rollouts and the diagnosis tell. The gate has waited for each rollout already; a pod that crashes
after that, or a finding that stays, is seen here.
"""

from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from kubegenie_tui.changes.outcome import is_removal
from kubegenie_tui.domain.conversation import Aftermath, Link, Symptom
from kubegenie_tui.domain.errors import KubeGenieError, NotFound
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Plan
from kubegenie_tui.genie.links import each_once, link_to, links_of_finding
from kubegenie_tui.genie.proposing.expectations import NOT_KEPT, NOT_YET, held
from kubegenie_tui.genie.reading.diagnosing import Verdict, diagnose_object
from kubegenie_tui.genie.reading.rollouts import ROLLED_OUT, Rollout, rollout_status
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.kube.clock import Clock

LOOK_SECONDS = 4.0
"""Between two looks, at least."""
REST_SECONDS = 12.0
"""What is well and stays as it is for so long is left to itself."""
STILL_SECONDS = 60.0
"""What is not well and stays as it is for so long is told as such."""
PATIENCE_SECONDS = 240.0
"""After this nothing is looked at any more."""
_REST_OF_LOOK = 5
"""How many times as long as a look took nothing is looked at: large clusters take long."""
MOST_OBJECTS = 4
"""That are looked at, those that are rolled out first."""
_MOST_FINDINGS = 3
_MOST_LINKS = 4


class Seen(msgspec.Struct, frozen=True):
    """One look at one object."""

    notes: tuple[Note, ...]
    findings: tuple[Finding, ...] = ()
    whole: bool = True
    """Whether a fault that was not found is not there."""


async def looked_after(
    scope: Scope, plan: Plan, answers: Symptom | None, known: Sequence[Symptom] = (), clock: Clock | None = None
) -> AsyncGenerator[Aftermath]:
    """What becomes of the objects of a plan, look by look; the last one is no longer under way.

    Args:
        scope: the plan's cluster.
        plan: what was carried out.
        answers: the finding that it is to end, None for none.
        known: what was found before the change, the same finding or others.
        clock: the time.
    """
    clock = clock or Clock()
    began = since = clock.monotonic()
    before: object = None
    while True:
        at = clock.monotonic()
        seen = await _look(scope, plan, answers, known)
        now = clock.monotonic()
        if (key := _key(seen)) != before:
            before, since = key, now
        state = _state(seen, now - since, now - began)
        notes = map(_in_time, seen.notes) if state == "under way" else seen.notes
        yield msgspec.structs.replace(seen, state=state, seconds=now - began, notes=tuple(notes))
        if state != "under way":
            return
        await clock.sleep(max(LOOK_SECONDS, _REST_OF_LOOK * (now - at)))


async def seen_now(
    scope: Scope, plan: Plan, answers: Symptom | None = None, known: Sequence[Symptom] = ()
) -> Aftermath:
    """One look, for who asks again when they want to know more; as `looked_after`."""
    return await _look(scope, plan, answers, known)


def _key(seen: Aftermath) -> object:
    return [(note.health, note.text) for note in seen.notes]


def _in_time(note: Note) -> Note:
    """What does not hold may yet, as long as it is looked at again."""
    if not note.text.startswith(NOT_KEPT):
        return note
    return Note(Health.PROGRESSING, f"{NOT_YET}{note.text.removeprefix(NOT_KEPT)}")


def _state(
    seen: Aftermath, unchanged: float, all_of_it: float
) -> Literal["under way", "well", "unwell", "open", "stopped"]:
    worst = max((note.health for note in seen.notes), default=Health.OK)
    if worst <= Health.IDLE and unchanged >= REST_SECONDS:
        return "well"
    if worst > Health.PROGRESSING and (unchanged >= STILL_SECONDS or all_of_it >= PATIENCE_SECONDS):
        return "unwell"
    return "open" if all_of_it >= PATIENCE_SECONDS else "under way"


async def _look(scope: Scope, plan: Plan, answers: Symptom | None, known: Sequence[Symptom]) -> Aftermath:
    """All objects once."""
    touched = _touched(plan)
    seen = [await _seen(scope, ref, removed=removed) for ref, removed in touched[:MOST_OBJECTS]]
    notes = [note for each in seen for note in each.notes]
    if answers is not None:
        asked = await _seen_again(scope, answers, seen)
        notes.append(_of_answered(answers, asked))
        seen.append(asked)
    findings = _each(finding for each in seen for finding in each.findings)
    notes += _told(findings, answers, known)
    notes += [await held(scope, each) for each in plan.expects]
    if (left_out := len(touched) - MOST_OBJECTS) > 0:
        notes.append(Note(Health.IDLE, f"{left_out} more objects were not looked at"))
    links = [link for finding in findings[:_MOST_FINDINGS] for link in links_of_finding(finding)]
    links += [] if links else [link_to(ref) for ref, removed in touched if not removed]
    return Aftermath(plan.title, notes=tuple(notes), promised=plan.expect, links=_placed(scope, links))


def _touched(plan: Plan) -> list[tuple[ObjectRef, bool]]:
    """Each object that is written, and whether that removes it; those that are rolled out first."""
    found = {step.ref: is_removal(step) for step in plan.steps if step.ref.name}
    return sorted(found.items(), key=lambda each: each[0].kind not in ROLLED_OUT)


async def _seen(scope: Scope, ref: ObjectRef, *, removed: bool) -> Seen:
    try:
        if removed:
            return Seen((await _left_of(scope, ref),))
        rollout = [await _rollout(scope, ref)] if ref.kind in ROLLED_OUT else []
        verdict: Verdict = (await diagnose_object(scope, ref.kind, ref.name, ref.namespace)).data
    except NotFound:
        return Seen((Note(Health.WARN, f"{ref.words} is not there any more"),))
    except KubeGenieError as error:
        why = scope.redactor.text(error.what)
        return Seen((Note(Health.UNKNOWN, f"{ref.words} could not be looked at: {why}"),), whole=False)
    bad = tuple(each for each in verdict.findings if each.severity >= Severity.WARNING)
    calm = [] if bad or rollout else [Note(Health.OK, f"{ref.words}: nothing wrong found")]
    return Seen((*rollout, *calm), bad, verdict.saw_all)


async def _left_of(scope: Scope, ref: ObjectRef) -> Note:
    try:
        left = await scope.reader.get(scope.kind(ref.kind), ref.name, ref.namespace)
    except NotFound:
        return Note(Health.OK, f"{ref.words} is gone")
    if text_at(left, "metadata.deletionTimestamp"):
        return Note(Health.PROGRESSING, f"{ref.words} is being removed")
    return Note(Health.OK, f"{ref.words} was made again")


async def _rollout(scope: Scope, ref: ObjectRef) -> Note:
    found: Rollout = (await rollout_status(scope, ref.kind, ref.name, ref.namespace)).data
    told = scope.redactor.text(": ".join(part for part in (found.words, found.stuck) if part))
    if found.done:
        return Note(Health.OK, f"{ref.words}: rolled out, {told}")
    return Note(Health.BAD if found.stuck else Health.PROGRESSING, f"{ref.words}: {told}")


# The finding that the change answers


async def _seen_again(scope: Scope, answers: Symptom, seen: Sequence[Seen]) -> Seen:
    """A look at the root of the finding, unless it was seen already."""
    if any(_is(answers, finding) for each in seen for finding in each.findings):
        return Seen((), tuple(finding for each in seen for finding in each.findings if _is(answers, finding)))
    root = answers.root
    try:
        verdict: Verdict = (await diagnose_object(scope, root.kind, root.name, root.namespace)).data
    except NotFound:
        return Seen(())
    except KubeGenieError:
        return Seen((), whole=False)
    found = tuple(finding for finding in verdict.findings if _is(answers, finding))
    return Seen((), found, verdict.saw_all)


def _of_answered(answers: Symptom, asked: Seen) -> Note:
    told = answers.title or answers.rule
    if asked.findings:
        finding = asked.findings[0]
        return Note(Health.WARN, f"still: {finding.title}: {finding.cause}")
    if not asked.whole:
        return Note(Health.IDLE, f"not seen any more, though not all could be looked at: {told}")
    return Note(Health.OK, f"gone: {told}")


def _told(findings: Collection[Finding], answers: Symptom | None, known: Sequence[Symptom]) -> Iterator[Note]:
    """What is found of the objects now, but for the finding that was answered."""
    others = [each for each in findings if answers is None or not _is(answers, each)]
    for finding in others[:_MOST_FINDINGS]:
        begins = "still" if any(_is(symptom, finding) for symptom in known) else "now"
        yield Note(Health.WARN, f"{begins}: {finding.title}: {finding.cause}")
    if len(others) > _MOST_FINDINGS:
        yield Note(Health.WARN, f"{len(others) - _MOST_FINDINGS} more problems")


def _each(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once."""
    return list({(each.rule, _bare(each.root)): each for each in findings}.values())


def _is(symptom: Symptom, finding: Finding) -> bool:
    return symptom.rule == finding.rule and _bare(symptom.root) == _bare(finding.root)


def _bare(ref: ObjectRef) -> tuple[str, str, str]:
    """An object whatever its cluster is called."""
    return ref.kind, ref.namespace, ref.name


def _placed(scope: Scope, links: Iterable[Link]) -> tuple[Link, ...]:
    """Places in the cluster of the change, whatever cluster is in view when they are picked."""
    first = each_once(links)[:_MOST_LINKS]
    return tuple(
        msgspec.structs.replace(link, show=msgspec.structs.replace(link.show, cluster=scope.reader.name))
        for link in first
    )
