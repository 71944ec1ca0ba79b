"""Roots that are told by what is named: in a log, in a mount, in a claim, in a binding or in another namespace."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.finding import Finding
from tests.unit.diagnostics.scene import (
    NOW,
    Object,
    Scene,
    container,
    crashed,
    named,
    node,
    owned,
    service_of,
    status,
    waiting,
)

POLICIES = "networkpolicies.networking.k8s.io"
TOKEN = "open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory"
RBAC, BUILT_IN = "rbac.authorization.k8s.io", {"kubernetes.io/bootstrapping": "rbac-defaults"}
LONG_AGO = "2025-11-25T18:00:00Z"


def only(scene: Scene) -> Finding:
    [found] = scene.findings()
    return found


def told(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, f"{finding.root.kind} {finding.root.name}", finding.field


def calling(line: str, value: str = "") -> Scene:
    """A workload that crashes with a line, beside a database that listens on 5432."""
    env = [{"name": "DATABASE_URL", "value": value}] if value else []
    scene = Scene(state=crashed(1), spec={"containers": [container(env=env)]}).log(line)
    labels = {"app": "db"}
    well = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    db = named("db-0", "Pod", metadata={"labels": labels}, spec={"containers": [container()]}, status=well)
    service = service_of("db", 5432)
    service["spec"]["clusterIP"] = "10.0.0.7"
    return scene.add("pods", db).add("services", service)


@pytest.mark.parametrize(
    "line",
    [
        'OperationalError: connection to server at "db" (10.0.0.7), port 5433 failed: Connection refused',
        "could not connect: Connection refused. Is the server running on host 'db' (10.0.0.7) and accepting port 5433?",
        "dial tcp db:5433: connect: connection refused",
        "Can't connect to MySQL server on 'db:5433' (111)",
    ],
)
def test_a_port_in_the_words_of_a_client(line: str) -> None:
    found = only(calling(line, "postgres://app@db:5433/app"))
    field = "spec.template.spec.containers[app].env[DATABASE_URL].value"
    assert told(found) == ("wrong-port", "deployments.apps web", field)


def test_a_pod_of_a_headless_service_is_looked_for_behind_it() -> None:
    scene = calling("getaddrinfo ENOTFOUND mongo-0.mongo").add("services", service_of("mongo"))
    scene.objects["services"][-1]["spec"]["selector"] = {"app": "mongodb"}
    assert {each.rule for each in scene.findings()} == {"service-selects-nothing"}


def mounting(*keys: str, sub_path: str = "app.yaml", items: list[Object] | None = None, **source: Any) -> Scene:
    mount = {"name": "conf", "mountPath": "/etc/app.yaml", "subPath": sub_path}
    volume = {"name": "conf", "configMap": {"name": "conf", **({"items": items} if items else {}), **source}}
    spec = {"containers": [container(volumeMounts=[mount])], "volumes": [volume]}
    held = named("conf", "ConfigMap", data=dict.fromkeys(keys, "x"))
    return Scene(state=crashed(1), spec=spec).add("configmaps", held).log("error: /etc/app.yaml is a directory")


def test_a_single_file_that_a_configmap_does_not_hold() -> None:
    field = "spec.template.spec.containers[app].volumeMounts[0].subPath"
    assert told(only(mounting("app.yml", "b"))) == ("missing-configmap-key", "deployments.apps web", field)
    assert told(only(mounting("b"))) == ("missing-configmap-key", "configmaps conf", "data.app.yaml")
    renamed = mounting("b", items=[{"key": "settings", "path": "app.yaml"}])
    assert told(only(renamed)) == ("missing-configmap-key", "configmaps conf", "data.settings")


@pytest.mark.parametrize(
    "scene",
    [
        lambda: mounting("app.yaml"),
        lambda: mounting("b", sub_path="deep/app.yaml"),
        lambda: mounting("b", optional=True),
        lambda: mounting("b", items=[{"key": "b", "path": "app.yaml"}]),
    ],
)
def test_a_single_file_that_is_there_or_may_be_missing(scene: Callable[[], Scene]) -> None:
    assert scene().rules() == ["crash-loop"]


def without_token(of_pod: bool | None, of_account: bool | None) -> Scene:
    spec: Object = {"containers": [container()], "serviceAccountName": "robot"}
    spec |= {} if of_pod is None else {"automountServiceAccountToken": of_pod}
    account = named("robot", "ServiceAccount")
    account |= {} if of_account is None else {"automountServiceAccountToken": of_account}
    return Scene(state=crashed(2), spec=spec).add("serviceaccounts", account).log(f"panic: {TOKEN}")


def test_who_says_that_there_is_no_token() -> None:
    field = "automountServiceAccountToken"
    assert told(only(without_token(None, False))) == ("file-missing", "serviceaccounts robot", field)
    own = ("file-missing", "deployments.apps web", f"spec.template.spec.{field}")
    assert told(only(without_token(False, None))) == own
    assert only(without_token(True, False)).field == "spec.template.spec.containers[app].volumeMounts"


def test_a_binding_to_the_account_of_another_namespace() -> None:
    refused = 'User "system:serviceaccount:shop:robot" cannot list resource "pods" in API group "" in the namespace'
    subjects = [{"kind": "User", "name": "ann"}, {"kind": "ServiceAccount", "name": "robot", "namespace": "default"}]
    binding = named("readers", "RoleBinding", roleRef={"kind": "Role", "name": "reader"}, subjects=subjects)
    scene = Scene(state=crashed(1)).add(f"rolebindings.{RBAC}", binding).log(f"pods is forbidden: {refused} shop")
    scene.add(f"roles.{RBAC}", named("reader", "Role", rules=[])).add("serviceaccounts", named("robot"))
    assert told(only(scene)) == ("not-allowed", f"rolebindings.{RBAC} readers", "subjects[1].namespace")


def refused(*objects: tuple[str, Object], scope: str = "at the cluster scope") -> tuple[str, str, str]:
    """What is told where a service account may not list nodes."""
    said = 'User "system:serviceaccount:shop:robot" cannot list resource "nodes" in API group ""'
    scene = Scene(state=crashed(1)).log(f"nodes is forbidden: {said} {scope}")
    for kind, each in ((f"roles.{RBAC}", None), *objects):
        scene.add(kind, *([each] if each else []))
    scene.add("serviceaccounts", named("robot"), named("robot", namespace="infra"))
    scene.add(f"clusterroles.{RBAC}", named("reader", "", ""), named("view", "", "", metadata={"labels": BUILT_IN}))
    return told(only(scene))


def bound(kind: str, space: str = "shop", role: str = "reader") -> tuple[str, Object]:
    subjects = [{"kind": "ServiceAccount", "name": "robot", "namespace": space}]
    reference = {"kind": "ClusterRole", "name": role}
    own = "" if kind.startswith("cluster") else "shop"
    return f"{kind}.{RBAC}", named("readers", "", own, roleRef=reference, subjects=subjects)


def test_what_lacks_a_right_for_the_whole_cluster() -> None:
    wide, own = f"clusterrolebindings.{RBAC}", f"rolebindings.{RBAC}"
    assert refused() == ("not-allowed", f"{wide} robot", "metadata.name")
    assert refused(scope="in the namespace shop") == ("not-allowed", f"{own} robot", "metadata.name")
    assert refused(bound("clusterrolebindings")) == ("not-allowed", f"clusterroles.{RBAC} reader", "rules")
    assert refused(bound("clusterrolebindings", role="view")) == ("not-allowed", f"{wide} robot", "metadata.name")
    slip = ("not-allowed", f"{wide} readers", "subjects[0].namespace")
    assert refused(bound("clusterrolebindings", "infra")) == slip
    assert refused(bound("rolebindings")) == ("not-allowed", f"{own} readers", "kind")


def test_an_autoscaler_of_another_kind_of_target() -> None:
    spec = {"scaleTargetRef": {"kind": "StatefulSet", "name": "web"}}
    scaler = named("web", "HorizontalPodAutoscaler", spec=spec)
    scene = Scene().add("horizontalpodautoscalers.autoscaling", scaler).add("statefulsets.apps")
    found = only(scene)
    assert found.field == "spec.scaleTargetRef.kind"
    assert "it is a deployment" in found.cause


def test_a_host_in_the_words_of_php() -> None:
    said = "php_network_getaddresses: getaddrinfo for dbb failed: Name or service not known"
    scene = calling(said, "dbb:5432")
    assert {each.rule for each in scene.findings()} == {"unknown-host"}


def unbound(volume: Object | None, **spec: Any) -> Scene:
    """A pod that waits for a claim, which names a volume unless it is told otherwise."""
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "5Gi"}}, "volumeName": "nas"} | spec
    claim = named("data", "PersistentVolumeClaim", spec=spec, status={"phase": "Pending"})
    said = "pod has unbound immediate PersistentVolumeClaims"
    condition = {"type": "PodScheduled", "status": "False", "message": said}
    pod_spec = {"containers": [container()], "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}
    scene = Scene(state=waiting(""), spec=pod_spec, pod_status={"phase": "Pending", "conditions": [condition]})
    return scene.add("persistentvolumeclaims", claim).add("persistentvolumes", *([volume] if volume else []))


def taken() -> Scene:
    """The volume is that of another claim, which is there."""
    other = named("other", "PersistentVolumeClaim", spec={}, status={"phase": "Bound"})
    return unbound(nas(claimRef={"namespace": "shop", "name": "other"})).add("persistentvolumeclaims", other)


def nas(**spec: Any) -> Object:
    spec = {"accessModes": ["ReadWriteMany"], "capacity": {"storage": "5Gi"}} | spec
    return named("nas", "PersistentVolume", "", spec=spec, status={"phase": "Available"})


@pytest.mark.parametrize(
    ("scene", "field", "cause"),
    [
        (lambda: unbound(None), "spec.volumeName", 'no volume "nas"'),
        (lambda: unbound(nas(accessModes=["ReadWriteOnce"])), "spec.accessModes", "offers ReadWriteOnce"),
        (lambda: unbound(nas(capacity={"storage": "1Gi"})), "spec.resources.requests.storage", "5Gi are asked for"),
        (lambda: unbound(nas(storageClassName="nfs")), "spec.storageClassName", 'of class "nfs"'),
        (lambda: taken(), "spec.volumeName", "kept for shop/other"),
        (lambda: unbound(nas(accessModes=["ReadWriteOnce"]), volumeName=""), "spec.accessModes", "ReadWriteMany"),
        (lambda: unbound(nas()), "", "is not bound"),
        (lambda: unbound(nas(), volumeName=""), "", "is not bound"),
    ],
)
def test_why_a_claim_finds_no_volume(scene: Callable[[], Scene], field: str, cause: str) -> None:
    found = only(scene())
    assert told(found) == ("claim-unbound", "persistentvolumeclaims data", field)
    assert cause in found.cause


def test_a_class_of_volumes_made_by_hand_needs_no_object() -> None:
    scene = unbound(nas(storageClassName="manual", accessModes=["ReadWriteOnce"]), storageClassName="manual")
    scene.add("storageclasses.storage.k8s.io", named("fast", "StorageClass", ""))
    assert told(only(scene)) == ("claim-unbound", "persistentvolumeclaims data", "spec.accessModes")
    other = unbound(nas(storageClassName="manual"), storageClassName="manul", volumeName="")
    other.add("storageclasses.storage.k8s.io", named("fast", "StorageClass", ""))
    assert [each.rule for each in other.findings()] == ["missing-storage-class"]


def waiting_for(script: str, outcome: str) -> Scene:
    """An init container that has waited for a minute beside a job."""
    state = status("wait", running={"startedAt": "2025-11-25T19:45:30Z"})
    init = container("wait", command=["sh", "-c", script])
    spec = {"initContainers": [init], "containers": [container()]}
    scene = Scene(state=state, init=True, spec=spec, pod_status={"phase": "Pending"})
    told = {"type": outcome, "status": "True", "reason": "BackoffLimitExceeded"}
    made = {"template": {"spec": {"containers": [container()]}}}
    return scene.add("jobs.batch", named("migrate", "Job", spec=made, status={"conditions": [told]}))


@pytest.mark.parametrize(
    "script", ["kubectl wait --for=condition=complete job/migrate", "until done; do echo waiting for job migrate; done"]
)
def test_what_waits_for_a_job_that_has_failed(script: str) -> None:
    found = only(waiting_for(script, "Failed"))
    assert told(found)[:2] == ("job-failed", "jobs.batch migrate")
    assert "web" in {ref.name for ref in found.affected}
    assert waiting_for(script, "Suspended").rules() == []
    assert "init-waits" not in waiting_for("sleep 9", "Failed").rules()


def test_what_waits_for_a_job_that_is_suspended() -> None:
    scene = waiting_for("kubectl wait --for=condition=complete job/migrate", "Suspended")
    scene.objects["jobs.batch"][0]["spec"]["suspend"] = True
    found = only(scene)
    assert (found.root.kind, found.root.name, found.field) == ("jobs.batch", "migrate", "spec.suspend")
    assert found.remedy is not None
    assert found.remedy.operation == "unsuspend"
    assert "web" in {ref.name for ref in found.affected}


def spread_over(key: str) -> Scene:
    constraint = {"topologyKey": key, "whenUnsatisfiable": "DoNotSchedule", "maxSkew": 1}
    said = "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label)."
    condition = {"type": "PodScheduled", "status": "False", "message": said}
    spec = {"containers": [container()], "topologySpreadConstraints": [constraint]}
    scene = Scene(state=waiting(""), spec=spec, pod_status={"phase": "Pending", "conditions": [condition]})
    scene.objects["nodes"] = [node(metadata={"labels": {"zone": "a"}})]
    return scene


def test_a_label_to_spread_over_that_no_node_has() -> None:
    assert "no node has a label rack" in only(spread_over("rack")).cause
    assert "too uneven" in only(spread_over("zone")).cause


def test_the_volume_that_cannot_be_set_up_is_named() -> None:
    spec = {"containers": [container()], "volumes": [{"name": "logs", "hostPath": {"path": "/x"}}]}
    for volume, field in (("logs", "spec.template.spec.volumes[logs].hostPath"), ("pvc-1", "")):
        scene = Scene(state=waiting("ContainerCreating"), spec=spec)
        scene.event("FailedMount", f'MountVolume.SetUp failed for volume "{volume}" : it is no directory')
        assert told(only(scene)) == ("pod-setup-fails", "deployments.apps web", field)


def leaving(*, used: bool) -> Scene:
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}] if used else []
    metadata = {"deletionTimestamp": LONG_AGO, "finalizers": ["kubernetes.io/pvc-protection"]}
    claim = named("data", "PersistentVolumeClaim", metadata=metadata, status={"phase": "Bound"})
    return Scene(spec={"containers": [container()], "volumes": volumes}).add("persistentvolumeclaims", claim)


def test_who_uses_a_claim_keeps_it_from_going() -> None:
    found = only(leaving(used=True))
    assert told(found) == ("stuck-terminating", "deployments.apps web", "")
    assert "web still uses it" in found.cause
    assert only(leaving(used=False)).root.name == "data"


def test_a_claim_keeps_its_volume_from_going() -> None:
    metadata = {"deletionTimestamp": LONG_AGO, "finalizers": ["kubernetes.io/pv-protection"]}
    spec = {"claimRef": {"namespace": "shop", "name": "data"}}
    volume = named("nas", "PersistentVolume", "", metadata=metadata, spec=spec, status={"phase": "Bound"})
    claim = named("data", "PersistentVolumeClaim", status={"phase": "Bound"})
    scene = Scene().add("persistentvolumes", volume).add("persistentvolumeclaims", claim)
    assert told(only(scene)) == ("stuck-terminating", "persistentvolumeclaims data", "")


def ranks(phase: str, owner: str) -> Scene:
    """A headless service of pods that a job has made, and that are done."""
    labels = {"job-name": "mpi"}
    service = service_of("mpi")
    service["spec"]["selector"] = labels
    pod = named("mpi-0", "Pod", metadata={"labels": labels}, spec={"containers": []}, status={"phase": phase})
    return Scene().add("services", service).add("pods", owned(pod, named("mpi", owner)))


def test_a_service_of_a_job_that_is_done() -> None:
    assert ranks("Succeeded", "Job").rules() == []
    assert ranks("Succeeded", "Notebook").rules() == ["service-selects-nothing"]


@pytest.mark.parametrize(("policy", "rules"), [("Always", []), (None, ["service-wrong-port"])])
def test_a_sidecar_that_starts_first_listens_too(policy: str | None, rules: list[str]) -> None:
    sidecar = container("proxy", ports=[{"containerPort": 15000}]) | ({"restartPolicy": policy} if policy else {})
    spec = {"containers": [container(ports=[{"containerPort": 80}])], "initContainers": [sidecar]}
    assert Scene(spec=spec).add("services", service_of("web", 15000)).rules() == rules


def test_pods_of_one_owner_crash_for_the_reason_that_one_of_them_told() -> None:
    scene = Scene(state=crashed(1)).log("mkdir /cache: read-only file system")
    twin = {**scene.pod, "metadata": {**scene.pod["metadata"], "name": "web-5d4-twin", "uid": "twin"}}
    found = only(scene.add("pods", twin))
    assert found.rule == "read-only-filesystem"
    assert {ref.name for ref in found.affected} == {"web", "web-5d4-abcde", "web-5d4-twin"}
    assert "web-5d4-twin" not in {each.ref.name for each in found.evidence}


@pytest.mark.parametrize(
    ("data", "binary", "is_full"),
    [("ü" * 500_000, "", True), ("u" * 500_000, "", False), ("", "A" * 1_000_000, False), ("", "A" * 1_300_000, True)],
)
def test_a_configmap_is_measured_in_bytes(data: str, binary: str, is_full: bool) -> None:
    spec = {"containers": [container(envFrom=[{"configMapRef": {"name": "conf"}}])]}
    held = named("conf", "ConfigMap", data={"a": data}, binaryData={"b": binary})
    assert ("configmap-full" in Scene(spec=spec).add("configmaps", held).rules()) is is_full


def across(
    label: str,
    target: int | str = 8080,
    line: str = "connect ETIMEDOUT api.far:80",
    opened: int | str = 8080,
    named_port: str = "",
) -> tuple[Finding, ...]:
    """What is found in `shop`, whose pods call a service of a namespace that is not asked about.

    `named_port`: what the pods there call their port 8080, where their deployment may be read.
    """
    scene = Scene(state=crashed(1)).log(f"Error: {line}")
    shop = named("shop", "Namespace", "", metadata={"labels": {"team": "shop"}})
    scene.add("namespaces", shop, named("far", "Namespace", ""))
    service = service_of("api", 80, target)
    rule = {"from": [{"namespaceSelector": {"matchLabels": {"team": label}}}], "ports": [{"port": opened}]}
    spec = {"podSelector": {"matchLabels": {"app": "api"}}, "policyTypes": ["Ingress"], "ingress": [rule]}
    policy = named("guard", "NetworkPolicy", "far", spec=spec)
    service["metadata"]["namespace"] = policy["metadata"]["namespace"] = "far"
    ports = [{"name": named_port, "containerPort": 8080}]
    template = {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": [container(ports=ports)]}}
    made = [named("api", "Deployment", "far", spec={"template": template})] if named_port else []
    nearby = {("services", "far"): [service], (POLICIES, "far"): [policy], ("deployments.apps", "far"): made}
    limited = {"pods": {"shop"}, "services": {"shop"}}
    names = {("services", "far"): ["api"]}
    held = Snapshot(scene.objects, logs=scene.logs, limited=limited, elsewhere=names, nearby=nearby, now=NOW)
    return diagnose(held).findings


def test_a_policy_of_the_namespace_that_is_called() -> None:
    [found] = across("shops")
    assert told(found) == ("policy-blocks", f"{POLICIES} guard", "spec.ingress[0].from[0].namespaceSelector")
    assert [each.rule for each in across("shop")] == ["crash-loop"]
    assert [each.rule for each in across("shops", "http")] == ["crash-loop"]
    assert [each.rule for each in across("shop", opened="http")] == ["crash-loop"]
    assert [each.rule for each in across("shops", line="connection refused api.far:80")] == ["crash-loop"]


@pytest.mark.parametrize(("target", "opened"), [("http", "web"), ("http", 80), (8080, "web"), ("http", 9090)])
def test_a_policy_of_the_namespace_that_is_called_opens_another_port(target: int | str, opened: int | str) -> None:
    [found] = across("shop", target, opened=opened, named_port="http")
    assert told(found) == ("policy-blocks", f"{POLICIES} guard", "spec.ingress[0].ports[0].port")


@pytest.mark.parametrize(("target", "opened"), [("http", "http"), ("http", 8080), (8080, "http"), (8080, 8080)])
def test_a_port_by_its_name_and_by_its_number_is_the_same(target: int | str, opened: int | str) -> None:
    assert [each.rule for each in across("shop", target, opened=opened, named_port="http")] == ["crash-loop"]
