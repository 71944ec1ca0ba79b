"""Rules about what objects name: hosts, services, roles, classes, gateways, other custom resources."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.webhooks import CONFIGURATIONS
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import RUNNING, Object, Scene, container, named, node, running_pod, service_of

BINDINGS, CLUSTER_ROLES = "rolebindings.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io"
POLICIES, BUDGETS = "networkpolicies.networking.k8s.io", "poddisruptionbudgets.policy"
GATEWAY = "gateway.networking.k8s.io"
SLICES, INGRESSES = "endpointslices.discovery.k8s.io", "ingresses.networking.k8s.io"
CERTIFICATES, ISSUERS = "certificates.cert-manager.io", "issuers.cert-manager.io"


def told(value: str, name: str = "CACHE_URL", *, port: int = 6379, **spec: Any) -> Scene:
    """A workload that is well, with a variable, beside a service `cache` whose pod is well."""
    scene = Scene(spec={"containers": [container(env=[{"name": name, "value": value}])], **spec})
    cache = service_of("cache", port)
    cache["spec"]["clusterIP"] = "10.96.0.7"
    scene.objects["pods"].append(running_pod("cache"))
    return scene.add("services", cache).add("namespaces", named("shop", "Namespace", ""), DNS_SPACE)


def configured(value: str) -> Scene:
    spec = {"containers": [container(envFrom=[{"configMapRef": {"name": "web"}}])]}
    return (
        Scene(spec=spec)
        .add("services", service_of("cache"))
        .add("configmaps", named("web", data={"URL": value}))
        .add("pods", running_pod("cache"))
    )


def guarded(value: str, *policies: Object) -> Scene:
    return told(value).add(POLICIES, *policies)


def policy(name: str, selects: Object, **spec: Any) -> Object:
    types = [word.capitalize() for word in ("ingress", "egress") if word in spec]
    selector = {"matchLabels": selects} if selects else {}
    return named(name, "NetworkPolicy", spec={"podSelector": selector, "policyTypes": types, **spec})


def to_pods(port: int | None = None, space: Object | None = None, **labels: str) -> Object:
    peer: Object = {"podSelector": {"matchLabels": labels}} | ({} if space is None else {"namespaceSelector": space})
    return {"to": [peer]} | ({"ports": [{"port": port}]} if port else {})


def from_pods(port: int, **labels: str) -> Object:
    return {"from": [{"podSelector": {"matchLabels": labels}}], "ports": [{"port": port}]}


def bound(role: str, subject: str, kind: str = "ClusterRole", labels: Object | None = None) -> Scene:
    subjects = [{"kind": "ServiceAccount", "name": subject, "namespace": "shop"}]
    metadata = {"labels": labels or {}}
    binding = named("ci", "RoleBinding", roleRef={"kind": kind, "name": role}, subjects=subjects, metadata=metadata)
    scene = Scene().add(BINDINGS, binding).add("serviceaccounts", named("deployer", "ServiceAccount"))
    return scene.add(CLUSTER_ROLES, named("view", "ClusterRole", "")).add("roles.rbac.authorization.k8s.io")


def checked(service: str, policy: str = "Fail") -> Scene:
    called = {"service": {"name": service, "namespace": "shop"}}
    hook = {"name": "guard.example.org", "failurePolicy": policy, "clientConfig": called}
    scene = Scene().add(CONFIGURATIONS[0], named("guard", "ValidatingWebhookConfiguration", "", webhooks=[hook]))
    return scene.add("services", service_of("web", 443))


def routed(
    gateway: str = "edge", backend: str = "web", port: int = 80, *, source: str = "Same", space: str = "shop"
) -> Scene:
    """A route of the namespace `shop` to a gateway of `space`, whose class is accepted."""
    accepted = {"conditions": [{"type": "Accepted", "status": "True"}]}
    scene = Scene().add(f"gatewayclasses.{GATEWAY}", named("edge", "GatewayClass", "", status=accepted))
    listener = {"name": "http", "port": 80, "allowedRoutes": {"namespaces": {"from": source}}}
    spec = {"gatewayClassName": "edge", "listeners": [listener]}
    scene.add(f"gateways.{GATEWAY}", named("edge", "Gateway", space, spec=spec))
    rules = [{"backendRefs": [{"name": backend, "port": port}]}]
    route = {"parentRefs": [{"name": gateway, "namespace": space}], "rules": rules}
    return scene.add("services", service_of("web")).add(f"httproutes.{GATEWAY}", named("web", "HTTPRoute", spec=route))


def classed(name: str, *conditions: Object) -> Scene:
    held = named(
        "nginx",
        "GatewayClass",
        "",
        spec={"controllerName": "example.org/nginx"},
        status={"conditions": list(conditions)},
    )
    return (
        Scene()
        .add(f"gatewayclasses.{GATEWAY}", held)
        .add(f"gateways.{GATEWAY}", named("edge", "Gateway", spec={"gatewayClassName": name}))
    )


def bare(addresses: int, *, called: bool = False) -> Scene:
    held = [{"addresses": ["192.0.2.7"]}] * addresses
    of = {"labels": {"kubernetes.io/service-name": "legacy"}}
    scene = Scene().add("services", named("legacy", "Service", spec={"ports": [{"port": 80}]}))
    scene.add(SLICES, named("legacy-x", "EndpointSlice", metadata=of, endpoints=held))
    backend = {"service": {"name": "legacy", "port": {"number": 80}}}
    front = named("front", "Ingress", spec={"defaultBackend": backend})
    return scene.add(INGRESSES, front) if called else scene


def other_name(host: str) -> Scene:
    spec = {"type": "ExternalName", "externalName": host}
    return Scene().add("services", named("billing", "Service", spec=spec), service_of("web"))


def certified(issuer: str, ready: str) -> Scene:
    spec = {"secretName": "web-tls", "issuerRef": {"name": issuer, "kind": "Issuer"}}
    status = {"conditions": [{"type": "Ready", "status": ready, "reason": "DoesNotExist", "message": "no such Secret"}]}
    scene = Scene().add(CERTIFICATES, named("web", "Certificate", spec=spec, status=status))
    return scene.add(ISSUERS, named("letsencrypt", "Issuer"))


def protecting(app: str, selects: Object | None = None) -> Scene:
    selector = selects or {"matchLabels": {"app": app}}
    return Scene().add(BUDGETS, named("web", "PodDisruptionBudget", spec={"selector": selector, "minAvailable": 1}))


def everywhere(wants: int, **labels: str) -> Scene:
    template = {"spec": {"containers": [container()], "nodeSelector": labels}}
    made = named("agent", "DaemonSet", spec={"template": template}, status={"desiredNumberScheduled": wants})
    scene = Scene().add("daemonsets.apps", made)
    scene.objects["nodes"] = [node(metadata={"labels": {"disk": "ssd"}})]
    return scene


def phase(kind: str, **status: Any) -> Scene:
    return Scene().add(kind, named("main", "ClusterServiceVersion", status=status))


def entering(*classes: Object, **metadata: Any) -> Scene:
    front = named(
        "front",
        "Ingress",
        metadata=metadata,
        spec={"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}},
    )
    scene = Scene().add("services", service_of("web")).add(INGRESSES, front)
    return scene.add("ingressclasses.networking.k8s.io", *classes)


DNS_SPACE = named("kube-system", "Namespace", "", metadata={"labels": {"kubernetes.io/metadata.name": "kube-system"}})
SYSTEM = {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}
OTHER_SPACE = {"matchLabels": {"kubernetes.io/metadata.name": "payments"}}
NGINX = named("nginx", "IngressClass", "")
DEFAULT = named(
    "nginx", "IngressClass", "", metadata={"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}
)
URL = "redis://cache:6379/0"
CSV = "clusterserviceversions.operators.coreos.com"
FAULTS: tuple[Fault, ...] = (
    (lambda: told("redis://cahce:6379/0"), "unknown-host", "deployments.apps web", 'there is "cache"'),
    (lambda: told("http://auth.shop.svc.cluster.local/login"), "unknown-host", "deployments.apps web",
     'no service "auth"'),
    (lambda: told("cahce", "CACHE_HOST"), "unknown-host", "deployments.apps web", 'there is "cache"'),
    (lambda: told("a.cache:6379,orders:5432"), "unknown-host", "deployments.apps web", 'no service "orders"'),
    (lambda: configured("http://cahce:80"), "unknown-host", "configmaps web", 'there is "cache"'),
    (lambda: told("redis://cache:6380/0"), "wrong-port", "deployments.apps web", "listens on 6379"),
    (lambda: guarded(URL, policy("in", {"app": "cache"}, ingress=[from_pods(6379, app="front")])), "policy-blocks",
     f"{POLICIES} in", "no ingress rule"),
    (lambda: guarded(URL, policy("out", {"app": "web"}, egress=[to_pods(6379, app="cache")])), "policy-blocks",
     f"{POLICIES} out", "DNS at port 53"),
    (lambda: guarded("x", policy("out", {"app": "web"}, egress=[to_pods(space=OTHER_SPACE, app="db")])),
     "policy-blocks", f"{POLICIES} out", "DNS at port 53"),
    (lambda: guarded(URL, policy("out", {"app": "web"}, egress=[to_pods(53, SYSTEM), to_pods(6379, app="db")])),
     "policy-blocks", f"{POLICIES} out", "through to service cache at port 6379"),
    (lambda: guarded("x", policy("in", {"app": "wbe"}, ingress=[{}])), "policy-selects-nothing", f"{POLICIES} in",
     "the pods of deployment web have app=web"),
    (lambda: bound("veiw", "deployer"), "missing-role", f"{BINDINGS} ci", 'there is "view"'),
    (lambda: bound("ci", "deployer", "Role"), "missing-role", f"{BINDINGS} ci", 'no Role "ci"'),
    (lambda: bound("view", "deploy"), "missing-subject", f"{BINDINGS} ci", 'no service account "deploy"'),
    (lambda: checked("guard"), "webhook-down", f"{CONFIGURATIONS[0]} guard", "no service shop/guard"),
    (lambda: routed("egde"), "missing-gateway", f"httproutes.{GATEWAY} web", 'there is "edge"'),
    (lambda: routed(backend="wbe"), "missing-backend", f"httproutes.{GATEWAY} web", 'there is "web"'),
    (lambda: routed(port=8080), "wrong-backend-port", f"httproutes.{GATEWAY} web", "it has 80"),
    (lambda: routed(space="infra"), "gateway-refuses", f"gateways.{GATEWAY} edge", "of namespace shop"),
    (lambda: classed("ngnix", {"type": "Accepted", "status": "True"}), "missing-gateway-class",
     f"gateways.{GATEWAY} edge", 'there is "nginx"'),
    (lambda: classed("nginx", {"type": "Accepted", "status": "Unknown"}), "gateway-class-unclaimed",
     f"gatewayclasses.{GATEWAY} nginx", "example.org/nginx"),
    (lambda: bare(0), "service-without-selector", "services legacy", "no selector"),
    (lambda: other_name("wbe.shop.svc.cluster.local"), "external-name", "services billing", 'there is "web"'),
    (lambda: other_name("billing.shop.svc.cluster.local"), "external-name", "services billing", "for itself"),
    (lambda: certified("letsencrypt-prod", "False"), "missing-reference", f"{CERTIFICATES} web",
     'there is "letsencrypt"'),
    (lambda: certified("letsencrypt-prod", "True"), "missing-reference", f"{CERTIFICATES} web", "no Issuer"),
    (lambda: protecting("wbe"), "budget-selects-nothing", f"{BUDGETS} web", "the pods of deployment web have app=web"),
    (lambda: everywhere(0, disk="sdd"), "daemonset-nowhere", "daemonsets.apps agent", "there is disk=ssd"),
    (lambda: phase(CSV, phase="Failed", message="install timed out"), "condition-false", f"{CSV} main", "timed out"),
    (lambda: phase("catalogsources.operators.coreos.com", connectionState={"lastObservedState": "TRANSIENT_FAILURE"}),
     "condition-false", "catalogsources.operators.coreos.com main", "TRANSIENT_FAILURE"),
    (lambda: entering(NGINX), "missing-ingress-class", f"{INGRESSES} front", "there is nginx"),
)  # fmt: skip
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: told(URL), "unknown-host"),
    (lambda: told(URL), "wrong-port"),
    (lambda: told("https://api.example.com"), "unknown-host"),
    (lambda: told("http://localhost:9000"), "unknown-host"),
    (lambda: told("http://$(POD_IP):80"), "unknown-host"),
    (lambda: told("0.0.0.0:8080", "BIND_ADDR"), "unknown-host"),
    (lambda: told("everyone:443", "LISTEN_ADDRESS"), "unknown-host"),
    (lambda: told("http://auth.mobile/login"), "unknown-host"),
    (lambda: told("http://old:80", hostAliases=[{"ip": "192.0.2.1", "hostnames": ["old"]}]), "unknown-host"),
    (lambda: told("cache-0.cache:6379"), "unknown-host"),
    (lambda: told("debug"), "unknown-host"),
    (lambda: guarded(URL, policy("in", {"app": "cache"}, ingress=[from_pods(6379, app="web")])), "policy-blocks"),
    (lambda: guarded(URL, policy("deny", {}, egress=[]),
                     policy("out", {"app": "web"}, egress=[to_pods(53, SYSTEM), to_pods(6379, app="cache")])),
     "policy-blocks"),
    (lambda: guarded("x", policy("deny", {}, egress=[])), "policy-blocks"),
    (lambda: guarded(URL, policy("out", {"app": "web"}, egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}])),
     "policy-blocks"),
    (lambda: guarded("x", policy("in", {"app": "web"}, ingress=[{}])), "policy-selects-nothing"),
    (lambda: bound("view", "deployer"), "missing-role"),
    (lambda: bound("view", "deployer"), "missing-subject"),
    (lambda: bound("gone", "gone", labels={"kubernetes.io/bootstrapping": "rbac-defaults"}), "missing-role"),
    (lambda: checked("web"), "webhook-down"),
    (routed, "missing-gateway"),
    (routed, "missing-backend"),
    (routed, "wrong-backend-port"),
    (lambda: routed(space="infra", source="All"), "gateway-refuses"),
    (lambda: classed("nginx", {"type": "Accepted", "status": "True"}), "missing-gateway-class"),
    (lambda: classed("nginx", {"type": "Accepted", "status": "True"}), "gateway-class-unclaimed"),
    (lambda: bare(1), "service-without-selector"),
    (lambda: other_name("mail.example.com"), "external-name"),
    (lambda: other_name("web.shop.svc.cluster.local"), "external-name"),
    (lambda: certified("letsencrypt", "True"), "missing-reference"),
    (lambda: protecting("web"), "budget-selects-nothing"),
    (lambda: protecting("", {"matchExpressions": [{"key": "app", "operator": "Exists"}]}), "budget-selects-nothing"),
    (lambda: everywhere(1, disk="ssd"), "daemonset-nowhere"),
    (lambda: phase(CSV, phase="Succeeded"), "condition-false"),
    (lambda: entering(DEFAULT), "missing-ingress-class"),
    (lambda: entering(NGINX, annotations={"kubernetes.io/ingress.class": "nginx"}), "missing-ingress-class"),
    (entering, "missing-ingress-class"),
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
        (lambda: told("orders", "ORDERS_HOST"), Severity.NOTICE),
        (lambda: told("http://orders:80"), Severity.NOTICE),
        (lambda: told("http://cahce:80"), Severity.WARNING),
        (lambda: checked("guard", "Ignore"), Severity.NOTICE),
        (lambda: bare(0, called=True), Severity.WARNING),
        (lambda: bare(0), Severity.NOTICE),
        (lambda: protecting("payments"), Severity.NOTICE),
        (lambda: everywhere(0, accelerator="gpu"), Severity.NOTICE),
    ],
)
def test_how_sure_it_is_decides_how_loud_it_is_told(scene: Callable[[], Scene], severity: Severity) -> None:
    [found] = scene().findings()
    assert found.severity is severity


def test_a_webhook_whose_pods_are_down_is_the_fault_of_its_service() -> None:
    scene = checked("web")
    scene.pod["status"]["conditions"] = [{"type": "Ready", "status": "False"}]
    scene.pod["status"]["containerStatuses"] = [RUNNING | {"ready": False}]
    [found] = scene.findings()
    assert (found.rule, found.root.kind, found.root.name) == ("webhook-down", "services", "web")


def test_a_policy_opens_the_port_that_a_name_stands_for() -> None:
    ports = [{"containerPort": 8080, "name": "http"}]
    for opened, rules in ((8080, []), (80, ["policy-closes"])):
        scene = Scene(spec={"containers": [container(ports=ports)]}).add("services", service_of("web", 80, "http"))
        scene.add(POLICIES, policy("in", {"app": "web"}, ingress=[{"ports": [{"port": opened}]}]))
        assert scene.rules() == rules
