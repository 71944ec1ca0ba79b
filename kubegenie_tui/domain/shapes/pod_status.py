"""What kubectl prints of a pod: ready containers, status word, restarts.

A port of printPod of Kubernetes 1.37, pkg/printers/internalversion/printers.go; tests compare it with the server.
"""

from typing import NamedTuple

import msgspec

from kubegenie_tui.domain.shapes.base import NOTHING, Condition, Meta, Part, condition, conditions_of, seconds


class Container(Part, frozen=True):
    """`spec.containers`."""

    image: str = ""


class InitContainer(Part, frozen=True):
    """`spec.initContainers`."""

    name: str = ""
    restart_policy: str = ""


class ReadinessGate(Part, frozen=True):
    """`spec.readinessGates`."""

    condition_type: str = ""


class Spec(Part, frozen=True):
    """`spec`, fields in the order the server writes them."""

    init_containers: list[InitContainer] | None = None
    containers: list[Container] | None = None
    service_account_name: str = ""
    node_name: str = ""
    readiness_gates: list[ReadinessGate] | None = None


class Waiting(Part, frozen=True):
    """`state.waiting`."""

    reason: str = ""


class Running(Part, frozen=True):
    """`state.running`."""


class Terminated(Part, frozen=True):
    """`state.terminated`."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    finished_at: str | None = None


class State(Part, frozen=True):
    """`state` and `lastState` of a container."""

    running: Running | None = None
    waiting: Waiting | None = None
    terminated: Terminated | None = None


class ContainerStatus(Part, frozen=True):
    """`status.containerStatuses`."""

    state: State = State()
    last_state: State = State()
    ready: bool = False
    restart_count: int = 0


class InitContainerStatus(ContainerStatus, frozen=True):
    """`status.initContainerStatuses`."""

    name: str = ""
    started: bool | None = None


class Status(Part, frozen=True):
    """`status`, fields in the order the server writes them."""

    phase: str = ""
    conditions: msgspec.Raw = NOTHING
    reason: str = ""
    nominated_node_name: str = ""
    pod_ip: str = msgspec.field(name="podIP", default="")
    init_container_statuses: list[InitContainerStatus] | None = None
    container_statuses: list[ContainerStatus] | None = None
    qos_class: str = ""


class Pod(Part, frozen=True):
    """What the table needs of a pod."""

    metadata: Meta
    spec: Spec = Spec()
    status: Status = Status()


class Summary(msgspec.Struct, frozen=True, gc=False):
    """A pod as kubectl sums it up."""

    ready: int
    total: int
    reason: str
    restarts: int
    last_restart: str
    """Timestamp of the last restart, empty when there was none."""


def summarize(pod: Pod) -> Summary:
    """The READY, STATUS and RESTARTS of a pod."""
    status = pod.status
    reason = status.reason or status.phase
    if status.phase == "Pending" and _scheduling_gated(conditions_of(status.conditions)):
        reason = "SchedulingGated"
    total, ready, restarts, last = len(pod.spec.containers or ()), 0, 0, ""
    if pod.spec.init_containers:
        init = _initialization(pod, reason)
        total += init.total
        if init.going_on and not _is_true(conditions_of(status.conditions), "Initialized"):
            return Summary(init.ready, total, _ended(pod, init.reason), init.restarts, init.last_restart)
        ready, reason, restarts, last = init.ready, init.reason, init.sidecar_restarts, init.sidecar_last_restart
    has_running = False
    for container in reversed(status.container_statuses or ()):
        runs = container.state.running is not None
        restarts += container.restart_count
        if container.last_state.terminated is not None:
            last = max(last, _restarted_at(container))
        word = "" if runs else _why_not_running(container.state)
        if word:
            reason = word
        elif runs and container.ready:
            has_running = True
            ready += 1
    if has_running and reason == "Completed":
        reason = "Running" if _is_true(conditions_of(status.conditions), "Ready") else "NotReady"
    return Summary(ready, total, _ended(pod, reason), restarts, last if restarts else "")


class _Init(NamedTuple):
    ready: int
    """Sidecars that are ready."""
    total: int
    """Sidecars in all."""
    reason: str
    going_on: bool
    restarts: int
    last_restart: str
    sidecar_restarts: int
    sidecar_last_restart: str


def _initialization(pod: Pod, reason: str) -> _Init:
    """The init containers up to the first that has not done its part; a sidecar has when it is started."""
    specs = pod.spec.init_containers or []
    sidecars = {spec.name for spec in specs if spec.restart_policy == "Always"}
    ready, restarts, last, sidecar_restarts, sidecar_last = 0, 0, "", 0, ""
    for index, container in enumerate(pod.status.init_container_statuses or ()):
        is_sidecar = container.name in sidecars
        restarts += container.restart_count
        last = max(last, _restarted_at(container))
        if is_sidecar:
            sidecar_restarts += container.restart_count
            sidecar_last = max(sidecar_last, _restarted_at(container))
        terminated = container.state.terminated
        if terminated is not None and terminated.exit_code == 0:
            continue
        if is_sidecar and container.started:
            ready += container.ready
            continue
        word = _why_not_running(container.state)
        unfinished = f"{index}/{len(specs)}" if word in ("", "PodInitializing") else word
        reason = f"Init:{unfinished}"
        return _Init(ready, len(sidecars), reason, True, restarts, last, sidecar_restarts, sidecar_last)
    return _Init(ready, len(sidecars), reason, False, restarts, last, sidecar_restarts, sidecar_last)


def _why_not_running(state: State) -> str:
    if state.waiting is not None and state.waiting.reason:
        return state.waiting.reason
    terminated = state.terminated
    if terminated is None:
        return ""
    if terminated.reason:
        return terminated.reason
    return f"Signal:{terminated.signal}" if terminated.signal else f"ExitCode:{terminated.exit_code}"


def _restarted_at(container: ContainerStatus) -> str:
    terminated = container.last_state.terminated
    return (terminated.finished_at or "") if terminated is not None else ""


def _ended(pod: Pod, reason: str) -> str:
    """A pod that is being deleted says so, unless it has come to its end already."""
    if pod.metadata.deletion_timestamp is None:
        return reason
    if pod.status.reason == "NodeLost":
        return "Unknown"
    return reason if pod.status.phase in ("Succeeded", "Failed") else "Terminating"


def _scheduling_gated(conditions: list[Condition]) -> bool:
    scheduled = condition(conditions, "PodScheduled")
    return scheduled is not None and scheduled.reason == "SchedulingGated"


def _is_true(conditions: list[Condition], kind: str) -> bool:
    found = condition(conditions, kind)
    return found is not None and found.status == "True"


def changed_at(pod: Pod) -> int:
    """When the pod last came to another state, as far as it says so; seconds since the epoch."""
    times = [found.last_transition_time or "" for found in conditions_of(pod.status.conditions)]
    return max(seconds(max(times, default="")), seconds(pod.metadata.creation_timestamp))
