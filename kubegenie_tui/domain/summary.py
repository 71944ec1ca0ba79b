"""Any object in words, as `kubectl describe` tells it, but as data: the view aligns and colours it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from kubegenie_tui.domain import (
    summary_config,
    summary_event,
    summary_network,
    summary_node,
    summary_pod,
    summary_workload,
)
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, scalar_text, text_at, texts_at
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.row import Measure
from kubegenie_tui.domain.shapes import shape_of
from kubegenie_tui.domain.summary_event import event_lines
from kubegenie_tui.domain.summary_section import (
    Field,
    Section,
    Summary,
    age,
    conditions,
    counted,
    cut,
    field,
    joined,
    section,
    when,
)
from kubegenie_tui.domain.yaml_text import LAST_APPLIED

LONGEST_ANNOTATION = 120
RECENT_EVENTS = 5
MOST_HIGHLIGHTS = 24
"""Lines that are taken from `spec` or `status` of a kind we know nothing about."""

Teller = Callable[[Manifest, list[Manifest], float], Iterator[Section]]

_TELLERS: dict[str, Teller] = {
    "pods": summary_pod.pod,
    "deployments.apps": summary_workload.deployment,
    "replicasets.apps": summary_workload.replica_set,
    "statefulsets.apps": summary_workload.stateful_set,
    "daemonsets.apps": summary_workload.daemon_set,
    "jobs.batch": summary_workload.job,
    "cronjobs.batch": summary_workload.cron_job,
    "horizontalpodautoscalers.autoscaling": summary_workload.autoscaler,
    "services": summary_network.service,
    "ingresses.networking.k8s.io": summary_network.ingress,
    "endpointslices.discovery.k8s.io": summary_network.endpoint_slice,
    "nodes": summary_node.node,
    "configmaps": summary_config.config_map,
    "secrets": summary_config.secret,
    "persistentvolumeclaims": summary_config.claim,
    "persistentvolumes": summary_config.volume,
    "namespaces": summary_config.namespace,
    "roles.rbac.authorization.k8s.io": summary_config.role,
    "clusterroles.rbac.authorization.k8s.io": summary_config.role,
    "rolebindings.rbac.authorization.k8s.io": summary_config.role_binding,
    "clusterrolebindings.rbac.authorization.k8s.io": summary_config.role_binding,
    "events": summary_event.event,
    "events.events.k8s.io": summary_event.event,
}


def summarise(
    kind: Kind, manifest: Manifest, events: Sequence[Manifest] = (), related: Sequence[Manifest] = (), *, now: float
) -> Summary:
    """An object in words.

    Args:
        kind: what it is.
        manifest: the object as the API sent it; anything may be missing from it.
        events: of this object, in any order.
        related: what `domain.summary_related.related_to` asks for.
        now: seconds since the epoch, for ages.
    """
    teller = _TELLERS.get(kind.id, _any_kind)
    first, *rest = [*teller(manifest, list(related), now)] or [section("")]
    head = Section("", (*_head(manifest, now), *first.rows)) if not first.title else section("", *_head(manifest, now))
    told = (
        head,
        *((first,) if first.title else ()),
        *rest,
        conditions(manifest, now),
        _events(events, now),
        *_metadata(manifest),
    )
    return Summary(_status(kind, manifest), tuple(part for part in told if part.rows))


def _status(kind: Kind, manifest: Manifest) -> Field | None:
    """The word and the health that the table shows of the same object."""
    shape = shape_of(kind)
    if shape is None:
        return None
    try:
        row = shape.decode(msgspec.json.encode(manifest))
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    words = (cell for column, cell in zip(shape.columns, row.cells, strict=False) if column.measure is Measure.STATUS)
    word = next((str(cell) for cell in words if cell), "")
    return field("Status", word or row.health.word, row.health) if word or row.health >= Health.PROGRESSING else None


def _head(manifest: Manifest, now: float) -> Iterator[Field]:
    deleted = text_at(manifest, "metadata.deletionTimestamp")
    finalizers = joined(texts_at(manifest, "metadata.finalizers"))
    rows = (
        field("Deleted", f"asked for {age(deleted, now)} ago", Health.WARN) if deleted else None,
        field("Finalizers", finalizers, Health.WARN if deleted else Health.OK),
        field("Owner", joined(_owner(owner) for owner in mappings_at(manifest, "metadata.ownerReferences"))),
        field("Created", when(text_at(manifest, "metadata.creationTimestamp"), now)),
    )
    return (row for row in rows if row is not None)


def _owner(owner: Manifest) -> str:
    return f"{text_at(owner, 'kind')}/{text_at(owner, 'name')}"


def _metadata(manifest: Manifest) -> Iterator[Section]:
    labels = mapping_at(manifest, "metadata.labels")
    annotations = mapping_at(manifest, "metadata.annotations")
    yield section("Labels", *(field(str(key), scalar_text(value) or '""') for key, value in labels.items()))
    yield section("Annotations", *(_annotation(str(key), value) for key, value in annotations.items()))


def _annotation(key: str, value: Any) -> Field | None:
    text = scalar_text(value)
    if key == LAST_APPLIED:
        return field(key, f"{len(text):,} characters, see the YAML")
    return field(key, cut(text, LONGEST_ANNOTATION) or '""')


def _events(events: Sequence[Manifest], now: float) -> Section:
    lines = event_lines(events)
    rows = (
        field(
            line.reason,
            joined((line.message, f"×{line.count}" if line.count > 1 else "", _ago(line.last, now)), " · "),
            Health.WARN if line.warning else Health.OK,
        )
        for line in lines[:RECENT_EVENTS]
    )
    title = f"Events ({RECENT_EVENTS} of {len(lines)})" if len(lines) > RECENT_EVENTS else "Events"
    return section(title, *rows)


def _ago(then: int, now: float) -> str:
    return f"{format_age(now - then)} ago" if then else ""


def _any_kind(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """What can be said of a kind we know nothing about: the scalars near the top, and how long its lists are."""
    loose = {
        key: value for key, value in manifest.items() if key not in ("apiVersion", "kind", "metadata", "spec", "status")
    }
    for title, part in (
        ("", loose),
        ("Spec", mapping_at(manifest, "spec")),
        ("Status", mapping_at(manifest, "status")),
    ):
        rows = [row for row in _highlights(part, "") if row]
        more = field("", f"and {counted(len(rows) - MOST_HIGHLIGHTS, 'more field')}, see the YAML")
        yield section(title, *rows[:MOST_HIGHLIGHTS], more if len(rows) > MOST_HIGHLIGHTS else None)


def _highlights(mapping: Manifest, path: str, depth: int = 0) -> Iterator[Field | None]:
    for key, value in mapping.items():
        label = joined((path, str(key)), ".")
        if isinstance(value, dict) and depth < 2:
            yield from _highlights(value, label, depth + 1)
        elif isinstance(value, dict):
            yield field(label, counted(len(value), "field"))
        elif key != "conditions":
            yield field(label, _highlight(value))


def _highlight(value: Any) -> str:
    if not isinstance(value, list):
        return cut(scalar_text(value), LONGEST_ANNOTATION)
    scalars = [scalar_text(item) for item in value]
    return cut(joined(scalars), LONGEST_ANNOTATION) if all(scalars) else counted(len(value), "item")
