"""What a model's answer ends with beside its words: plans, sentences to ask next, and places to look at."""

from collections.abc import Iterable, Iterator, Sequence

from kubegenie_tui.domain.conversation import MASKED, ChatEvent, LinksOffered, NextOffered
from kubegenie_tui.domain.finding import Severity
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain
from kubegenie_tui.genie.links import links_of
from kubegenie_tui.genie.offline.next_steps import MOST, askable, in_trouble, whys
from kubegenie_tui.genie.proposing.sighting import is_named
from kubegenie_tui.genie.reading.diagnosing import Verdict
from kubegenie_tui.genie.reading.scope import Result, Scope
from kubegenie_tui.genie.remedies import remedies_for, told_of

_MOST_ASKED = 3
"""Sentences behind one answer."""


async def endings(
    scope: Scope, results: Sequence[Result], answer: str, asked: Sequence[str], put: ChatEvent | None
) -> list[ChatEvent]:
    """The events that end an answer in their order.

    Args:
        scope: where was looked.
        results: what the look-ups of the turn found.
        answer: what the model said.
        asked: what the person has asked until now; that is not offered again.
        put: what waits for the person already; they have enough to decide then.
    """
    plans: list[ChatEvent] = [put] if put is not None else [*await remedies_for(scope, results, answer)]
    most = min(_MOST_ASKED, MOST - len(plans)) if put is None else 0
    said = await sentences_after(scope, results, answer, asked) if most else []
    links = links_of(results, answer)
    return [
        *plans,
        *([NextOffered(tuple(said[:most]))] if said else []),
        *([LinksOffered(links)] if links else []),
    ]


async def sentences_after(scope: Scope, results: Sequence[Result], answer: str, asked: Sequence[str]) -> list[str]:
    """What can be asked next about objects that the answer names and that are in trouble; none of what is well."""
    here = [each for each in results if each.show is None or each.show.cluster in ("", scope.reader.name)]
    faults = [each for each in told_of(here, answer) if each.severity >= Severity.WARNING]
    steps = await askable(scope, faults)
    diagnosed = {ref for result in here for ref in _diagnosed(result)}
    named = [ref for ref in _ill(here) if ref not in diagnosed and is_named(ref.name, answer)]
    known = {_bare(each) for each in asked}
    found = (scope.redactor.text(plain(each)) for each in (*steps.values(), *await whys(scope, named[:_MOST_ASKED])))
    return [each for each in dict.fromkeys(found) if MASKED not in each and _bare(each) not in known]


def _ill(results: Iterable[Result]) -> Iterator[ObjectRef]:
    for result in results:
        yield from in_trouble(result)


def _diagnosed(result: Result) -> Iterator[ObjectRef]:
    """What a look-up has told the cause of."""
    if isinstance(result.data, Verdict):
        yield from (result.data.subject,) if result.data.subject is not None else ()
        for finding in result.data.findings:
            yield from (_bare_ref(ref) for ref in (finding.root, *finding.affected))


def _bare_ref(ref: ObjectRef) -> ObjectRef:
    return ObjectRef(ref.kind, ref.name, ref.namespace)


def _bare(sentence: str) -> str:
    return sentence.strip().rstrip("?.! ").casefold()
