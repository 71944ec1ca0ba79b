"""Broken applications of which a diagnosis knows the one right value: the step that it offers mends them."""

from kubernetes import client

from tests.cluster.faults import Object, deployment, secret, service
from tests.cluster.rule_parts import RBAC, account, binding, budget, crashing, daemons, let_in, policy, role
from tests.cluster.scenarios import Scenario, autoscaler, changed, claim, config, ingress, stateful


def _typed(made: Object, kind: str) -> Object:
    return {**made, "type": kind}


def _certificate(api: client.ApiClient, namespace: str) -> object:
    return client.NetworkingV1Api(api).read_namespaced_ingress("front", namespace).spec.tls[0].secret_name


def _protected(api: client.ApiClient, namespace: str) -> object:
    spec = client.PolicyV1Api(api).read_namespaced_pod_disruption_budget("app", namespace).spec
    return spec.selector.match_labels


def _guarded(api: client.ApiClient, namespace: str) -> object:
    spec = client.NetworkingV1Api(api).read_namespaced_network_policy("guard", namespace).spec
    return spec.pod_selector.match_labels


def _scaled(api: client.ApiClient, namespace: str) -> object:
    spec = client.AutoscalingV2Api(api).read_namespaced_horizontal_pod_autoscaler("app", namespace).spec
    return spec.scale_target_ref.kind, spec.scale_target_ref.name


def _bound(api: client.ApiClient, namespace: str) -> object:
    return client.RbacAuthorizationV1Api(api).read_namespaced_role_binding("readers", namespace).subjects[0].name


def _all_bound(api: client.ApiClient, namespace: str) -> object:
    subjects = client.RbacAuthorizationV1Api(api).read_namespaced_role_binding("readers", namespace).subjects
    return [each.name for each in subjects]


def _configured(api: client.ApiClient, namespace: str) -> object:
    return client.CoreV1Api(api).read_namespaced_config_map("conf", namespace).data["DB_HOST"]


def _sent(api: client.ApiClient, namespace: str) -> object:
    return [each.protocol for each in client.CoreV1Api(api).read_namespaced_service("app", namespace).spec.ports]


def _placed(api: client.ApiClient, namespace: str) -> object:
    return client.AppsV1Api(api).read_namespaced_daemon_set("app", namespace).spec.template.spec.node_selector


APP = "deployments.apps app"
PULLED = deployment("app", "registry.example.com/private/api:1", pod={"imagePullSecrets": [{"name": "regcerd"}]})
KEYS = secret("shop-tls", **{"tls.crt": "x", "tls.key": "x"})
TLS = [{"hosts": ["app.example.com"], "secretName": "shop-tsl"}]
MISNAMED = (
    Scenario("misnamed-pull-secret", APP, (
        _typed(secret("regcred", **{".dockerconfigjson": "{}"}), "kubernetes.io/dockerconfigjson"), PULLED), ()),
    Scenario("misnamed-claim", APP, (claim("app-data"), deployment("app", pod={"volumes": [
        {"name": "d", "persistentVolumeClaim": {"claimName": "app-dtaa"}}]})), ()),
    Scenario("misnamed-label-of-nodes", APP, (deployment("app", pod={"nodeSelector": {"kubernetes.io/os": "linx"}}),),
             ()),
    Scenario("misnamed-priority", APP, (deployment("app", pod={"priorityClassName": "system-cluster-critcal"}),), ()),
    Scenario("misnamed-certificate", "ingresses.networking.k8s.io front", (
        _typed(KEYS, "kubernetes.io/tls"), deployment("app"), service("app"), ingress("app", tls=TLS)), (),
        changed(_certificate, "shop-tls")),
    Scenario("misnamed-in-a-budget", "poddisruptionbudgets.policy app", (deployment("app"), budget("ap")), (),
             changed(_protected, {"app": "app"})),
    Scenario("misnamed-in-a-policy", "networkpolicies.networking.k8s.io guard", (
        deployment("app"), policy({"matchLabels": {"app": "ap"}}, **let_in("app"))), (),
        changed(_guarded, {"app": "app"})),
    Scenario("scaled-kind", "horizontalpodautoscalers.autoscaling app", (stateful("db", "db"), service("db"),
             autoscaler("db")), (), changed(_scaled, ("StatefulSet", "db"))),
    Scenario("misnamed-subject", f"rolebindings.{RBAC} readers", (role("get"), account("robot"), {
        **binding(), "subjects": [{"kind": "ServiceAccount", "name": "robto"}]}), (), changed(_bound, "robot")),
    Scenario("misnamed-subjects", f"rolebindings.{RBAC} readers", (role("get"), account("robot"), account("deployer"), {
        **binding(), "subjects": [{"kind": "ServiceAccount", "name": name} for name in ("robto", "deployre")]}), (),
             changed(_all_bound, ["robot", "deployer"])),
    Scenario("other-protocol", "services app", (deployment("app", ports=[{"containerPort": 53, "protocol": "UDP"}]),
             service("app", 53)), (), changed(_sent, ["UDP"])),
    Scenario("misnamed-node", APP, (deployment("app", pod={"nodeName": "ndoe-1"}),), ()),
    Scenario("host-in-a-config", "configmaps conf", (deployment("pg"), service("pg", 5432), config(
        "conf", DB_HOST="pgsql"), crashing("lookup pgsql: no such host: pgsql:5432", envFrom=[
            {"configMapRef": {"name": "conf"}}])), (), changed(_configured, "pg")),
    Scenario("prefix-of-variables", APP, (secret("db", USER="app", PASS="x"), deployment(
        "app", "example.com/app:1.0", annotations={"sim/requires-env": "DB_USER"},
        envFrom=[{"prefix": "BD_", "secretRef": {"name": "db"}}])), ()),
    Scenario("misnamed-variable", APP, (deployment(
        "app", "example.com/app:1.0", annotations={"sim/requires-env": "API_URL"},
        env=[{"name": "API_URI", "value": "http://api"}]),), ()),
    Scenario("misnamed-key", APP, (secret("api", API_URI="http://api"), deployment(
        "app", env=[{"name": "API_URL", "valueFrom": {"secretKeyRef": {"name": "api", "key": "API_URL"}}}])), ()),
    Scenario("misnamed-label-for-daemons", "daemonsets.apps app", (daemons(**{"kubernetes.io/os": "linx"}),), (),
             changed(_placed, {"kubernetes.io/os": "linux"})),
)  # fmt: skip
