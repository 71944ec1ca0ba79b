"""HorizontalPodAutoscalers: what the pods of a Deployment use of what they request, and how many there should be."""

import math
from typing import TYPE_CHECKING

from kubegenie_tui.demo.state.objects import Object, namespace_of
from kubegenie_tui.demo.world.pods import ready, selected_pods
from kubegenie_tui.demo.world.scheduler import requested
from kubegenie_tui.demo.world.usage import container_usage

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World

KIND_ID = "horizontalpodautoscalers.autoscaling"
PERIOD_SECONDS = 15.0
TOLERANCE = 0.1
"""Within this share of its target nothing is scaled (the default of kube-controller-manager)."""


def reconcile(world: "World", namespace: str, name: str) -> None:
    """Measure the pods of one autoscaler, scale by what was found, and write it down.

    Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
    """
    scaler = world.cluster.get(KIND_ID, name, namespace)
    target = scaler and world.cluster.get("deployments.apps", scaler["spec"]["scaleTargetRef"]["name"], namespace)
    if scaler is None or target is None:
        return
    world.at(max(world.cluster.clock.now() + PERIOD_SECONDS, world.recorder.present - 60), KIND_ID, namespace, name)
    used, current = _utilization(world, target), target["spec"]["replicas"]
    if used is None:
        return
    wanted = _wanted(scaler["spec"], used, current)
    if wanted != current:
        message = f"New size: {wanted}; reason: cpu resource utilization (percentage of request) is {used}%"
        world.recorder.record(scaler, "SuccessfulRescale", message, component="horizontal-pod-autoscaler")
        world.cluster.replace({**target, "spec": {**target["spec"], "replicas": wanted}})
    world.cluster.set_status(scaler, _status(world, scaler, target, used, wanted))


def _utilization(world: "World", target: Object) -> int | None:
    """Percent of their requested cpu that the ready pods use; None when there are none."""
    now = world.cluster.clock.now()
    pods = list(filter(ready, selected_pods(world.cluster, namespace_of(target), target["spec"]["selector"])))
    asked = sum(requested(pod, "cpu") for pod in pods) * 1000
    used = sum(container_usage(pod, each, now)[0] for pod in pods for each in pod["spec"]["containers"])
    return round(100 * used / asked) if asked else None


def _wanted(spec: Object, used: int, current: int) -> int:
    ratio = used / spec["metrics"][0]["resource"]["target"]["averageUtilization"]
    ideal = current if abs(ratio - 1) <= TOLERANCE else math.ceil(current * ratio)
    return int(min(max(ideal, spec.get("minReplicas", 1)), spec["maxReplicas"]))


def _status(world: "World", scaler: Object, target: Object, used: int, wanted: int) -> Object:
    measured = {"name": "cpu", "current": {"averageUtilization": used, "averageValue": f"{used}m"}}
    old = {each["type"]: each for each in (scaler.get("status") or {}).get("conditions") or ()}
    limited = wanted in (scaler["spec"].get("minReplicas", 1), scaler["spec"]["maxReplicas"])
    size = ("TooFewReplicas", "the size is at its limit") if limited else ("DesiredWithinRange", "the size is free")
    conditions = [
        ("AbleToScale", True, "ReadyForNewScale", "recommended size matches current size"),
        ("ScalingActive", True, "ValidMetricFound", "the HPA was able to calculate a replica count from cpu"),
        ("ScalingLimited", limited, *size),
    ]
    return {
        "observedGeneration": 1,
        "currentReplicas": (target.get("status") or {}).get("replicas", 0),
        "desiredReplicas": wanted,
        "currentMetrics": [{"type": "Resource", "resource": measured}],
        "conditions": [_condition(world, old.get(kind), kind, holds, *told) for kind, holds, *told in conditions],
    }


def _condition(world: "World", old: Object | None, kind: str, holds: bool, reason: str, message: str) -> Object:
    status = "True" if holds else "False"
    since = old["lastTransitionTime"] if old and old["status"] == status else world.cluster.clock.stamp()
    return {"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message}
