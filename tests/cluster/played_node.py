"""A node that no simulated kubelet plays: what its pods say is what a test writes, as a kubelet would have."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from kubernetes import client

from tests.cluster.faults import Object, manifest

BY_HAND = "by-hand"
_BEAT = 3.0
"""Seconds between two signs of life: the control plane of the tests takes one for lost after twelve."""
_LONG_AGO = "2025-01-01T00:00:00Z"
IMAGE = "registry.example.com/team/app:1"


@contextmanager
def played_node(official: client.ApiClient, taint: Object) -> Iterator[None]:
    """The node, alive for as long as the block lasts; the scheduler places nothing there."""
    core, over = client.CoreV1Api(official), threading.Event()
    core.create_node({"metadata": {"name": BY_HAND}, "spec": {"taints": [taint]}})

    def live() -> None:
        while True:
            core.patch_node_status(BY_HAND, {"status": _status()})
            if over.wait(_BEAT):
                return

    beating = threading.Thread(target=live, name="by-hand")
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def _status() -> Object:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    ready = {
        "type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status",
        "lastHeartbeatTime": now, "lastTransitionTime": _LONG_AGO,
    }  # fmt: skip
    room = {"cpu": "4", "memory": "8Gi", "pods": "110"}
    return {"capacity": room, "allocatable": room, "conditions": [ready]}


def running(image: str = IMAGE) -> Object:
    """A pod that is well."""
    state = {"running": {"startedAt": _LONG_AGO}}
    return _pod(image, "Running", {"ready": True, "started": True, "imageID": "sha256:0", "state": state})


def waiting(reason: str, message: str, image: str = IMAGE) -> Object:
    """A pod whose container waits, and why."""
    state = {"waiting": {"reason": reason, "message": message}}
    return _pod(image, "Pending", {"ready": False, "started": False, "imageID": "", "state": state})


def _pod(image: str, phase: str, told: dict[str, Any]) -> Object:
    container = {"name": "app", "image": image, "restartCount": 0, **told}
    ready = {"type": "Ready", "status": str(told["ready"]), "lastTransitionTime": _LONG_AGO}
    placed = {"type": "PodScheduled", "status": "True", "lastTransitionTime": _LONG_AGO}
    status = {"phase": phase, "startTime": _LONG_AGO, "conditions": [placed, ready], "containerStatuses": [container]}
    spec = {"nodeName": BY_HAND, "containers": [{"name": "app", "image": image}]}
    return manifest("v1", "Pod", "app", spec=spec, status=status)
