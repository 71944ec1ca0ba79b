"""The scheduler: pods go to the node with the most memory left, or wait and say why."""

from typing import TYPE_CHECKING

from kubegenie_tui.demo.state.objects import Object, meta, name_of, namespace_of
from kubegenie_tui.demo.state.selectors import selected
from kubegenie_tui.domain.quantity import parse_quantity

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World

RETRY_SECONDS = 60.0


def schedule(world: "World", namespace: str, name: str) -> None:
    """Bind one pod to a node, or write down why it cannot be."""
    pod = world.cluster.get("pods", name, namespace)
    if pod is None or pod["spec"].get("nodeName"):
        return
    if meta(pod).get("deletionTimestamp"):
        world.cluster.forget(pod)
        return
    left = _memory_left(world)
    needed = requested(pod, "memory")
    fitting = {node: memory for node, memory in left.items() if memory >= needed and _selects(world, pod, node)}
    if not fitting:
        _wait(world, pod, left)
        return
    best = max(fitting, key=lambda node: (fitting[node], node))
    bound = {**pod, "spec": {**pod["spec"], "nodeName": best}}
    world.cluster.replace({**bound, "status": {"phase": "Pending", "conditions": [_condition(world, "True")]}})
    message = f"Successfully assigned {namespace}/{name} to {best}"
    world.recorder.record(pod, "Scheduled", message, component="default-scheduler")


def requested(pod: Object, resource: str) -> float:
    """What the pod's containers request in sum, in bytes or cores."""
    requests = [(each.get("resources") or {}).get("requests") or {} for each in pod["spec"]["containers"]]
    return sum(parse_quantity(str(each.get(resource, "0"))) for each in requests)


def _memory_left(world: "World") -> dict[str, float]:
    nodes = [node for node in world.cluster.list("nodes") if not node["spec"].get("unschedulable")]
    left = {name_of(node): parse_quantity(node["status"]["allocatable"]["memory"]) for node in nodes}
    for pod in world.cluster.list("pods"):
        node, phase = pod["spec"].get("nodeName"), (pod.get("status") or {}).get("phase")
        if node in left and phase not in ("Succeeded", "Failed"):
            left[node] -= requested(pod, "memory")
    return left


def _selects(world: "World", pod: Object, node: str) -> bool:
    found = world.cluster.get("nodes", node)
    return selected(found or {}, {"matchLabels": pod["spec"].get("nodeSelector")})


def _wait(world: "World", pod: Object, left: dict[str, float]) -> None:
    count = len(left)
    why = "Insufficient memory"
    if not any(_selects(world, pod, node) for node in left):
        why = "node(s) didn't match Pod's node affinity/selector"
    message = (
        f"0/{count} nodes are available: {count} {why}. preemption: 0/{count} nodes are available: "
        f"{count} No preemption victims found for incoming pod."
    )
    condition = _condition(world, "False") | {"reason": "Unschedulable", "message": message}
    old = (pod.get("status") or {}).get("conditions")
    if not old:
        world.cluster.set_status(pod, {"phase": "Pending", "conditions": [condition], "qosClass": "Burstable"})
    world.recorder.record(pod, "FailedScheduling", message, component="default-scheduler", kind="Warning")
    again = max(world.cluster.clock.now() + RETRY_SECONDS, world.recorder.present - 1800)
    world.at(again, "scheduler", namespace_of(pod), name_of(pod))


def _condition(world: "World", status: str) -> Object:
    return {
        "type": "PodScheduled",
        "observedGeneration": 1,
        "status": status,
        "lastProbeTime": None,
        "lastTransitionTime": world.cluster.clock.stamp(),
    }
