"""Faults that are followed to what makes an object, to what it calls by another name, or to who asks about it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import (
    RUNNING,
    Object,
    Scene,
    container,
    crashed,
    named,
    owned,
    running_pod,
    service_of,
    waiting,
)
from tests.unit.diagnostics.test_custom_and_rights import condition

GATEWAY = "gateway.networking.k8s.io"
CLUSTERS, CLAIMS = "clusters.postgresql.cnpg.io", "persistentvolumeclaims"
CLASSES, DRIVERS, NODES = (f"{kind}.storage.k8s.io" for kind in ("storageclasses", "csidrivers", "csinodes"))
ISSUERS, CERTIFICATES = "issuers.cert-manager.io", "certificates.cert-manager.io"
PROVIDERS, PACKAGES = "providerconfigs.helm.crossplane.io", "providers.pkg.crossplane.io"
HOOKS = "mutatingwebhookconfigurations.admissionregistration.k8s.io"
DEFINITION = "customresourcedefinitions.apiextensions.k8s.io sails.boats.example.com"
SCALERS = "horizontalpodautoscalers.autoscaling"
NOT_CONVERTED = (
    "failed to read one or more sails: conversion webhook for boats.example.com/v1beta1, Kind=Sail failed: "
    'Post "https://web.shop.svc:443/convert?timeout=30s": {}'
)


def made_by_an_operator(storage: str = "fast") -> Scene:
    """A claim that an operator made of what its resource says."""
    cluster = named("db", "Cluster", spec={"storage": {"storageClass": storage}})
    claim = named("db-1", "PersistentVolumeClaim", spec={"storageClassName": "fast"}, status={"phase": "Pending"})
    return Scene().add(CLUSTERS, cluster).add(CLAIMS, owned(claim, cluster)).add(CLASSES, named("slow", "", ""))


def image_of_an_operator(said: str = "db:typo") -> Scene:
    """A pod that an operator made, and whose image nobody has."""
    cluster = named("db", "Cluster", spec={"imageName": said})
    told = waiting("ErrImagePull", "manifest unknown: not found")
    scene = Scene(state=told, spec={"containers": [container(image="db:typo")]}).add(CLUSTERS, cluster)
    owned(scene.pod, cluster)
    del scene.objects["deployments.apps"], scene.objects["replicasets.apps"]
    return scene


def driven(*drivers: str, provisioner: str = "disk.csi.example.com", mode: str = "Immediate") -> Scene:
    """A claim of a class whose driver is on a node, or is not."""
    claim = named("data", "PersistentVolumeClaim", spec={"storageClassName": "fast"}, status={"phase": "Pending"})
    storage = named("fast", "StorageClass", "", provisioner=provisioner, volumeBindingMode=mode)
    node = named("node-1", "CSINode", "", spec={"drivers": [{"name": each} for each in drivers]})
    return Scene().add(CLAIMS, claim).add(CLASSES, storage).add(NODES, node).add(DRIVERS)


def issued(kind: str, name: str = "ca") -> Scene:
    """A certificate that names an issuer of all namespaces as one of its own, or the other way round."""
    spec: Object = {"issuerRef": {"name": "ca", "kind": kind}}
    scene = Scene().add(CERTIFICATES, named("web", "Certificate", spec=spec))
    own, everywhere = ([named(name, "Issuer")], []) if kind == "ClusterIssuer" else ([], [named(name, "", "")])
    return scene.add(ISSUERS, *own).add("clusterissuers.cert-manager.io", *everywhere)


def of_a_provider(*known: str) -> Scene:
    said = 'ProviderConfig.helm.crossplane.io "production" not found'
    told = {"conditions": [condition("Synced", "False", "ReconcileError", said)]}
    release = named("redis", "Release", "", spec={"providerConfigRef": {"name": "production"}}, status=told)
    return (
        Scene()
        .add("releases.helm.crossplane.io", release)
        .add(PROVIDERS, *(named(each, "ProviderConfig", "") for each in known))
    )


def signed_with(secret: str) -> Scene:
    told = {"conditions": [condition("Ready", "False", "ErrGetKeyPair", 'secrets "ca-keypair" not found')]}
    issuer = named("ca", "Issuer", spec={"ca": {"secretName": "ca-keypair"}}, status=told)
    return Scene().add(ISSUERS, issuer).add("secrets", named(secret, "Secret"))


def package(reason: str, message: str) -> Scene:
    told = {"conditions": [condition("Installed", "False", reason, message)]}
    return Scene().add(PACKAGES, named("aws", "Provider", "", spec={"package": "x:v1"}, status=told))


def paused(reason: str) -> Scene:
    told = {"conditions": [condition("Synced", "False", reason, "stopped")]}
    return Scene().add("buckets.s3.example.org", named("logs", "Bucket", "", spec={}, status=told))


def crashing(line: str, *services: Object, keys: tuple[str, ...] = (), **spec: Any) -> Scene:
    """A program that reads all of a Secret and says this before it ends."""
    made = container(envFrom=[{"secretRef": {"name": "login"}}], **spec)
    scene = Scene(state=crashed(1), spec={"containers": [made]}).log(line).add("services", *services)
    return scene.add("secrets", named("login", "Secret", data=dict.fromkeys(keys, "")))


def other_name(host: str) -> Object:
    return named("db", "Service", spec={"type": "ExternalName", "externalName": host})


def database(port: int = 5432) -> Scene:
    """The one that is called runs."""
    line = f'connection to server at "db" (10.0.0.7), port {port} failed: Connection refused'
    scene = crashing(line, service_of("db", 5432), keys=("DATABASE_URL", "LOG_LEVEL"))
    return scene.add("pods", running_pod("db"))


def guarded(*, space: str = "shop", replicas: int = 1, kind: str = "pods") -> Scene:
    """A webhook about the pods of a namespace, and its own workload without a pod."""
    hook = {
        "name": "guard.example.com", "clientConfig": {"service": {"name": "web", "namespace": "shop"}},
        "rules": [{"operations": ["CREATE"], "resources": [kind]}],
        "namespaceSelector": {"matchLabels": {"space": space}},
    }  # fmt: skip
    scene = Scene().add(HOOKS, named("guard", "", "", webhooks=[hook])).add("services", service_of("web"))
    scene.objects["pods"], scene.deployment["spec"]["replicas"] = [], replicas
    return scene.add("namespaces", named("shop", "Namespace", "", metadata={"labels": {"space": "shop"}}))


def admitted(*, labelled: bool, source: str = "Selector") -> Scene:
    """A route to a gateway that lets labelled namespaces in; another namespace has the label, or none has."""
    allowed: Object = {"from": source, "selector": {"matchLabels": {"expose": "true"}}}
    listener = {"name": "http", "port": 80, "allowedRoutes": {"namespaces": allowed}}
    edge = named("edge", "Gateway", "infra", spec={"listeners": [listener]})
    told = {"parents": [{"conditions": [condition("Accepted", "False", "NotAllowedByListeners", "no listener")]}]}
    route = named("web", "HTTPRoute", spec={"parentRefs": [{"name": "edge", "namespace": "infra"}]}, status=told)
    other = named("open", "Namespace", "", metadata={"labels": {"expose": "true"} if labelled else {}})
    spaces = (named("shop", "Namespace", ""), named("infra", "Namespace", ""), other)
    return Scene().add(f"gateways.{GATEWAY}", edge).add(f"httproutes.{GATEWAY}", route).add("namespaces", *spaces)


def scaled(said: str, ready: int, of: str = "", **sidecar: Any) -> Scene:
    """`of`: the one container that it is scaled by."""
    told = condition("ScalingActive", "False", "FailedGetResourceMetric", said)
    metric: Object = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}
    if of:
        metric = {"type": "ContainerResource", "containerResource": {"name": "cpu", "container": of}}
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "metrics": [metric]}
    beside = [{"name": "proxy", "restartPolicy": "Always", **sidecar}] if sidecar else []
    scene = Scene(spec={"containers": [container(resources={"requests": {"cpu": "1"}})], "initContainers": beside})
    scene.deployment["status"] = {"readyReplicas": ready}
    return scene.add(SCALERS, named("web", "HorizontalPodAutoscaler", spec=spec, status={"conditions": [told]}))


def unread(error: str, *services: Object) -> Scene:
    """A kind of which the server says that nobody converts it."""
    scene = Scene().add("services", *services)
    scene.failed = {"sails.boats.example.com": NOT_CONVERTED.format(error)}
    return scene


def unread_for(said: str) -> Scene:
    scene = Scene()
    scene.failed = {"sails.boats.example.com": said}
    return scene


def listening(*, told: str, target: int = 8080, probed: int = 3000) -> Scene:
    made = container(env=[{"name": "PORT", "value": told}], readinessProbe={"tcpSocket": {"port": probed}})
    service = service_of("web", 80)
    service["spec"]["ports"] = [{"port": 80, "targetPort": target}]
    return Scene(spec={"containers": [made]}).add("services", service)


FAULTS: tuple[Fault, ...] = (
    (made_by_an_operator, "missing-storage-class", f"{CLUSTERS} db", 'no StorageClass "fast"'),
    (lambda: made_by_an_operator("other"), "missing-storage-class", f"{CLAIMS} db-1", "no StorageClass"),
    (image_of_an_operator, "image-not-found", f"{CLUSTERS} db", "no such"),
    (lambda: driven("other.csi.example.com"), "missing-csi-driver", f"{CLASSES} fast", "disk.csi.example.com"),
    (lambda: issued("Issuer"), "missing-reference", f"{CERTIFICATES} web", "there is a ClusterIssuer of this name"),
    (lambda: issued("ClusterIssuer"), "missing-reference", f"{CERTIFICATES} web", "there is a Issuer of this name"),
    (lambda: of_a_provider("staging"), "missing-reference", "releases.helm.crossplane.io redis", '"staging"'),
    (of_a_provider, "condition-false", f"{PROVIDERS} production", "not found"),
    (lambda: signed_with("ca-key-pair"), "missing-reference", f"{ISSUERS} ca", '"ca-key-pair"'),
    (lambda: signed_with("other"), "condition-false", "secrets ca-keypair", "not found"),
    (lambda: package("UnpackingPackage", "manifest unknown"), "condition-false", f"{PACKAGES} aws", "manifest unknown"),
    (lambda: paused("ReconcileError"), "condition-false", "buckets.s3.example.org logs", "stopped"),
    (lambda: crashing("getaddrinfo ENOTFOUND db", other_name("db.exmaple.com")), "dependency-down", "services db",
     "nobody knows db.exmaple.com"),
    (lambda: crashing("getaddrinfo ENOTFOUND db", other_name("pg.shop.svc.cluster.local")), "external-name",
     "services db", 'no service "pg"'),
    (lambda: database(5433), "wrong-port", "secrets login", "listens on 5432"),
    (lambda: crashing("password authentication failed", keys=("PGPASSWORD", "PGUSER")), "login-refused",
     "secrets login", "authentication failed"),
    (guarded, "webhook-down", f"{HOOKS} guard", "the very pods that would answer"),
    (lambda: guarded(space="else"), "webhook-down", "services web", "is ready"),
    (lambda: admitted(labelled=True), "gateway-refuses", "namespaces shop", "of namespace shop"),
    (lambda: admitted(labelled=False), "gateway-refuses", f"gateways.{GATEWAY} edge", "of namespace shop"),
    (lambda: scaled("missing request for cpu", 1, image="x"), "autoscaler-blind", "deployments.apps web", "proxy"),
    (lambda: scaled("no metrics", 1, "ap"), "autoscaler-blind", f"{SCALERS} web", 'no container "ap"; it has app'),
    (lambda: scaled("no metrics returned", 1), "autoscaler-blind", f"{SCALERS} web", "no metrics"),
    (lambda: unread("not found"), "conversion-webhook-down", DEFINITION, "no service shop/web"),
    (lambda: unread("tls: bad certificate", service_of("web")), "conversion-webhook-down", DEFINITION, "tls: bad"),
    (lambda: listening(told="3000"), "service-wrong-port", "services web", "told to listen on 3000"),
)  # fmt: skip
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: driven("disk.csi.example.com"), "missing-csi-driver"),
    (lambda: driven(provisioner="rancher.io/local-path"), "missing-csi-driver"),
    (lambda: driven(mode="WaitForFirstConsumer"), "missing-csi-driver"),
    (lambda: package("UnpackingPackage", ""), "condition-false"),
    (lambda: package("InactivePackageRevision", "not active"), "condition-false"),
    (lambda: paused("ReconcilePaused"), "condition-false"),
    (lambda: scaled("no metrics returned", 0), "autoscaler-blind"),
    (lambda: listening(told="3000", probed=9000), "service-wrong-port"),
    (lambda: listening(told="8080", probed=8080), "service-wrong-port"),
    (lambda: admitted(labelled=True, source="All"), "gateway-refuses"),
    (lambda: unread_for("etcd is full"), "conversion-webhook-down"),
)


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_a_webhook_of_a_workload_that_sleeps_is_told_at_the_workload() -> None:
    first = guarded(replicas=0).findings()[0]
    assert (first.rule, first.root.name, first.field) == ("webhook-down", "web", "spec.replicas")


def test_a_ready_pod_answers_for_its_webhook() -> None:
    scene = guarded()
    scene.pod["status"]["containerStatuses"] = [RUNNING]
    scene.objects["pods"] = [scene.pod]
    assert scene.rules() == []
