"""Findings put together the same way by every rule."""

from collections.abc import Collection, Iterable

from kubegenie_tui.diagnostics.pods import Container, Workload, is_ready, status_field
from kubegenie_tui.diagnostics.snapshot import Snapshot, event_time, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, text_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain

_LONGEST_VALUE = 400


def fact(kind: str, manifest: Manifest, field: str, value: object = None) -> Evidence:
    """A field of an object as evidence; the value is read from the field unless given."""
    shown = value_at(manifest, field) if value is None else value
    return Evidence(ref_of(kind, manifest), field, plain(str(shown))[:_LONGEST_VALUE])


def state_fact(container: Container, field: str, value: object) -> Evidence:
    """A field of a container's status as evidence."""
    return fact("pods", container.pod, status_field(container, field), value)


def log_fact(container: Container, line: str) -> Evidence:
    """A log line as evidence."""
    return Evidence(ref_of("pods", container.pod), f"log of {container.name}", plain(line)[:_LONGEST_VALUE])


def event_fact(event: Manifest) -> Evidence:
    """An event as evidence for what happened to its object."""
    kind = text_at(event, "involvedObject.kind")
    ref = ObjectRef(
        f"{kind.lower()}s", text_at(event, "involvedObject.name"), text_at(event, "involvedObject.namespace")
    )
    return Evidence(ref, f"event {text_at(event, 'reason')}", text_at(event, "message")[:_LONGEST_VALUE])


def container_finding(
    snapshot: Snapshot,
    workload: Workload,
    container: Container,
    *,
    rule: str,
    title: str,
    cause: str,
    root: ObjectRef | None = None,
    field: str = "",
    evidence: Iterable[Evidence],
    confidence: float = 0.9,
    next_steps: Iterable[str] = (),
) -> Finding:
    """A finding about a container of a workload; without another root the workload is to be changed."""
    pod = ref_of("pods", container.pod)
    affected = dict.fromkeys((workload.ref, pod))
    return Finding(
        rule,
        severity_of(snapshot, workload),
        f"{workload.word}: {title}",
        cause,
        root or workload.ref,
        field,
        tuple(evidence),
        tuple(affected),
        confidence,
        tuple(next_steps),
    )


def severity_of(snapshot: Snapshot, workload: Workload) -> Severity:
    """Critical when none of the workload's pods is ready, a warning while some still work."""
    pods = [workload.manifest] if workload.kind == "pods" else pods_of(snapshot, workload.manifest)
    return Severity.WARNING if any(is_ready(pod) for pod in pods) else Severity.CRITICAL


def pods_of(snapshot: Snapshot, owner: Manifest) -> list[Manifest]:
    """All pods below an owner."""
    found: list[Manifest] = []
    for kind, item in snapshot.owned_by(owner):
        found += [item] if kind == "pods" else pods_of(snapshot, item)
    return found


def last_event(
    snapshot: Snapshot, manifest: Manifest, *reasons: str, about: str = "", fields: Collection[str] = ()
) -> Manifest | None:
    """The newest event with one of the reasons, `about` in its message, and about one of the fields."""
    found = [
        event
        for event in snapshot.events_of(manifest)
        if text_at(event, "reason") in reasons
        and about in text_at(event, "message")
        and (not fields or text_at(event, "involvedObject.fieldPath") in fields)
    ]
    return max(found, key=event_time, default=None)
