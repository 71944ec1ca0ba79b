"""How much cpu and memory containers use: a slow wave, some noise, and leaks that end in an OOM kill."""

import math

from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, meta
from kubegenie_tui.demo.world.hashing import hash_of
from kubegenie_tui.demo.world.programs import program_of
from kubegenie_tui.domain.quantity import parse_time

STEP_SECONDS = 15


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


def node_usage(cluster: Cluster, node: str) -> tuple[float, float]:
    """Millicores and KiB of a node: its pods, and the system."""
    cpu, memory = 180.0, 900.0 * 1024
    for pod in cluster.list("pods"):
        if pod["spec"].get("nodeName") == node and (pod.get("status") or {}).get("phase") == "Running":
            for container in pod["spec"]["containers"]:
                used = container_usage(pod, container, cluster.clock.now())
                cpu, memory = cpu + used[0], memory + used[1]
    return cpu, memory


def _age(pod: Object, container: Object, now: float) -> float:
    states = (pod.get("status") or {}).get("containerStatuses") or ()
    running = next((each["state"].get("running") for each in states if each["name"] == container["name"]), None)
    return now - parse_time(running["startedAt"]) if running else 0.0
