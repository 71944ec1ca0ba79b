"""Events of an object, newest first, in both dialects of the API."""

from collections.abc import Iterable, Iterator

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, number_at, text_at
from kubegenie_tui.domain.quantity import parse_time
from kubegenie_tui.domain.summary_section import Section, field, joined, section, when

_LAST = (
    "series.lastObservedTime",
    "lastTimestamp",
    "deprecatedLastTimestamp",
    "eventTime",
    "metadata.creationTimestamp",
)
_FIRST = ("firstTimestamp", "deprecatedFirstTimestamp", "eventTime", "metadata.creationTimestamp")


class EventLine(msgspec.Struct, frozen=True):
    """One event, or one series of the same event."""

    last: int
    """When it was last seen, seconds since the epoch; 0 when unknown."""
    first: int
    warning: bool
    reason: str
    message: str
    count: int
    source: str
    """Component and node: `kubelet, node-1`."""


def event_lines(events: Iterable[Manifest]) -> list[EventLine]:
    """The events of `v1` or `events.k8s.io/v1`, newest first."""
    return sorted(map(_line, events), key=lambda line: (-line.last, line.reason, line.message))


def event(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """An event as an object of its own."""
    line = _line(manifest)
    about = "regarding" if "regarding" in manifest else "involvedObject"
    whom = joined((text_at(manifest, f"{about}.namespace"), text_at(manifest, f"{about}.name")), "/")
    yield section(
        "",
        field("Type", text_at(manifest, "type"), Health.WARN if line.warning else Health.OK),
        field("Reason", line.reason),
        field("Message", line.message),
        field("About", joined((text_at(manifest, f"{about}.kind"), whom), " ")),
        field("Count", str(line.count)),
        field("First seen", when(_first_stamp(manifest), now)),
        field("Last seen", when(_last_stamp(manifest), now)),
        field("Source", line.source),
    )


def _line(event: Manifest) -> EventLine:
    component = ("reportingComponent", "reportingController", "source.component", "deprecatedSource.component")
    host = ("source.host", "deprecatedSource.host")
    return EventLine(
        last=parse_time(_last_stamp(event)),
        first=parse_time(_first_stamp(event)),
        warning=text_at(event, "type") == "Warning",
        reason=text_at(event, "reason"),
        message=text_at(event, "message") or text_at(event, "note"),
        count=number_at(event, "series.count") or number_at(event, "count") or number_at(event, "deprecatedCount") or 1,
        source=joined((_first(event, component), _first(event, host))),
    )


def _first(event: Manifest, paths: tuple[str, ...]) -> str:
    return next((found for found in (text_at(event, path) for path in paths) if found), "")


def _last_stamp(event: Manifest) -> str:
    return _first(event, _LAST)


def _first_stamp(event: Manifest) -> str:
    return _first(event, _FIRST)
