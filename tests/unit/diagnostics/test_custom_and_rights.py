"""Rules about custom resources, rights of service accounts, budgets, schedules, and what came well again by itself."""

import base64
from typing import Any

import pytest

from kubegenie_tui.demo.story.manifests import DATA
from kubegenie_tui.diagnostics.schedules import never_due
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import Object, Scene, container, crashed, named, running_pod, service_of, status

ROLES, BINDINGS = "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"
LONG_AGO = "2025-11-25T09:00:00Z"
REFUSED = (
    'E1126 failed to delete pods: pods is forbidden: User "system:serviceaccount:shop:janitor" cannot delete resource '
    '"pods" in API group "" in the namespace "shop"'
)


def condition(name: str, state: str, reason: str = "", message: str = "", since: str = LONG_AGO) -> Object:
    return {"type": name, "status": state, "reason": reason, "message": message, "lastTransitionTime": since}


def custom(kind_id: str, kind: str, *conditions: Object, name: str = "main", **rest: Any) -> Scene:
    return Scene().add(kind_id, named(name, kind, status={"conditions": list(conditions)}, **rest))


def refused(*, verbs: list[str] | None = None, subject: str = "", accounts: tuple[str, ...] = ("janitor",)) -> Scene:
    """A crash on a refusal; `verbs` are those of its role, `subject` is whom its binding names."""
    scene = Scene(state=crashed(1)).log(REFUSED)
    scene.add("serviceaccounts", *(named(account, "ServiceAccount") for account in accounts))
    role = named("janitor", "Role", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": verbs or ["delete"]}])
    scene.add(ROLES, role)
    if subject:
        subjects = [{"kind": "ServiceAccount", "name": subject, "namespace": "shop"}]
        scene.add(
            BINDINGS,
            named("janitor", "RoleBinding", subjects=subjects, roleRef={"kind": "Role", "name": "janitor"}),
        )
    return scene


def budget(*, expected: int = 2, healthy: int = 2, allowed: int = 0) -> Scene:
    told = {"expectedPods": expected, "currentHealthy": healthy, "disruptionsAllowed": allowed}
    return Scene().add("poddisruptionbudgets.policy", named("web", "PDB", spec={"minAvailable": 2}, status=told))


def cron(**spec: Any) -> Scene:
    return Scene().add("cronjobs.batch", named("report", "CronJob", spec={"schedule": "0 3 * * *", **spec}))


def stateful(service: str) -> Scene:
    spec = {"serviceName": service, "replicas": 1, "template": {"spec": {"containers": [container()]}}}
    scene = Scene().add("statefulsets.apps", named("db", "StatefulSet", spec=spec, status={"readyReplicas": 1}))
    return scene.add("services", named("db-headless", "Service", spec={"clusterIP": "None"}))


def waiting_in_vain(*policies: Object, line: str = "dial tcp db:5432: i/o timeout", **labels: str) -> Scene:
    """A pod that gets no answer from the service `db`, whose pod is well, among network policies."""
    scene = Scene(state=crashed(1)).log(f"FATAL: {line}").add("services", service_of("db", 5432))
    scene.objects["pods"].append(running_pod("db"))
    return scene.add(POLICIES, *policies)


def policy(name: str, selects: Object, types: list[str], **rules: Any) -> Object:
    selector = {"matchLabels": selects} if selects else {}
    return named(name, "NetworkPolicy", spec={"podSelector": selector, "policyTypes": types, **rules})


def from_pods(port: int, **labels: str) -> Object:
    return {"from": [{"podSelector": {"matchLabels": labels}}], "ports": [{"protocol": "TCP", "port": port}]}


def asleep() -> Scene:
    """A crash for want of a service whose deployment is scaled to 0."""
    scene = (
        Scene(state=crashed(1))
        .log("FATAL: dial tcp db:5432: connection refused")
        .add("services", service_of("db", 5432))
    )
    template = {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [container()]}}
    return scene.add(
        "deployments.apps", named("db", "Deployment", spec={"replicas": 0, "template": template}, status={})
    )


POLICIES = "networkpolicies.networking.k8s.io"
VPC = "vpcs.ec2.aws.upbound.io"
FAULTS: tuple[Fault, ...] = (
    (lambda: refused(verbs=["get", "list"], subject="janitor"), "not-allowed", f"{ROLES} janitor", "cannot delete"),
    (lambda: refused(subject="janitro"), "not-allowed", f"{BINDINGS} janitor", "cannot delete"),
    (refused, "not-allowed", f"{BINDINGS} janitor", "cannot delete"),
    (lambda: waiting_in_vain(policy("guard", {"app": "db"}, ["Ingress"], ingress=[from_pods(5432, app="wbe")])),
     "policy-blocks", f"{POLICIES} guard", "ingress to port 5432"),
    (lambda: waiting_in_vain(policy("guard", {"app": "db"}, ["Ingress"], ingress=[from_pods(6432, app="web")])),
     "policy-blocks", f"{POLICIES} guard", "ingress to port 5432"),
    (lambda: waiting_in_vain(policy("deny", {}, ["Ingress"])), "policy-blocks", f"{POLICIES} deny", "ingress"),
    (lambda: waiting_in_vain(policy("out", {"app": "web"}, ["Egress"], egress=[{"ports": [{"port": 53}]}])),
     "policy-blocks", f"{POLICIES} out", "egress to port 5432"),
    (lambda: waiting_in_vain(policy("out", {"app": "web"}, ["Egress"], egress=[{"ports": [{"port": 5432}]}]),
                             line="lookup db on 10.96.0.10:53: read udp 10.0.0.9:4711->10.96.0.10:53: i/o timeout"),
     "policy-blocks", f"{POLICIES} out", "egress to port 53"),
    (lambda: waiting_in_vain(policy("out", {"app": "web"}, ["Egress"]), line="Error: getaddrinfo EAI_AGAIN db"),
     "policy-blocks", f"{POLICIES} out", "egress to port 53"),
    (budget, "budget-blocks", "poddisruptionbudgets.policy web", "none of them go"),
    (lambda: cron(startingDeadlineSeconds=5), "cronjob-deadline", "cronjobs.batch report", "5 s late at most"),
    (lambda: cron(schedule="0 3 31 2 *"), "cronjob-never-due", "cronjobs.batch report", "none of the months"),
    (lambda: stateful("db-headles"), "statefulset-service", "statefulsets.apps db", 'there is "db-headless"'),
    (lambda: custom("applications.argoproj.io", "Application", {"type": "ComparisonError", "message": "no such path"}),
     "condition-false", "applications.argoproj.io main", "no such path"),
    (lambda: custom(VPC, "VPC", condition("Synced", "False", "ReconcileError",
                                          'ProviderConfig.aws.upbound.io "west" not found')),
     "condition-false", "providerconfigs.aws.upbound.io west", "not found"),
    (lambda: custom("machines.cluster.x-k8s.io", "Machine", condition("Ready", "False", "NotReady", "it waits"),
                    condition("BootstrapReady", "False", "Missing", ""),
                    condition("Healthy", "False", "Missing", 'secrets "boot" not found')),
     "condition-false", "secrets boot", "not found"),
    (lambda: Scene().add("httproutes.gateway.networking.k8s.io", named("web", "HTTPRoute", status={"parents": [
        {"conditions": [condition("ResolvedRefs", "False", "BackendNotFound", "Service shop/wbe not found")]}]})),
     "condition-false", "services wbe", "BackendNotFound"),
    (lambda: custom("helmreleases.helm.toolkit.fluxcd.io", "HelmRelease", condition("Stalled", "True", "Gone", "")),
     "condition-false", "helmreleases.helm.toolkit.fluxcd.io main", "Gone"),
)  # fmt: skip
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: waiting_in_vain(policy("guard", {"app": "db"}, ["Ingress"], ingress=[from_pods(5432, app="web")])),
     "policy-blocks"),
    (lambda: waiting_in_vain(policy("guard", {"app": "other"}, ["Ingress"])), "policy-blocks"),
    (lambda: waiting_in_vain(
        policy("deny", {}, ["Ingress"]), policy("allow", {"app": "db"}, ["Ingress"], ingress=[{}])), "policy-blocks"),
    (lambda: budget(allowed=1), "budget-blocks"),
    (lambda: budget(healthy=1), "budget-blocks"),
    (lambda: budget(expected=0, healthy=0), "budget-blocks"),
    (lambda: cron(startingDeadlineSeconds=60), "cronjob-deadline"),
    (lambda: cron(startingDeadlineSeconds=5, suspend=True), "cronjob-deadline"),
    (lambda: cron(schedule="0 3 31 1,2 *"), "cronjob-never-due"),
    (lambda: stateful("db-headless"), "statefulset-service"),
    (lambda: custom(VPC, "VPC", condition("Ready", "False", "Creating", since="2025-11-25T19:45:00Z")),
     "condition-false"),
    (lambda: custom(VPC, "VPC", condition("Ready", "True"), condition("Stalled", "False")), "condition-false"),
    (lambda: custom("scaledobjects.keda.sh", "ScaledObject", condition("Ready", "True"), condition("Active", "False")),
     "condition-false"),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Any, rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Any, rule: str) -> None:
    check_near_miss(scene(), rule)


def test_the_rule_that_lacks_the_verb_is_named() -> None:
    [found] = refused(verbs=["get"], subject="janitor").findings()
    assert found.field == "rules[0].verbs"
    assert "service account janitor may not delete pods" in found.title


def test_what_is_needed_and_scaled_to_nothing_is_the_root() -> None:
    found = asleep().findings()[0]
    assert (found.rule, found.root.name, found.field) == ("dependency-asleep", "db", "spec.replicas")


@pytest.mark.parametrize(
    ("host", "rules"),
    [
        ("shop.northwind.example", []),
        ("SHOP.northwind.example", []),
        ("img.northwind.example", ["certificate-other-host"]),
    ],
)
def test_a_certificate_for_another_host(host: str, rules: list[str]) -> None:
    certificate = base64.b64encode((DATA / "shop-tls.crt").read_bytes()).decode()
    secret = named("shop-tls", type="kubernetes.io/tls", data={"tls.crt": certificate, "tls.key": ""})
    path = {"path": "/", "backend": {"service": {"name": "web", "port": {"number": 80}}}}
    tls = [{"hosts": [host], "secretName": "shop-tls"}]
    front = named("front", "Ingress", spec={"rules": [{"host": host, "http": {"paths": [path]}}], "tls": tls})
    scene = Scene().add("secrets", secret).add("services", service_of("web")).add("ingresses.networking.k8s.io", front)
    assert scene.rules() == rules


def test_a_service_that_sends_another_protocol() -> None:
    ports = [{"containerPort": 514, "protocol": "UDP"}]
    for protocol, rules in (("TCP", ["service-wrong-protocol"]), ("UDP", [])):
        scene = Scene(spec={"containers": [container(ports=ports)]})
        service = named(
            "web", "Service", spec={"selector": {"app": "web"}, "ports": [{"port": 514, "protocol": protocol}]}
        )
        assert scene.add("services", service).rules() == rules


def test_a_secret_that_was_never_made_is_the_fault_of_its_maker() -> None:
    spec = {"containers": [container(env=[{"name": "P", "valueFrom": {"secretKeyRef": {"name": "db", "key": "p"}}}])]}
    broken = condition("Ready", "False", "SecretSyncedError", "no such key at the vault")
    scene = Scene(
        spec=spec,
        state=status(waiting={"reason": "CreateContainerConfigError", "message": 'secret "db" not found'}),
    )
    maker = named("db", "ExternalSecret", status={"conditions": [broken]})
    scene.add("secrets").add("externalsecrets.external-secrets.io", maker)
    [found] = scene.findings()
    assert str(found.root.kind) == "externalsecrets.external-secrets.io"
    assert found.severity is Severity.CRITICAL
    assert "web" in {ref.name for ref in found.affected}


def test_what_waits_for_a_foreign_controller_is_told_soon_and_warned_of_later() -> None:
    for when, severity in (("2025-11-25T19:46:20Z", Severity.NOTICE), (LONG_AGO, Severity.WARNING)):
        metadata = {"deletionTimestamp": when, "finalizers": ["example.org/guard"]}
        [found] = Scene().add("configmaps", named("plan", "ConfigMap", metadata=metadata)).findings()
        assert (found.rule, found.field, found.severity) == ("stuck-terminating", "metadata.finalizers", severity)


@pytest.mark.parametrize(
    ("schedule", "never"),
    [
        ("0 3 30 2 *", True), ("0 3 31 4,6 *", True), ("0 3 31 feb *", True), ("0 3 29 2 *", False),
        ("0 3 31 * *", False), ("0 3 31 4 1", False), ("@daily", False), ("0 3 1-31 2 *", False),
        ("0 3 */2 2 *", False), ("0 3 31 nov-dec *", False),
    ],
)  # fmt: skip
def test_days_that_no_month_has(schedule: str, never: bool) -> None:
    assert never_due(schedule) is never
