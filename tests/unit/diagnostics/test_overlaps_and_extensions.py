"""Rules about objects that get in each other's way, about APIs from outside, and about what is granted elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.api_services import KIND as API_SERVICES
from kubegenie_tui.diagnostics.monitors import MONITORS, POD_MONITORS, pods_to_read
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import RUNNING, Object, Scene, container, named, owned, service_of

SCALERS, BUDGETS = "horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy"
GATEWAY = "gateway.networking.k8s.io"
INGRESSES = "ingresses.networking.k8s.io"
EARLY, LATE = "2025-11-25T18:00:00Z", "2025-11-25T19:00:00Z"


def told(kind: str, state: str, reason: str, message: str = "", since: str = LATE) -> Object:
    return {"type": kind, "status": state, "reason": reason, "message": message, "lastTransitionTime": since}


def budgets(*selectors: Object | None) -> Scene:
    made = (
        named(
            f"guard-{number}", "PodDisruptionBudget", metadata={"creationTimestamp": EARLY},
            spec={} if selector is None else {"selector": selector},
            status={"expectedPods": 1, "disruptionsAllowed": 1},
        )
        for number, selector in enumerate(selectors)
    )  # fmt: skip
    return Scene().add(BUDGETS, *made)


def app(name: str) -> Object:
    return {"matchLabels": {"app": name}}


def scaler(name: str, target: Object | None = None, *conditions: Object, kind: str = "Resource") -> Object:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "web"} | (target or {}), "metrics": [{"type": kind}]}
    metadata = {"creationTimestamp": EARLY}
    return named(name, "HorizontalPodAutoscaler", metadata=metadata, spec=spec, status={"conditions": list(conditions)})


def scaled(*scalers: Object) -> Scene:
    return Scene().add(SCALERS, *scalers)


def unable(reason: str, message: str, since: str = LATE, **target: str) -> Scene:
    return scaled(scaler("web", target, told("AbleToScale", "False", reason, message, since)))


NO_MATCH = 'no matches for kind "Deployment" in group "extensions"'
NO_SCALE = 'rollouts.argoproj.io "shop" not found'


def extended(name: str, state: str = "False", reason: str = "ServiceNotFound", **rest: Any) -> Scene:
    spec = {"group": "metering.example.com", "version": "v1", "service": {"namespace": "shop", "name": name}}
    status = {"conditions": [told("Available", state, reason, "endpoints have no addresses")]}
    made = named("v1.metering.example.com", "APIService", "", spec=spec | rest, status=status)
    return Scene().add("services", service_of("web")).add(API_SERVICES, made)


def unanswered() -> Scene:
    scene = extended("web", reason="MissingEndpoints")
    scene.pod["status"] |= {"conditions": [], "containerStatuses": [RUNNING | {"ready": False}]}
    return scene


def without_figures() -> Scene:
    """An adapter that is not there, and an autoscaler that goes by it."""
    blind = told("ScalingActive", "False", "FailedGetPodsMetric", "unable to fetch metrics")
    return extended("adapter", group="custom.metrics.k8s.io").add(SCALERS, scaler("web", None, blind, kind="Pods"))


def held_by_an_api() -> Scene:
    said = "Discovery failed for some groups: metering.example.com/v1: stale GroupVersion discovery"
    condition = told("NamespaceDeletionDiscoveryFailure", "True", "DiscoveryFailed", said)
    metadata = {"deletionTimestamp": EARLY}
    old = named("old", "Namespace", "", metadata=metadata, status={"conditions": [condition]})
    return extended("metering").add("namespaces", old)


def granted(*grants: Object, space: str = "apps") -> Scene:
    backend = {"name": "api", "namespace": space, "port": 80}
    route = named("front", "HTTPRoute", spec={"rules": [{"backendRefs": [backend]}]})
    service = service_of("api")
    service["metadata"]["namespace"] = space
    scene = Scene().add(f"httproutes.{GATEWAY}", route).add(f"referencegrants.{GATEWAY}", *grants)
    scene.add("endpointslices.discovery.k8s.io")
    service["spec"] = {"type": "ExternalName", "externalName": "api.example.com", "ports": [{"port": 80}]}
    return scene.add("services", service).add(
        "namespaces", *(named(each, namespace="") for each in {"shop", "other", space})
    )


def grant(space: str, name: str = "", kind: str = "HTTPRoute") -> Object:
    allowed = {"kind": "Service", **({"name": name} if name else {})}
    spec = {"from": [{"group": GATEWAY, "kind": kind, "namespace": space}], "to": [allowed]}
    return named("grant", "ReferenceGrant", "apps", spec=spec)


def asked(**parent: Any) -> Scene:
    gateway = named("public", "Gateway", spec={"listeners": [{"name": "web", "port": 80}]})
    route = named("front", "HTTPRoute", spec={"parentRefs": [{"name": "public", **parent}]})
    return Scene().add(f"gateways.{GATEWAY}", gateway).add(f"httproutes.{GATEWAY}", route)


def secured(kind: str, *keys: str) -> Scene:
    """An ingress that shows a Secret with these keys."""
    path = {"path": "/", "backend": {"service": {"name": "web", "port": {"number": 80}}}}
    spec = {"rules": [{"host": "shop.example", "http": {"paths": [path]}}], "tls": [{"secretName": "tls"}]}
    held = named("tls", "Secret", type=kind, data=dict.fromkeys(keys, ""))
    scene = Scene().add("services", service_of("web")).add("secrets", held)
    return scene.add(INGRESSES, named("front", "Ingress", spec=spec))


def monitoring(endpoint: Object, namespaces: Object | None = None, **labels: str) -> Scene:
    service = service_of("web")
    service["metadata"]["labels"] = {"app": "web"}
    service["spec"]["ports"][0]["name"] = "metrics"
    spec = {"selector": {"matchLabels": labels}, "endpoints": [endpoint], "namespaceSelector": namespaces or {}}
    return Scene().add("services", service).add(MONITORS, named("web", "ServiceMonitor", spec=spec))


def scraping(
    endpoint: Object, namespaces: Object | None = None, own: str = "metrics", mesh: str = "", **labels: str
) -> Scene:
    """A pod monitor, and pods of `web` to which a mesh may have added a container."""
    first = container(ports=[{"containerPort": 9090, "name": own}])
    scene = Scene(spec={"containers": [first]}, template_labels={"app": "web", "scraped": "true"})
    added = [container("proxy", ports=[{"containerPort": 15090, "name": mesh}])] if mesh else []
    scene.pod["spec"] = {"containers": [first, *added]}
    spec = {"selector": {"matchLabels": labels}, "podMetricsEndpoints": [endpoint]}
    made = named("web", "PodMonitor", spec=spec | {"namespaceSelector": namespaces or {}})
    return scene.add(POD_MONITORS, made)


def beside(port: Object | None, own: Object | None = None, **spec: Any) -> Scene:
    """A service of `web`, whose selector fits the pods of `worker` too."""
    ports = {"containers": [container(ports=[own or {"containerPort": 8080, "name": "http"}])]}
    labels = {"app": "web", "tier": "api"}
    scene = Scene(spec=ports, template_labels=labels)
    worker_labels = {"app": "web", "tier": "worker"}
    pod_spec = {"containers": [container(ports=[port] if port else [])]}
    template = {"metadata": {"labels": worker_labels}, "spec": pod_spec}
    worker = named("worker", "Deployment", spec={"replicas": 1, "template": template}, status={})
    well = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    pod = owned(named("worker-x", "Pod", metadata={"labels": worker_labels}, spec=pod_spec, status=well), worker)
    service = service_of("web", 80, 8080)
    service["spec"] |= spec
    return scene.add("deployments.apps", worker).add("pods", pod).add("services", service)


WEB, API = "deployments.apps web", f"{API_SERVICES} v1.metering.example.com"
FAULTS: tuple[Fault, ...] = (
    (lambda: budgets(app("web"), app("web")), "budgets-overlap", f"{BUDGETS} guard-1", "guard-0 and guard-1"),
    (lambda: budgets({}, app("web")), "budgets-overlap", f"{BUDGETS} guard-1", "deployment web"),
    (lambda: scaled(scaler("web"), scaler("web-memory")), "autoscalers-overlap", f"{SCALERS} web-memory",
     "web is about web too"),
    (lambda: unable("FailedGetScale", NO_MATCH, apiVersion="extensions/v1beta1"), "autoscaler-unable",
     f"{SCALERS} web", "no matches for kind"),
    (lambda: unable("FailedGetScale", NO_SCALE, kind="Rollout", name="shop"), "autoscaler-target", f"{SCALERS} web",
     "not found"),
    (lambda: unable("FailedUpdateScale", "the scale is refused"), "autoscaler-unable", f"{SCALERS} web", "refused"),
    (lambda: extended("wbe"), "api-service-down", API, 'no service shop/wbe; there is "web"'),
    (lambda: extended("web", reason="ServicePortError"), "api-service-down", API, "no addresses"),
    (lambda: extended("web", reason="FailedDiscoveryCheck"), "api-service-down", API, "no addresses"),
    (without_figures, "api-service-down", API, "no service shop/adapter"),
    (held_by_an_api, "api-service-down", API, "no service shop/metering"),
    (granted, "reference-not-granted", f"httproutes.{GATEWAY} front", "no ReferenceGrant"),
    (lambda: granted(grant("other")), "reference-not-granted", f"httproutes.{GATEWAY} front", "routes of shop"),
    (lambda: granted(grant("shop", "web")), "reference-not-granted", f"httproutes.{GATEWAY} front", "its service api"),
    (lambda: granted(grant("shop", kind="GRPCRoute")), "reference-not-granted", f"httproutes.{GATEWAY} front", "api"),
    (lambda: asked(sectionName="https"), "gateway-refuses", f"httproutes.{GATEWAY} front", "https; it has web"),
    (lambda: asked(port=443), "gateway-refuses", f"httproutes.{GATEWAY} front", "no listener 443; it has 80"),
    (lambda: secured("Opaque", "cert.pem"), "certificate-incomplete", "secrets tls", "no tls.crt and tls.key"),
    (lambda: secured("Opaque", "tls.crt"), "certificate-incomplete", "secrets tls", "no tls.key"),
    (lambda: monitoring({"port": "metrics"}, name="web"), "monitor-selects-nothing", f"{MONITORS} web",
     "web has app=web"),
    (lambda: monitoring({"port": "metric"}, app="web"), "monitor-selects-nothing", f"{MONITORS} web",
     'no port metric; there is "metrics"'),
    (lambda: scraping({"port": "metrics"}, name="web"), "monitor-selects-nothing", f"{POD_MONITORS} web",
     "web has app=web"),
    (lambda: scraping({"port": "metric"}, app="web"), "monitor-selects-nothing", f"{POD_MONITORS} web",
     'deployment web has no port metric; there is "metrics"'),
    (lambda: scraping({"port": "admin"}), "monitor-selects-nothing", f"{POD_MONITORS} web", "it has metrics"),
    (lambda: beside({"containerPort": 9100}), "service-selects-others", "services web", "deployment worker"),
)  # fmt: skip
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: budgets(app("web"), app("db")), "budgets-overlap"),
    (lambda: budgets(None, app("web")), "budgets-overlap"),
    (lambda: scaled(scaler("web"), scaler("db", {"kind": "StatefulSet"})), "autoscalers-overlap"),
    (lambda: unable("FailedUpdateScale", "conflict", "2025-11-25T19:46:30Z"), "autoscaler-unable"),
    (lambda: scaled(scaler("web", None, told("AbleToScale", "True", "ReadyForNewScale"))), "autoscaler-unable"),
    (lambda: extended("web", "True", "Passed"), "api-service-down"),
    (without_figures, "autoscaler-blind"),
    (held_by_an_api, "stuck-terminating"),
    (lambda: granted(grant("shop")), "reference-not-granted"),
    (lambda: granted(grant("shop", "api")), "reference-not-granted"),
    (lambda: granted(space="shop"), "reference-not-granted"),
    (lambda: asked(sectionName="web"), "gateway-refuses"),
    (lambda: secured("Opaque", "tls.crt", "tls.key"), "certificate-incomplete"),
    (lambda: monitoring({"port": "metrics"}, app="web"), "monitor-selects-nothing"),
    (lambda: monitoring({"targetPort": 9090}, app="web"), "monitor-selects-nothing"),
    (lambda: monitoring({"port": "metrics"}, {"any": True}, name="web"), "monitor-selects-nothing"),
    (lambda: monitoring({"port": "metrics"}, {"matchNames": ["infra"]}, name="web"), "monitor-selects-nothing"),
    (lambda: scraping({"port": "metrics"}, app="web"), "monitor-selects-nothing"),
    (lambda: scraping({"port": "envoy"}, mesh="envoy", app="web"), "monitor-selects-nothing"),
    (lambda: scraping({"portNumber": 9090}, app="web"), "monitor-selects-nothing"),
    (lambda: scraping({"port": "metrics"}, {"any": True}, name="web"), "monitor-selects-nothing"),
    (lambda: beside(None), "service-selects-others"),
    (lambda: beside({"containerPort": 8080}), "service-selects-others"),
    (lambda: beside({"containerPort": 9100}, clusterIP="None"), "service-selects-others"),
)


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_an_api_whose_pods_are_down_is_the_fault_of_its_service() -> None:
    [found] = unanswered().findings()
    assert (found.rule, str(found.root)) == ("api-service-down", "services shop/web")


def test_an_autoscaler_suffers_from_the_api_of_its_figures() -> None:
    [found] = without_figures().findings()
    assert f"{SCALERS} web" in {f"{ref.kind} {ref.name}" for ref in found.affected}


@pytest.mark.parametrize(
    "scene",
    [
        monitoring({"port": "metrics"}, team="payments"),
        scraping({"port": "metrics"}, team="payments"),
        scraping({"port": "metrics"}, monitored="true"),
        scraping({"port": "metrics"}, app="web-canary", tier="edge"),
    ],
)
def test_a_monitor_that_nothing_is_meant_by_is_worth_a_notice(scene: Scene) -> None:
    [found] = scene.findings()
    assert found.severity is Severity.NOTICE


def test_of_a_healthy_pod_whose_ports_no_template_tells_one_is_read_whole() -> None:
    scene = scraping({"port": "envoy"}, app="web")
    row = {key: value for key, value in scene.pod.items() if key != "spec"}
    twin = {**row, "metadata": {**row["metadata"], "name": "web-5d4-twin", "uid": "twin"}}
    scene.objects["pods"] = [row, twin]
    assert scene.rules() == []
    assert [ref.name for ref in pods_to_read(scene.snapshot())] == ["web-5d4-twin"]
    scene.objects["pods"] = [scene.pod, twin]
    assert pods_to_read(scraping({"port": "metrics"}, app="web").snapshot()) == []
    assert scene.rules() == ["monitor-selects-nothing"]


def test_a_pod_monitor_of_what_runs_later_is_well() -> None:
    scene = scraping({"port": "metrics"}, app="web")
    scene.objects["pods"] = []
    assert scene.rules() == []


def test_the_label_that_tells_two_workloads_apart_is_what_a_service_lacks() -> None:
    [found] = beside({"containerPort": 9100}).findings()
    assert found.remedy is not None
    assert found.remedy.patch == {"spec": {"selector": {"tier": "api"}}}
