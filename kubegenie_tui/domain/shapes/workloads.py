"""Deployments, replica sets, stateful sets and daemon sets as a table shows them."""

from sys import intern

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.shapes.base import (
    Condition,
    Meta,
    Part,
    condition,
    joined,
    on_its_way,
    row_of,
    seconds,
    shape,
)
from kubegenie_tui.domain.shapes.selectors import LabelSelector, selector_text

_PATIENCE = 600
"""A Deployment's own progressDeadlineSeconds, unless it says otherwise."""


class _Container(Part, frozen=True):
    name: str = ""
    image: str = ""


class _PodSpec(Part, frozen=True):
    containers: list[_Container] | None = None
    node_selector: dict[str, str] | None = None


class _Template(Part, frozen=True):
    spec: _PodSpec = _PodSpec()


class _Spec(Part, frozen=True):
    replicas: int = 1
    paused: bool = False
    selector: LabelSelector = LabelSelector()
    template: _Template = _Template()


class _Status(Part, frozen=True):
    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    conditions: list[Condition] | None = None
    update_revision: str = ""
    current_revision: str = ""


class _Workload(Part, frozen=True):
    metadata: Meta
    spec: _Spec = _Spec()
    status: _Status = _Status()


class _DaemonStatus(Part, frozen=True):
    current_number_scheduled: int = 0
    number_misscheduled: int = 0
    desired_number_scheduled: int = 0
    number_ready: int = 0
    updated_number_scheduled: int = 0
    number_available: int = 0


class _DaemonSet(Part, frozen=True):
    metadata: Meta
    spec: _Spec = _Spec()
    status: _DaemonStatus = _DaemonStatus()


def _wide(spec: _Spec) -> tuple[str, str, str]:
    containers = spec.template.spec.containers or []
    names, images = [c.name for c in containers], [c.image for c in containers]
    return joined(names), joined(images), selector_text(spec.selector)


_WIDE = (Column("CONTAINERS", priority=9), Column("IMAGES", priority=9), Column("SELECTOR", priority=9))


def _deployment(deployment: _Workload) -> Row:
    spec, status = deployment.spec, deployment.status
    word, health = _deployment_state(deployment)
    cells = (
        f"{status.ready_replicas}/{spec.replicas}",
        word,
        status.updated_replicas,
        status.available_replicas,
        *_wide(spec),
    )
    return row_of(deployment.metadata, cells, health)


def _deployment_state(deployment: _Workload) -> tuple[str, Health]:
    spec, status = deployment.spec, deployment.status
    progressing = condition(status.conditions, "Progressing")
    failure = condition(status.conditions, "ReplicaFailure")
    whole = status.available_replicas >= spec.replicas and status.updated_replicas >= spec.replicas
    if spec.paused:
        return "Paused", Health.PAUSED
    if failure is not None and failure.status == "True":
        return intern(failure.reason or "ReplicaFailure"), Health.BAD
    if progressing is not None and progressing.status == "False":
        return intern(progressing.reason or "Stalled"), Health.BAD
    if spec.replicas == 0 and status.replicas == 0:
        return "Scaled to 0", Health.IDLE
    if whole and status.replicas <= spec.replicas:
        return "Available", Health.OK
    if progressing is not None and progressing.reason == "NewReplicaSetAvailable":
        return "Degraded", Health.BAD if status.available_replicas == 0 else Health.WARN
    return "Progressing", on_its_way(_since(deployment.metadata, status.conditions), _PATIENCE)


def _since(meta: Meta, conditions: list[Condition] | None) -> int:
    times = [found.last_transition_time or "" for found in conditions or ()]
    return max(seconds(max(times, default="")), seconds(meta.creation_timestamp))


def _replica_set(replica_set: _Workload) -> Row:
    spec, status = replica_set.spec, replica_set.status
    failure = condition(status.conditions, "ReplicaFailure")
    health = _replica_set_health(replica_set, failed=failure is not None and failure.status == "True")
    cells = (spec.replicas, status.replicas, status.ready_replicas, *_wide(spec))
    return row_of(replica_set.metadata, cells, health)


def _replica_set_health(replica_set: _Workload, *, failed: bool) -> Health:
    wanted, status = replica_set.spec.replicas, replica_set.status
    if failed:
        return Health.BAD
    if wanted == 0 and status.replicas == 0:
        return Health.IDLE
    if status.ready_replicas >= wanted and status.replicas == wanted:
        return Health.OK
    return on_its_way(seconds(replica_set.metadata.creation_timestamp), _PATIENCE)


def _stateful_set(stateful_set: _Workload) -> Row:
    spec, status = stateful_set.spec, stateful_set.status
    word, health = _stateful_set_state(stateful_set)
    cells = (f"{status.ready_replicas}/{spec.replicas}", word, status.updated_replicas, *_wide(spec))
    return row_of(stateful_set.metadata, cells, health)


def _stateful_set_state(stateful_set: _Workload) -> tuple[str, Health]:
    wanted, status = stateful_set.spec.replicas, stateful_set.status
    if wanted == 0 and status.replicas == 0:
        return "Scaled to 0", Health.IDLE
    if status.update_revision != status.current_revision:
        return "Updating", Health.PROGRESSING
    if status.ready_replicas >= wanted and status.replicas == wanted:
        return "Available", Health.OK
    young = on_its_way(seconds(stateful_set.metadata.creation_timestamp), _PATIENCE)
    if young is Health.PROGRESSING:
        return "Progressing", young
    return "Degraded", Health.BAD if status.ready_replicas == 0 and wanted else Health.WARN


def _daemon_set(daemon_set: _DaemonSet) -> Row:
    status = daemon_set.status
    word, health = _daemon_set_state(daemon_set)
    names, images, selector = _wide(daemon_set.spec)
    nodes = daemon_set.spec.template.spec.node_selector or {}
    cells = (
        status.desired_number_scheduled,
        status.current_number_scheduled,
        status.number_ready,
        word,
        status.updated_number_scheduled,
        status.number_available,
        intern(",".join(f"{key}={value}" for key, value in nodes.items())),
        names,
        images,
        selector,
    )
    return row_of(daemon_set.metadata, cells, health)


def _daemon_set_state(daemon_set: _DaemonSet) -> tuple[str, Health]:
    status = daemon_set.status
    wanted = status.desired_number_scheduled
    if wanted == 0:
        return "No nodes", Health.IDLE
    if status.number_available >= wanted and status.updated_number_scheduled >= wanted:
        return "Available", Health.OK
    if status.updated_number_scheduled < wanted and status.number_available >= wanted - 1:
        return "Updating", Health.PROGRESSING
    young = on_its_way(seconds(daemon_set.metadata.creation_timestamp), _PATIENCE)
    if young is Health.PROGRESSING:
        return "Progressing", young
    return "Degraded", Health.BAD if status.number_available == 0 else Health.WARN


DEPLOYMENTS = shape(
    _Workload,
    _deployment,
    Column("READY", Measure.RATIO, 0),
    Column("STATUS", Measure.STATUS, 0),
    Column("UP-TO-DATE", Measure.NUMBER, 1),
    Column("AVAILABLE", Measure.NUMBER, 1),
    *_WIDE,
    patience=_PATIENCE,
)
REPLICA_SETS = shape(
    _Workload,
    _replica_set,
    Column("DESIRED", Measure.NUMBER, 0),
    Column("CURRENT", Measure.NUMBER, 0),
    Column("READY", Measure.NUMBER, 0),
    *_WIDE,
    patience=_PATIENCE,
)
STATEFUL_SETS = shape(
    _Workload,
    _stateful_set,
    Column("READY", Measure.RATIO, 0),
    Column("STATUS", Measure.STATUS, 0),
    Column("UP-TO-DATE", Measure.NUMBER, 1),
    *_WIDE,
    patience=_PATIENCE,
)
DAEMON_SETS = shape(
    _DaemonSet,
    _daemon_set,
    Column("DESIRED", Measure.NUMBER, 0),
    Column("CURRENT", Measure.NUMBER, 1),
    Column("READY", Measure.NUMBER, 0),
    Column("STATUS", Measure.STATUS, 0),
    Column("UP-TO-DATE", Measure.NUMBER, 1),
    Column("AVAILABLE", Measure.NUMBER, 1),
    Column("NODE SELECTOR", Measure.TEXT, 2),
    *_WIDE,
    patience=_PATIENCE,
)
