"""Conditions that k8sgpt looks for and that no rule's own case shows: each as a fault, and with one thing put right."""

from typing import Any

from tests.cluster.faults import Object, deployment, manifest, pod_spec, probe, service
from tests.cluster.rule_parts import (
    APP,
    GATEWAY,
    LONG_AGO,
    ROBOT,
    SERVED,
    Case,
    account,
    gateway,
    gateway_class,
    quota,
    route,
    webhook,
    with_spec,
)
from tests.cluster.scenarios import autoscaler, claim, job, stateful

DAEMONS, SET = "daemonsets.apps app", "statefulsets.apps app"
GUARD = "mutatingwebhookconfigurations.admissionregistration.k8s.io guard-$NS"
SMALL = {"limits": {"cpu": "10m"}, "requests": {"cpu": "10m"}}


def daemons(image: str = "nginx:1.27", **pod: Any) -> Object:
    """On the one node with room for them."""
    labels = {"app": "app"}
    template = {"metadata": {"labels": labels}, "spec": {**pod_spec(image), "nodeSelector": {"pool": "disk"}, **pod}}
    return manifest("apps/v1", "DaemonSet", "app", spec={"selector": {"matchLabels": labels}, "template": template})


def pulling(kind: str) -> Object:
    made = manifest("v1", "Secret", "registry", type=kind, stringData={".dockerconfigjson": '{"auths": {}}'})
    return made if kind.endswith("json") else {**made, "stringData": {"password": "x"}}


def set_of(storage: str = "", image: str = "nginx:1.27", **pod: Any) -> tuple[Object, ...]:
    """A set with its service, and with a volume of a class."""
    made = stateful("app", "app")
    made["spec"]["template"]["spec"] |= {**pod_spec(image), **pod}
    if storage:
        template = {"metadata": {"name": "data"}, "spec": {**claim("data")["spec"], "storageClassName": storage}}
        made["spec"]["volumeClaimTemplates"] = [template]
    return made, service("app")


def lone(command: str) -> Object:
    spec = {"restartPolicy": "Never", **pod_spec("busybox:1.36", command=["sh", "-c", command])}
    return manifest("v1", "Pod", "app", spec=spec)


def prepared(command: str) -> Object:
    first = {"name": "first", "image": "busybox:1.36", "command": ["sh", "-c", command]}
    return deployment("app", pod={"initContainers": [first]})


def changing(image: str) -> tuple[Object, ...]:
    """A webhook that changes what it is asked about, and who answers for it."""
    made = webhook("Fail") | {"kind": "MutatingWebhookConfiguration"}
    return made, deployment("gone", image), service("gone", 443)


def told(kind: str, name: str, status: str) -> Object:
    return {
        "type": kind,
        "status": status,
        "reason": "Told",
        "message": f"{name} said so",
        "lastTransitionTime": LONG_AGO,
    }


def answered(status: str) -> Object:
    """What the controller of a gateway says of it."""
    return {**gateway(), "status": {"conditions": [told("Programmed", "front", status)]}}


def open_to(**labels: str) -> Object:
    return gateway(allowedRoutes={"namespaces": {"from": "Selector", "selector": {"matchLabels": labels}}})


def scaled_by(*metrics: Object) -> Object:
    return with_spec(autoscaler("app"), metrics=list(metrics))


def outside(name: str) -> Object:
    return {"type": "External", "external": {"metric": {"name": name}, "target": {"type": "Value", "value": "30"}}}


OF_CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}
LISTED: dict[str, Case] = {
    "a-pod-that-failed": Case("pods app", (lone("echo on fire; exit 3"),), (lone("exit 0"),), rule="crash-loop"),
    "an-init-container-that-fails": Case(APP, (prepared("exit 4"),), (prepared("exit 0"),), rule="crash-loop"),
    "daemons-that-are-not-ready": Case(DAEMONS, (daemons("nginx:9.9.9"),), (daemons(),), rule="image-not-found"),
    "daemons-without-their-pull-secret": Case(
        DAEMONS, (daemons(imagePullSecrets=[{"name": "registry"}]),),
        (pulling("kubernetes.io/dockerconfigjson"), daemons(imagePullSecrets=[{"name": "registry"}])),
        rule="missing-pull-secret",
    ),
    "a-set-of-no-class": Case(SET, set_of("fasst"), set_of("standard"), rule="missing-storage-class"),
    "a-set-without-its-first-pod": Case(
        "serviceaccounts robot", set_of(**ROBOT), (account("robot"), *set_of(**ROBOT)), rule="missing-service-account",
    ),
    "a-set-whose-first-pod-does-not-run": Case(SET, set_of(image="nginx:9.9.9"), set_of(), rule="image-not-found"),
    "replicas-that-are-not-made": Case(
        "resourcequotas small", (quota(pods="0"), deployment("app")), (quota(pods="1"), deployment("app")),
        rule="quota-exceeded",
    ),
    "a-job-past-its-deadline": Case(
        "jobs.batch report", (with_spec(job("report", "sleep 86400"), activeDeadlineSeconds=2),),
        (with_spec(job("report", "sleep 86400"), activeDeadlineSeconds=86_400),), rule="job-failed",
    ),
    "a-service-of-unready-pods": Case(
        APP, (deployment("app", readinessProbe=probe("/no-such-page")), service("app")),
        (deployment("app", readinessProbe=probe()), service("app")), rule="readiness-probe-fails",
    ),
    "a-webhook-whose-pods-do-not-run": Case(
        "deployments.apps gone", changing("nginx:9.9.9"), changing("nginx:1.27"), rule="image-not-found",
    ),
    "a-webhook-without-a-service": Case(
        GUARD, changing("nginx:1.27")[:2], changing("nginx:1.27"), rule="webhook-down",
    ),
    "an-autoscaler-without-outside-figures": Case(
        "horizontalpodautoscalers.autoscaling app", (deployment("app", resources=SMALL), scaled_by(outside("orders"))),
        (deployment("app", resources=SMALL), scaled_by(OF_CPU)), rule="autoscaler-blind",
    ),
    "an-autoscaler-without-a-target": Case(
        "horizontalpodautoscalers.autoscaling app",
        (deployment("app", resources=SMALL),
         with_spec(autoscaler("app"), scaleTargetRef={"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "app"})),
        (deployment("app", resources=SMALL), autoscaler("app")), rule="autoscaler-target",
    ),
    "a-gateway-class-that-is-refused": Case(
        f"gatewayclasses.{GATEWAY} public-$NS", (gateway_class("False"),), (gateway_class(),), rule="condition-false",
    ),
    "a-gateway-that-is-not-programmed": Case(
        f"gateways.{GATEWAY} front", (gateway_class(), answered("False")), (gateway_class(), answered("True")),
        rule="condition-false",
    ),
    "a-route-of-a-namespace-without-the-label": Case(
        f"gateways.{GATEWAY} front", (*SERVED, gateway_class(), open_to(tier="of-nobody"), route()),
        (*SERVED, gateway_class(), open_to(**{"kubernetes.io/metadata.name": "$NS"}), route()), rule="gateway-refuses",
    ),
    "a-route-to-no-service": Case(
        f"httproutes.{GATEWAY} app", (*SERVED, gateway_class(), gateway(), route(to="ap")),
        (*SERVED, gateway_class(), gateway(), route()), rule="missing-backend",
    ),
    "a-policy-for-no-pod-by-expressions": Case(
        "networkpolicies.networking.k8s.io guard",
        (*SERVED, manifest("networking.k8s.io/v1", "NetworkPolicy", "guard", spec={"ingress": [{}], "podSelector": {
            "matchExpressions": [{"key": "app", "operator": "In", "values": ["ap"]}]}})),
        (*SERVED, manifest("networking.k8s.io/v1", "NetworkPolicy", "guard", spec={"ingress": [{}], "podSelector": {
            "matchExpressions": [{"key": "app", "operator": "In", "values": ["app", "ap"]}]}})),
        rule="policy-selects-nothing",
    ),
}  # fmt: skip
"""By what is wrong."""
