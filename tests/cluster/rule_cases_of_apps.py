"""Applications whose fault shows elsewhere than where it has to be put right, each with the same one put right."""

from tests.cluster.faults import Object, deployment, from_secret, manifest, secret, service
from tests.cluster.rule_parts import (
    APP,
    DB,
    ISSUER,
    LONG_AGO,
    SERVED,
    TLS,
    Case,
    certificate,
    crashing,
    sleeping,
)
from tests.cluster.scenarios import config, ingress

FILES = {"volumes": [{"name": "conf", "configMap": {"name": "conf"}}]}
MOUNTS = [{"name": "conf", "mountPath": "/etc/app"}]
BY_NAME = [{"configMapRef": {"name": "conf"}}]
LOGIN = [from_secret("DB_PASSWORD", "login", "password")]
PULLING = {"imagePullSecrets": [{"name": "registry"}]}
PRIVATE = "registry.example.com/private/api:1"


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
    "a-chain-of-kustomizations": Case(
        "kustomizations.kustomize.toolkit.fluxcd.io infra",
        (kustomization("tenants", "False", "dependency is not ready", "apps"),
         kustomization("apps", "False", "dependency is not ready", "infra"),
         kustomization("infra", "False", "no such file redis.yml"), *SERVED),
        (kustomization("apps", "True", "", "infra"), kustomization("infra", "True", ""), *SERVED),
        rule="condition-false",
    ),
}  # fmt: skip
