"""Faults as people make them: manifests with a cause in them, and what a diagnosis must name as the root."""

import base64
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """One fault in a namespace of many."""

    subject: str
    """Who is asked about."""
    rule: str
    root: str
    """Kind id and name of the object that has to change."""
    says: tuple[str, ...]
    """What the answer must contain."""
    manifests: tuple[Object, ...]
    kind: str = "deployment"


def manifest(api_version: str, kind: str, name: str, **rest: Any) -> Object:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **rest}


def pod_spec(image: str, **container: Any) -> Object:
    return {"containers": [{"name": "app", "image": image, **container}]}


def deployment(
    name: str, image: str = "nginx:1.27", replicas: int = 1, pod: Object | None = None,
    annotations: dict[str, str] | None = None, **container: Any,
) -> Object:  # fmt: skip
    labels = {"app": name}
    spec = pod_spec(image, **container) | (pod or {})
    template = {"metadata": {"labels": labels, "annotations": annotations or {}}, "spec": spec}
    return manifest(
        "apps/v1",
        "Deployment",
        name,
        spec={"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    )


def secret(name: str, **data: str) -> Object:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    return manifest("v1", "Secret", name, type="Opaque", data=encoded)


def service(name: str, port: int = 80, **selector: str) -> Object:
    return manifest("v1", "Service", name, spec={"selector": selector or {"app": name}, "ports": [{"port": port}]})


def from_secret(variable: str, name: str, key: str) -> Object:
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}


def probe(path: str = "/", port: int = 80) -> Object:
    return {"httpGet": {"path": path, "port": port}, "periodSeconds": 1, "failureThreshold": 1}


CONFIGURATION = (
    Fault(
        "checkout", "missing-secret-key", "secrets checkout-db", ("url", "checkout-db", "dsn"),
        (secret("checkout-db", dsn="postgres://u:canary-7f3a9c@db/x"),
         deployment("checkout", env=[from_secret("DATABASE_URL", "checkout-db", "url")])),
    ),
    Fault(
        "reviews", "missing-configmap", "configmaps reviews-config", ("reviews-config",),
        (deployment("reviews", envFrom=[{"configMapRef": {"name": "reviews-config"}}]),),
    ),
    Fault(
        "mailer", "missing-secret", "secrets smtp", ("smtp",),
        (deployment(
            "mailer", pod={"volumes": [{"name": "smtp", "secret": {"secretName": "smtp"}}]},
            volumeMounts=[{"name": "smtp", "mountPath": "/etc/smtp"}],
        ),),
    ),
    Fault(
        "auditor", "missing-variable", "deployments.apps auditor", ("AUDIT_URL",),
        (deployment(
            "auditor", "example.com/auditor:1.0", annotations={"sim/requires-env": "AUDIT_URL"},
            env=[{"name": "AUDIT_ULR", "value": "http://audit"}],
        ),),
    ),
    Fault(
        "rooted", "runs-as-root-refused", "deployments.apps rooted", ("root",),
        (deployment("rooted", securityContext={"runAsNonRoot": True}),),
    ),
)  # fmt: skip
IMAGES = (
    Fault(
        "thumbnails", "image-not-found", "deployments.apps thumbnails", ("nginx:9.9.9",),
        (deployment("thumbnails", "nginx:9.9.9"),),
    ),
    Fault(
        "internal", "image-not-found-or-private", "deployments.apps internal", ("private/api:1", "credentials"),
        (deployment("internal", "registry.example.com/private/api:1"),),
    ),
    Fault(
        "badname", "invalid-image-name", "deployments.apps badname", ("Nginx::bad",),
        (deployment("badname", "Nginx::bad"),),
    ),
)  # fmt: skip
PROGRAMS = (
    Fault(
        "misspelt", "command-not-found", "deployments.apps misspelt", ("nginxx",),
        (deployment("misspelt", command=["nginxx"]),),
    ),
    Fault(
        "oneshot", "exits-at-once", "deployments.apps oneshot", ("exit code 0",),
        (deployment("oneshot", "busybox:1.36"),),
    ),
    Fault(
        "faulty", "crash-loop", "deployments.apps faulty", ("exit code 3", "disk is on fire"),
        (deployment("faulty", "busybox:1.36", command=["sh", "-c", "echo disk is on fire; exit 3"]),),
    ),
    Fault(
        "indexer", "out-of-memory", "deployments.apps indexer", ("memory", "128Mi"),
        (deployment(
            "indexer", annotations={"sim/memory": "300Mi"}, resources={"limits": {"memory": "128Mi"}},
        ),),
    ),
    Fault(
        "prepared", "crash-loop", "deployments.apps prepared", ("exit code 4", "migration 12 failed"),
        (deployment("prepared", pod={"initContainers": [{
            "name": "migrate", "image": "busybox:1.36", "command": ["sh", "-c", "echo migration 12 failed; exit 4"],
        }]}),),
    ),
)  # fmt: skip
PROBES = (
    Fault(
        "frontend", "readiness-probe-fails", "deployments.apps frontend", ("8081",),
        (deployment("frontend", ports=[{"containerPort": 80}], readinessProbe=probe(port=8081)), service("frontend")),
    ),
    Fault(
        "cart", "liveness-probe-fails", "deployments.apps cart", ("/no-such-page", "404"),
        (deployment("cart", ports=[{"containerPort": 80}], livenessProbe=probe("/no-such-page")),),
    ),
)  # fmt: skip
PLACES = (
    Fault(
        "forecast", "request-too-large", "deployments.apps forecast", ("memory", "900.0Gi"),
        (deployment("forecast", resources={"requests": {"memory": "900Gi"}}),),
    ),
    Fault(
        "gpu", "node-selector", "deployments.apps gpu", ("accelerator",),
        (deployment("gpu", pod={"nodeSelector": {"accelerator": "h100"}}),),
    ),
    Fault(
        "ledger", "missing-storage-class", "persistentvolumeclaims ledger-data", ("fastt",),
        (manifest("v1", "PersistentVolumeClaim", "ledger-data", spec={
            "storageClassName": "fastt", "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        }),
         deployment("ledger", pod={"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "ledger-data"}}]})),
    ),
    Fault(
        "robot", "missing-service-account", "serviceaccounts robot-account", ("robot-account",),
        (deployment("robot", pod={"serviceAccountName": "robot-account"}),),
    ),
)  # fmt: skip
NETWORK = (
    Fault(
        "tracking", "service-selects-nothing", "services tracking", ("trackng",),
        (deployment("tracking"), service("tracking", app="trackng")), kind="service",
    ),
    Fault(
        "orders", "image-not-found", "deployments.apps orders-db", ("orders-db", "postgres:99"),
        (deployment("orders-db", "postgres:99"), service("orders-db", 5432),
         deployment("orders", "example.com/orders:1.0", annotations={"sim/requires-service": "orders-db:5432"})),
    ),
)  # fmt: skip
JOBS = (
    Fault(
        "reconcile", "job-failed", "jobs.batch reconcile", ("exit code 2", "ledger mismatch"),
        (manifest("batch/v1", "Job", "reconcile", spec={"backoffLimit": 0, "template": {"spec": {
            "restartPolicy": "Never", **pod_spec(
                "busybox:1.36", command=["sh", "-c", "echo ERROR ledger mismatch; exit 2"]),
        }}}),), kind="job",
    ),
)  # fmt: skip
FAULTS = (*CONFIGURATION, *IMAGES, *PROGRAMS, *PROBES, *PLACES, *NETWORK, *JOBS)
HEALTHY = (deployment("healthy"), service("healthy"))
