"""What an answer rests on, as places to jump to: the objects and log lines that it names, each of them seen by code."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from kubegenie_tui.domain.conversation import Link, ShowRequested
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.markdown import kind_word
from kubegenie_tui.genie.reading.diagnosing import Verdict
from kubegenie_tui.genie.reading.listing import Listing
from kubegenie_tui.genie.reading.scope import Result

MOST = 5
_FINDINGS = 3


def links_of(results: Sequence[Result], answer: str) -> tuple[Link, ...]:
    """The places that look-ups saw and the answer names, those of findings first; at most five."""
    seen: dict[ShowRequested, Link] = {}
    for link in (*_of_findings(results), *_of_objects(results)):
        if link.show.name in answer:
            seen.setdefault(msgspec.structs.replace(link.show, filter=""), link)
    return tuple(seen.values())[:MOST]


def _of_findings(results: Iterable[Result]) -> Iterator[Link]:
    for result in results:
        if isinstance(result.data, Verdict):
            for finding in result.data.findings[:_FINDINGS]:
                yield from links_of_finding(finding)


def links_of_finding(finding: Finding) -> Iterator[Link]:
    """The object to change, and what shows it."""
    yield _to_object(finding.root, finding.field)
    for evidence in finding.evidence:
        yield _to_log(evidence) if evidence.field.startswith("log") else _to_object(evidence.ref, evidence.field)


def _of_objects(results: Iterable[Result]) -> Iterator[Link]:
    for result in results:
        if isinstance(result.data, Listing):
            kind = result.data.found.kind.id
            yield from (_to_object(ObjectRef(kind, row.name, row.namespace)) for row in result.data.shown)
        elif result.show is not None and result.show.name:
            show = result.show
            yield Link(f"{'log of ' if show.view == 'logs' else ''}{_words(show)}", show)


def _to_object(ref: ObjectRef, field: str = "") -> Link:
    show = ShowRequested(ref.kind, ref.namespace, "", ref.name, "detail", ref.cluster)
    of = "" if not field or field.startswith("event") else f"  {field}"
    return Link(f"{_words(show)}{of}", show)


def _to_log(evidence: Evidence) -> Link:
    ref = evidence.ref
    show = ShowRequested(ref.kind, ref.namespace, evidence.value, ref.name, "logs", ref.cluster)
    return Link(f"log of {_words(show)}  {evidence.value}", show)


def _words(show: ShowRequested) -> str:
    return f"{kind_word(show.kind)} {f'{show.namespace}/' if show.namespace else ''}{show.name}"
