"""Values that are certain: the end of a fault is a step where one thing alone can be meant, and words elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.monitors import MONITORS, POD_MONITORS
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.nearness import is_slip
from tests.unit.diagnostics.scene import RUNNING, Object, Scene, container, named, node, owned, service_of

ISSUERS, ISSUERS_OF_ALL = "issuers.cert-manager.io", "clusterissuers.cert-manager.io"
CERTIFICATES = "certificates.cert-manager.io"
STORES, SECRETS_OF_STORES = "secretstores.external-secrets.io", "externalsecrets.external-secrets.io"
BINDINGS, ROLES = "rolebindings.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io"
INGRESSES, CLASSES = "ingresses.networking.k8s.io", "ingressclasses.networking.k8s.io"
BY_ANNOTATION = "kubernetes.io/ingress.class"


def found_by(scene: Scene, rule: str) -> Finding:
    return next(each for each in diagnose(scene.snapshot()).findings if each.rule == rule)


def sending(protocol: str, held: str, *others: Object, kind: str = "ClusterIP") -> Scene:
    ports = [{"containerPort": 53, **({"protocol": held} if held else {})}]
    sent = {"name": "dns", "port": 53, **({"protocol": protocol} if protocol else {})}
    spec = {"type": kind, "selector": {"app": "web"}, "ports": [sent, *others]}
    scene = Scene(state=RUNNING, spec={"containers": [container(ports=ports)]})
    return scene.add("services", named("web", "Service", spec=spec))


def other_name(host: str, *services: str) -> Scene:
    made = named("billing", "Service", spec={"type": "ExternalName", "externalName": host})
    return Scene().add("services", made, *(service_of(name) for name in services))


def certified(reference: Object, *issuers: str, of_all: tuple[str, ...] = (), made_by: str = "") -> Scene:
    spec = {"secretName": "web-tls", "dnsNames": ["a.example"], "issuerRef": reference}
    made = named("web", "Certificate", spec=spec)
    if made_by:
        owned(made, named(made_by, "Shop"))
    scene = Scene().add(CERTIFICATES, made).add(ISSUERS, *(named(name, "Issuer") for name in issuers))
    return scene.add(ISSUERS_OF_ALL, *(named(name, "ClusterIssuer", "") for name in of_all))


def stored(*secrets: Object, key: str = "token") -> Scene:
    """A store whose credentials are told inside of a list."""
    sources = [{"name": "a"}, {"auth": {"tokenSecretRef": {"name": "vault", "key": key}}}]
    told = {"conditions": [{"type": "Ready", "status": "False", "reason": "Invalid", "message": "no login"}]}
    made = named("vault", "SecretStore", spec={"providers": sources}, status=told)
    return Scene().add(STORES, made).add("secrets", *secrets)


def complaining(*maps: str, twice: bool = False, owner: bool = False) -> Scene:
    """A custom resource of a kind that nobody knows, which says what it misses."""
    said = 'configmaps "settnigs" not found'
    told = {"conditions": [{"type": "Ready", "status": "False", "reason": "Invalid", "message": said}]}
    spec = {"parts": [{"config": "settnigs", "size": 2}], **({"again": "settnigs"} if twice else {})}
    made = named("shop", "Shop", spec=spec, status=told)
    if owner:
        owned(made, named("chain", "Chain"))
    return Scene().add("shops.example.com", made).add("configmaps", *(named(name, "ConfigMap") for name in maps))


def monitored(selector: Object, endpoints: list[Object], *services: Object) -> Scene:
    spec = {"selector": selector, "endpoints": endpoints}
    return Scene().add(MONITORS, named("web", "ServiceMonitor", spec=spec)).add("services", *services)


def labelled(name: str, *ports: str, **labels: str) -> Object:
    held = [{"name": each, "port": 80} for each in ports]
    return named(name, "Service", metadata={"labels": labels}, spec={"selector": {"app": "web"}, "ports": held})


def scraped(port: str) -> Scene:
    spec = {"selector": {"matchLabels": {"app": "web"}}, "podMetricsEndpoints": [{"port": port, "path": "/metrics"}]}
    scene = Scene(spec={"containers": [container(ports=[{"containerPort": 9, "name": "metrics"}])]})
    return scene.add(POD_MONITORS, named("web", "PodMonitor", spec=spec))


def entering(said: str, *classes: str) -> Scene:
    created = {"annotations": {BY_ANNOTATION: said}, "creationTimestamp": "2025-11-25T19:00:00Z"}
    made = named("front", "Ingress", metadata=created, spec={"rules": []})
    return Scene().add(INGRESSES, made).add(CLASSES, *(named(name, "IngressClass", "") for name in classes))


def on_node(name: str, *nodes: str) -> Scene:
    scene = Scene(spec={"nodeName": name})
    scene.objects["nodes"] = [node(each) for each in nodes]
    return scene


def bound(*accounts: str) -> Scene:
    names = (("robto", "shop"), ("deployre", "shop"))
    subjects = [{"kind": "ServiceAccount", "name": name, "namespace": space} for name, space in names]
    made = named("readers", "RoleBinding", roleRef={"kind": "Role", "name": "reader"}, subjects=subjects)
    scene = Scene().add(BINDINGS, made).add(ROLES, named("reader", "Role", rules=[]))
    return scene.add("serviceaccounts", *(named(name, "ServiceAccount") for name in accounts))


def labels(**pairs: str | None) -> Object:
    return {"spec": {"selector": {"matchLabels": pairs}}}


def subject(name: str) -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": "shop"}


SAME = {"matchLabels": {"app": "web"}}
METRICS = {"port": "metrics", "path": "/metrics"}
CORRECTED: tuple[tuple[Callable[[], Scene], str, Object], ...] = (
    (lambda: sending("", "UDP"), "service-wrong-protocol",
     {"spec": {"ports": [{"name": "dns", "port": 53, "protocol": "UDP"}]}}),
    (lambda: other_name("ordres.shop.svc.cluster.local", "orders"), "external-name",
     {"spec": {"externalName": "orders.shop.svc.cluster.local"}}),
    (lambda: certified({"name": "letsencrpyt"}, "letsencrypt"), "missing-reference",
     {"spec": {"issuerRef": {"name": "letsencrypt"}}}),
    (lambda: certified({"name": "ca", "kind": "Issuer"}, "acme", of_all=("ca",)), "missing-reference",
     {"spec": {"issuerRef": {"kind": "ClusterIssuer"}}}),
    (lambda: stored(named("valut", "Secret", data={"token": ""})), "missing-reference", {"spec": {"providers": [
        {"name": "a"}, {"auth": {"tokenSecretRef": {"name": "valut", "key": "token"}}}]}}),
    (lambda: stored(named("vault", "Secret", data={"token": ""}), key="tokne"), "missing-reference",
     {"spec": {"providers": [{"name": "a"}, {"auth": {"tokenSecretRef": {"name": "vault", "key": "token"}}}]}}),
    (lambda: complaining("settings"), "missing-reference", {"spec": {"parts": [{"config": "settings", "size": 2}]}}),
    (lambda: monitored({"matchLabels": {"app": "wbe"}}, [METRICS], labelled("web", "metrics", app="web")),
     "monitor-selects-nothing", labels(app="web")),
    (lambda: monitored({"matchLabels": {"name": "web"}}, [METRICS], labelled("web", "metrics", app="web")),
     "monitor-selects-nothing", labels(name=None, app="web")),
    (lambda: monitored(SAME, [{"port": "metrcis"}, METRICS, {"port": "helth"}],
                       labelled("web", "metrics", "health", app="web")), "monitor-selects-nothing",
     {"spec": {"endpoints": [{"port": "metrics"}, METRICS, {"port": "health"}]}}),
    (lambda: scraped("metrcis"), "monitor-selects-nothing", {"spec": {"podMetricsEndpoints": [METRICS]}}),
    (lambda: entering("ngnix", "nginx", "traefik"), "missing-ingress-class",
     {"metadata": {"annotations": {BY_ANNOTATION: "nginx"}}}),
    (lambda: on_node("wroker-1", "worker-1", "worker-2"), "missing-node",
     {"spec": {"template": {"spec": {"nodeName": "worker-1"}}}}),
    (lambda: bound("robot", "deployer", "default"), "missing-subject",
     {"subjects": [subject("robot"), subject("deployer")]}),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "patch"), CORRECTED)
def test_the_one_right_value_is_written(scene: Callable[[], Scene], rule: str, patch: Object) -> None:
    found = found_by(scene(), rule)
    assert found.remedy is not None
    assert (found.remedy.operation, found.remedy.ref, found.remedy.patch) == ("patch", found.root, patch)


UDP = {"name": "dns-udp", "port": 53, "protocol": "UDP"}
LEFT: tuple[tuple[Callable[[], Scene], str], ...] = (
    (lambda: sending("UDP", ""), "service-wrong-protocol"),
    (lambda: sending("TCP", "UDP", UDP), "service-wrong-protocol"),
    (lambda: sending("TCP", "UDP", kind="LoadBalancer"), "service-wrong-protocol"),
    (lambda: other_name("ordres.shop.svc.cluster.local", "orders", "ordrs"), "external-name"),
    (lambda: other_name("biling.shop.svc.cluster.local"), "external-name"),
    (lambda: other_name("billing.shop.svc.cluster.local"), "external-name"),
    (lambda: other_name("web-0.ordres.shop.svc.cluster.local", "orders"), "external-name"),
    (lambda: certified({"name": "letsencrpyt"}, "letsencrypt", "letsencryp"), "missing-reference"),
    (lambda: certified({"name": "letsencrypt"}, "letsencrypt-staging"), "missing-reference"),
    (lambda: certified({"name": "letsencrpyt"}, "letsencrypt", made_by="shop"), "missing-reference"),
    (lambda: stored(named("valut", "Secret"), named("vautl", "Secret")), "missing-reference"),
    (lambda: complaining("settings", twice=True), "condition-false"),
    (lambda: complaining("settings", owner=True), "missing-reference"),
    (lambda: monitored({"matchLabels": {"app": "wbe"}}, [METRICS], labelled("web", "metrics", app="web"),
                       labelled("wb", "metrics", app="wb")), "monitor-selects-nothing"),
    (lambda: monitored({"matchLabels": {"app": "web-worker"}}, [METRICS], labelled("web", "metrics", app="web")),
     "monitor-selects-nothing"),
    (lambda: monitored(SAME, [{"port": "metrcis"}, {"port": "admin"}], labelled("web", "metrics", app="web")),
     "monitor-selects-nothing"),
    (lambda: scraped("admin"), "monitor-selects-nothing"),
    (lambda: entering("nginx-internal", "nginx"), "missing-ingress-class"),
    (lambda: on_node("worker-9", "worker-1"), "missing-node"),
    (lambda: on_node("zone-a", "zone-b"), "missing-node"),
    (lambda: bound("robot", "default"), "missing-subject"),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "rule"), LEFT)
def test_where_it_is_not_sure_what_is_meant_a_person_decides(scene: Callable[[], Scene], rule: str) -> None:
    assert found_by(scene(), rule).remedy is None


def test_a_bare_pod_cannot_be_bound_to_another_node() -> None:
    lone = named("lone", "Pod", spec={"nodeName": "wroker-1", "containers": [container()]}, status={})
    scene = Scene().add("pods", lone)
    scene.objects["nodes"] = [node("worker-1")]
    assert [each.remedy for each in diagnose(scene.snapshot()).findings if each.rule == "missing-node"] in ([], [None])


def selecting(*apps: str, **spec: Any) -> Scene:
    scene = Scene().add("services", service_of("shop", 80, app="wbe"))
    made = ({"metadata": {"labels": {"app": app}}, "spec": spec} for app in apps)
    return scene.add(
        "deployments.apps", *(named(f"x-{at}", "Deployment", spec={"template": each}) for at, each in enumerate(made))
    )


def test_a_service_selects_what_one_workload_alone_is_called_nearly() -> None:
    found = found_by(selecting(), "service-selects-nothing")
    assert found.remedy is not None
    assert found.remedy.patch == {"spec": {"selector": {"app": "web"}}}
    assert found_by(selecting("wb"), "service-selects-nothing").remedy is None


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("ngnix", "nginx"),
        ("wbe", "web"),
        ("app-confg", "app-config"),
        ("db1-main", "db1-mian"),
    ],
)
def test_what_is_mistyped_is_a_slip(wanted: str, name: str) -> None:
    assert is_slip(wanted, name)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("web", ""), ("web-v2", "web-v1"), ("zone-a", "zone-b"), ("us-east-1a", "us-east-1b"),
        ("nginx", "nginx-internal"), ("ca", "cb"), ("orders", "stock"), ("web", "web-1"),
    ],
)  # fmt: skip
def test_what_may_be_meant_as_it_is_is_none(wanted: str, name: str) -> None:
    assert not is_slip(wanted, name)
