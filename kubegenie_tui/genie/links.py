"""What an answer rests on, as places to jump to: the objects and log lines that it names, each of them seen by code."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from kubegenie_tui.domain.conversation import Link, ShowRequested
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.markdown import kind_word
from kubegenie_tui.genie.proposing.sighting import is_named
from kubegenie_tui.genie.reading.diagnosing import Verdict
from kubegenie_tui.genie.reading.listing import Listing
from kubegenie_tui.genie.reading.logs import Log
from kubegenie_tui.genie.reading.scope import Result
from kubegenie_tui.genie.redaction.patterns import PLACEHOLDER

MOST = 50
"""Places of one answer; the chat shows the first few of them at once."""
_QUOTED = 12
"""Characters of a line that is taken for a quotation."""
_CUT = "… (cut)"


def links_of(results: Sequence[Result], answer: str) -> tuple[Link, ...]:
    """The places that look-ups saw and the answer names, those of findings first."""
    places = (*_of_findings(results), *_of_lines(results, answer), *_of_objects(results))
    return each_once(link for link in places if is_named(link.show.name, answer))


def each_once(links: Iterable[Link]) -> tuple[Link, ...]:
    """Each object and each line of a log once; a log as a whole only where no line of it is offered."""
    seen: dict[ShowRequested, Link] = {}
    logs: set[ObjectRef] = set()
    for link in links:
        show = link.show
        log = ObjectRef(show.kind, show.name, show.namespace, show.cluster) if show.view == "logs" else None
        if log is None or show.filter or log not in logs:
            seen.setdefault(show if log else msgspec.structs.replace(show, filter=""), link)
            logs |= {log} if log else set()
    return tuple(seen.values())[:MOST]


def _of_findings(results: Iterable[Result]) -> Iterator[Link]:
    for result in results:
        if isinstance(result.data, Verdict):
            for finding in result.data.findings:
                yield from links_of_finding(finding)


def _of_lines(results: Iterable[Result], answer: str) -> Iterator[Link]:
    """Lines of logs that the answer quotes."""
    for result in results:
        log, show = result.data, result.show
        if isinstance(log, Log):
            pod = msgspec.structs.replace(log.pod, cluster=show.cluster) if show is not None else log.pod
            for line in dict.fromkeys(each.strip() for each in log.lines):
                if len(line) >= _QUOTED and line in answer:
                    yield _to_line(pod, log.container, line, previous=log.previous)


def links_of_finding(finding: Finding) -> Iterator[Link]:
    """The object to change, and what shows it."""
    yield link_to(finding.root, finding.field)
    for evidence in finding.evidence:
        yield _to_log(evidence) if evidence.field.startswith("log") else link_to(evidence.ref, evidence.field)


def _of_objects(results: Iterable[Result]) -> Iterator[Link]:
    for result in results:
        if isinstance(result.data, Listing):
            kind = result.data.found.kind.id
            yield from (link_to(ObjectRef(kind, row.name, row.namespace)) for row in result.data.shown)
        elif result.show is not None and result.show.name:
            show = result.show
            yield Link(f"{'log of ' if show.view == 'logs' else ''}{_words(show)}", show)


def link_to(ref: ObjectRef, field: str = "") -> Link:
    """An object, seen whole; of a field of it that is told."""
    show = ShowRequested(ref.kind, ref.namespace, "", ref.name, "detail", ref.cluster)
    of = "" if not field or field.startswith("event") else f"  {field}"
    return Link(f"{_words(show)}{of}", show)


def _to_log(evidence: Evidence) -> Link:
    return _to_line(evidence.ref, evidence.field.partition(" of ")[2], evidence.value)


def _to_line(pod: ObjectRef, container: str, line: str, *, previous: bool = False) -> Link:
    show = ShowRequested(pod.kind, pod.namespace, _as_written(line), pod.name, "logs", pod.cluster, container, previous)
    return Link(f"log of {_words(show)}  {line}", show)


def _as_written(line: str) -> str:
    """The longest part of a line that stands so in the log: what was masked or cut off does not."""
    return max(PLACEHOLDER.split(line.removesuffix(_CUT)), key=len).strip()


def _words(show: ShowRequested) -> str:
    return f"{kind_word(show.kind)} {f'{show.namespace}/' if show.namespace else ''}{show.name}"
