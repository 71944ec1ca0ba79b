"""Rules about how things are going: starts that need time, jobs that try on, nodes that are closed, keys that fit."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kubegenie_tui.diagnostics.certificates import key_fits
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import (
    NOW,
    RUNNING,
    Object,
    Scene,
    container,
    crashed,
    named,
    node,
    owned,
    running_pod,
    service_of,
    status,
    waiting,
)
from tests.unit.diagnostics.test_placing import pending, refused
from tests.unit.diagnostics.test_surroundings import der

WEB = "deployments.apps web"
POOL = {"labels": {"pool": "gpu"}}
SCALERS, TLS = "horizontalpodautoscalers.autoscaling", "kubernetes.io/tls"
REFUSED = "Readiness probe failed: Get http://10.0.0.9:8080/: dial tcp 10.0.0.9:8080: connect: connection refused"


def ago(seconds: float) -> str:
    return datetime.fromtimestamp(NOW - seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def probed(said: str, seconds: float, port: int = 8080) -> Scene:
    """Running for so long, and not ready."""
    probe = {"httpGet": {"path": "/", "port": port}}
    spec = {"containers": [container(ports=[{"containerPort": 8080}], readinessProbe=probe)]}
    return Scene(state=status(running={"startedAt": ago(seconds)}), spec=spec).event("Unhealthy", said)


def killed_while_starting() -> Scene:
    """The liveness probe kills it; the readiness probe, which says the same, failed last."""
    probe = {"httpGet": {"path": "/", "port": 8080}}
    spec = {"containers": [container(ports=[{"containerPort": 8080}], readinessProbe=probe, livenessProbe=probe)]}
    state = crashed(137, startedAt="")
    state["lastState"]["terminated"] |= {"startedAt": ago(75), "finishedAt": ago(70)}
    scene = Scene(state=state, spec=spec).event("Unhealthy", REFUSED.replace("Readiness", "Liveness"))
    return scene.event("Unhealthy", REFUSED)


def closed(*others: Object, spec: Object | None = None, said: str = "1 node(s) were unschedulable") -> Scene:
    """A pod for the nodes of a pool, of which the first is as told."""
    scene = pending(
        f"0/2 nodes are available: {said}, 5 node(s) didn't match Pod's node affinity/selector.",
        spec={"nodeSelector": {"pool": "gpu"}},
    )
    scene.objects["nodes"] = [node("gpu-1", spec=spec or {}, metadata=POOL), node("node-2"), *others]
    return scene


def matching(*terms: Object) -> Scene:
    needed = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
    scene = pending(
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector.",
        spec={"affinity": {"nodeAffinity": needed}, "containers": [container(resources={"requests": {"cpu": "1"}})]},
    )
    scene.objects["nodes"] = [node("gpu-1", metadata=POOL), node("node-2")]
    return scene


def job(failed: int, succeeded: int = 0, **spec: Any) -> Scene:
    told = {"failed": failed, "succeeded": succeeded}
    made = named("migrate", "Job", spec={"template": {"spec": {"containers": [container()]}}, **spec}, status=told)
    pod = named(
        "migrate-x", "Pod", spec={"containers": [container()]},
        status={"phase": "Failed", "containerStatuses": [status(terminated={"exitCode": 5, "reason": "Error"})]},
    )  # fmt: skip
    return Scene().add("jobs.batch", made).add("pods", owned(pod, made))


def overdue() -> Scene:
    scene = job(0)
    condition = {"type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "Job was active longer"}
    scene.objects["jobs.batch"][0]["status"]["conditions"] = [condition]
    return scene


def paused(ready: int) -> Scene:
    scene = Scene(state=RUNNING | {"ready": bool(ready)})
    scene.deployment["spec"]["paused"] = True
    scene.deployment["status"] = {"updatedReplicas": 0, "readyReplicas": ready}
    return scene


def scaler(*conditions: Object) -> Scene:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 3}
    made = named("web", "HorizontalPodAutoscaler", spec=spec, status={"conditions": list(conditions)})
    return Scene().add(SCALERS, made)


def volume(phase: str) -> Scene:
    claim = {"namespace": "shop", "name": "data"}
    return Scene().add(
        "persistentvolumes", named("pv-1", "PersistentVolume", "", spec={"claimRef": claim}, status={"phase": phase})
    )


def classes(*names: str) -> Scene:
    notes = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}
    return Scene().add("storageclasses.storage.k8s.io", *(named(n, "StorageClass", "", metadata=notes) for n in names))


def keyed(certificate: str, key: str) -> Object:
    data = {"tls.crt": _base64(certificate), "tls.key": _base64(key)}
    return named("web-tls", "Secret", type=TLS, data=data)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def held(secret: Object) -> Scene:
    spec = {"containers": [container()], "volumes": [{"name": "t", "secret": {"secretName": "web-tls"}}]}
    return Scene(spec=spec).add("secrets", secret)


def pulling(secret: str) -> Scene:
    held = named("registry", "Secret", type="kubernetes.io/dockerconfigjson", data={})
    return Scene(spec={"containers": [container()], "imagePullSecrets": [{"name": secret}]}).add("secrets", held)


def reading(**data: str) -> Scene:
    spec = {"containers": [container(envFrom=[{"configMapRef": {"name": "web"}}])]}
    return Scene(spec=spec).add("configmaps", named("web", "ConfigMap", data=data))


def rewritten(at: str = "19:30:00", data: str = "f:data", **annotations: str) -> Scene:
    """A ConfigMap that is written to at a time of the day; the pods have run since 19:00."""
    scene = reading(level="info")
    entry = {"manager": "kubectl", "time": f"2025-11-25T{at}Z", "fieldsV1": {data: {}}}
    [config] = scene.objects["configmaps"]
    config["metadata"] |= {"creationTimestamp": "2025-11-25T18:00:00Z", "managedFields": [entry]}
    scene.deployment["metadata"]["annotations"] = annotations
    return scene


def rewritten_by_row() -> Scene:
    """Of a healthy pod, the row tells when it was made."""
    scene = rewritten()
    scene.pod["status"] = {"phase": "Running", "startTime": "2025-11-25T19:00:00+00:00"}
    return scene


def groups(*names: str) -> Scene:
    return Scene().add(GROUPS, *(named(name, "OperatorGroup") for name in names))


GROUPS = "operatorgroups.operators.coreos.com"
LIMITED = {
    "type": "ScalingLimited",
    "status": "True",
    "reason": "TooManyReplicas",
    "message": "the desired count is more",
}
TAINTED = {"taints": [{"key": "dedicated", "value": "gpu", "effect": "NoSchedule"}]}
FAULTS: tuple[Fault, ...] = (
    (killed_while_starting, "liveness-probe-fails", WEB, "killed before it listens"),
    (lambda: probed(REFUSED, 90), "readiness-probe-fails", WEB, "nothing listens on port 8080"),
    (lambda: closed(spec={"unschedulable": True}), "node-cordoned", "nodes gpu-1", "cordoned"),
    (lambda: closed(spec=TAINTED, said="1 node(s) had untolerated taint(s)"), "untolerated-taint", WEB,
     "dedicated=gpu:NoSchedule"),
    (lambda: matching({"matchExpressions": [{"key": "pool", "operator": "In", "values": ["gpu"]}]}), "insufficient-cpu",
     WEB, "no node has"),
    (lambda: matching({"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["gpu-1"]}]}),
     "insufficient-cpu", WEB, "no node has"),
    (lambda: refused("no PriorityClass with name gold was found"), "missing-priority-class", WEB,
     'no PriorityClass "gold"'),
    (lambda: refused('pod rejected: RuntimeClass "gvisor" not found'), "missing-runtime-class", WEB,
     'no RuntimeClass "gvisor"'),
    (lambda: job(2), "job-failed", "jobs.batch migrate", "it tries on: exit code 5"),
    (overdue, "job-failed", "jobs.batch migrate", "longer than its deadline"),
    (lambda: job(0, suspend=True), "job-suspended", "jobs.batch migrate", "suspended"),
    (lambda: scaler(LIMITED), "autoscaler-at-limit", f"{SCALERS} web", "the desired count is more"),
    (lambda: volume("Failed"), "volume-failed", "persistentvolumes pv-1", "could not be reclaimed"),
    (lambda: volume("Released"), "volume-released", "persistentvolumes pv-1", "its claim is gone"),
    (lambda: classes("fast", "slow"), "several-default-classes", "storageclasses.storage.k8s.io slow", "fast, slow"),
    (lambda: held({**named("web-tls", "Secret", type=TLS, data={}), "keyFits": False}), "certificate-other-key",
     "secrets web-tls", "another certificate"),
)  # fmt: skip
FAULTS += (
    (lambda: pulling("regcred"), "missing-pull-secret", WEB, 'no Secret "regcred"'),
    (lambda: Scene(spec={"nodeName": "nod-1"}), "missing-node", WEB, 'there is "node-1"'),
    (reading, "configmap-empty", "configmaps web", "deployment web reads it"),
    (lambda: reading(big="x" * 1_000_000), "configmap-full", "configmaps web", "1 MiB at most"),
    (rewritten, "configmap-changed", WEB, "1 of its 1 pods read their variables"),
    (rewritten_by_row, "configmap-changed", WEB, "changed 16m ago"),
    (lambda: groups("a", "b"), "several-operator-groups", f"{GROUPS} b", "a, b"),
)
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: matching({"matchExpressions": [{"key": "pool", "operator": "In", "values": ["gpu"]}]}), "node-affinity"),
    (lambda: Scene(spec={"nodeName": "node-1"}), "missing-node"),
    (lambda: pulling("registry"), "missing-pull-secret"),
    (lambda: reading(level="info"), "configmap-empty"),
    (lambda: reading(level="info"), "configmap-full"),
    (lambda: rewritten("19:00:03"), "configmap-changed"),
    (lambda: rewritten("19:46:30"), "configmap-changed"),
    (lambda: rewritten("18:30:00"), "configmap-changed"),
    (lambda: rewritten(data="f:metadata"), "configmap-changed"),
    (lambda: rewritten(**{"reloader.stakater.com/auto": "true"}), "configmap-changed"),
    (lambda: groups("a"), "several-operator-groups"),
    (lambda: job(1), "job-failed"),
    (lambda: job(2, succeeded=1), "job-failed"),
    (lambda: job(0), "job-suspended"),
    (lambda: scaler({**LIMITED, "reason": "TooFewReplicas"}), "autoscaler-at-limit"),
    (lambda: volume("Bound"), "volume-failed"),
    (lambda: volume("Bound"), "volume-released"),
    (lambda: classes("fast"), "several-default-classes"),
    (lambda: held({**named("web-tls", "Secret", type=TLS, data={}), "keyFits": True}), "certificate-other-key"),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


@pytest.mark.parametrize(
    ("scene", "severity"),
    [
        (lambda: probed(REFUSED, 10), Severity.NOTICE),
        (lambda: probed(REFUSED, 90), Severity.CRITICAL),
        (lambda: probed(REFUSED.replace("8080", "9090"), 10, port=9090), Severity.CRITICAL),
        (lambda: paused(1), Severity.NOTICE),
        (lambda: paused(0), Severity.WARNING),
    ],
)
def test_what_may_only_need_time_is_told_softly(scene: Callable[[], Scene], severity: Severity) -> None:
    assert scene().findings()[0].severity is severity


@pytest.mark.parametrize(("seconds", "severity"), [(60, Severity.NOTICE), (600, Severity.CRITICAL)])
def test_a_start_ahead_of_what_it_needs(seconds: float, severity: Severity) -> None:
    scene = Scene(state=crashed(1)).log("FATAL: dial tcp db:5432: connect: connection refused")
    scene.pod["metadata"]["creationTimestamp"] = ago(seconds)
    [found] = scene.add("services", service_of("db", 5432)).add("pods", running_pod("db")).findings()
    assert (found.rule, found.severity) == ("crash-loop", severity)


@pytest.mark.parametrize("reason", ["CreateContainerError", "PreCreateHookError", "PreStartHookError"])
def test_whatever_the_runtime_cannot_start_is_told(reason: str) -> None:
    [found] = Scene(state=waiting(reason, "the runtime says no")).findings()
    assert (found.rule, found.cause) == ("container-cannot-start", "the runtime says no")


def test_a_private_image_without_credentials_lacks_these() -> None:
    said = "Error response: unauthorized: authentication required"
    [found] = Scene(state=waiting("ErrImagePull", said)).findings()
    assert (found.rule, found.field) == ("image-pull-unauthorized", "spec.template.spec.imagePullSecrets")


def test_what_falls_to_pieces_with_its_namespace_is_no_fault() -> None:
    scene = Scene(state=crashed(1)).add("services", service_of("gone"))
    scene.add("namespaces", named("shop", "Namespace", "", metadata={"deletionTimestamp": ago(100)}))
    assert scene.rules() == []


def test_a_namespace_that_waits_for_somebody_is_told_sooner() -> None:
    held = {"conditions": [{"type": "NamespaceFinalizersRemaining", "status": "True", "message": "example.org/guard"}]}
    for told, rules in ((held, ["stuck-terminating"]), ({}, [])):
        leaving = named("old", "Namespace", "", metadata={"deletionTimestamp": ago(100)}, status=told)
        assert Scene().add("namespaces", leaving).rules() == rules


def test_what_holds_a_namespace_is_told_instead_of_the_namespace() -> None:
    leaving = {"deletionTimestamp": ago(600)}
    held = named("lock", "ConfigMap", metadata={**leaving, "finalizers": ["example.org/guard"]})
    [found] = (
        Scene().add("configmaps", held).add("namespaces", named("shop", "Namespace", "", metadata=leaving)).findings()
    )
    assert (found.root.kind, found.field) == ("configmaps", "metadata.finalizers")
    assert "shop" in {ref.name for ref in found.affected}


@pytest.mark.parametrize(
    ("targets", "headless", "severity"),
    [([9090], False, Severity.WARNING), ([8080, 9090], False, Severity.NOTICE), ([9090], True, Severity.NOTICE)],
)
def test_a_port_that_may_be_open_undeclared(targets: list[int], headless: bool, severity: Severity) -> None:
    ports = [{"name": str(port), "port": port} for port in targets]
    address = {"clusterIP": "None"} if headless else {}
    service = named("web", "Service", spec={"selector": {"app": "web"}, "ports": ports, **address})
    [found] = (
        Scene(spec={"containers": [container(ports=[{"containerPort": 8080}])]}).add("services", service).findings()
    )
    assert (found.rule, found.severity) == ("service-wrong-port", severity)


def test_the_deadline_of_a_cron_job_stands_in_its_template() -> None:
    scene = overdue()
    [made] = scene.objects["jobs.batch"]
    scene.add("cronjobs.batch", named("nightly", "CronJob", spec={}))
    owned(made, scene.objects["cronjobs.batch"][0])
    [found] = scene.findings()
    assert (found.root.name, found.field) == ("nightly", "spec.jobTemplate.spec.activeDeadlineSeconds")


def test_a_failed_pod_whose_job_is_just_gone_is_no_crash() -> None:
    scene = job(0)
    scene.objects["jobs.batch"] = []
    assert scene.rules() == []


@pytest.mark.parametrize("kind", ["2a864886f70d010101", "2a8648ce3d0201"])
def test_a_key_fits_its_own_certificate_alone(kind: str) -> None:
    own, other = bytes(range(1, 41)), bytes(range(41, 81))
    certificate = pem("CERTIFICATE", certificate_of(bytes.fromhex(kind), own))
    assert key_fits(keyed(certificate, pem("PRIVATE KEY", private(own)))) is True
    assert key_fits(keyed(certificate, pem("EC PRIVATE KEY", private(other)))) is False
    assert key_fits(keyed(certificate, pem("ENCRYPTED PRIVATE KEY", private(other)))) is None
    assert key_fits(keyed(certificate, "no key")) is None
    assert key_fits(keyed("no certificate", pem("PRIVATE KEY", private(own)))) is None


def test_a_key_without_its_public_half_cannot_be_told() -> None:
    certificate = pem("CERTIFICATE", certificate_of(bytes.fromhex("2a8648ce3d0201"), bytes(range(1, 41))))
    assert key_fits(keyed(certificate, pem("EC PRIVATE KEY", der(0x30, bytes(20))))) is None


def certificate_of(kind: bytes, public: bytes) -> bytes:
    """As much of a certificate as tells the key that it is for."""
    is_rsa = len(kind) == 9
    bits = der(0x30, der(2, public) + der(2, b"\1")) if is_rsa else public
    key = der(0x30, der(0x30, der(6, kind)) + der(3, b"\0" + bits))
    fields = der(0xA0, der(2, b"\2")) + der(2, b"\1") + der(0x30, b"") * 4 + key
    return der(0x30, der(0x30, fields))


def private(public: bytes) -> bytes:
    return der(0x30, der(4, bytes(32)) + der(0xA1, public))


def pem(word: str, content: bytes) -> str:
    return f"-----BEGIN {word}-----\n{base64.b64encode(content).decode()}\n-----END {word}-----\n"
