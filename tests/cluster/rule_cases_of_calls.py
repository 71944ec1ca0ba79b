"""Applications whose fault shows at whom they call, at who calls them or at what makes them, each also put right."""

from typing import Any

from tests.cluster.faults import Object, deployment, probe, secret, service
from tests.cluster.rule_parts import APP, DB, Case, crashing, other_name, ports, sleeping, webhook, with_spec
from tests.cluster.scenarios import autoscaler

HIDDEN = [{"secretRef": {"name": "login"}}]
NOBODY = "getaddrinfo ENOTFOUND ledger"
REFUSED = 'connection to server at "db" (10.0.0.7), port 5433 failed: Connection refused'
GUARD = "validatingwebhookconfigurations.admissionregistration.k8s.io guard-$NS"
PODS = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}


def guarded(replicas: int, kind: str = "secrets", space: str = "$NS") -> tuple[Object, ...]:
    """A webhook about objects of a namespace, and who answers for it."""
    made = webhook("Fail")
    made["webhooks"][0] |= {
        "rules": [{**PODS, "resources": [kind]}],
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": space}},
    }
    return made, deployment("gone", replicas=replicas), service("gone", 443)


def told_to_listen(on: int) -> tuple[Object, ...]:
    """A program that no port is declared of, behind a service for 8080."""
    env, listens = [{"name": "PORT", "value": str(on)}], {"sim/listen-only": str(on)}
    program = deployment("app", "example.com/app:1.0", annotations=listens, env=env, readinessProbe=probe(port=on))
    return program, ports(targetPort=8080)


def beside(**resources: Any) -> tuple[Object, ...]:
    """A sidecar of a program that is scaled by its share of what it requests."""
    sidecar = {"name": "proxy", "image": "nginx:1.27", "restartPolicy": "Always", "resources": resources}
    asked = {"requests": {"cpu": "50m"}}
    program = deployment("app", "example.com/app:1.0", pod={"initContainers": [sidecar]}, resources=asked)
    return program, with_spec(autoscaler("app"), minReplicas=1)


CALLS: dict[str, Case] = {
    "a-host-behind-another-name": Case(
        "services ledger", (other_name("ledger.$NS-nowhere.svc.cluster.local"), crashing(NOBODY)),
        (other_name("ledger.example.com"), sleeping()), rule="external-name",
    ),
    "an-address-in-a-whole-secret": Case(
        "secrets login", (secret("login", DATABASE_URL="postgres://db:5433/x"), *DB, crashing(REFUSED, envFrom=HIDDEN)),
        (secret("login", DATABASE_URL="postgres://db:5432/x"), *DB, sleeping(envFrom=HIDDEN)), rule="wrong-port",
    ),
    "a-password-of-a-whole-secret": Case(
        "secrets login",
        (secret("login", PGPASSWORD="old"), *DB, crashing("password authentication failed", envFrom=HIDDEN)),
        (secret("login", PGPASSWORD="new"), *DB, sleeping(envFrom=HIDDEN)), rule="login-refused",
    ),
    "a-port-that-a-program-is-told": Case(
        "services app", told_to_listen(3000), told_to_listen(8080), rule="service-wrong-port",
    ),
    "a-webhook-that-sleeps": Case("deployments.apps gone", guarded(0), guarded(1), rule="webhook-down"),
    "a-webhook-about-its-own-pods": Case(
        GUARD, guarded(1, "pods"), guarded(1, "pods", "elsewhere-$NS"), rule="webhook-down",
    ),
    "a-sidecar-without-a-request": Case(
        APP, beside(), beside(requests={"cpu": "50m"}), rule="autoscaler-blind",
    ),
}  # fmt: skip
