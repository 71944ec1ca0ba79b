"""Applications whose fault shows elsewhere than where it has to be put right, each with the same one put right."""

from tests.cluster.faults import Object, deployment, from_secret, manifest, secret, service
from tests.cluster.rule_parts import (
    APP,
    DB,
    FORBIDDEN,
    GATEWAY,
    ISSUER,
    LONG_AGO,
    RBAC,
    ROBOT,
    SERVED,
    TLS,
    Case,
    account,
    asking,
    binding,
    certificate,
    claimed,
    crashing,
    gateway_class,
    in_volume,
    of_the_cluster,
    other_name,
    pair,
    role,
    secure,
    shown,
    sleeping,
    volume,
    with_spec,
)
from tests.cluster.scenarios import claim, config, ingress, stateful

FILES = {"volumes": [{"name": "conf", "configMap": {"name": "conf"}}]}
MOUNTS = [{"name": "conf", "mountPath": "/etc/app"}]
BY_NAME = [{"configMapRef": {"name": "conf"}}]
LOGIN = [from_secret("DB_PASSWORD", "login", "password")]
PULLING = {"imagePullSecrets": [{"name": "registry"}]}
PRIVATE = "registry.example.com/private/api:1"


REFUSED = crashing(
    'connection to server at "db" (10.0.0.7), port 5433 failed: Connection refused', envFrom=BY_NAME
)  # fmt: skip
NO_TOKEN = "panic: open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory"
METERED = deployment("app", ports=[{"name": "http", "containerPort": 80}])
FORBIDDEN_NODES = (
    'nodes is forbidden: User "system:serviceaccount:$NS:robot" cannot list resource "nodes" in API group "" '
    "at the cluster scope"
)


def kustomization(name: str, state: str, message: str, *depends_on: str) -> Object:
    told = {"type": "Ready", "status": state, "reason": "Told", "message": message, "lastTransitionTime": LONG_AGO}
    spec = {"dependsOn": [{"name": each} for each in depends_on]}
    version = "kustomize.toolkit.fluxcd.io/v1"
    return manifest(version, "Kustomization", name, spec=spec, status={"conditions": [told]})


def waiting_for_host(host: str) -> Object:
    script = "until nc -z $DB_HOST 5432; do sleep 1; done" if host != "db" else "echo $DB_HOST is there"
    env = [{"name": "DB_HOST", "value": host}]
    init = {"name": "wait", "image": "busybox:1.36", "command": ["sh", "-c", script], "env": env}
    return deployment("app", pod={"initContainers": [init]})


def file_named(name: str) -> Object:
    """The ConfigMap's `app.conf` as a single file of another name, or of its own."""
    mounts = [{"name": "conf", "mountPath": "/etc/app.conf", "subPath": name}]
    line = "read /etc/app.conf: is a directory"
    return (
        sleeping(pod=FILES, volumeMounts=mounts)
        if name == "app.conf"
        else crashing(line, pod=FILES, volumeMounts=mounts)
    )


def pod_monitor(port: str) -> Object:
    spec = {"selector": {"matchLabels": {"app": "app"}}, "podMetricsEndpoints": [{"port": port}]}
    return manifest("monitoring.coreos.com/v1", "PodMonitor", "app", spec=spec)


def by_hand(mode: str) -> Object:
    return with_spec(in_volume("nas-$NS"), accessModes=[mode])


def behind(*, stored_in: str) -> tuple[Object, ...]:
    """A database with a claim, and an application that calls it."""
    database = deployment("db", pod={"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]})
    return claim("data", storageClassName=stored_in), database, service("db", 5432), asking("db:5432")


def of_set(label: str) -> tuple[Object, ...]:
    """A set with a headless service that looks for a label."""
    return stateful("db", "db"), with_spec(service("db", 5432, app=label), clusterIP="None")


def registry(kind: str) -> Object:
    return {**secret("registry", **{".dockerconfigjson": "{}"}), "type": kind}


APPS: dict[str, Case] = {
    "a-file-of-a-configmap": Case(
        "configmaps conf",
        (config("conf", **{"app.conf": "sever {}"}),
         crashing("[emerg] unknown directive in /etc/app/app.conf:1", pod=FILES, volumeMounts=MOUNTS), service("app")),
        (config("conf", **{"app.conf": "server {}"}), sleeping(pod=FILES, volumeMounts=MOUNTS), service("app")),
        rule="crash-loop",
    ),
    "a-variable-of-a-configmap": Case(
        "configmaps conf",
        (config("conf", SMTP_PORT="25a"), crashing("panic: invalid SMTP_PORT", envFrom=BY_NAME), service("app")),
        (config("conf", SMTP_PORT="25"), sleeping(envFrom=BY_NAME), service("app")), rule="crash-loop",
    ),
    "a-password-of-a-secret": Case(
        "secrets login", (secret("login", password="old"), *DB, crashing("password authentication failed", env=LOGIN)),
        (secret("login", password="new"), *DB, sleeping(env=LOGIN)), rule="login-refused",
    ),
    "a-pull-secret-of-another-type": Case(
        "secrets registry", (registry("Opaque"), deployment("app", PRIVATE, pod=PULLING)),
        (registry("kubernetes.io/dockerconfigjson"), deployment("app", "registry.example.com/api:1", pod=PULLING)),
        rule="image-not-found-or-private",
    ),
    "a-wait-for-a-variable": Case(
        APP, (*DB, waiting_for_host("dbb")), (*DB, waiting_for_host("db")), rule="unknown-host",
    ),
    "a-certificate-without-an-issuer": Case(
        "certificates.cert-manager.io app",
        (ISSUER, certificate("cca", "False", "no Secret yet"), *SERVED, ingress("app", tls=TLS)),
        (ISSUER, certificate("ca"), *SERVED, ingress("app")), rule="missing-reference",
    ),
    "a-port-in-a-client-s-words": Case(
        "configmaps conf", (config("conf", DATABASE_URL="postgres://app@db:5433/app"), *DB, REFUSED),
        (config("conf", DATABASE_URL="postgres://app@db:5432/app"), *DB, sleeping(envFrom=BY_NAME)), rule="wrong-port",
    ),
    "an-account-without-a-token": Case(
        "serviceaccounts robot",
        ({**account("robot"), "automountServiceAccountToken": False}, crashing(NO_TOKEN, pod=ROBOT)),
        ({**account("robot"), "automountServiceAccountToken": False}, sleeping(pod=ROBOT)), rule="file-missing",
    ),
    "a-single-file-of-another-ending": Case(
        APP, (config("conf", **{"app.conf": "x"}), file_named("app.cfg")),
        (config("conf", **{"app.conf": "x"}), file_named("app.conf")), rule="missing-configmap-key",
    ),
    "a-binding-to-another-namespace": Case(
        f"rolebindings.{RBAC} readers",
        (account("robot"), role("list"), binding(space="default"), crashing(FORBIDDEN, pod=ROBOT)),
        (account("robot"), role("list"), binding(), sleeping(pod=ROBOT)), rule="not-allowed",
    ),
    "a-right-of-the-cluster-for-another-namespace": Case(
        f"clusterrolebindings.{RBAC} watch-$NS",
        (*of_the_cluster(space="default"), account("robot"), crashing(FORBIDDEN_NODES, pod=ROBOT)),
        (*of_the_cluster(space="$NS"), account("robot"), sleeping(pod=ROBOT)), rule="not-allowed",
    ),
    "a-volume-of-another-mode": Case(
        "persistentvolumeclaims data", (volume("nas-$NS"), by_hand("ReadWriteMany"), claimed()),
        (volume("nas-$NS"), by_hand("ReadWriteOnce"), claimed()), rule="claim-unbound",
    ),
    "a-set-that-its-service-misses": Case(
        "services db", (*of_set("dbb"), crashing("getaddrinfo ENOTFOUND db-0.db")), (*of_set("db"), sleeping()),
        rule="service-selects-nothing",
    ),
    "a-pod-monitor-of-another-port": Case(
        "podmonitors.monitoring.coreos.com app", (METERED, pod_monitor("metrics")), (METERED, pod_monitor("http")),
        rule="monitor-selects-nothing",
    ),
    "a-database-without-a-class": Case(
        "persistentvolumeclaims data", behind(stored_in="premium"), behind(stored_in="standard"),
        rule="missing-storage-class",
    ),
    "a-ring-of-names": Case(
        "services books",
        (other_name("books.$NS.svc.cluster.local"), other_name("ledger.$NS.svc.cluster.local", "books")),
        (other_name("books.$NS.svc.cluster.local"), service("books"), deployment("books")), rule="external-name",
    ),
    "a-gateway-without-its-certificate": Case(
        f"gateways.{GATEWAY} front", (gateway_class(), secure("app-tsl"), *shown(*pair(60))),
        (gateway_class(), secure("app-tls"), *shown(*pair(60))), rule="missing-certificate",
    ),
    "a-certificate-that-is-no-pem": Case(
        "secrets app-tls", shown("MIIBszCCAVmgAwIBAgIU", pair(60)[1]), shown(*pair(60)), rule="certificate-incomplete",
    ),
    "a-chain-of-kustomizations": Case(
        "kustomizations.kustomize.toolkit.fluxcd.io infra",
        (kustomization("tenants", "False", "dependency is not ready", "apps"),
         kustomization("apps", "False", "dependency is not ready", "infra"),
         kustomization("infra", "False", "no such file redis.yml"), *SERVED),
        (kustomization("apps", "True", "", "infra"), kustomization("infra", "True", ""), *SERVED),
        rule="condition-false",
    ),
}  # fmt: skip
