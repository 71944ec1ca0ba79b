"""A pod as a busy cluster has it: 18 variables, two probes, two volumes, and what the server noted of who wrote it."""

from typing import Any

MOMENT = "2026-01-01T00:00:00Z"


def pod() -> dict[str, Any]:
    """A running pod with `<NAME>`, `<NUMBER>`, `<VERSION>`, `<TEAM>` and `<APP>` where pods differ."""
    metadata, spec, status = _metadata(), _spec(), _status()
    metadata["managedFields"] = [
        _managed("kube-controller-manager", {"metadata": {"labels": metadata["labels"]}, "spec": spec}),
        {**_managed("kubelet", {"status": status}), "subresource": "status"},
    ]
    return {"metadata": metadata, "spec": spec, "status": status}


def _metadata() -> dict[str, Any]:
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "<APP>-5d4f8c7b9", "controller": True}
    return {
        "name": "<NAME>",
        "namespace": "<TEAM>",
        "uid": "00000000-0000-4000-8000-<NUMBER>",
        "resourceVersion": "<VERSION>",
        "generation": 1,
        "creationTimestamp": MOMENT,
        "labels": {
            "app": "<APP>",
            "app.kubernetes.io/name": "<APP>",
            "pod-template-hash": "5d4f8c7b9",
            "team": "<TEAM>",
        },
        "annotations": {"checksum/config": "0" * 64, "prometheus.io/port": "8080", "prometheus.io/scrape": "true"},
        "ownerReferences": [{**owner, "uid": "11111111-0000-4000-8000-000000000000", "blockOwnerDeletion": True}],
    }


def _spec() -> dict[str, Any]:
    return {
        "volumes": [
            {"name": "config", "configMap": {"name": "<APP>", "defaultMode": 420}},
            {"name": "tmp", "emptyDir": {}},
        ],
        "containers": [_container()],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "serviceAccountName": "default",
        "nodeName": "node-001",
        "securityContext": {},
        "schedulerName": "default-scheduler",
        "tolerations": [
            {
                "key": f"node.kubernetes.io/{taint}",
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": 300,
            }
            for taint in ("not-ready", "unreachable")
        ],
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
    }


def _container() -> dict[str, Any]:
    probe = {"timeoutSeconds": 2, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
    return {
        "name": "app",
        "image": "registry.example.com/products/<APP>:v1.1.1",
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [{"name": f"SETTING_{number:02}", "value": f"value-{number}-of-<APP>"} for number in range(18)],
        "resources": {"limits": {"memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"}},
        "volumeMounts": [{"name": "config", "mountPath": "/etc/app"}, {"name": "tmp", "mountPath": "/tmp"}],
        "livenessProbe": {"httpGet": {"path": "/live", "port": 8080, "scheme": "HTTP"}, **probe},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080, "scheme": "HTTP"}, **probe},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
    }


def _status() -> dict[str, Any]:
    image = "registry.example.com/products/<APP>"
    return {
        "phase": "Running",
        "conditions": [
            {"type": kind, "status": "True", "lastProbeTime": None, "lastTransitionTime": MOMENT}
            for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")
        ],
        "hostIP": "192.0.2.1",
        "podIP": "10.10.0.1",
        "podIPs": [{"ip": "10.10.0.1"}],
        "startTime": MOMENT,
        "containerStatuses": [
            {
                "name": "app",
                "state": {"running": {"startedAt": MOMENT}},
                "lastState": {},
                "ready": True,
                "restartCount": 0,
                "image": f"{image}:v1.1.1",
                "imageID": f"{image}@sha256:{'0' * 64}",
                "containerID": f"containerd://{'0' * 52}<NUMBER>",
                "started": True,
            }
        ],
        "qosClass": "Burstable",
    }


def _managed(manager: str, fields: dict[str, Any]) -> dict[str, Any]:
    head = {"manager": manager, "operation": "Update", "apiVersion": "v1", "time": MOMENT, "fieldsType": "FieldsV1"}
    return {**head, "fieldsV1": _owned(fields)}


def _owned(value: Any) -> dict[str, Any]:
    """A managedFields tree. Source: the FieldsV1 format of structured-merge-diff."""
    if isinstance(value, dict):
        return {f"f:{key}": _owned(part) for key, part in value.items()}
    if isinstance(value, list):
        named = [part for part in value if isinstance(part, dict) and "name" in part]
        return {f'k:{{"name":"{part["name"]}"}}': {".": {}, **_owned(part)} for part in named}
    return {}
