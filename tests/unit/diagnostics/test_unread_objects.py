"""What may not be read, or was read in part: nothing is said to be missing that may be there."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.finding import Finding
from tests.unit.diagnostics.scene import NOW, Object, Scene, container, crashed, named, service_of, waiting

RBAC, GATEWAY = "rbac.authorization.k8s.io", "gateway.networking.k8s.io"
MONITORS = "servicemonitors.monitoring.coreos.com"
NOT_SET = "KeyError: DB_USER is not set"
REFUSED = 'User "system:serviceaccount:shop:robot" cannot list resource "pods" in API group "" in the namespace "shop"'
BY_KEY = {"name": "DB_USER", "valueFrom": {"secretKeyRef": {"name": "cred", "key": "user"}}}


def only(scene: Scene) -> Finding:
    [found] = scene.findings()
    return found


def told(finding: Finding) -> tuple[str, str, str, float]:
    return finding.rule, f"{finding.root.kind} {finding.root.name}", finding.field, finding.confidence


def waits_for(said: str) -> Scene:
    return Scene(state=waiting("CreateContainerConfigError", said), spec={"containers": [container(env=[BY_KEY])]})


def crashing(line: str, **spec: Any) -> Scene:
    return Scene(state=crashed(1), spec={"containers": [container(**spec)]}).log(line)


def mounting(line: str) -> Scene:
    scene = crashing(line, volumeMounts=[{"name": "d", "mountPath": "/etc/cred"}])
    scene.pod["spec"]["volumes"] = [{"name": "d", "secret": {"secretName": "cred"}}]
    return scene


def bound(role: str) -> Scene:
    """An account that may not list pods, with a binding to a role of a kind that cannot be read."""
    subjects = [{"kind": "ServiceAccount", "name": "robot"}]
    binding = named("robot", "RoleBinding", roleRef={"kind": "ClusterRole", "name": role}, subjects=subjects)
    return crashing(f"pods is forbidden: {REFUSED}").add(f"roles.{RBAC}").add(f"rolebindings.{RBAC}", binding)


def selecting() -> Scene:
    """A pod that no node takes, where nodes cannot be read."""
    message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
    pending = {
        "phase": "Pending",
        "containerStatuses": [],
        "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}],
    }
    scene = Scene(spec={"nodeSelector": {"disk": "ssd", "zone": "a"}}, pod_status=pending)
    scene.objects.pop("nodes")
    return scene


def test_a_key_that_the_kubelet_misses_of_a_secret_that_may_not_be_read() -> None:
    found = only(waits_for("couldn't find key user in Secret shop/cred"))
    assert told(found) == ("missing-secret-key", "secrets cred", "data.user", 0.7)
    assert 'Secret "cred" has no key "user"' in found.cause
    assert "create" not in " ".join(found.next_steps)
    mounted = mounting("")
    mounted.pod["spec"]["volumes"][0]["secret"]["items"] = [{"key": "user", "path": "user"}]
    mounted.pod["status"]["containerStatuses"] = [waiting("ContainerCreating")]
    mounted.event("FailedMount", 'MountVolume.SetUp failed for volume "d": references non-existent secret key: user')
    assert told(only(mounted))[:3] == ("missing-secret-key", "secrets cred", "data.user")


def test_a_secret_that_the_kubelet_does_not_find_is_missing_all_the_same() -> None:
    found = only(waits_for('secret "cred" not found'))
    assert told(found)[:3] == ("missing-secret", "secrets cred", "")


LOST: tuple[tuple[Callable[[], Scene], str, str, str], ...] = (
    (lambda: crashing(NOT_SET, envFrom=[{"secretRef": {"name": "cred"}}]),
     "missing-variable", "secrets cred", "data.DB_USER"),
    (lambda: crashing(NOT_SET, env=[BY_KEY]), "missing-variable", "secrets cred", "data[user]"),
    (lambda: crashing("FATAL: invalid DB_USER", env=[BY_KEY]), "crash-loop", "secrets cred", "data[user]"),
    (lambda: crashing("password authentication failed for user app", envFrom=[{"secretRef": {"name": "cred"}}]),
     "login-refused", "secrets cred", "data"),
    (lambda: mounting("open /etc/cred/ca.crt: no such file or directory"),
     "file-missing", "secrets cred", "data[ca.crt]"),
    (lambda: bound("reader"), "not-allowed", f"clusterroles.{RBAC} reader", "rules"),
    (lambda: bound("view"), "not-allowed", f"rolebindings.{RBAC} robot", "metadata.name"),
    (selecting, "node-selector", "deployments.apps web", "spec.template.spec.nodeSelector"),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "root", "field"), LOST)
def test_the_root_is_what_may_not_be_read(scene: Callable[[], Scene], rule: str, root: str, field: str) -> None:
    assert told(only(scene()))[:3] == (rule, root, field)


def test_what_is_not_all_read_is_less_certain() -> None:
    assert only(bound("reader")).confidence == 0.6
    assert only(crashing(NOT_SET, envFrom=[{"secretRef": {"name": "cred"}}])).confidence == 0.6
    assert "no node has a label" not in only(selecting()).cause


def test_a_host_of_a_namespace_whose_services_may_not_be_read() -> None:
    scene = crashing("Error: getaddrinfo ENOTFOUND idp.far", env=[{"name": "IDP", "value": "http://idp.far:8080"}])
    scene.add("services").add("namespaces", named("shop", "", ""), named("far", "", ""))
    snapshot = Snapshot(scene.objects, logs=scene.logs, limited={"pods": ["shop"], "services": ["shop"]}, now=NOW)
    [found] = diagnose(snapshot).findings
    assert (found.rule, found.confidence) == ("unknown-host", 0.6)
    assert "there is no service" not in found.cause
    assert "could not be read" in found.cause
    [known] = scene.findings()
    assert 'there is no service "idp" in namespace far' in known.cause


def route() -> Object:
    spec = {"rules": [{"backendRefs": [{"name": "api", "namespace": "far"}]}]}
    return named("front", "HTTPRoute", spec=spec)


def monitor() -> Object:
    return named("web", "ServiceMonitor", spec={"selector": {"matchLabels": {"app": "web"}}, "endpoints": []})


def claim() -> tuple[Object, Object]:
    spec = {"storageClassName": "manual"}
    taken = {"storageClassName": "manual", "claimRef": {"namespace": "far", "name": "old"}}
    disk = named("disk", "PersistentVolume", "", spec=taken, status={"phase": "Bound"})
    return named("data", "PersistentVolumeClaim", spec=spec, status={"phase": "Pending"}), disk


def in_part(rule: str, kind: str, objects: dict[str, list[Object]]) -> tuple[bool, bool]:
    """Whether a rule finds something where all of a kind is read, and where only a part of it is."""
    there = {**Scene().objects, **objects}
    whole, part = Snapshot(there, now=NOW), Snapshot(there, limited={kind: []}, now=NOW)
    return is_found(rule, whole), is_found(rule, part)


def is_found(rule: str, snapshot: Snapshot) -> bool:
    return rule in {each.rule for each in diagnose(snapshot).findings}


def test_what_is_read_in_part_does_not_prove_that_something_is_missing() -> None:
    routes: dict[str, list[Object]] = {
        f"httproutes.{GATEWAY}": [route()],
        "services": [service_of("api") | {"metadata": {"name": "api", "namespace": "far", "uid": "api"}}],
    }
    grants = f"referencegrants.{GATEWAY}"
    assert in_part("reference-not-granted", grants, routes | {grants: []}) == (True, False)
    assert in_part("monitor-selects-nothing", "services", {MONITORS: [monitor()], "services": []}) == (True, False)
    data, disk = claim()
    volumes: dict[str, list[Object]] = {
        "persistentvolumeclaims": [data], "persistentvolumes": [disk], "storageclasses.storage.k8s.io": [],
    }  # fmt: skip
    assert in_part("claim-unbound", "persistentvolumes", volumes) == (True, False)
