"""One object in words: described, as YAML, its logs, and events."""

import re
import time
from collections.abc import Sequence

import msgspec

from kubegenie_tui.diagnostics.clues import alarming_line
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import Invalid, NotFound, UsageError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.log_line import parse_line
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.markdown import block, code, sentence, table, words
from kubegenie_tui.genie.offline.next_steps import placed, whys
from kubegenie_tui.genie.offline.states import terms_of, words_of
from kubegenie_tui.genie.offline.tables import filter_of
from kubegenie_tui.genie.reading.events import MORE, Event, read_events
from kubegenie_tui.genie.reading.listing import Listing, list_rows
from kubegenie_tui.genie.reading.logs import Log, LogRequest, read_logs
from kubegenie_tui.genie.reading.objects import describe, get_object, is_unwell
from kubegenie_tui.genie.reading.scope import place

_FACTS = 14
_YAML_LINES = 80
_LOG_LINES = 20
_EVENTS = 10
_MOST_ASKED = 2
"""Objects of warnings that are asked about next."""


async def tell_object(desk: Desk, intent: Intent) -> None:
    """What matters of an object; all of it is in the detail."""
    kind = desk.scope.kind(intent.kind)
    reading = describe(desk.scope, kind.id, intent.name, intent.namespace)
    result = await desk.look(f"describe {kind.singular or kind.plural} {intent.name}", reading)
    ref, summary = result.data
    masked = desk.scope.redactor.text
    status = f": {words(summary.status.value)}" if summary.status is not None else ""
    if intent.details.status:
        await _tell_whether(desk, ref, intent.details.status)
    desk.say(f"**{words(kind.kind)} {_at(ref)}**{status}\n\n")
    facts = 0
    for section in summary.sections:
        for row in section.rows:
            if facts < _FACTS and row.value:
                title = f"{words(section.title)}, " if section.title else ""
                desk.say(f"- {title}{words(row.label)}: {words(masked(row.value)[:200])}\n")
                facts += 1
    desk.show(result.show)
    if summary.status is not None and summary.status.health >= Health.WARN:
        desk.offer_next(*await whys(desk.scope, [ref]))


async def _tell_whether(desk: Desk, ref: ObjectRef, state: str) -> None:
    """Whether an object is in a state that was asked about."""
    terms = f"{terms_of(state, desk.scope.kind(ref.kind))} NAME:^{re.escape(ref.name)}$"
    reading = list_rows(desk.scope, ref.kind, ref.namespace or None, filter_text=terms, limit=1)
    listing: Listing = (await desk.look(f"{words_of(state)}: {ref.name}", reading)).data
    answer, is_it = ("Yes", "is") if listing.matching else ("No", "is not")
    desk.say(f"{answer}, {code(ref.name)} {is_it} {words_of(state)}.\n\n")


async def tell_yaml(desk: Desk, intent: Intent) -> None:
    """An object as YAML, its secrets masked; what matters of it where neither YAML nor JSON was asked for."""
    if intent.details.output in ("", "wide"):
        await tell_object(desk, intent)
        return
    kind = desk.scope.kind(intent.kind)
    reading = get_object(desk.scope, kind.id, intent.name, intent.namespace)
    result = await desk.look(f"get {kind.singular or kind.plural} {intent.name}", reading)
    lines = result.text.split("\n")[1:]
    desk.say(f"{block(lines[:_YAML_LINES], 'yaml')}\n")
    if len(lines) > _YAML_LINES:
        desk.say(f"\nThe first {_YAML_LINES} of {len(lines)} lines; the detail shows all.\n")
    desk.show(result.show)
    if is_unwell(kind, result.data):
        desk.offer_next(
            *await whys(desk.scope, [ObjectRef(kind.id, intent.name, text_at(result.data, "metadata.namespace"))])
        )


async def tell_logs(desk: Desk, intent: Intent) -> None:
    """The newest lines of a log, and the log itself in its screen."""
    details = intent.details
    target = await _pod_meant(desk, intent)
    request = LogRequest(details.container, details.previous, details.tail or 200, details.since or None, details.grep)
    reading = read_logs(desk.scope, target.kind, target.name, target.namespace or None, request)
    try:
        result = await desk.look(f"logs {target.name}", reading)
    except Invalid as error:
        _tell_no_log(desk, target, error)
        return
    log: Log = result.data
    shown = log.lines[-(details.tail or _LOG_LINES) :][-_YAML_LINES:]
    run = " before its last restart" if log.previous else ""
    if not shown:
        matching = f" that match {code(details.grep)}" if details.grep else ""
        desk.say(f"There are no lines{matching} in the log of {code(log.pod.name)} ({words(log.container)}){run}.\n")
    else:
        desk.say(f"The last {len(shown)} lines of {code(log.pod.name)} ({words(log.container)}){run}:\n\n")
        desk.say(f"{block(map(_legible, shown))}\n")
    desk.show(ShowRequested("pods", log.pod.namespace, "", log.pod.name, "logs"))
    if alarming_line(log.lines):
        desk.offer_next(*await whys(desk.scope, [ObjectRef(target.kind, target.name, log.pod.namespace)]))


def _legible(line: str) -> str:
    """A JSON line as its level, message and fields, as the log's own screen has it; any other as it is."""
    read = parse_line(line, stamped=False)
    return f"{read.level.letter} {read.text}" if read.source else line


def _tell_no_log(desk: Desk, target: ObjectRef, error: Invalid) -> None:
    """Nothing has run yet, or not before."""
    why = desk.scope.redactor.text(error.why or error.what)
    desk.say(f"**There is no log of {code(target.name)}.** {sentence(why)}\n")
    desk.offer_next(placed(f"why is {target.name} failing?", target.namespace))


async def _pod_meant(desk: Desk, intent: Intent) -> ObjectRef:
    """The object whose log is wanted: the one named, or the newest or oldest pod of those that were spoken of."""
    if intent.name:
        return ObjectRef(intent.kind, intent.name, intent.namespace or "")
    if not (intent.owner or intent.details.terms or intent.details.status or (intent.kind and intent.details.sort)):
        raise UsageError("Whose logs?", "no pod or workload was named", "name one: logs of checkout")
    details = intent.details
    narrowed = msgspec.structs.replace(intent, kind="pods")
    reading = list_rows(
        desk.scope,
        "pods",
        intent.namespace,
        filter_text=filter_of(desk.scope, narrowed),
        sort=details.sort or "AGE",
        descending=details.descending,
        limit=1,
    )
    listing: Listing = (await desk.look(f"list pods, the {'oldest' if details.descending else 'newest'}", reading)).data
    if not listing.shown:
        raise UsageError(
            "There is no such pod", f"none matches {listing.view.filter.text}", "list the pods to see them"
        )
    row = listing.shown[0]
    return ObjectRef("pods", row.name, row.namespace)


async def tell_events(desk: Desk, intent: Intent) -> None:
    """The newest events; warnings alone where they were asked for, or all of a place were not."""
    details = intent.details
    only_warnings = details.warnings or (not details.everything and not intent.name)
    reading = read_events(
        desk.scope,
        intent.namespace,
        kind_name=intent.kind if intent.name else "",
        name=intent.name,
        warnings_only=only_warnings,
        since_seconds=details.since or None,
        limit=details.limit or _EVENTS,
    )
    result = await desk.look(f"events {intent.name or intent.namespace or ''}".rstrip(), reading)
    events: list[Event] = result.data
    if not events and result.summary.endswith(MORE):
        desk.say(f"{words(result.summary)}.\n")
        return
    if not events:
        kind = "warnings" if only_warnings else "events"
        about = (
            f" about {code(intent.name)}"
            if intent.name
            else f" {place(desk.scope.namespace(intent.namespace, desk.scope.kind('events')))}"
        )
        desk.say(f"There are no {kind}{about}.\n")
        return
    desk.say(f"**{words(result.summary)}**, the newest first:\n\n")
    now = time.time()
    rows = [(f"{format_age(now - e.at)} ago", e.reason, e.object, _times(e)) for e in events]
    desk.say(f"{table(('SEEN', 'REASON', 'OBJECT', 'MESSAGE'), rows)}\n")
    if intent.shows:
        desk.show(result.show)
    desk.offer_next(*await whys(desk.scope, _warned_of(desk, events)))


async def tell_events_of_gone(desk: Desk, intent: Intent) -> bool:
    """The events that an object left which is there no more; False where none were asked for, or there are none."""
    if intent.verb != "events" or intent.unknown_is != "object":
        return False
    try:
        await tell_events(desk, msgspec.structs.replace(intent, name=intent.unknown, unknown=""))
    except NotFound:
        return False
    return True


def _warned_of(desk: Desk, events: Sequence[Event]) -> list[ObjectRef]:
    """What the newest warnings are about, of kinds that are known here."""
    about = dict.fromkeys((event.object, event.namespace) for event in events if event.type == "Warning")
    found = []
    for (said, namespace), _ in zip(about, range(_MOST_ASKED), strict=False):
        word, _, name = said.partition(" ")
        if (kind := desk.scope.reader.kinds.find(word.lower())) is not None:
            found.append(ObjectRef(kind.id, name, namespace))
    return found


def _times(event: Event) -> str:
    return f"{event.message} (x{event.count})" if event.count > 1 else event.message


def _at(ref: ObjectRef) -> str:
    return code(f"{ref.namespace}/{ref.name}" if ref.namespace else ref.name)
