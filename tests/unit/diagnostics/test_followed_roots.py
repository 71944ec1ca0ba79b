"""Faults that are followed to another object than the one that shows them, and rules that only scenes can show."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import NOW, Object, Scene, container, crashed, named, owned, service_of, status
from tests.unit.diagnostics.scene import waiting as state_waiting
from tests.unit.diagnostics.test_containers import image, waiting_for
from tests.unit.diagnostics.test_custom_and_rights import condition
from tests.unit.diagnostics.test_placing import pending, refused
from tests.unit.diagnostics.test_states import ago

WEB = "deployments.apps web"
FLUX, KEDA = "kustomize.toolkit.fluxcd.io", "keda.sh"
KUSTOMIZATIONS, REPOSITORIES = f"kustomizations.{FLUX}", "gitrepositories.source.toolkit.fluxcd.io"
APPLICATIONS, ROLLOUTS = "applications.argoproj.io", "rollouts.argoproj.io"
SCALED, TRIGGERS = f"scaledobjects.{KEDA}", f"triggerauthentications.{KEDA}"
CERTIFICATES, ISSUERS = "certificates.cert-manager.io", "issuers.cert-manager.io"


def unwell(name: str, kind: str, message: str, **rest: Any) -> Object:
    return named(name, kind, status={"conditions": [condition("Ready", "False", "Failed", message)]}, **rest)


def chain() -> Scene:
    """Three in a row, of which the first cannot be built."""
    first = unwell("infra", "Kustomization", "no such file redis.yml", spec={})
    second = unwell("apps", "Kustomization", "dependency not ready", spec={"dependsOn": [{"name": "infra"}]})
    third = unwell("tenants", "Kustomization", "dependency not ready", spec={"dependsOn": [{"name": "apps"}]})
    return Scene().add(KUSTOMIZATIONS, third, second, first)


def from_source() -> Scene:
    reference = {"kind": "GitRepository", "name": "fleet"}
    source = unwell("fleet", "GitRepository", "authentication required", spec={})
    follower = unwell("apps", "Kustomization", "source is not ready", spec={"sourceRef": reference})
    return Scene().add(REPOSITORIES, source).add(KUSTOMIZATIONS, follower)


def requested() -> Scene:
    """A request that a certificate made tells what the certificate does not know."""
    made_by = unwell("web", "Certificate", "the Secret does not exist", spec={})
    request = unwell("web-1", "CertificateRequest", "the CA is sealed", spec={})
    return Scene().add(CERTIFICATES, made_by).add("certificaterequests.cert-manager.io", owned(request, made_by))


def triggered(secrets: list[Object], state: str = "False") -> Scene:
    """A scaler whose trigger takes its password from a Secret."""
    told = {"conditions": [condition("Ready", state, "ScaledObjectCheckFailed", "cannot make the autoscaler")]}
    spec: Object = {"scaleTargetRef": {"name": "web"}, "triggers": [{"authenticationRef": {"name": "queue"}}]}
    target: Object = {"secretTargetRef": [{"parameter": "host", "name": "queue", "key": "host"}]}
    scene = Scene().add(SCALED, named("web", "ScaledObject", spec=spec, status=told)).add("secrets", *secrets)
    return scene.add(TRIGGERS, named("queue", "TriggerAuthentication", spec=target))


def application(**told: Any) -> Scene:
    spec: Object = {"syncPolicy": {"automated": {}}}
    return Scene().add(APPLICATIONS, named("shop", "Application", spec=told.pop("spec", spec), status=told))


def degraded() -> Scene:
    """An application that is unwell for a deployment whose image does not exist."""
    unwell_web = {"kind": "Deployment", "namespace": "shop", "name": "web", "health": {"status": "Degraded"}}
    scene = image("ErrImagePull", "manifest unknown: not found")
    told = {"health": {"status": "Degraded"}, "resources": [unwell_web]}
    return scene.add(APPLICATIONS, named("shop", "Application", status=told))


def rolled_out() -> Scene:
    """Pods of an Argo Rollout: it has a pod template as a deployment has."""
    scene = image("ErrImagePull", "manifest unknown: not found")
    rollout = named("web", "Rollout", spec={"template": {"spec": {"containers": [container()]}}})
    del scene.objects["deployments.apps"]
    owned(scene.replica_set, rollout)
    return scene.add(ROLLOUTS, rollout)


def configured(line: str, **rest: Any) -> Scene:
    """A program that reads a ConfigMap as files and as variables, and complains."""
    spec = {
        "containers": [container(
            volumeMounts=[{"name": "conf", "mountPath": "/etc/web"}],
            envFrom=[{"configMapRef": {"name": "web"}}], **rest,
        )],
        "volumes": [{"name": "conf", "configMap": {"name": "web"}}],
    }  # fmt: skip
    settings = named("web", "ConfigMap", data={"web.conf": "sever {}", "LOG_LEVEL": "lod"})
    return Scene(state=crashed(1), spec=spec).log(line).add("configmaps", settings)


def logging_in(*names: str) -> Scene:
    env = [{"name": f"PASSWORD_{n}", "valueFrom": {"secretKeyRef": {"name": n, "key": "password"}}} for n in names]
    scene = Scene(state=crashed(1), spec={"containers": [container(env=env)]})
    scene.log('FATAL: password authentication failed for user "app"')
    return scene.add("secrets", *(named(n, "Secret", data={"password": ""}) for n in names))


def private(kind: str) -> Scene:
    """An image that needs credentials, and a pull secret of some type."""
    spec = {"containers": [container()], "imagePullSecrets": [{"name": "registry"}]}
    scene = Scene(state=state_waiting("ErrImagePull", "401 unauthorized: authentication required"), spec=spec)
    return scene.add("secrets", named("registry", "Secret", type=kind, data={".dockerconfigjson": ""}))


def gated(seconds: float, state: str = "") -> Scene:
    """Containers that have been ready for so long, behind a gate."""
    conditions = [
        {"type": "Ready", "status": "False"},
        {"type": "ContainersReady", "status": "True", "lastTransitionTime": ago(seconds)},
        *([{"type": "example.com/attached", "status": state, "reason": "NoTarget"}] if state else []),
    ]
    spec = {"containers": [container()], "readinessGates": [{"conditionType": "example.com/attached"}]}
    return Scene(spec=spec, pod_status={"conditions": conditions})


def evicted(*times: tuple[float, float]) -> Scene:
    """A pod that runs, and pods before it that were made and evicted so many seconds ago."""
    scene = Scene()
    for number, (made, ended) in enumerate(times):
        told = {"phase": "Failed", "reason": "Evicted", "message": "low on ephemeral-storage"}
        conditions = [{"type": "DisruptionTarget", "status": "True", "lastTransitionTime": ago(ended)}]
        pod = named(f"old-{number}", "Pod", spec={}, status={**told, "conditions": conditions})
        pod["metadata"]["creationTimestamp"] = ago(made)
        scene.add("pods", owned(pod, scene.replica_set))
    return scene


def called(host: str) -> Scene:
    """A service that is another name for one in a namespace which may not exist."""
    spec = {"type": "ExternalName", "externalName": host}
    spaces = [named(name, "Namespace", "") for name in ("shop", "data")]
    return Scene().add("services", named("ledger", "Service", spec=spec)).add("namespaces", *spaces)


def depending(ready: bool) -> Scene:
    """A program that finds nobody behind a service, whose pod is not ready for a reason that nobody knows."""
    scene = (
        Scene(state=crashed(1))
        .log("dial tcp db:5432: connect: connection refused")
        .add("services", service_of("db", 5432))
    )
    told = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]}
    return scene.add("pods", named("db-0", "Pod", metadata={"labels": {"app": "db"}}, spec={}, status=told))


FAULTS: tuple[Fault, ...] = (
    (chain, "condition-false", f"{KUSTOMIZATIONS} infra", "redis.yml"),
    (from_source, "condition-false", f"{REPOSITORIES} fleet", "authentication required"),
    (requested, "condition-false", f"{CERTIFICATES} web", "the CA is sealed"),
    (lambda: triggered([]), "missing-reference", "secrets queue", 'no Secret "queue"'),
    (lambda: triggered([named("queue", "Secret", data={"hots": ""})]), "missing-reference", f"{TRIGGERS} queue",
     'there is "hots"'),
    (lambda: application(operationState={"phase": "Failed", "message": "field is immutable"}), "condition-false",
     f"{APPLICATIONS} shop", "field is immutable"),
    (lambda: application(sync={"status": "OutOfSync"}), "condition-false", f"{APPLICATIONS} shop", "OutOfSync"),
    (degraded, "image-not-found", WEB, "no such image"),
    (rolled_out, "image-not-found", f"{ROLLOUTS} web", "no such image"),
    (lambda: configured('[emerg] unknown directive "sever" in /etc/web/web.conf:1'), "crash-loop", "configmaps web",
     "sever"),
    (lambda: configured('panic: bad LOG_LEVEL "lod"'), "crash-loop", "configmaps web", "LOG_LEVEL"),
    (lambda: configured("panic: bad SITE_URL", env=[{"name": "SITE_URL", "value": "x"}]), "crash-loop", WEB,
     "SITE_URL"),
    (lambda: configured("open /etc/web/mime.types: no such file or directory"), "file-missing", "configmaps web",
     "mime.types"),
    (lambda: logging_in("db"), "login-refused", "secrets db", "password authentication failed"),
    (lambda: logging_in("db", "queue"), "login-refused", WEB, "password authentication failed"),
    (lambda: private("Opaque"), "image-pull-unauthorized", "secrets registry", "of type Opaque"),
    (lambda: gated(90), "readiness-gate", WEB, "nobody has set"),
    (lambda: gated(90, "False"), "readiness-gate", WEB, "NoTarget"),
    (lambda: called("ledger.paid.svc.cluster.local"), "external-name", "services ledger", "namespace paid"),
    (lambda: depending(ready=False), "dependency-down", "services db", "nothing is ready"),
    (lambda: waiting_for("sleep 86400"), "init-waits", WEB, "holds the pod back"),
    (lambda: pending("0/1 nodes are available: 1 Insufficient ephemeral-storage."), "ephemeral-storage", WEB,
     "no node has"),
)  # fmt: skip
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: triggered([named("queue", "Secret", data={"host": ""})], "True"), "missing-reference"),
    (lambda: application(sync={"status": "OutOfSync"}, operationState={"phase": "Running"}), "condition-false"),
    (lambda: application(sync={"status": "OutOfSync"}, spec={}), "condition-false"),
    (lambda: application(sync={"status": "Synced"}, health={"status": "Progressing"}), "condition-false"),
    (lambda: private("kubernetes.io/dockerconfigjson"), "missing-pull-secret"),
    (lambda: gated(90, "True"), "readiness-gate"),
    (lambda: called("ledger.example.com"), "external-name"),
    (lambda: called("ledger.data.svc.cluster.local"), "missing-backend"),
    (lambda: depending(ready=True), "dependency-down"),
    (lambda: waiting_for("sleep 86400", "2025-11-25T19:45:00Z"), "init-waits"),
    (lambda: pending("0/1 nodes are available: 1 Insufficient memory."), "ephemeral-storage"),
    (lambda: pending("0/1 nodes are available: 1 Too many pods."), "unschedulable"),
    (lambda: pending("0/1 nodes are available: 1 Insufficient cpu."), "too-many-pods"),
    (lambda: Scene(state=state_waiting("CreateContainerConfigError", 'secret "db" not found')),
     "container-cannot-start"),
    (lambda: refused("unknown reasons"), "webhook-denied"),
    *((lambda: image("ErrImagePull", "manifest unknown: not found"), rule) for rule in (
        "image-registry-unreachable", "image-pull-unauthorized", "image-pull-rate-limited",
        "image-registry-untrusted")),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_what_follows_is_told_with_what_is_behind_it() -> None:
    [found] = chain().findings()
    assert {ref.name for ref in found.affected} == {"infra", "apps", "tenants"}


@pytest.mark.parametrize(("seconds", "severity"), [(5, Severity.NOTICE), (90, Severity.CRITICAL)])
def test_a_gate_gets_a_moment(seconds: float, severity: Severity) -> None:
    assert gated(seconds).findings()[0].severity is severity


@pytest.mark.parametrize(
    ("times", "severity"),
    [
        ([(900, 600), (600, 300)], Severity.WARNING),
        ([(900, 600), (900, 600)], Severity.NOTICE),
        ([(90_000, 80_000), (80_000, 70_000)], Severity.NOTICE),
    ],
)
def test_what_is_evicted_again_is_no_notice_any_more(times: list[tuple[float, float]], severity: Severity) -> None:
    assert {found.severity for found in evicted(*times).findings()} == {severity}


def of_namespace(scene: Scene, **elsewhere: list[str]) -> Snapshot:
    return seen_from({"shop"}, scene, **elsewhere)


def seen_from(spaces: set[str], scene: Scene, **elsewhere: list[str]) -> Snapshot:
    names = {("services", space): found for space, found in elsewhere.items()}
    limited = {kind: spaces for kind in scene.objects if kind not in ("nodes", "namespaces")}
    return Snapshot(scene.objects, limited=limited, elsewhere=names, now=NOW)


@pytest.mark.parametrize(("names", "rules"), [(["ledger"], []), (["ledgers"], ["external-name"]), (None, [])])
def test_a_service_of_another_namespace_is_looked_up_by_name(names: list[str] | None, rules: list[str]) -> None:
    elsewhere = {} if names is None else {"data": names}
    found = diagnose(of_namespace(called("ledger.data.svc.cluster.local"), **elsewhere)).findings
    assert [each.rule for each in found] == rules


@pytest.mark.parametrize("spaces", [{"shop"}, {"shop", "cart"}])
def test_what_namespaces_do_not_suffer_from_is_a_notice_there(spaces: set[str]) -> None:
    scene = Scene()
    unready = [{"type": "Ready", "status": "Unknown"}]
    scene.add("nodes", named("far", "Node", "", spec={}, status={"conditions": unready}))
    [found] = diagnose(seen_from(spaces, scene)).findings
    assert (found.rule, found.severity) == ("node-not-ready", Severity.NOTICE)
    scene.pod["spec"]["nodeName"] = "far"
    assert diagnose(seen_from(spaces, scene)).findings[0].severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("seconds", "tries", "severity"),
    [(20, 30, Severity.NOTICE), (20, 1, Severity.CRITICAL), (400, 30, Severity.CRITICAL)],
)
def test_a_startup_probe_has_the_time_that_it_tells(seconds: float, tries: int, severity: Severity) -> None:
    probe = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 10, "failureThreshold": tries}
    spec = {"containers": [container(ports=[{"containerPort": 8080}], startupProbe=probe)]}
    scene = Scene(state=status(running={"startedAt": ago(seconds)}), spec=spec)
    said = "Startup probe failed: Get http://10.0.0.9:8080/: dial tcp 10.0.0.9:8080: connect: connection refused"
    assert scene.event("Unhealthy", said).findings()[0].severity is severity


@pytest.mark.parametrize(("reason", "rules"), [("Issuing", []), ("Ready", ["condition-false"])])
def test_what_is_being_made_gets_some_time(reason: str, rules: list[str]) -> None:
    told = [condition("Ready", "False", "DoesNotExist", "no Secret yet", ago(30)), condition(reason, "True")]
    scene = Scene().add(CERTIFICATES, named("web", "Certificate", spec={}, status={"conditions": told}))
    assert scene.rules() == rules


def test_what_an_init_container_waits_for_may_stand_in_a_variable() -> None:
    scene = waiting_for("until nc -z $DB_HOST 5432; do sleep 1; done").add("services", service_of("orders"))
    scene.pod["spec"]["initContainers"][0]["env"] = [{"name": "DB_HOST", "value": "orderz"}]
    [found] = [each for each in scene.findings() if each.rule == "unknown-host"]
    assert 'there is "orders"' in found.cause
