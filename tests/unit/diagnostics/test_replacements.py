"""Values that are corrected by a plan: the only port there is, a near name of what is named, a near label."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.domain.finding import Finding, Remedy
from tests.unit.diagnostics.scene import RUNNING, Object, Scene, container, named, node, service_of, waiting

INGRESSES, ROUTES = "ingresses.networking.k8s.io", "httproutes.gateway.networking.k8s.io"
BUDGETS, POLICIES = "poddisruptionbudgets.policy", "networkpolicies.networking.k8s.io"
SCALERS, CLAIMS = "horizontalpodautoscalers.autoscaling", "persistentvolumeclaims"
PRIORITIES, RUNTIMES = "priorityclasses.scheduling.k8s.io", "runtimeclasses.node.k8s.io"
GATEWAYS, CLASSES = "gateways.gateway.networking.k8s.io", "gatewayclasses.gateway.networking.k8s.io"
BINDINGS, ROLES = "rolebindings.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io"
PULLS = "kubernetes.io/dockerconfigjson"


def found_by(scene: Scene, rule: str) -> Finding:
    return next(each for each in diagnose(scene.snapshot()).findings if each.rule == rule)


def of_pods(**spec: Any) -> Object:
    return {"spec": {"template": {"spec": spec}}}


def probed(*ports: int, handler: str = "httpGet", now: int = 8081) -> Scene:
    probe = {handler: {"port": 8081, **({"path": "/"} if handler == "httpGet" else {})}}
    made = container(readinessProbe=probe, ports=[{"containerPort": port} for port in ports])
    scene = Scene(state=RUNNING | {"ready": False}, spec={"containers": [made]})
    current = container(readinessProbe={handler: {**probe[handler], "port": now}}, ports=made["ports"])
    scene.deployment["spec"]["template"] = {**scene.deployment["spec"]["template"], "spec": {"containers": [current]}}
    return scene.event("Unhealthy", "Readiness probe failed: dial tcp: connection refused")


def entering(*ports: Object, default: bool = False, **port: Any) -> Scene:
    backend = {"service": {"name": "web", "port": port or {"number": 8080}}}
    rules = {"rules": [{"host": "a.example", "http": {"paths": [{"path": "/", "backend": backend}]}}]}
    spec = {"defaultBackend": backend} if default else rules
    service = named("web", "Service", spec={"selector": {"app": "web"}, "ports": list(ports) or [{"port": 80}]})
    return Scene().add("services", service).add(INGRESSES, named("front", "Ingress", spec=spec))


def routed(*ports: int) -> Scene:
    service = named("web", "Service", spec={"selector": {"app": "web"}, "ports": [{"port": port} for port in ports]})
    spec = {"rules": [{"backendRefs": [{"name": "web", "port": 8080, "weight": 1}]}]}
    return Scene().add("services", service).add(ROUTES, named("front", "HTTPRoute", spec=spec))


def encrypted(*names: str, kind: str = "kubernetes.io/tls", **metadata: Any) -> Scene:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rules = [{"http": {"paths": [{"path": "/", "backend": backend}]}}]
    tls = [{"hosts": ["b.example"], "secretName": "other"}, {"hosts": ["a.example"], "secretName": "shop-tsl"}]
    made = named("front", "Ingress", metadata=metadata, spec={"rules": rules, "tls": tls})
    secrets = [named(name, "Secret", type=kind, data={"tls.crt": "", "tls.key": ""}) for name in ("other", *names)]
    return Scene().add("services", service_of("web")).add(INGRESSES, made).add("secrets", *secrets)


def private(*names: str, kind: str = PULLS) -> Scene:
    spec = {"containers": [container(image="web:9")], "imagePullSecrets": [{"name": "mirror"}, {"name": "regcerd"}]}
    said = "pull access denied, repository does not exist or may require authorization"
    secrets = [named(name, "Secret", type=PULLS if name == "mirror" else kind) for name in ("mirror", *names)]
    return Scene(state=waiting("ErrImagePull", said), spec=spec).add("secrets", *secrets)


def pending(said: str, **spec: Any) -> Scene:
    condition = {"type": "PodScheduled", "status": "False", "message": f"0/1 nodes are available: {said}"}
    made = {"containers": [container()], **spec}
    return Scene(state=waiting(""), spec=made, pod_status={"phase": "Pending", "conditions": [condition]})


def claiming(*names: str, used: bool = False) -> Scene:
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "web-dtaa"}}]
    scene = pending('persistentvolumeclaim "web-dtaa" not found', volumes=volumes)
    scene.add(CLAIMS, *(named(name, "PersistentVolumeClaim", status={"phase": "Bound"}) for name in names))
    user = [{"name": "d", "persistentVolumeClaim": {"claimName": names[0]}}] if used else []
    return scene.add("pods", named("other", "Pod", spec={"volumes": user}, status=RUNNING))


def selecting(*labels: dict[str, str]) -> Scene:
    scene = pending("1 node(s) didn't match Pod's node affinity/selector.", nodeSelector={"disk": "sdd", "zone": "a"})
    scene.objects["nodes"] = [node(f"node-{at}", metadata={"labels": each}) for at, each in enumerate(labels)]
    return scene


def classed(kind: str, said: str, *names: str, **spec: Any) -> Scene:
    scene = Scene(spec=spec)
    failure = {"type": "ReplicaFailure", "status": "True", "message": f'pods "web-" is forbidden: {said}'}
    scene.replica_set["status"] = {"replicas": 0, "conditions": [failure]}
    return scene.add(kind, *(named(name, "", "") for name in names))


def of_priority(*names: str) -> Scene:
    said = "no PriorityClass with name critcal was found"
    return classed(PRIORITIES, said, *names, priorityClassName="critcal")


def guarding(kind: str, path: str, **labels: str) -> Scene:
    selector = {path: {"matchLabels": {"app": "wbe"}}}
    return Scene(template_labels={"app": "web", **labels}).add(kind, named("guard", "Thing", spec=selector))


def scaling(kind: str, target: str) -> Scene:
    reference = {"apiVersion": "apps/v1", "kind": kind, "name": target}
    scene = Scene().add("statefulsets.apps", named("db", "StatefulSet", spec={"replicas": 1, "template": {}}))
    return scene.add(SCALERS, named("web", "HorizontalPodAutoscaler", spec={"scaleTargetRef": reference}))


def gated(*names: str, parent: str = "frnot", section: str = "http", class_name: str = "public", **rest: Any) -> Scene:
    """A route below a gateway, with a Secret that its listener may show."""
    tls = {"certificateRefs": [{"name": rest.pop("certificate", "shop-tls")}]}
    listener = {"name": "http", "port": 80, "tls": tls}
    spec = {"gatewayClassName": class_name, "listeners": [listener, {"name": "internal-admin", "port": 81}]}
    parents = [{"name": parent, "sectionName": section}]
    route = named("web", "HTTPRoute", spec={"parentRefs": parents, "rules": []})
    made = named("shop-tls", "Secret", type="kubernetes.io/tls", data={"tls.crt": "", "tls.key": ""})
    gateways = [named(name, "Gateway", spec=spec, **rest) for name in ("front", *names)]
    accepted = {"conditions": [{"type": "Accepted", "status": "True"}]}
    classes = [named(name, "GatewayClass", "", status=accepted) for name in ("public", "mesh")]
    return Scene().add(GATEWAYS, *gateways).add(ROUTES, route).add(CLASSES, *classes).add("secrets", made)


def bound(*accounts: str, also: bool = False) -> Scene:
    subjects = [
        {"kind": "ServiceAccount", "name": name, "namespace": "shop"} for name in ("robto", "robtt")[: 1 + also]
    ]
    made = named("readers", "RoleBinding", roleRef={"kind": "Role", "name": "reader"}, subjects=subjects)
    scene = Scene().add(BINDINGS, made).add(ROLES, named("reader", "Role", rules=[]))
    return scene.add("serviceaccounts", *(named(name, "ServiceAccount") for name in accounts))


def daemons(*disks: str) -> Scene:
    spec = {"template": {"metadata": {"labels": {"app": "d"}}, "spec": {"nodeSelector": {"disk": "sdd"}}}}
    scene = Scene().add("daemonsets.apps", named("d", "DaemonSet", spec=spec, status={"desiredNumberScheduled": 0}))
    scene.objects["nodes"] = [node(f"node-{disk}", metadata={"labels": {"disk": disk}}) for disk in disks]
    return scene


CORRECTED: tuple[tuple[Callable[[], Scene], str, Object], ...] = (
    (lambda: probed(8080), "readiness-probe-fails",
     of_pods(containers=[{"name": "app", "readinessProbe": {"httpGet": {"port": 8080}}}])),
    (lambda: probed(8080, handler="tcpSocket"), "readiness-probe-fails",
     of_pods(containers=[{"name": "app", "readinessProbe": {"tcpSocket": {"port": 8080}}}])),
    (entering, "wrong-backend-port", {"spec": {"rules": [{"host": "a.example", "http": {"paths": [
        {"path": "/", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}}),
    (lambda: entering(name="http"), "wrong-backend-port", {"spec": {"rules": [{"host": "a.example", "http": {"paths": [
        {"path": "/", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}}),
    (lambda: entering(default=True), "wrong-backend-port",
     {"spec": {"defaultBackend": {"service": {"port": {"number": 80, "name": None}}}}}),
    (lambda: routed(80), "wrong-backend-port",
     {"spec": {"rules": [{"backendRefs": [{"name": "web", "port": 80, "weight": 1}]}]}}),
    (lambda: encrypted("shop-tls"), "missing-certificate", {"spec": {"tls": [
        {"hosts": ["b.example"], "secretName": "other"}, {"hosts": ["a.example"], "secretName": "shop-tls"}]}}),
    (lambda: private("regcred"), "image-not-found-or-private",
     of_pods(imagePullSecrets=[{"name": "mirror"}, {"name": "regcred"}])),
    (lambda: claiming("web-data"), "missing-claim",
     of_pods(volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "web-data"}}])),
    (lambda: selecting({"disk": "ssd", "zone": "a"}), "node-selector", of_pods(nodeSelector={"disk": "ssd"})),
    (lambda: of_priority("critical"), "missing-priority-class", of_pods(priorityClassName="critical")),
    (lambda: classed(RUNTIMES, 'RuntimeClass "gvsior" not found', "gvisor", runtimeClassName="gvsior"),
     "missing-runtime-class", of_pods(runtimeClassName="gvisor")),
    (lambda: guarding(BUDGETS, "selector"), "budget-selects-nothing",
     {"spec": {"selector": {"matchLabels": {"app": "web"}}}}),
    (lambda: guarding(POLICIES, "podSelector"), "policy-selects-nothing",
     {"spec": {"podSelector": {"matchLabels": {"app": "web"}}}}),
    (lambda: scaling("Deployment", "db"), "autoscaler-target",
     {"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db"}}}),
    (gated, "missing-gateway", {"spec": {"parentRefs": [{"name": "front", "sectionName": "http"}]}}),
    (lambda: gated(parent="front", section="htpt"), "gateway-refuses",
     {"spec": {"parentRefs": [{"name": "front", "sectionName": "http"}]}}),
    (lambda: gated(parent="front", class_name="pubilc"), "missing-gateway-class",
     {"spec": {"gatewayClassName": "public"}}),
    (lambda: gated(parent="front", certificate="shop-tsl"), "missing-certificate", {"spec": {"listeners": [
        {"name": "http", "port": 80, "tls": {"certificateRefs": [{"name": "shop-tls"}]}},
        {"name": "internal-admin", "port": 81}]}}),
    (lambda: bound("robot"), "missing-subject",
     {"subjects": [{"kind": "ServiceAccount", "name": "robot", "namespace": "shop"}]}),
    (lambda: daemons("ssd"), "daemonset-nowhere", of_pods(nodeSelector={"disk": "ssd"})),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "patch"), CORRECTED)
def test_the_one_right_value_is_written(scene: Callable[[], Scene], rule: str, patch: Object) -> None:
    found = found_by(scene(), rule)
    assert isinstance(found.remedy, Remedy)
    assert (found.remedy.operation, found.remedy.ref, found.remedy.patch) == ("patch", found.root, patch)


LEFT: tuple[tuple[Callable[[], Scene], str], ...] = (
    (lambda: probed(8080, 9090), "readiness-probe-fails"),
    (probed, "readiness-probe-fails"),
    (lambda: probed(8080, now=8080), "readiness-probe-fails"),
    (lambda: entering({"port": 80, "name": "http"}, {"port": 443, "name": "https"}), "wrong-backend-port"),
    (lambda: routed(80, 443), "wrong-backend-port"),
    (lambda: encrypted("shop-tls", "shop-tal"), "missing-certificate"),
    (lambda: encrypted("shop-tls", kind="Opaque"), "missing-certificate"),
    (lambda: encrypted("shop-tls", annotations={"cert-manager.io/issuer": "ca"}), "missing-certificate"),
    (lambda: private("regcred", "regcert"), "image-not-found-or-private"),
    (lambda: private("regcred", kind="Opaque"), "image-not-found-or-private"),
    (lambda: claiming("web-data", "web-daaa"), "missing-claim"),
    (lambda: claiming("web-data", used=True), "missing-claim"),
    (lambda: claiming("far-away"), "missing-claim"),
    (lambda: claiming("web-data").add("deployments.apps", named("b", "Deployment", spec={"template": {"spec": {
        "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "web-data"}}]}}})), "missing-claim"),
    (lambda: selecting({"disk": "ssd", "zone": "b"}), "node-selector"),
    (lambda: selecting({"disk": "hdd", "zone": "a"}, {"disk": "ssd", "zone": "a"}), "node-selector"),
    (lambda: of_priority("critical", "critial"), "missing-priority-class"),
    (lambda: of_priority("low"), "missing-priority-class"),
    (lambda: guarding(BUDGETS, "selector").add(
        "deployments.apps", named("b", "Deployment", spec={"template": {"metadata": {"labels": {"app": "wb"}}}})),
     "budget-selects-nothing"),
    (lambda: scaling("Deployment", "cache"), "autoscaler-target"),
    (lambda: gated("frnots"), "missing-gateway"),
    (lambda: gated(parent="front", section="grpc"), "gateway-refuses"),
    (lambda: gated(parent="front", class_name="other"), "missing-gateway-class"),
    (lambda: gated(parent="front", certificate="shop-tsl", metadata={"annotations": {"cert-manager.io/issuer": "ca"}}),
     "missing-certificate"),
    (lambda: bound("robot", "robt"), "missing-subject"),
    (lambda: bound("robot", also=True), "missing-subject"),
    (lambda: daemons("ssd", "hdd"), "daemonset-nowhere"),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "rule"), LEFT)
def test_where_it_is_not_sure_what_is_meant_a_person_decides(scene: Callable[[], Scene], rule: str) -> None:
    assert found_by(scene(), rule).remedy is None


def test_what_is_written_out_whole_is_no_strategic_patch() -> None:
    for scene, rule in ((private("regcred"), "image-not-found-or-private"), (entering(), "wrong-backend-port")):
        found = found_by(scene, rule)
        assert found.remedy is not None
        assert not found.remedy.is_strategic
