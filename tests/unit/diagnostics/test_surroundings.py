"""Rules about what stands around pods: services, ingresses, jobs, nodes, autoscalers, custom resources, rollouts."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import (
    NOW,
    RUNNING,
    Object,
    Scene,
    container,
    named,
    node,
    owned,
    service_of,
    status,
    waiting,
)

INGRESSES = "ingresses.networking.k8s.io"
SCALERS = "horizontalpodautoscalers.autoscaling"
DAY = 86_400


def serving(*services: Object, ports: list[Object] | None = None) -> Scene:
    """A workload that is well, behind services."""
    return Scene(spec={"containers": [container(ports=ports or [])]}).add("services", *services)


def ingress(backend: str = "web", port: Object | None = None, **spec: Any) -> Object:
    path = {"path": "/", "backend": {"service": {"name": backend, "port": port or {"number": 80}}}}
    rules = [{"host": "shop.example", "http": {"paths": [path]}}]
    return named("front", "Ingress", spec={"rules": rules, **spec})


def entering(made: Object) -> Scene:
    return serving(service_of("web")).add(INGRESSES, made)


def certificate(days: float) -> str:
    """The base64 of a PEM with as much of a certificate as has dates: it ends so many days from now."""
    ends = datetime.fromtimestamp(NOW + days * DAY, UTC)
    validity = der(0x30, der(0x17, b"250101000000Z") + der(0x17, ends.strftime("%y%m%d%H%M%SZ").encode()))
    fields = der(0xA0, der(2, b"\2")) + der(2, b"\1") + der(0x30, b"") + der(0x30, b"") + validity
    body = base64.b64encode(der(0x30, der(0x30, fields))).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    return base64.b64encode(pem.encode()).decode()


def der(tag: int, content: bytes) -> bytes:
    """One element of fewer than 128 bytes."""
    return bytes((tag, len(content))) + content


def secured(days: float | None, data: Object | None = None) -> Scene:
    """An ingress with a certificate that ends in so many days; None: no Secret."""
    scene = entering(ingress(tls=[{"secretName": "front-tls"}])).add("secrets")
    if days is None:
        return scene
    held = data or {"tls.crt": certificate(days), "tls.key": ""}
    return scene.add("secrets", named("front-tls", "Secret", type="kubernetes.io/tls", data=held))


def job(name: str, created: str, owner: Object | None = None, **conditions: str) -> Object:
    found = [{"type": kind, "status": "True", "reason": reason} for kind, reason in conditions.items()]
    made = named(
        name, "Job", metadata={"creationTimestamp": created}, spec={"template": {}}, status={"conditions": found}
    )
    return owned(made, owner) if owner else made


def failed_job() -> Scene:
    made = job("migrate", "2025-11-25T18:00:00Z", Failed="BackoffLimitExceeded")
    ended = status(terminated={"exitCode": 5, "reason": "Error"})
    pod = owned(
        named(
            "migrate-x", "Pod", spec={"containers": [container()]},
            status={"phase": "Failed", "containerStatuses": [ended]},
        ),
        made,
    )  # fmt: skip
    scene = Scene().add("jobs.batch", made).add("pods", pod)
    scene.logs["shop", "migrate-x", "app"] = ["applying 12", "ERROR: relation orders does not exist"]
    return scene


def nightly(*last: Object, suspend: bool = False) -> Scene:
    cron_job = named("nightly", "CronJob", spec={"suspend": suspend})
    return Scene().add("cronjobs.batch", cron_job).add("jobs.batch", *(owned(each, cron_job) for each in last))


def with_node(*conditions: Object, **spec: Any) -> Scene:
    scene = Scene()
    scene.objects["nodes"] = [node(conditions=list(conditions), spec=spec)]
    return scene


def condition(kind: str, state: str, reason: str = "", message: str = "") -> Object:
    return {"type": kind, "status": state, "reason": reason, "message": message}


def scaler(target: str = "web", *conditions: Object) -> Scene:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": target}}
    made = named("web", "HorizontalPodAutoscaler", spec=spec, status={"conditions": list(conditions)})
    return Scene().add(SCALERS, made)


def scaled(replicas: int) -> Scene:
    scene = Scene()
    scene.deployment["spec"]["replicas"] = replicas
    return scene


def custom(kind: str, *conditions: Object) -> Scene:
    return Scene().add(kind, named("main", "Database", status={"conditions": list(conditions)}))


def rollout(**changes: Any) -> Scene:
    scene = Scene(state=RUNNING | {"ready": False})
    scene.deployment["spec"].update(changes.pop("spec", {}))
    scene.deployment["status"].update(changes)
    return scene


def leaving(kind: str, since: str, **rest: Any) -> Scene:
    word = {"pods": "Pod", "namespaces": "Namespace", "persistentvolumeclaims": "PersistentVolumeClaim"}[kind]
    metadata = {"deletionTimestamp": since, **rest.pop("metadata", {})}
    return Scene().add(kind, named("old", word, metadata=metadata, **rest))


def guarded(*rules: Object) -> Scene:
    """A service whose pods a policy guards; a second policy denies everything, as is the habit."""
    scene = serving(service_of("web"), ports=[{"containerPort": 80, "name": "http"}])
    selects = {"matchLabels": {"app": "web"}}
    guard = named(
        "guard", "NetworkPolicy", spec={"podSelector": selects, "policyTypes": ["Ingress"], "ingress": list(rules)}
    )
    deny = named("deny", "NetworkPolicy", spec={"podSelector": {}, "policyTypes": ["Ingress"]})
    return scene.add("networkpolicies.networking.k8s.io", deny, guard)


def balancer(created: str, status: Object | None = None) -> Object:
    return named(
        "front", "Service", metadata={"creationTimestamp": created}, status={"loadBalancer": status or {}},
        spec={"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 80}]},
    )  # fmt: skip


def evicted() -> Scene:
    scene = Scene()
    said = "The node was low on resource: ephemeral-storage."
    gone = named(
        "web-5d4-gone", "Pod", spec={"containers": [container()]},
        status={"phase": "Failed", "reason": "Evicted", "message": said},
    )  # fmt: skip
    return scene.add("pods", owned(gone, scene.replica_set))


def no_sandbox() -> Scene:
    scene = Scene(state=waiting("ContainerCreating"))
    return scene.event("FailedCreatePodSandBox", "plugin type=calico failed: no addresses left")


FAILED = {"phase": "Failed", "containerStatuses": [status(terminated={"exitCode": 137, "reason": "Error"})]}
HTTP = [{"containerPort": 8080, "name": "http"}]
PROGRESS = condition("Progressing", "False", "ProgressDeadlineExceeded", "has timed out progressing")
FAULTS: list[Fault] = [
    (lambda: serving(service_of("web", app="wbe")), "service-selects-nothing", "services web",
     "the pods of deployment web have app=web"),
    (lambda: serving(service_of("web", target=9090), ports=HTTP), "service-wrong-port", "services web",
     "declare 8080 (http)"),
    (lambda: serving(service_of("web", target="htpt"), ports=HTTP), "service-wrong-port", "services web", "port htpt"),
    (lambda: entering(ingress("wbe")), "missing-backend", f"{INGRESSES} front", 'there is "web"'),
    (lambda: entering(ingress(port={"number": 8080})), "wrong-backend-port", f"{INGRESSES} front", "it has 80"),
    (lambda: entering(ingress(ingressClassName="ngnix")).add(
        "ingressclasses.networking.k8s.io", named("nginx", "IngressClass", "")
    ), "missing-ingress-class", f"{INGRESSES} front", 'there is "nginx"'),
    (lambda: secured(None), "missing-certificate", f"{INGRESSES} front", 'no Secret "front-tls"'),
    (lambda: secured(-3), "certificate-expired", "secrets front-tls", "nothing has renewed it"),
    (lambda: secured(3), "certificate-expires", "secrets front-tls", "in Secret front-tls"),
    (failed_job, "job-failed", "jobs.batch migrate", "relation orders does not exist"),
    (lambda: nightly(job("nightly-2", "2025-11-25T02:00:00Z", Failed="DeadlineExceeded")), "job-failed",
     "cronjobs.batch nightly", "longer than its deadline"),
    (lambda: nightly(suspend=True), "cronjob-suspended", "cronjobs.batch nightly", "suspended"),
    (lambda: with_node(condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting")), "node-not-ready",
     "nodes node-1", "stopped reporting"),
    (lambda: with_node(condition("Ready", "False", "KubeletNotReady", "PLEG is not healthy")), "node-not-ready",
     "nodes node-1", "PLEG"),
    (lambda: with_node(condition("Ready", "True"), condition("DiskPressure", "True")), "node-pressure", "nodes node-1",
     "disk space"),
    (lambda: with_node(condition("Ready", "True"), unschedulable=True), "node-cordoned", "nodes node-1", "cordoned"),
    (lambda: scaler("wbe"), "autoscaler-target", f"{SCALERS} web", 'there is "web"'),
    (lambda: scaler("web", condition("ScalingActive", "False", "FailedGetResourceMetric", "missing request for cpu")),
     "autoscaler-blind", "deployments.apps web", "requests no cpu"),
    (lambda: scaled(0), "scaled-to-zero", "deployments.apps web", "scaled to 0"),
    (lambda: custom("databases.db.example.org", condition("Ready", "False", "NoDisk", "the disk is full")),
     "condition-false", "databases.db.example.org main", "NoDisk: the disk is full"),
    (lambda: rollout(conditions=[PROGRESS]), "rollout-late", "deployments.apps web", "timed out"),
    (lambda: rollout(spec={"paused": True}, updatedReplicas=0), "rollout-paused", "deployments.apps web", "0 of 1"),
    (lambda: leaving("namespaces", "2025-11-25T18:00:00Z", metadata={"finalizers": ["example.org/guard"]}),
     "stuck-terminating", "namespaces old", "example.org/guard"),
    (lambda: leaving("pods", "2025-11-25T18:00:00Z"), "stuck-terminating", "pods old", "its node does not confirm"),
    (guarded, "policy-closes", "networkpolicies.networking.k8s.io guard", "lets anybody in to port 80"),
    (lambda: guarded({"ports": [{"port": 8080}]}), "policy-closes", "networkpolicies.networking.k8s.io guard",
     "to port 80"),
    (evicted, "evicted", "deployments.apps web", "low on resource"),
    (lambda: Scene().add("services", balancer("2025-11-25T19:00:00Z")), "load-balancer-pending", "services front",
     "no controller of this cluster"),
    (no_sandbox, "pod-setup-fails", "deployments.apps web", "no addresses left"),
]  # fmt: skip
NEAR_MISSES: list[NearMiss] = [
    (lambda: serving(service_of("web")), "service-selects-nothing"),
    (lambda: guarded({"ports": [{"port": 80}]}), "policy-closes"),
    (lambda: guarded({"ports": [{"port": "http"}]}), "policy-closes"),
    (lambda: guarded({"from": [{"podSelector": {"matchLabels": {"app": "front"}}}]}), "policy-closes"),
    (lambda: guarded({}), "policy-closes"),
    (lambda: Scene().add("services", balancer("2025-11-25T19:59:50Z")), "load-balancer-pending"),
    (lambda: Scene().add("services", balancer("2025-11-25T19:00:00Z", {"ingress": [{"ip": "192.0.2.1"}]})),
     "load-balancer-pending"),
    (lambda: serving(named("outside", "Service", spec={"type": "ExternalName", "selector": {"a": "b"}})),
     "service-selects-nothing"),
    (lambda: serving(named("manual", "Service", spec={"ports": [{"port": 80}]})), "service-selects-nothing"),
    (lambda: serving(service_of("web", target=9090)), "service-wrong-port"),
    (lambda: serving(service_of("web", target="http"), ports=HTTP), "service-wrong-port"),
    (lambda: entering(ingress()), "missing-backend"),
    (lambda: entering(ingress(ingressClassName="nginx")), "missing-ingress-class"),
    (lambda: secured(60), "certificate-expires"),
    (lambda: secured(1, {"tls.crt": "bm8gY2VydGlmaWNhdGU=", "tls.key": ""}), "certificate-expires"),
    (lambda: nightly(
        job("nightly-1", "2025-11-24T02:00:00Z", Failed="BackoffLimitExceeded"),
        job("nightly-2", "2025-11-25T02:00:00Z", Complete=""),
    ), "job-failed"),
    (lambda: nightly(suspend=False), "cronjob-suspended"),
    (lambda: with_node(condition("Ready", "True"), condition("DiskPressure", "False")), "node-pressure"),
    (lambda: scaler("web", condition("ScalingActive", "False", "ScalingDisabled")), "autoscaler-blind"),
    (lambda: scaler("web", condition("ScalingActive", "True")), "autoscaler-target"),
    (lambda: custom("databases.db.example.org", condition("Ready", "True"), condition("Paused", "False")),
     "condition-false"),
    (lambda: custom("poddisruptionbudgets.policy", condition("Ready", "False")), "condition-false"),
    (lambda: rollout(conditions=[condition("Progressing", "True")]), "rollout-late"),
    (lambda: leaving("pods", "2025-11-25T19:46:10Z"), "stuck-terminating"),
    (lambda: Scene(state=waiting("ContainerCreating")), "pod-setup-fails"),
]  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_a_service_whose_workload_is_scaled_down_is_told_once() -> None:
    scene = scaled(0).add("services", service_of("web"))
    scene.objects["pods"] = []
    assert scene.rules() == ["scaled-to-zero"]


def test_a_failed_pod_that_its_controller_has_replaced_is_no_crash() -> None:
    scene = Scene()
    gone = named("web-5d4-gone", "Pod", spec={"containers": [container()]}, status=FAILED | {"reason": "NodeShutdown"})
    assert scene.add("pods", owned(gone, scene.replica_set)).rules() == []


def test_a_failed_pod_of_its_own_is_told_of() -> None:
    lone = named("task", "Pod", spec={"containers": [container()]}, status=FAILED)
    [found] = Scene().add("pods", lone).findings()
    assert (found.rule, found.root.name) == ("crash-loop", "task")
    assert found.title == "pod task: container app failed (exit code 137)"


def test_what_holds_a_rollout_up_is_told_instead_of_the_rollout() -> None:
    scene = rollout(conditions=[PROGRESS])
    scene.pod["status"]["containerStatuses"] = [waiting("InvalidImageName")]
    assert scene.rules() == ["invalid-image-name"]


def test_the_worst_comes_first() -> None:
    scene = serving(service_of("web", app="wbe")).add("cronjobs.batch", named("n", "CronJob", spec={"suspend": True}))
    findings = scene.findings()
    assert [finding.severity for finding in findings] == [Severity.CRITICAL, Severity.NOTICE]


def test_another_namespace_s_objects_are_no_help() -> None:
    scene = entering(ingress("api")).add("services", named("api", "Service", "mobile", spec={}))
    assert scene.rules() == ["missing-backend"]
