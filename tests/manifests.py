"""Whole objects as a server gives them, for tests of what is told of them."""

from datetime import UTC, datetime
from typing import Any

NOW = 1_764_100_000.0
"""Seconds since the epoch at which these objects are looked at."""


def stamp(seconds_ago: int) -> str:
    return datetime.fromtimestamp(NOW - seconds_ago, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def crashing_spec() -> dict[str, Any]:
    return {
        "nodeName": "node-3",
        "serviceAccountName": "checkout",
        "tolerations": [
            {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"},
            {"key": "gpu", "operator": "Exists", "effect": "NoSchedule"},
        ],
        "initContainers": [{"name": "migrate", "image": "migrate:1"}],
        "containers": [
            {
                "name": "app",
                "image": "registry/checkout:2.0.1",
                "args": ["serve", "--port=8080"],
                "ports": [{"name": "http", "containerPort": 8080}],
                "env": [
                    {"name": "LOG_LEVEL", "value": "hunter2"},
                    {"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": "checkout-db", "key": "url"}}},
                    {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
                ],
                "envFrom": [{"configMapRef": {"name": "checkout", "optional": True}}],
                "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
                "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}, "periodSeconds": 5},
                "volumeMounts": [{"name": "config", "mountPath": "/etc/app", "readOnly": True}],
            }
        ],
        "volumes": [{"name": "config", "configMap": {"name": "checkout"}}, {"name": "tmp", "emptyDir": {}}],
    }


def crashing_status() -> dict[str, Any]:
    return {
        "phase": "Running",
        "qosClass": "Burstable",
        "podIP": "10.1.0.9",
        "hostIP": "10.0.0.3",
        "startTime": stamp(41 * 60),
        "conditions": [
            {"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "unready: [app]"},
            {"type": "PodScheduled", "status": "True", "lastTransitionTime": stamp(41 * 60)},
        ],
        "initContainerStatuses": [
            {"name": "migrate", "restartCount": 0, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}
        ],
        "containerStatuses": [
            {
                "name": "app",
                "ready": False,
                "restartCount": 14,
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting"}},
                "lastState": {
                    "terminated": {
                        "exitCode": 137,
                        "reason": "OOMKilled",
                        "startedAt": stamp(100),
                        "finishedAt": stamp(60),
                    }
                },
            }
        ],
    }


def crashing_pod() -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "checkout-58d1b-q7wzn",
            "namespace": "shop",
            "uid": "u1",
            "resourceVersion": "1",
            "creationTimestamp": stamp(41 * 60),
            "labels": {"app": "checkout"},
            "annotations": {"note": "x" * 300},
            "ownerReferences": [{"kind": "ReplicaSet", "name": "checkout-58d1b", "controller": True, "uid": "u0"}],
        },
        "spec": crashing_spec(),
        "status": crashing_status(),
    }


def deployment() -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "checkout",
            "namespace": "shop",
            "uid": "d1",
            "resourceVersion": "7",
            "creationTimestamp": stamp(3 * 86_400),
            "managedFields": [{"manager": "kubectl", "operation": "Apply"}],
        },
        "spec": {"replicas": 3, "selector": {"matchLabels": {"app": "checkout"}}, "template": {"spec": {}}},
        "status": {"replicas": 3, "readyReplicas": 2},
    }


def event(reason: str, message: str, *, seconds_ago: int = 60, kind: str = "Warning", count: int = 1) -> dict[str, Any]:
    return {
        "type": kind,
        "reason": reason,
        "message": message,
        "count": count,
        "source": {"component": "kubelet"},
        "firstTimestamp": stamp(seconds_ago),
        "lastTimestamp": stamp(seconds_ago),
        "involvedObject": {"kind": "Pod", "name": "checkout-58d1b-q7wzn", "namespace": "shop"},
    }
