"""Pods as their owners make them, and what owners ask of them."""

import json
from typing import TYPE_CHECKING

from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import (
    Object,
    controller_of,
    labels_of,
    meta,
    name_of,
    namespace_of,
    owner_reference,
)
from kubegenie_tui.demo.state.selectors import selected
from kubegenie_tui.demo.world.hashing import hash_of

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World

_SAFE = "bcdfghjklmnpqrstvwxz2456789"


def new_pod(owner: Object, name: str, labels: dict[str, str], node: str, volumes: list[Object]) -> Object:
    """A pod from an owner's template, with what admission and defaulting add."""
    template = owner["spec"]["template"]
    spec = {**template["spec"], "containers": [_container(each) for each in template["spec"]["containers"]]}
    if node:
        spec["nodeName"] = node
    spec["volumes"] = [*(spec.get("volumes") or ()), *volumes, TOKEN_VOLUME]
    for key, value in {**POD_DEFAULTS, **POD_ADMITTED}.items():
        spec.setdefault(key, value)
    metadata = {
        "name": name,
        "namespace": namespace_of(owner),
        "labels": {**labels_of(template), **labels},
        "ownerReferences": [owner_reference(owner)],
    }
    if owner["kind"] in ("ReplicaSet", "DaemonSet", "Job"):
        metadata["generateName"] = f"{name_of(owner)}-"
    if annotations := meta(template).get("annotations"):
        metadata["annotations"] = annotations
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": {"phase": "Pending"}}


POD_DEFAULTS: Object = {
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
    "enableServiceLinks": True,
}
"""What the server fills in."""
POD_ADMITTED: Object = {
    "serviceAccountName": "default",
    "serviceAccount": "default",
    "tolerations": [
        {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
        {
            "key": "node.kubernetes.io/unreachable",
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": 300,
        },
    ],
    "priority": 0,
    "preemptionPolicy": "PreemptLowerPriority",
}
"""What admission adds."""


TOKEN_VOLUME: Object = {
    "name": "kube-api-access",
    "projected": {
        "defaultMode": 420,
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {
                "downwardAPI": {
                    "items": [
                        {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
                    ]
                }
            },
        ],
    },
}
TOKEN_MOUNT = {
    "name": "kube-api-access",
    "readOnly": True,
    "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
}


def _container(container: Object) -> Object:
    defaults = {
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "Always" if container["image"].endswith(":latest") else "IfNotPresent",
    }
    return {**defaults, **container, "volumeMounts": [*(container.get("volumeMounts") or ()), TOKEN_MOUNT]}


def pods_of(world: "World", owner: Object) -> list[Object]:
    """The pods that an owner controls."""
    children = (child for child in world.children(meta(owner)["uid"]) if child["kind"] == "Pod")
    return [pod for pod in children if (controller_of(pod) or {}).get("uid") == meta(owner)["uid"]]


def selected_pods(cluster: Cluster, namespace: str, selector: Object) -> list[Object]:
    """The pods of a namespace that a LabelSelector selects."""
    return [pod for pod in cluster.list("pods", namespace) if selected(pod, selector)]


def ready(pod: Object) -> bool:
    """Whether a pod is Ready and stays."""
    if meta(pod).get("deletionTimestamp"):
        return False
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def qos_class(pod: Object) -> str:
    """Guaranteed, Burstable or BestEffort, from requests and limits."""
    resources = [each.get("resources") or {} for each in pod["spec"]["containers"]]
    if not any(resources):
        return "BestEffort"
    same = all(
        each.get("limits") and each["limits"] == each.get("requests") and {"cpu", "memory"} <= set(each["limits"])
        for each in resources
    )
    return "Guaranteed" if same else "Burstable"


def template_hash(owner: Object) -> str:
    """A short name of a pod template: equal templates have equal names."""
    number = hash_of(json.dumps(owner["spec"]["template"], sort_keys=True))
    text = ""
    for _ in range(9):
        number, digit = divmod(number, len(_SAFE))
        text += _SAFE[digit]
    return text
