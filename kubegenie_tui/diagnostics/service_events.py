"""What controllers complain about services again and again, where no other rule tells why."""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import event_fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, event_time, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, number_at, text_at
from kubegenie_tui.domain.quantity import parse_time

_RECENT_SECONDS = 900
_LASTING_SECONDS = 300
_PASSES = re.compile(r"object has been modified|already exists|being deleted|being terminated", re.IGNORECASE)
"""What controllers run into as they work, and try again."""
_TIMES = ("count", "series.count", "deprecatedCount")
_BEGINNINGS = ("firstTimestamp", "deprecatedFirstTimestamp", "eventTime", "metadata.creationTimestamp")


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """A notice for the newest warning of each service that has been repeated for a while."""
    for service in snapshot.all("services"):
        lasting = [each for each in snapshot.events_of(service) if _lasts(snapshot, each)]
        if lasting:
            ref, event = ref_of("services", service), max(lasting, key=event_time)
            yield Finding(
                "service-events", Severity.NOTICE, f"service {ref.name} is complained about",
                f"{text_at(event, 'reason')}: {text_at(event, 'message')}", ref, "", (event_fact(event),), (ref,), 0.6,
                (f"read what {_speaker(event)} says",),
            )  # fmt: skip


def _lasts(snapshot: Snapshot, event: Manifest) -> bool:
    last = parse_time(event_time(event))
    first = next((time for path in _BEGINNINGS if (time := parse_time(text_at(event, path)))), None)
    times = max(number_at(event, path) or 1 for path in _TIMES)
    if text_at(event, "type") != "Warning" or not last or not first or times < 2:
        return False
    is_now = snapshot.now - last < _RECENT_SECONDS and snapshot.now - first >= _LASTING_SECONDS
    return is_now and not _PASSES.search(text_at(event, "message"))


def _speaker(event: Manifest) -> str:
    return text_at(event, "source.component") or text_at(event, "reportingComponent") or "its controller"
