"""Applications that are broken by what they name, often before a program fails on it, and one that is well."""

from typing import Any

from kubernetes import client

from tests.cluster.faults import Object, deployment, manifest, pod_spec, probe, secret, service
from tests.cluster.scenarios import (
    Scenario,
    again,
    apply,
    changed,
    claim,
    config,
    do,
    has_addresses,
    ingress,
    job,
    no_jobs,
    patch,
    pods,
)

ORDERS = (deployment("orders", ports=[{"containerPort": 80, "name": "http"}]), service("orders"))
POLICIES, RBAC = "networkpolicies.networking.k8s.io", "rbac.authorization.k8s.io"


def variable(address: str) -> list[Object]:
    return [{"name": "ORDERS_URL", "value": address}]


def policy(name: str, app: str, **spec: Any) -> Object:
    types = [word.capitalize() for word in ("ingress", "egress") if word in spec]
    selector = {"matchLabels": {"app": app}}
    return manifest(
        "networking.k8s.io/v1", "NetworkPolicy", name, spec={"podSelector": selector, "policyTypes": types, **spec}
    )


def peers(*apps: str) -> list[Object]:
    return [{"podSelector": {"matchLabels": {"app": app}}} for app in apps]


def budget(app: str, **spec: Any) -> Object:
    selector = {"matchLabels": {"app": app}}
    return manifest("policy/v1", "PodDisruptionBudget", "app", spec={"selector": selector, "maxUnavailable": 1, **spec})


def binding(role: str) -> Object:
    subjects = [{"kind": "User", "apiGroup": RBAC, "name": "ana"}]
    reference = {"apiGroup": RBAC, "kind": "Role", "name": role}
    return manifest(f"{RBAC}/v1", "RoleBinding", "readers", roleRef=reference, subjects=subjects)


def role(name: str) -> Object:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    return manifest(f"{RBAC}/v1", "Role", name, rules=rules)


def other_name(host: str) -> Object:
    return manifest("v1", "Service", "billing", spec={"type": "ExternalName", "externalName": host})


def told(api: client.ApiClient, namespace: str) -> object:
    return (
        client.AppsV1Api(api).read_namespaced_deployment("app", namespace).spec.template.spec.containers[0].env[0].value
    )


def kept(api: client.ApiClient, namespace: str) -> object:
    return client.CoreV1Api(api).read_namespaced_config_map("app", namespace).data["ORDERS_URL"]


def let_in(api: client.ApiClient, namespace: str) -> object:
    found = client.NetworkingV1Api(api).read_namespaced_network_policy("guard", namespace).spec.ingress
    return found[0]._from[0].pod_selector.match_labels["app"]


def let_out(api: client.ApiClient, namespace: str) -> object:
    return len(client.NetworkingV1Api(api).read_namespaced_network_policy("guard", namespace).spec.egress)


def roles(api: client.ApiClient, namespace: str) -> object:
    return [each.metadata.name for each in client.RbacAuthorizationV1Api(api).list_namespaced_role(namespace).items]


def protected(api: client.ApiClient, namespace: str) -> object:
    return client.PolicyV1Api(api).read_namespaced_pod_disruption_budget("app", namespace).status.expected_pods


NAMING: tuple[Scenario, ...] = (
    Scenario(
        "told-host", "deployments.apps app", (*ORDERS, deployment("app", env=variable("http://ordres/v1"))),
        (), changed(told, "http://orders/v1"),
    ),
    Scenario(
        "told-port", "deployments.apps app", (*ORDERS, deployment("app", env=variable("http://orders:8080"))),
        (), changed(told, "http://orders:80"),
    ),
    Scenario(
        "told-by-config", "configmaps app",
        (*ORDERS, config("app", ORDERS_URL="http://ordres"),
         deployment("app", envFrom=[{"configMapRef": {"name": "app"}}])),
        (), changed(kept, "http://orders"),
    ),
    Scenario(
        "policy-client", f"{POLICIES} guard",
        (*ORDERS, deployment("app", env=variable("http://orders")),
         policy("guard", "orders", ingress=[{"from": peers("api")}])),
        (patch("networkpolicies", "guard", spec={"ingress": [{"from": peers("app")}]}),), changed(let_in, "app"),
    ),
    Scenario(
        "policy-names", f"{POLICIES} guard",
        (*ORDERS, deployment("app", env=variable("http://orders")),
         policy("guard", "app", egress=[{"to": peers("orders")}])),
        (patch("networkpolicies", "guard", spec={"egress": [{"to": peers("orders")}, {"ports": [{"port": 53}]}]}),),
        changed(let_out, 2),
    ),
    Scenario(
        "binding-role", f"rolebindings.{RBAC} readers", (deployment("app"), role("writer"), binding("reader")),
        (apply(role("reader")),), changed(roles, ["reader", "writer"]),
    ),
    Scenario(
        "priority-class", "deployments.apps app", (deployment("app", pod={"priorityClassName": "gold"}),),
        (pods("deployments", "app", priorityClassName="system-cluster-critical"),),
    ),
    Scenario(
        "budget-selector", "poddisruptionbudgets.policy app", (deployment("app"), budget("ap")),
        (), changed(protected, 1),
    ),
    Scenario(
        "no-addresses", "services app",
        (deployment("app"), manifest("v1", "Service", "app", spec={"ports": [{"port": 80}]}), ingress("app")),
        (patch("services", "app", spec={"selector": {"app": "app"}}),), has_addresses,
    ),
    Scenario(
        "slow-start", "deployments.apps app",
        (deployment("app", annotations={"sim/start-delay": "5s"}, ports=[{"containerPort": 80}],
                    livenessProbe=probe()),),
        (pods("deployments", "app", containers=again(
            ports=[{"containerPort": 80}], livenessProbe=probe(), startupProbe=probe() | {"failureThreshold": 200})),),
    ),
    Scenario(
        "job-tries-on", "jobs.batch report",
        ({**(made := job("report", "echo ERROR no ledger; exit 2")), "spec": {**made["spec"], "backoffLimit": 6}},),
        (do("delete", "jobs", "report"),), no_jobs,
    ),
)  # fmt: skip

DNS_SPACE = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
OPTIONAL = {"name": "FLAG", "valueFrom": {"configMapKeyRef": {"name": "flags", "key": "x", "optional": True}}}
WELL: tuple[Object, ...] = (
    *ORDERS,
    deployment("app", env=[*variable("http://orders"), OPTIONAL, {"name": "MAIL_HOST", "value": "smtp.example.com"}]),
    deployment("asleep", replicas=0),
    service("asleep"),
    service("app"),
    ingress("app"),
    secret("unused", key="canary-7f3a9c"),
    claim("later", storageClassName="slow"),
    budget("orders"),
    role("reader"),
    binding("reader"),
    policy("guard", "orders", ingress=[{"from": peers("app"), "ports": [{"port": 80}]}]),
    policy("out", "app", egress=[
        {"to": [DNS_SPACE], "ports": [{"port": 53, "protocol": "UDP"}]}, {"to": peers("orders")}]),
    other_name("pay.example.com"),
    manifest("v1", "Service", "ledger", spec={"clusterIP": "None", "ports": [{"port": 5432}]}),
    {
        **manifest("discovery.k8s.io/v1", "EndpointSlice", "ledger-1", addressType="IPv4", ports=[{"port": 5432}]),
        "metadata": {"name": "ledger-1", "labels": {"kubernetes.io/service-name": "ledger"}},
        "endpoints": [{"addresses": ["192.0.2.7"], "conditions": {"ready": True}}],
    },
    manifest("batch/v1", "CronJob", "nightly", spec={
        "schedule": "0 3 * * *", "suspend": True,
        "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never", **pod_spec("busybox:1.36")}}}}}),
    job("import", "echo done"),
)  # fmt: skip
"""Much that looks like a fault and is none."""


def is_well(api: client.ApiClient, namespace: str) -> bool:
    """Whether the application that is well has come up, and its job is done."""
    found = client.AppsV1Api(api).list_namespaced_deployment(namespace).items
    jobs = client.BatchV1Api(api).list_namespaced_job(namespace).items
    return all((each.status.ready_replicas or 0) == each.spec.replicas for each in found) and all(
        each.status.succeeded for each in jobs
    )
