"""Events: the newest first, of everything in a scope or of one object and what it owns."""

import time

import msgspec

from kubegenie_tui.domain.cluster_reader import Objects
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import NotFound
from kubegenie_tui.domain.manifest import Manifest, number_at, text_at
from kubegenie_tui.domain.namespace_set import is_one
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.domain.text import plain
from kubegenie_tui.genie.reading.kind_meant import kind_meant
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.matter import Matter
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Result, Scope, place
from kubegenie_tui.kube.pace import paced

_MOST = 10_000
"""Events that are read: a server lists them by name, so that the newest may be among the last."""

MORE = "; there are more"
"""How a summary ends where not all were read."""


class Event(msgspec.Struct, frozen=True):
    """One event."""

    at: float
    """Last seen, seconds since the epoch."""
    type: str
    reason: str
    object: str
    """`Pod web-0`."""
    message: str
    count: int
    namespace: str = ""


async def read_events(
    scope: Scope,
    namespace: str | None = None,
    *,
    kind_name: str = "",
    name: str = "",
    warnings_only: bool = False,
    since_seconds: int | None = None,
    limit: int = 40,
) -> Result:
    """Events of a scope, or of one object and of what was made for it: the ReplicaSets and pods of a workload.

    Those of an object that is gone are told as long as the server keeps them. Without `kind_name` it is the one kind
    that has an object of this name.

    Raises:
        NotFound: there is neither such an object nor an event of one.
        UsageError, ClusterError: as `resolve` and `kind_meant`.
    """
    subject = await _subject(scope, kind_name, name, namespace)
    found = await _listed(scope, subject.space, warnings_only)
    since = time.time() - since_seconds if since_seconds is not None else 0.0
    matter = subject.matter
    told = [_event(item) async for item in paced(found.items) if matter is None or matter.has(item)]
    if not told and subject.missing:
        raise subject.missing
    events = [each for each in told if each.at >= since and not (warnings_only and each.type == "Normal")]
    events.sort(key=lambda event: -event.at)
    lately = f" in the last {format_age(since_seconds)}" if since_seconds is not None else ""
    part = f", of the first {len(found.items):,} that were read{MORE}" if found.remaining else ""
    what = f"{'warnings' if warnings_only else 'events'}{subject.words} {place(subject.space)}"
    summary = f"{len(events):,} {what}{lately}{part}"
    shown = [msgspec.structs.replace(each, message=scope.redactor.text(each.message)) for each in events[:limit]]
    lines = [f"cluster {scope.reader.name}: {summary}; the newest {len(shown)} shown"]
    lines += [_as_line(event, with_namespace=not is_one(subject.space)) for event in shown]
    show = ShowRequested("events", subject.space, name)
    return Result(summary, scope.redactor.text("\n".join(lines)), shown, show)


class _Subject(msgspec.Struct, frozen=True):
    """What events are asked about."""

    space: str
    matter: Matter | None = None
    """None for everything."""
    words: str = ""
    """` about web-0`."""
    missing: NotFound | None = None
    """That it is not there: then there may still be events of it."""


async def _subject(scope: Scope, kind_name: str, name: str, namespace: str | None) -> _Subject:
    space = await scope.known_namespace(namespace, scope.kind("events"))
    if not name:
        return _Subject(space)
    kind = scope.kind(kind_name) if kind_name else None
    try:
        kind = kind or await kind_meant(scope, name, namespace)
        ref = await resolve(scope, kind, name, namespace)
    except NotFound as missing:
        matter = Matter(kind, name)
        await matter.learn(scope, space)
        return _Subject(space, matter, f" about {name}, which is gone,", missing)
    matter = Matter(kind, name)
    await matter.learn(scope, ref.namespace)
    return _Subject(ref.namespace, matter, f" about {name}")


async def _listed(scope: Scope, namespace: str, warnings_only: bool) -> Objects:
    kind = scope.kind("events")
    if not warnings_only:
        return await listed(scope.reader, kind, namespace, limit=_MOST)
    return await listed(scope.reader, kind, namespace, field_selector="type!=Normal", limit=_MOST)


def _event(item: Manifest) -> Event:
    stamps = ("series.lastObservedTime", "lastTimestamp", "eventTime", "firstTimestamp", "metadata.creationTimestamp")
    stamp = next((found for path in stamps if (found := text_at(item, path))), "")
    return Event(
        parse_time(stamp),
        text_at(item, "type"),
        text_at(item, "reason"),
        f"{text_at(item, 'involvedObject.kind')} {text_at(item, 'involvedObject.name')}",
        plain(text_at(item, "message")),
        number_at(item, "series.count") or number_at(item, "count") or 1,
        text_at(item, "metadata.namespace"),
    )


def _as_line(event: Event, *, with_namespace: bool) -> str:
    times = f" (x{event.count})" if event.count > 1 else ""
    space = f"{event.namespace} " if with_namespace else ""
    ago = format_age(time.time() - event.at)
    return f"{ago} ago | {event.type} | {event.reason} | {space}{event.object} | {event.message[:300]}{times}"
