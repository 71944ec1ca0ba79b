"""How much cpu and memory containers use: a slow wave, some noise, and leaks that end in an OOM kill."""

import math
from typing import TypedDict

from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, meta
from kubegenie_tui.demo.world.hashing import hash_of
from kubegenie_tui.demo.world.programs import program_of
from kubegenie_tui.domain.quantity import parse_time

STEP_SECONDS = 15


class _Metadata(TypedDict, total=False):
    uid: str


class _Container(TypedDict, total=False):
    name: str
    image: str


class _Spec(TypedDict, total=False):
    nodeName: str
    containers: list[_Container]


class _ContainerStatus(TypedDict, total=False):
    name: str
    state: Object


class _Status(TypedDict, total=False):
    phase: str
    containerStatuses: list[_ContainerStatus]


class MeasuredPod(TypedDict, total=False):
    """What has to be known of a pod to say what it uses."""

    metadata: _Metadata
    spec: _Spec
    status: _Status


def container_usage(pod: Object, container: Object, now: float) -> tuple[float, float]:
    """Millicores and KiB of a running container."""
    program, seed = program_of(container["image"]), hash_of(meta(pod)["uid"] + container["name"])
    phase = seed % 628 / 100
    wave = 1 + 0.25 * math.sin(now / 900 + phase) + 0.1 * math.sin(now / 70 + phase * 3)
    noise = 0.9 + (hash_of(f"{seed}/{int(now / STEP_SECONDS)}") % 200) / 1000
    memory = program.memory * (0.95 + 0.05 * math.sin(now / 1800 + phase))
    if program.death == "OOMKilled":
        memory = program.memory * min(0.4 + 0.6 * _age(pod, container, now) / program.lives, 1.0)
    return program.cpu * wave * noise, memory * 1024


def node_usages(cluster: Cluster) -> dict[str, tuple[float, float]]:
    """Millicores and KiB of each node: the pods that run there, and the system."""
    usages = dict.fromkeys((name for _, name in cluster.collection("nodes").items), (180.0, 900.0 * 1024))
    now = cluster.clock.now()
    for stored in cluster.collection("pods").ordered():
        pod = stored.part(MeasuredPod)
        node = pod["spec"].get("nodeName")
        if node in usages and (pod.get("status") or {}).get("phase") == "Running":
            for container in pod["spec"]["containers"]:
                (cpu, memory), used = usages[node], container_usage(pod, container, now)
                usages[node] = cpu + used[0], memory + used[1]
    return usages


def _age(pod: Object, container: Object, now: float) -> float:
    states = (pod.get("status") or {}).get("containerStatuses") or ()
    running = next((each["state"].get("running") for each in states if each["name"] == container["name"]), None)
    return now - parse_time(running["startedAt"]) if running else 0.0
