"""Manifests in short: what teams write, as the objects they apply."""

import base64
from pathlib import Path
from typing import Any

from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.world.network import cluster_ip
from kubegenie_tui.demo.world.programs import program_of, repository

DATA = Path(__file__).resolve().parent.parent / "data"
REGISTRY = "registry.northwind.example"


def manifest(api_version: str, kind: str, name: str, namespace: str = "", **fields: Any) -> Object:
    """Any object; `labels` and `annotations` go into its metadata, the rest beside it."""
    metadata: Object = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    for key in ("labels", "annotations", "creationTimestamp", "finalizers"):
        if value := fields.pop(key, None):
            metadata[key] = value
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def resources(cpu: str, memory: str, cpu_limit: str = "") -> Object:
    """Requests, with the memory as limit too."""
    limits = {"memory": memory, **({"cpu": cpu_limit} if cpu_limit else {})}
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": limits}


def container(name: str, image: str, *, cpu: str = "100m", memory: str = "256Mi", **fields: Any) -> Object:
    """A container that serves on its program's port and is probed there."""
    port = program_of(image).port
    served: Object = {}
    if port:
        probe = {
            "httpGet": {"path": "/healthz", "port": port, "scheme": "HTTP"},
            "timeoutSeconds": 1,
            "successThreshold": 1,
        }
        served = {
            "ports": [{"name": "http", "containerPort": port, "protocol": "TCP"}],
            "readinessProbe": {**probe, "periodSeconds": 10, "failureThreshold": 3},
            "livenessProbe": {**probe, "initialDelaySeconds": 20, "periodSeconds": 20, "failureThreshold": 3},
        }
    full = image if "." in image.partition("/")[0] else f"{REGISTRY}/{image}"
    return {"name": name, "image": full, "resources": resources(cpu, memory), **served, **fields}


def app_labels(name: str, team: str, image: str) -> dict[str, str]:
    """The recommended labels."""
    return {
        "app": name,
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/part-of": team,
        "app.kubernetes.io/version": repository(image)[1],
    }


def template(name: str, team: str, containers: list[Object], **spec: Any) -> Object:
    """A pod template."""
    labels = app_labels(name, team, containers[0]["image"])
    annotations = {"prometheus.io/scrape": "true"}
    return {"metadata": {"labels": labels, "annotations": annotations}, "spec": {"containers": containers, **spec}}


def deployment(namespace: str, name: str, image: str, replicas: int = 2, **options: Any) -> Object:
    """A Deployment of one container; options go to `container`, but `sidecar`, `volumes` and `strategy`."""
    sidecar, volumes, strategy = (options.pop(key, None) for key in ("sidecar", "volumes", "strategy"))
    containers = [container(options.pop("container", name), image, **options), *([sidecar] if sidecar else ())]
    spec: Object = {
        "replicas": replicas,
        "selector": {"matchLabels": {"app": name}},
        "template": template(name, namespace, containers, **({"volumes": volumes} if volumes else {})),
        "strategy": strategy
        or {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
    }
    return manifest("apps/v1", "Deployment", name, namespace, labels=app_labels(name, namespace, image), spec=spec)


def stateful_set(namespace: str, name: str, image: str, replicas: int, size: str, **options: Any) -> Object:
    """A StatefulSet with one volume a pod."""
    containers = [container(name, image, **options, volumeMounts=[{"name": "data", "mountPath": "/data"}])]
    claim = {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "fast",
            "resources": {"requests": {"storage": size}},
        },
    }
    spec: Object = {
        "replicas": replicas,
        "serviceName": name,
        "podManagementPolicy": "OrderedReady",
        "selector": {"matchLabels": {"app": name}},
        "template": template(name, namespace, containers),
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        "volumeClaimTemplates": [claim],
    }
    return manifest("apps/v1", "StatefulSet", name, namespace, labels=app_labels(name, namespace, image), spec=spec)


def daemon_set(namespace: str, name: str, image: str, **options: Any) -> Object:
    """A DaemonSet on every node."""
    spec: Object = {
        "selector": {"matchLabels": {"app": name}},
        "template": template(name, namespace, [container(name, image, **options)]),
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
        "revisionHistoryLimit": 10,
    }
    return manifest("apps/v1", "DaemonSet", name, namespace, labels=app_labels(name, namespace, image), spec=spec)


def cron_job(
    namespace: str, name: str, image: str, schedule: str, *, policy: str = "OnFailure", **fields: Any
) -> Object:
    """A CronJob of one container."""
    pods = template(name, namespace, [container(name, image, memory="128Mi")], restartPolicy=policy)
    limit = fields.pop("backoffLimit", 6)
    spec = {
        "schedule": schedule,
        "concurrencyPolicy": "Forbid",
        "suspend": False,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
        "jobTemplate": {"spec": {"backoffLimit": limit, "template": pods}},
        **fields,
    }
    return manifest("batch/v1", "CronJob", name, namespace, labels=app_labels(name, namespace, image), spec=spec)


def service(
    namespace: str, name: str, port: int = 80, *, app: str = "", kind: str = "ClusterIP", **spec: Any
) -> Object:
    """A Service in front of the pods of an app."""
    body: Object = {
        "type": kind,
        "selector": {"app": app or name},
        "ports": [{"name": "http", "port": port, "targetPort": "http", "protocol": "TCP"}],
        "sessionAffinity": "None",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "internalTrafficPolicy": "Cluster",
        **spec,
    }
    made = manifest(
        "v1", "Service", name, namespace, labels={"app": app or name}, spec=body, status={"loadBalancer": {}}
    )
    body.setdefault("clusterIP", cluster_ip(made))
    body["clusterIPs"] = [body["clusterIP"]]
    return made


def config_map(namespace: str, name: str, **data: str) -> Object:
    """A ConfigMap."""
    return manifest(
        "v1", "ConfigMap", name, namespace, data={key.replace("__", "."): value for key, value in data.items()}
    )


def secret(namespace: str, name: str, data: dict[str, str], kind: str = "Opaque") -> Object:
    """A Secret."""
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    return manifest("v1", "Secret", name, namespace, data=encoded, type=kind)


def tls_secret(namespace: str, name: str) -> Object:
    """A Secret with the certificate of that name; `checkout-tls` is one that has expired."""
    certificate = (DATA / f"{name}.crt").read_text(encoding="ascii")
    return secret(
        namespace, name, {"tls.crt": certificate, "tls.key": "not a key: a demo needs none"}, "kubernetes.io/tls"
    )


def from_secret(variable: str, name: str, key: str, *, optional: bool = False) -> Object:
    """An environment variable from a Secret."""
    reference = {"name": name, "key": key, **({"optional": True} if optional else {})}
    return {"name": variable, "valueFrom": {"secretKeyRef": reference}}


def autoscaler(namespace: str, name: str, lowest: int, highest: int, target: int = 70) -> Object:
    """An autoscaler of a Deployment by cpu."""
    metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": target}}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "minReplicas": lowest,
        "maxReplicas": highest,
        "metrics": [{"type": "Resource", "resource": metric}],
    }
    return manifest("autoscaling/v2", "HorizontalPodAutoscaler", name, namespace, spec=spec, status={})


def disruption_budget(namespace: str, name: str, lowest: int) -> Object:
    """A PodDisruptionBudget of an app."""
    spec = {"minAvailable": lowest, "selector": {"matchLabels": {"app": name}}}
    return manifest("policy/v1", "PodDisruptionBudget", name, namespace, spec=spec, status={})


def ingress(namespace: str, name: str, host: str, *, secret_name: str = "", address: str = "198.51.100.20") -> Object:
    """An Ingress of one host to one Service."""
    backend = {"service": {"name": name, "port": {"number": 80}}}
    rule = {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    spec: Object = {"ingressClassName": "nginx", "rules": [rule]}
    if secret_name:
        spec["tls"] = [{"hosts": [host], "secretName": secret_name}]
    status = {"loadBalancer": {"ingress": [{"ip": address}]}}
    return manifest("networking.k8s.io/v1", "Ingress", name, namespace, spec=spec, status=status)
