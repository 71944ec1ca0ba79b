"""What can be asked next: sentences of the chat that an answer ends with, each understood before it is offered."""

from collections.abc import Sequence

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.link import Relation, Relations
from kubegenie_tui.domain.row import Row
from kubegenie_tui.domain.summary_section import Summary
from kubegenie_tui.genie.offline.directory import WORKLOADS
from kubegenie_tui.genie.offline.markdown import kind_word
from kubegenie_tui.genie.reading.listing import Listing
from kubegenie_tui.genie.reading.scope import Result, Scope

MOST = 4
"""Plans and sentences that one answer ends with."""
_ASKS = frozenset({"why", "logs", "events", "describe", "rollout-status", "rollout-history", "changes", "related"})
"""What a sentence of a finding may ask for of one object: it looks, and changes nothing."""
_ASKS_OF_MANY = frozenset({"top"})
_MOST_TRIED = 6
MOST_TROUBLED = 2
"""Questions that a list ends with."""


def placed(sentence: str, namespace: str) -> str:
    """A sentence that says where, so that it is the same wherever the person looks: `why is web failing in shop?`."""
    bare = sentence.removesuffix("?")
    return f"{bare} in {namespace}{sentence[len(bare) :]}" if namespace else sentence


async def askable(scope: Scope, findings: Sequence[Finding]) -> dict[str, str]:
    """The steps of findings that are sentences, with those: `find out why: why is service db failing?`.

    None of a cluster that is not in view: it would be asked of the one that is.
    """
    if scope.elsewhere:
        return {}
    steps = [(step, finding.root.namespace) for finding in findings for step in finding.next_steps if ": " in step]
    found: dict[str, str] = {}
    for step, namespace in steps[:_MOST_TRIED]:
        sentence = placed(step.rpartition(": ")[2], namespace)
        if await _is_understood(scope, sentence):
            found[step] = sentence
    return found


async def causes_to_ask(scope: Scope, findings: Sequence[Finding]) -> list[str]:
    """Questions for the causes of some findings, each about what somebody runs: `why is deployment web failing?`."""
    told_of = [next((ref for ref in each.affected if ref.kind in WORKLOADS), each.root) for each in findings]
    return await whys(scope, told_of)


async def whys(scope: Scope, refs: Sequence[ObjectRef]) -> list[str]:
    """A question for what ails each of some objects; none of a cluster that is not in view."""
    said = [placed(f"why is {kind_word(ref.kind)} {ref.name} failing?", ref.namespace) for ref in dict.fromkeys(refs)]
    return await understood(scope, said)


async def understood(scope: Scope, sentences: Sequence[str]) -> list[str]:
    """Those sentences that ask to see something that is there; none of a cluster that is not in view."""
    if scope.elsewhere:
        return []
    return [sentence for sentence in sentences if await _is_understood(scope, sentence)]


def troubled(kind: str, rows: Sequence[Row]) -> list[ObjectRef]:
    """The worst of some rows, one of each owner, that something is wrong with."""
    ill = sorted((row for row in rows if row.health >= Health.WARN), key=lambda row: -row.health)
    of_each = {row.owner_uid or row.uid: row for row in reversed(ill)}
    return [ObjectRef(kind, row.name, row.namespace) for row in reversed(of_each.values())][:MOST_TROUBLED]


def in_trouble(result: Result) -> list[ObjectRef]:
    """What a look-up shows to be unwell: rows of a list, an object, what stands around one."""
    match result.data:
        case Listing(found=found, shown=shown):
            return [ObjectRef(found.kind.id, row.name, row.namespace) for row in shown if row.health >= Health.WARN]
        case (ObjectRef() as ref, Summary(status=status)) if status is not None and status.health >= Health.WARN:
            return [_here(ref)]
        case (ObjectRef() as ref, Relations(branches=branches)):
            twigs = [(twig, branch.relation is Relation.OWNED) for branch in branches for twig in branch.twigs]
            ill = sorted((each for each in twigs if each[0].health >= Health.WARN), key=lambda each: -each[0].health)
            return [_here(ref if is_owned else twig.ref) for twig, is_owned in ill if twig.there is not False]
    return []


def _here(ref: ObjectRef) -> ObjectRef:
    return ObjectRef(ref.kind, ref.name, ref.namespace)


async def _is_understood(scope: Scope, sentence: str) -> bool:
    """Whether it asks to see an object that is there, or what uses the most."""
    from kubegenie_tui.genie.offline.engine import understand

    try:
        intent = await understand(scope, [sentence])
    except KubeGenieError:
        return False
    is_sure = not (intent.unknown or intent.choices or intent.note or intent.also or intent.wish)
    return is_sure and (intent.verb in _ASKS if intent.name else intent.verb in _ASKS_OF_MANY)
