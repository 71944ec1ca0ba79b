"""Events of the core group as a table shows them."""

from sys import intern

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.shapes.base import Meta, Part, age_cell, row_of, shape


class _Involved(Part, frozen=True):
    kind: str = ""
    namespace: str = ""
    name: str = ""
    field_path: str = ""


class _Source(Part, frozen=True):
    component: str = ""
    host: str = ""


class _Series(Part, frozen=True):
    count: int = 0
    last_observed_time: str | None = None


class _Event(Part, frozen=True):
    metadata: Meta
    involved_object: _Involved = _Involved()
    reason: str = ""
    message: str = ""
    source: _Source = _Source()
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    count: int = 0
    type: str = ""
    event_time: str | None = None
    series: _Series | None = None
    reporting_component: str = ""
    reporting_instance: str = ""


def _row(event: _Event) -> Row:
    """Source: printEvent in k8s.io/kubernetes/pkg/printers/internalversion."""
    series, involved = event.series, event.involved_object
    first = event.first_timestamp or event.event_time
    last = series.last_observed_time if series is not None else event.last_timestamp
    cells = (
        age_cell(last or first),
        intern(event.type),
        intern(event.reason),
        intern(f"{involved.kind.lower()}/{involved.name}"),
        event.message.strip(),
        series.count if series is not None else event.count or 1,
        _source(event),
        age_cell(first),
        intern(involved.field_path),
    )
    return row_of(event.metadata, cells, Health.IDLE if event.type == "Normal" else Health.WARN)


def _source(event: _Event) -> str:
    """Source: formatEventSource in k8s.io/kubernetes/pkg/printers/internalversion."""
    source = event.source
    parts = (source.component or event.reporting_component, source.host or event.reporting_instance)
    return intern(", ".join(part for part in parts if part))


EVENTS = shape(
    _Event,
    _row,
    Column("LAST SEEN", Measure.AGE, 0),
    Column("TYPE", Measure.STATUS, 0),
    Column("REASON", Measure.TEXT, 0),
    Column("OBJECT", Measure.TEXT, 0),
    Column("MESSAGE", Measure.TEXT, 1, 24),
    Column("COUNT", Measure.NUMBER, 2),
    Column("SOURCE", Measure.TEXT, 9),
    Column("FIRST SEEN", Measure.AGE, 9),
    Column("SUBOBJECT", Measure.TEXT, 9),
)
