"""Faults that show once something has run for a while, was changed, or was asked of others, and their controls."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.cluster.faults import Object, deployment, manifest, pod_spec, service
from tests.cluster.rule_parts import APP, BY_KEY, SERVED, Case, Change, crashing, of_team, other_name, sleeping

GATES = [{"name": "example.com/later"}]
"""Keep a pod from the scheduler until what is said of it is written."""
UNGATED = Change("pods", "app", {"spec": {"schedulingGates": None}})


def _ago(**how: float) -> str:
    return f"{datetime.now(UTC) - timedelta(**how):%Y-%m-%dT%H:%M:%SZ}"


def _config(level: str) -> Object:
    return manifest("v1", "ConfigMap", "settings", data={"level": level})


def _mounted() -> Object:
    volumes = [{"name": "s", "configMap": {"name": "settings"}}]
    return deployment("app", pod={"volumes": volumes}, volumeMounts=[{"name": "s", "mountPath": "/etc/s"}])


def _set(partition: int) -> Object:
    template = {"metadata": {"labels": {"app": "app"}}, "spec": pod_spec("nginx:1.27")}
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}
    spec = {
        "replicas": 1, "serviceName": "app", "selector": {"matchLabels": {"app": "app"}}, "template": template,
        "updateStrategy": strategy,
    }  # fmt: skip
    return manifest("apps/v1", "StatefulSet", "app", spec=spec)


def _newer() -> Change:
    return Change("statefulsets.apps", "app", {"spec": {"template": {"metadata": {"annotations": {"made": "anew"}}}}})


def _complaint(count: int) -> Object:
    """What a controller says of the Service, so many times within twenty minutes."""
    about = {"apiVersion": "v1", "kind": "Service", "name": "app", "namespace": "$NS", "uid": "$UID services app"}
    return {
        **manifest("v1", "Event", "app.1", type="Warning", reason="SyncLoadBalancerFailed", count=count),
        "message": "Error syncing load balancer: quota of addresses is exceeded", "involvedObject": about,
        "source": {"component": "service-controller"}, "firstTimestamp": _ago(minutes=20),
        "lastTimestamp": _ago(seconds=5),
    }  # fmt: skip


def _waiting(**status: Any) -> Object:
    """A pod whose first container waits for nobody knows what."""
    first = {"name": "wait", "image": "busybox:1.36", "command": ["sleep", "86400"]}
    return manifest("v1", "Pod", "app", spec={**pod_spec("nginx:1.27"), "initContainers": [first]}, **status)


def _since(started: str) -> Object:
    """The same, on its node since then."""
    first = {
        "name": "wait", "image": "busybox:1.36", "imageID": "sha256:0", "containerID": "containerd://0123",
        "ready": False, "started": True, "restartCount": 0, "state": {"running": {"startedAt": started}},
    }  # fmt: skip
    status = {"phase": "Pending", "startTime": started, "podIP": "10.244.250.9", "initContainerStatuses": [first]}
    made = _waiting(status=status)
    return {**made, "spec": {**made["spec"], "schedulingGates": GATES}}


def _measuring(jobs: str) -> tuple[Object, ...]:
    """A Prometheus with a configuration of its own."""
    text = "".join(f"- job_name: {job}\n  static_configs: [{{targets: ['localhost:9090']}}]\n" for job in jobs.split())
    pod = {"volumes": [{"name": "c", "configMap": {"name": "metrics"}}]}
    mounts = [{"name": "c", "mountPath": "/etc/prometheus"}]
    return (
        manifest("v1", "ConfigMap", "metrics", data={"prometheus.yml": f"scrape_configs:\n{text}"}),
        deployment("app", "prom/prometheus:v3.1.0", pod=pod, volumeMounts=mounts),
    )


def _slow(deadline: int) -> Object:
    """A program whose first container takes a minute or two, and a rollout that waits so many seconds for it."""
    first = {"name": "fill", "image": "busybox:1.36", "command": ["sleep", "120"]}
    made = deployment("app", pod={"initContainers": [first]})
    return {**made, "spec": {**made["spec"], "progressDeadlineSeconds": deadline}}


def _catalog(**spec: str) -> Object:
    return manifest("operators.coreos.com/v1alpha1", "CatalogSource", "main", spec={"sourceType": "grpc", **spec})


def _claiming(**devices: Any) -> tuple[Object, ...]:
    """A program that claims devices."""
    cards = {**manifest("resource.k8s.io/v1", "DeviceClass", "cards-$NS"), "spec": {}}
    claimed = manifest("resource.k8s.io/v1", "ResourceClaim", "card", spec={"devices": devices})
    named = [{"name": "card", "resourceClaimName": "card"}]
    return cards, claimed, deployment("app", pod={"resourceClaims": named})


TOO_MANY = [{"name": "card", "exactly": {"deviceClassName": "cards-$NS", "count": 33}}]
"""More than one claim may have."""
OVER_TIME: dict[str, Case] = {
    "configmap-changed": Case(
        APP, (_config("debug"), deployment("app", env=BY_KEY)), (_config("debug"), _mounted()),
        then=(Change("configmaps", "settings", {"data": {"level": "info"}}),), then_too=True,
    ),
    "update-held": Case("statefulsets.apps app", (_set(1), service("app")), (_set(0), service("app")),
                        then=(_newer(),), then_too=True),
    "service-events": Case("services app", (*SERVED, _complaint(7)), (*SERVED, _complaint(1))),
    "webhook-denied": Case(APP, (deployment("app"),), (of_team(deployment("app")),)),
    "prometheus-configuration": Case("configmaps metrics", _measuring("self self"), _measuring("self other")),
    "operator-source": Case(
        "catalogsources.operators.coreos.com main", (_catalog(),), (_catalog(image="quay.io/olm/catalog:v1"),),
    ),
    "unschedulable": Case(
        APP, _claiming(requests=TOO_MANY), _claiming(),
    ),
    "dependency-down": Case(
        "services db", (other_name("db.exmaple.com", "db"), crashing("getaddrinfo ENOTFOUND db")),
        (other_name("db.example.com", "db"), sleeping()),
    ),
    "rollout-late": Case(APP, (_slow(5),), (_slow(600),)),
    "init-waits": Case("pods app", (_since(_ago(hours=1)),), (_waiting(),), then=(UNGATED,)),
}  # fmt: skip
