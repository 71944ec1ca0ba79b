"""Events: the newest first, of everything in a scope or of one object and what it owns."""

import time

import msgspec

from kubegenie_tui.domain.cluster_reader import Objects
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.manifest import Manifest, number_at, text_at
from kubegenie_tui.domain.namespace_set import is_one
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.domain.text import plain
from kubegenie_tui.genie.reading.listed import listed
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
    """Events of a scope, or of one object and of what is named after it (its pods and ReplicaSets).

    Raises:
        UsageError, ClusterError: as `resolve`.
    """
    kind = scope.kind("events")
    space = await scope.known_namespace(namespace, kind)
    about = ""
    if name:
        ref = await resolve(scope, scope.kind(kind_name or "pods"), name, namespace)
        space, about = ref.namespace, ref.name
    found = await _listed(scope, space, warnings_only)
    since = time.time() - since_seconds if since_seconds is not None else 0.0
    events = [
        event
        async for item in paced(found.items)
        if (not about or _is_about(item, about)) and (event := _event(item)).at >= since
    ]
    events.sort(key=lambda event: -event.at)
    what = "warnings" if warnings_only else "events"
    of = f" about {about}" if about else ""
    lately = f" in the last {format_age(since_seconds)}" if since_seconds is not None else ""
    summary = f"{len(events):,} {what}{of} {place(space)}{lately}"
    if found.remaining:
        summary += f", of the first {len(found.items):,} that were read{MORE}"
    lines = [f"cluster {scope.reader.name}: {summary}; the newest {min(limit, len(events))} shown"]
    lines += [_as_line(event, with_namespace=not is_one(space)) for event in events[:limit]]
    show = ShowRequested("events", space, about)
    masked = [msgspec.structs.replace(e, message=scope.redactor.text(e.message)) for e in events[:limit]]
    return Result(summary, scope.redactor.text("\n".join(lines)), masked, show)


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


def _is_about(item: Manifest, name: str) -> bool:
    involved = text_at(item, "involvedObject.name")
    return involved == name or involved.startswith(f"{name}-")


def _as_line(event: Event, *, with_namespace: bool) -> str:
    times = f" (x{event.count})" if event.count > 1 else ""
    space = f"{event.namespace} " if with_namespace else ""
    ago = format_age(time.time() - event.at)
    return f"{ago} ago | {event.type} | {event.reason} | {space}{event.object} | {event.message[:300]}{times}"
