"""Horizontal pod autoscalers and pod disruption budgets as a table shows them."""

from sys import intern

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.shapes.base import Condition, Meta, Part, condition, row_of, shape

_SHOWN = 2
"""How many metrics a cell shows before it only counts, as kubectl does."""


class _Reference(Part, frozen=True):
    kind: str = ""
    name: str = ""


class _Value(Part, frozen=True):
    average_utilization: int | None = None
    average_value: str | None = None
    value: str | None = None


class _Named(Part, frozen=True):
    name: str = ""


class _Measured(Part, frozen=True):
    """One of resource, containerResource, pods, object, external: in spec with `target`, in status with `current`."""

    name: str = ""
    metric: _Named = _Named()
    target: _Value = _Value()
    current: _Value = _Value()


class _Metric(Part, frozen=True):
    type: str = ""
    resource: _Measured | None = None
    container_resource: _Measured | None = None
    pods: _Measured | None = None
    object: _Measured | None = None
    external: _Measured | None = None

    @property
    def measured(self) -> _Measured:
        return self.resource or self.container_resource or self.pods or self.object or self.external or _Measured()


class _ScalerSpec(Part, frozen=True):
    scale_target_ref: _Reference = _Reference()
    min_replicas: int | None = None
    max_replicas: int = 0
    metrics: list[_Metric] | None = None


class _ScalerStatus(Part, frozen=True):
    current_replicas: int = 0
    desired_replicas: int = 0
    current_metrics: list[_Metric] | None = None
    conditions: list[Condition] | None = None


class _Scaler(Part, frozen=True):
    metadata: Meta
    spec: _ScalerSpec = _ScalerSpec()
    status: _ScalerStatus = _ScalerStatus()


def _scaler(scaler: _Scaler) -> Row:
    spec, status = scaler.spec, scaler.status
    cells = (
        f"{spec.scale_target_ref.kind}/{spec.scale_target_ref.name}",
        _targets(spec.metrics or [], status.current_metrics or []),
        spec.min_replicas,
        spec.max_replicas,
        status.current_replicas,
    )
    return row_of(scaler.metadata, cells, _scaler_health(scaler))


def _scaler_health(scaler: _Scaler) -> Health:
    conditions = scaler.status.conditions
    able, active = condition(conditions, "AbleToScale"), condition(conditions, "ScalingActive")
    if active is not None and active.status == "False":
        return Health.IDLE if active.reason == "ScalingDisabled" else Health.WARN
    if able is not None and able.status == "False":
        return Health.WARN
    return Health.WARN if 0 < scaler.spec.max_replicas <= scaler.status.current_replicas else Health.OK


def _targets(specs: list[_Metric], currents: list[_Metric]) -> str:
    """`cpu: 12%/80%, memory: 1Gi/2Gi + 1 more...`. Source: formatHPAMetrics in k8s.io/kubernetes/pkg/printers."""
    texts = [_target(spec, currents[index] if index < len(currents) else None) for index, spec in enumerate(specs)]
    more = f" + {len(texts) - _SHOWN} more..." if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more or "<none>"


def _target(spec: _Metric, current: _Metric | None) -> str:
    target = spec.measured.target
    now = current.measured.current if current is not None else _Value()
    label = f"{spec.measured.name}: " if spec.type in ("Resource", "ContainerResource") else ""
    if target.average_utilization is not None:
        used = "<unknown>" if now.average_utilization is None else f"{now.average_utilization}%"
        return f"{label}{used}/{target.average_utilization}%"
    if target.average_value is not None:
        average = "" if spec.type in ("Resource", "ContainerResource", "Pods") else " (avg)"
        return f"{label}{now.average_value or '<unknown>'}/{target.average_value}{average}"
    return f"{label}{now.value or '<unknown>'}/{target.value or '<auto>'}"


class _BudgetSpec(Part, frozen=True):
    min_available: int | str | None = None
    max_unavailable: int | str | None = None


class _BudgetStatus(Part, frozen=True):
    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0


class _Budget(Part, frozen=True):
    metadata: Meta
    spec: _BudgetSpec = _BudgetSpec()
    status: _BudgetStatus = _BudgetStatus()


def _budget(budget: _Budget) -> Row:
    spec, status = budget.spec, budget.status
    broken = status.current_healthy < status.desired_healthy
    health = Health.WARN if broken else Health.OK if status.expected_pods else Health.IDLE
    cells = (
        _or_not_given(spec.min_available),
        _or_not_given(spec.max_unavailable),
        status.disruptions_allowed,
        intern(f"{status.current_healthy}/{status.desired_healthy}"),
    )
    return row_of(budget.metadata, cells, health)


def _or_not_given(value: int | str | None) -> str:
    return "N/A" if value is None else intern(str(value))


SCALERS = shape(
    _Scaler,
    _scaler,
    Column("REFERENCE", Measure.TEXT, 1),
    Column("TARGETS", Measure.TEXT, 0),
    Column("MINPODS", Measure.NUMBER, 1),
    Column("MAXPODS", Measure.NUMBER, 1),
    Column("REPLICAS", Measure.NUMBER, 0),
)
BUDGETS = shape(
    _Budget,
    _budget,
    Column("MIN AVAILABLE", Measure.TEXT, 1),
    Column("MAX UNAVAILABLE", Measure.TEXT, 1),
    Column("ALLOWED DISRUPTIONS", Measure.NUMBER, 0),
    Column("HEALTHY", Measure.RATIO, 0),
)
