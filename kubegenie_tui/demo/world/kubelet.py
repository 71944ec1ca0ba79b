"""The kubelets of all nodes: they look after the containers of their pods, and write down how the pods are."""

from typing import TYPE_CHECKING

from kubegenie_tui.demo.state.objects import Object, meta, name_of, namespace_of, timestamp
from kubegenie_tui.demo.world.containers import NEVER, Containers, record, restarts
from kubegenie_tui.demo.world.hashing import hash_of
from kubegenie_tui.demo.world.pods import qos_class
from kubegenie_tui.domain.quantity import parse_time

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World

STOP_SECONDS = 3.0


def sync(world: "World", namespace: str, name: str) -> None:
    """Move one pod on, and come back when there is more to do."""
    pod = world.cluster.get("pods", name, namespace)
    if pod is None or not pod["spec"].get("nodeName") or (pod.get("status") or {}).get("reason") == "Evicted":
        return
    if meta(pod).get("deletionTimestamp"):
        _stop(world, pod)
        return
    containers = Containers(world, pod, _scheduled_at(pod))
    world.cluster.set_status(pod, _status(world, pod, containers.statuses()), manager="kubelet")
    if containers.due < NEVER:
        world.at(max(containers.due, world.cluster.clock.now() + 0.1), "kubelet", namespace, name)


def _stop(world: "World", pod: Object) -> None:
    asked = parse_time(meta(pod)["deletionTimestamp"])
    grace = meta(pod).get("deletionGracePeriodSeconds", 30)
    if world.cluster.clock.now() >= asked + min(STOP_SECONDS, grace):
        world.cluster.replace({**pod, "metadata": {**meta(pod), "deletionGracePeriodSeconds": 0}})
        return
    for container in pod["spec"]["containers"]:
        record(world, pod, "Killing", f"Stopping container {container['name']}", container=container["name"])
    world.at(asked + min(STOP_SECONDS, grace), "kubelet", namespace_of(pod), name_of(pod))


def _scheduled_at(pod: Object) -> float:
    found = [each for each in (pod.get("status") or {}).get("conditions") or () if each["type"] == "PodScheduled"]
    return parse_time(found[0]["lastTransitionTime"] if found else meta(pod)["creationTimestamp"])


def _status(world: "World", pod: Object, containers: list[Object]) -> Object:
    """The pod's status with these containers."""
    phase, old = _phase(pod, containers), pod.get("status") or {}
    address = world.node_ip(pod["spec"]["nodeName"])
    fresh = {
        "phase": phase,
        "conditions": [
            _condition(old, world.cluster.clock.stamp(), kind, holds, why)
            for kind, holds, why in _conditions(containers, finished=phase in ("Succeeded", "Failed"))
        ],
        "hostIP": address,
        "hostIPs": [{"ip": address}],
        "startTime": timestamp(_scheduled_at(pod)),
        "containerStatuses": containers,
        **_added(world, pod),
        "qosClass": qos_class(pod),
    }
    return {**old, **fresh, **({} if phase == "Pending" else _addresses(meta(pod)["uid"]))}


def _added(world: "World", pod: Object) -> Object:
    """How the containers are that were added to look into the pod: they run as soon as they are seen."""
    known = {each["name"]: each for each in (pod.get("status") or {}).get("ephemeralContainerStatuses") or ()}
    added = pod["spec"].get("ephemeralContainers") or ()
    begun = {"running": {"startedAt": world.cluster.clock.stamp()}}
    statuses = [
        known.get(each["name"])
        or {"name": each["name"], "image": each["image"], "imageID": each["image"], "restartCount": 0}
        | {"ready": False, "lastState": {}, "state": begun, "containerID": f"containerd://{hash_of(each['name']):064x}"}
        for each in added
    ]
    return {"ephemeralContainerStatuses": statuses} if statuses else {}


def _phase(pod: Object, containers: list[Object]) -> str:
    ends = [each["state"].get("terminated") for each in containers]
    if all(end is not None and not restarts(pod, end["exitCode"]) for end in ends):
        return "Succeeded" if all(end["exitCode"] == 0 for end in ends) else "Failed"
    begun = any("waiting" not in each["state"] or each["lastState"] for each in containers)
    return "Running" if begun else "Pending"


def _addresses(uid: str) -> Object:
    number = hash_of(uid)
    address = f"10.244.{number % 250}.{number // 250 % 250 + 2}"
    return {"podIP": address, "podIPs": [{"ip": address}]}


def _conditions(containers: list[Object], *, finished: bool) -> list[tuple[str, bool, Object]]:
    """Type, truth and reason of each condition."""
    unready = [each["name"] for each in containers if not each["ready"]]
    over: Object = {"reason": "PodCompleted"} if finished else {}
    why = over
    if unready and not finished:
        told = f"containers with unready status: [{' '.join(unready)}]"
        why = {"reason": "ContainersNotReady", "message": told}
    ready = not unready and not finished
    return [
        ("PodReadyToStartContainers", not finished, {}),
        ("Initialized", True, over),
        ("Ready", ready, why),
        ("ContainersReady", ready, why),
        ("PodScheduled", True, {}),
    ]


def _condition(status: Object, now: str, kind: str, holds: bool, why: Object) -> Object:
    text = "True" if holds else "False"
    old = next((each for each in status.get("conditions") or () if each["type"] == kind), None)
    since = old["lastTransitionTime"] if old and old["status"] == text else now
    head = {"type": kind, "observedGeneration": 1, "status": text, "lastProbeTime": None, "lastTransitionTime": since}
    return {**head, **why}
