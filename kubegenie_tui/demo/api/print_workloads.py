"""Cells of workloads, as pkg/printers/internalversion/printers.go of Kubernetes prints them."""

from collections.abc import Callable
from typing import Any

from kubegenie_tui.demo.state.objects import Object, meta, name_of
from kubegenie_tui.domain.quantity import format_age, parse_time


def age(obj: Object, now: float) -> str:
    """Time since the object was created."""
    return since(meta(obj).get("creationTimestamp"), now)


def since(stamp: str | None, now: float) -> str:
    """Time since a timestamp; `<unknown>` without one."""
    return format_age(now - parse_time(stamp)) if stamp else "<unknown>"


def selector_text(selector: Object | None) -> str:
    """A label selector as text; `<none>` when there is none."""
    parts = [f"{key}={value}" for key, value in sorted(((selector or {}).get("matchLabels") or {}).items())]
    for each in (selector or {}).get("matchExpressions") or ():
        values, key = ",".join(each.get("values") or ()), each["key"]
        parts.append(
            {
                "In": f"{key} in ({values})",
                "NotIn": f"{key} notin ({values})",
                "Exists": key,
                "DoesNotExist": f"!{key}",
            }[each["operator"]]
        )
    return ",".join(parts) or "<none>"


def condition(obj: Object, kind: str) -> Object | None:
    """The condition of a type, if the object's status has it."""
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return next((each for each in conditions if each["type"] == kind), None)


def holds(obj: Object, kind: str) -> bool:
    """Whether a condition is True."""
    found = condition(obj, kind)
    return found is not None and found["status"] == "True"


def _pod(obj: Object, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    reason, ready, restarts, last = _pod_state(obj)
    text = f"{restarts} ({format_age(now - last)} ago)" if restarts and last else str(restarts)
    ip = status.get("podIP") or "<none>"
    gates = spec.get("readinessGates")
    nominated = status.get("nominatedNodeName") or "<none>"
    total = len(spec["containers"]) + sum(
        each.get("restartPolicy") == "Always" for each in spec.get("initContainers") or ()
    )
    return [
        name_of(obj), f"{ready}/{total}", reason, text, age(obj, now), ip, spec.get("nodeName") or "<none>", nominated,
        f"0/{len(gates)}" if gates else "<none>",
    ]  # fmt: skip


def _pod_state(obj: Object) -> tuple[str, int, int, int]:
    """Status word, ready containers, restarts, and when the last restart was."""
    status = obj.get("status") or {}
    reason, phase = status.get("reason") or status.get("phase", "Unknown"), status.get("phase")
    init, states = status.get("initContainerStatuses") or [], status.get("containerStatuses") or []
    counted, ready, waiting = states, 0, _init_reason(init, len(obj["spec"].get("initContainers") or ()))
    if waiting and not holds(obj, "Initialized"):
        reason, counted = waiting, init
    else:
        reason, ready = _containers_reason(obj, states, reason)
    if meta(obj).get("deletionTimestamp") and phase not in ("Succeeded", "Failed"):
        reason = "Terminating"
    ends = [((each.get("lastState") or {}).get("terminated") or {}).get("finishedAt", "") for each in counted]
    return reason, ready, sum(each["restartCount"] for each in counted), max(map(parse_time, ends), default=0)


def _init_reason(states: list[Object], total: int) -> str:
    for index, each in enumerate(states):
        state = each["state"]
        terminated, waiting = state.get("terminated"), state.get("waiting")
        if (terminated and terminated["exitCode"] == 0) or each.get("started"):
            continue
        if terminated:
            return "Init:" + (terminated.get("reason") or f"ExitCode:{terminated['exitCode']}")
        if waiting and waiting.get("reason") not in (None, "PodInitializing"):
            return f"Init:{waiting['reason']}"
        return f"Init:{index}/{total}"
    return ""


def _containers_reason(obj: Object, states: list[Object], reason: str) -> tuple[str, int]:
    ready, running = 0, False
    for each in reversed(states):
        state = each["state"]
        terminated, waiting = state.get("terminated"), state.get("waiting")
        if waiting and waiting.get("reason"):
            reason = waiting["reason"]
        elif terminated:
            reason = terminated.get("reason") or f"ExitCode:{terminated['exitCode']}"
        elif each["ready"] and state.get("running"):
            running, ready = True, ready + 1
    if reason == "Completed" and running:
        reason = "Running" if holds(obj, "Ready") else "NotReady"
    return reason, ready


def _template(obj: Object) -> tuple[str, str]:
    containers = obj["spec"]["template"]["spec"]["containers"]
    return ",".join(each["name"] for each in containers), ",".join(each["image"] for each in containers)


def _deployment(obj: Object, now: float) -> list[Any]:
    status = obj.get("status") or {}
    ready = f"{status.get('readyReplicas', 0)}/{obj['spec'].get('replicas', 1)}"
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    return [
        name_of(obj),
        ready,
        updated,
        available,
        age(obj, now),
        *_template(obj),
        selector_text(obj["spec"]["selector"]),
    ]


def _replica_set(obj: Object, now: float) -> list[Any]:
    status = obj.get("status") or {}
    counts = [obj["spec"].get("replicas", 1), status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [name_of(obj), *counts, age(obj, now), *_template(obj), selector_text(obj["spec"]["selector"])]


def _stateful_set(obj: Object, now: float) -> list[Any]:
    ready = f"{(obj.get('status') or {}).get('readyReplicas', 0)}/{obj['spec'].get('replicas', 1)}"
    return [name_of(obj), ready, age(obj, now), *_template(obj)]


def _daemon_set(obj: Object, now: float) -> list[Any]:
    status, names = obj.get("status") or {}, ("desired", "current")
    counts = [status.get(f"{name}NumberScheduled", 0) for name in names]
    counts += [status.get(name, 0) for name in ("numberReady", "updatedNumberScheduled", "numberAvailable")]
    nodes = obj["spec"]["template"]["spec"].get("nodeSelector")
    text = selector_text({"matchLabels": nodes})
    return [name_of(obj), *counts, text, age(obj, now), *_template(obj), selector_text(obj["spec"]["selector"])]


def _job(obj: Object, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    wanted, done = spec.get("completions"), status.get("succeeded", 0)
    completions = f"{done}/{wanted}" if wanted is not None else f"{done}/1"
    start, end = status.get("startTime"), status.get("completionTime")
    lasted = format_age((parse_time(end) if end else now) - parse_time(start)) if start else ""
    selector = selector_text(spec.get("selector"))
    return [name_of(obj), _job_state(obj), completions, lasted, age(obj, now), *_template(obj), selector]


def _job_state(obj: Object) -> str:
    for kind, word in (("Complete", "Complete"), ("Failed", "Failed")):
        if holds(obj, kind):
            return word
    if meta(obj).get("deletionTimestamp"):
        return "Terminating"
    for kind in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if holds(obj, kind):
            return kind
    return "Running"


def _cron_job(obj: Object, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    last = status.get("lastScheduleTime")
    containers, images = _template(spec["jobTemplate"])
    return [
        name_of(obj), spec["schedule"], spec.get("timeZone") or "<none>", str(spec.get("suspend", False)),
        len(status.get("active") or ()), since(last, now) if last else "<none>", age(obj, now), containers, images,
        selector_text(spec["jobTemplate"]["spec"].get("selector")),
    ]  # fmt: skip


WORKLOAD_PRINTERS: dict[str, Callable[[Object, float], list[Any]]] = {
    "pods": _pod,
    "deployments.apps": _deployment,
    "replicasets.apps": _replica_set,
    "replicationcontrollers": _replica_set,
    "statefulsets.apps": _stateful_set,
    "daemonsets.apps": _daemon_set,
    "jobs.batch": _job,
    "cronjobs.batch": _cron_job,
}
