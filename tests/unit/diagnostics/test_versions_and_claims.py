"""Rules about versions of a program, claims that several pods want, and hosts that a log names in other words."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.policies import POLICIES
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import NOW, Object, Scene, container, crashed, named, service_of
from tests.unit.diagnostics.test_placing import pending

CLAIMS, SETS, INGRESSES = "persistentvolumeclaims", "statefulsets.apps", "ingresses.networking.k8s.io"
ROUTES = "httproutes.gateway.networking.k8s.io"
RELEASES = "helmreleases.helm.toolkit.fluxcd.io"
IN_USE = (
    "0/3 nodes are available: 3 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode "
)


def leading(key: str = "version", *, called: bool = True, annotations: Object | None = None) -> Scene:
    """A service of v1, which sleeps; v2 runs."""
    scene = Scene(template_labels={"app": "web", key: "v2"})
    template = {"metadata": {"labels": {"app": "web", key: "v1"}}, "spec": {"containers": [container()]}}
    old = named("web-v1", "Deployment", spec={"replicas": 0, "template": template}, status={})
    path = {"path": "/", "backend": {"service": {"name": "web", "port": {"number": 80}}}}
    front = named("front", "Ingress", spec={"rules": [{"http": {"paths": [path]}}]})
    front["metadata"]["annotations"] = annotations or {}
    scene.add("deployments.apps", old).add("services", service_of("web", 80, None, **{"app": "web", key: "v1"}))
    return scene.add(INGRESSES, front) if called else scene


def sharing(*modes: str, replicas: int = 2, said: str = "", twin: bool = True) -> Scene:
    spec = {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}
    scene = Scene(spec=spec)
    scene.deployment["spec"]["replicas"] = replicas
    second = {**scene.pod, "metadata": {**scene.pod["metadata"], "name": "web-5d4-twin", "uid": "twin"}}
    second["status"] = {"phase": "Pending", "conditions": [{"type": "Ready", "status": "False"}]}
    if twin:
        scene.add("pods", second)
    if said:
        scene.event("FailedAttachVolume", said, second)
    held = named("data", "PersistentVolumeClaim", spec={"accessModes": list(modes)}, status={"phase": "Bound"})
    return scene.add(CLAIMS, held)


MULTI = 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-5d4-abcde'


def of_a_set(line: str, service: str = "db") -> Scene:
    """A program that calls the first pod of a StatefulSet by its name; its service is called `db`."""
    template = {"metadata": {"labels": {"app": service}}}
    held = named("db", "StatefulSet", spec={"serviceName": "db-hl", "template": template})
    return Scene(state=crashed(1)).log(line).add(SETS, held).add("services", service_of("web"), service_of(service))


def released() -> Scene:
    """A release whose chart, which it makes, cannot be fetched."""
    chart = named("shop-web", "HelmChart", spec={}, status={"conditions": [unready("no chart with version 66.x")]})
    said = unready("HelmChart 'shop/shop-web' is not ready: latest generation has not been reconciled")
    release = named("web", "HelmRelease", spec={}, status={"helmChart": "shop/shop-web", "conditions": [said]})
    return Scene().add("helmcharts.source.toolkit.fluxcd.io", chart).add(RELEASES, release)


def unready(message: str) -> Object:
    return {"type": "Ready", "status": "False", "reason": "Told", "message": message}


def routed() -> Scene:
    """A route to a service that does not exist, of which its gateway tells too."""
    told = {"type": "ResolvedRefs", "status": "False", "reason": "BackendNotFound", "message": "not resolved"}
    spec = {"rules": [{"backendRefs": [{"kind": "Service", "name": "wbe", "port": 80}]}]}
    route = named("front", "HTTPRoute", spec=spec, status={"parents": [{"conditions": [told]}]})
    return Scene().add("services", service_of("web")).add(ROUTES, route)


WEB = "deployments.apps web"
FAULTS: tuple[Fault, ...] = (
    (lambda: sharing("ReadWriteOnce", said=MULTI), "claim-in-use", WEB, "one node alone"),
    (lambda: sharing("ReadWriteOnce"), "claim-in-use", WEB, "one node alone"),
    (lambda: sharing("ReadWriteOncePod"), "claim-in-use", WEB, "one pod alone"),
    (lambda: pending(f"{IN_USE}already in-use by another pod."), "claim-in-use", WEB, "one pod alone"),
    (lambda: of_a_set("Could not find address for db-0.db-hl:27017: SocketException: Host not found"),
     "statefulset-service", f"{SETS} db", 'no service "db-hl"'),
    (released, "condition-false", f"{RELEASES} web", "no chart with version 66.x"),
    (routed, "missing-backend", f"{ROUTES} front", 'there is "web"'),
)  # fmt: skip
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: leading(called=False), "service-of-old-version"),
    (lambda: leading("component"), "service-of-old-version"),
    (lambda: leading(annotations={"nginx.ingress.kubernetes.io/canary": "true"}), "service-of-old-version"),
    (lambda: sharing("ReadWriteMany"), "claim-in-use"),
    (lambda: sharing("ReadWriteOnce", replicas=1), "claim-in-use"),
    (lambda: sharing("ReadWriteOnce", replicas=1, said=MULTI, twin=False), "claim-in-use"),
    (lambda: of_a_set("Could not find address for db-0.db-hl:27017", "db-hl"), "statefulset-service"),
)


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


@pytest.mark.parametrize("key", ["version", "app.kubernetes.io/version", "track", "color", "slot"])
def test_a_service_that_leads_to_a_version_that_sleeps(key: str) -> None:
    found = leading(key).findings()[0]
    assert (found.rule, found.severity, found.root.name) == ("service-of-old-version", Severity.WARNING, "web")
    assert f"web have {key}=v2" in found.cause
    assert found.remedy is not None
    assert found.remedy.patch == {"spec": {"selector": {key: "v2"}}}


@pytest.mark.parametrize(("said", "severity"), [(MULTI, Severity.WARNING), ("", Severity.NOTICE)])
def test_a_claim_that_pods_share_is_a_warning_once_the_cluster_refuses_it(said: str, severity: Severity) -> None:
    [found] = sharing("ReadWriteOnce", said=said).findings()
    assert found.severity is severity


@pytest.mark.parametrize("line", ["Host not found", "could not find address"])
def test_what_is_said_without_a_name_is_no_host_of_that_name(line: str) -> None:
    assert "crash-loop" in of_a_set(line).rules()


def blocked(line: str, address: str = "10.96.1.1", **variables: str) -> list[tuple[str, str]]:
    """Rules and roots for a program that may not call a service of a namespace without a word about it."""
    env = [{"name": name, "value": value} for name, value in variables.items()]
    scene = Scene(state=crashed(1), spec={"containers": [container(env=env)]}).log(line)
    scene.add("namespaces", named("shop", "Namespace", ""), named("far", "Namespace", ""))
    service = service_of("db", 5432)
    rule: Object = {"from": [{"podSelector": {}}]}
    spec: dict[str, Any] = {"podSelector": {"matchLabels": {"app": "db"}}, "ingress": [rule]}
    policy: Object = named("guard", "NetworkPolicy", "far", spec={**spec, "policyTypes": ["Ingress"]})
    service["metadata"]["namespace"], service["spec"]["clusterIP"] = "far", address
    nearby = {("services", "far"): [service], (POLICIES, "far"): [policy]}
    limited = {kind: {"shop"} for kind in ("pods", "services", POLICIES)}
    names = {("services", "far"): ["db"]}
    held = Snapshot(scene.objects, logs=scene.logs, limited=limited, elsewhere=names, nearby=nearby, now=NOW)
    return [(each.rule, each.root.name) for each in diagnose(held).findings]


@pytest.mark.parametrize(
    ("line", "variables"),
    [
        ("dial tcp 10.96.1.1:5432: i/o timeout", {}),
        ("dial tcp 10.96.7.7:5432: i/o timeout", {"DB_URL": "postgres://db.far:5432/web"}),
        ("giving up", {"DB_URL": "postgres://db.far:5432/web"}),
    ],
)
def test_a_policy_of_a_namespace_whose_service_is_told_by_its_address(line: str, variables: dict[str, str]) -> None:
    assert ("policy-blocks", "guard") in blocked(line, **variables)


def test_an_address_of_nobody_is_no_reason_to_blame_a_policy() -> None:
    assert [rule for rule, _ in blocked("dial tcp 10.96.7.7:5432: i/o timeout")] == ["crash-loop"]


def test_a_refusal_in_json_within_a_line_is_understood() -> None:
    said = r'{"message":"jobs is forbidden: User \"system:serviceaccount:shop:robot\" cannot create resource \"jobs\"'
    line = rf"ApiException: (403) HTTP response body: {said} in API group \"batch\"\"}}"
    [found] = Scene(state=crashed(1)).log(line).findings()
    assert found.rule == "not-allowed"


@pytest.mark.parametrize(("since", "severity"), [("19:40:00", Severity.NOTICE), ("19:20:00", Severity.WARNING)])
def test_a_peak_is_no_warning_until_it_lasts(since: str, severity: Severity) -> None:
    told = {"type": "ScalingLimited", "status": "True", "reason": "TooManyReplicas", "message": "more than it may"}
    status = {"conditions": [{**told, "lastTransitionTime": f"2025-11-25T{since}Z"}]}
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 2}
    scaler = named("web", "HorizontalPodAutoscaler", spec=spec, status=status)
    [found] = Scene().add("horizontalpodautoscalers.autoscaling", scaler).findings()
    assert (found.rule, found.severity) == ("autoscaler-at-limit", severity)
