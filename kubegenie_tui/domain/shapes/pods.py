"""Pods as a table shows them."""

from functools import lru_cache
from sys import intern

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.shapes.base import (
    YOUNG,
    age_cell,
    condition,
    conditions_of,
    joined,
    on_its_way,
    row_of,
    seconds,
    shape,
)
from kubegenie_tui.domain.shapes.pod_status import Pod, Summary, changed_at, summarize

_ON_ITS_WAY = frozenset({"Pending", "ContainerCreating", "PodInitializing", "Running", "NotReady"})


def _row(pod: Pod) -> Row:
    spec, status = pod.spec, pod.status
    summary = summarize(pod)
    gates = _gates(pod) if spec.readiness_gates else None
    containers = spec.containers or ()
    cells = (
        _ratio(summary.ready, summary.total),
        intern(summary.reason),
        summary.restarts,
        intern(spec.node_name),
        status.pod_ip,
        age_cell(summary.last_restart) if summary.last_restart else None,
        intern(status.qos_class),
        intern(spec.service_account_name),
        intern(status.nominated_node_name),
        gates,
        intern(containers[0].image) if len(containers) == 1 else joined([each.image for each in containers]),
    )
    return row_of(pod.metadata, cells, _health(pod, summary, gates))


@lru_cache(maxsize=1024)
def _ratio(part: int, whole: int) -> str:
    return f"{part}/{whole}"


def _gates(pod: Pod) -> str:
    """`0/1`: how many of the pod's own readiness conditions are true."""
    gates, conditions = pod.spec.readiness_gates or [], conditions_of(pod.status.conditions)
    found = [condition(conditions, gate.condition_type) for gate in gates]
    return _ratio(sum(gate is not None and gate.status == "True" for gate in found), len(gates))


def _health(pod: Pod, summary: Summary, gates: str | None) -> Health:
    reason, phase = summary.reason, pod.status.phase
    is_up = reason == "Running" and summary.ready == summary.total
    if is_up and (_ready(pod) if gates else not _is_lost(pod)):
        return Health.OK
    if phase == "Succeeded":
        return Health.IDLE
    if phase == "Failed":
        return Health.BAD
    if reason == "SchedulingGated":
        return Health.PAUSED
    if reason == "Terminating":
        return on_its_way(seconds(pod.metadata.deletion_timestamp))
    if reason in _ON_ITS_WAY or (reason == "Completed") or _initializing(reason):
        return on_its_way(changed_at(pod))
    return Health.BAD


def _initializing(reason: str) -> bool:
    return reason.startswith("Init:") and reason[5:6].isdigit()


def _is_lost(pod: Pod) -> bool:
    """Whether it is called not ready though its containers are, as those of a node that is silent."""
    told = bytes(pod.status.conditions)
    if b'"False"' not in told and b'"Unknown"' not in told:
        return False  # asked of every pod, and of most without reading what they say
    return condition(conditions_of(pod.status.conditions), "Ready") is not None and not _ready(pod)


def _ready(pod: Pod) -> bool:
    ready = condition(conditions_of(pod.status.conditions), "Ready")
    return ready is not None and ready.status == "True"


PODS = shape(
    Pod,
    _row,
    Column("READY", Measure.RATIO, 0),
    Column("STATUS", Measure.STATUS, 0),
    Column("RESTARTS", Measure.COUNT, 1),
    Column("NODE", Measure.TEXT, 1),
    Column("IP", Measure.TEXT, 2),
    Column("LAST RESTART", Measure.AGE, 9),
    Column("QOS", Measure.TEXT, 9),
    Column("SERVICE ACCOUNT", Measure.TEXT, 9),
    Column("NOMINATED NODE", Measure.TEXT, 9),
    Column("READINESS GATES", Measure.TEXT, 9),
    Column("IMAGES", Measure.TEXT, 9),
    patience=YOUNG,
)
