"""What the objects are made of that break a rule of diagnosis, or keep it.

`$NS` in a name stands for the namespace, so that objects of the cluster do not meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cluster.faults import Object, deployment, manifest, pod_spec, probe, secret, service
from tests.cluster.scenarios import claim, config, ingress, job

Objects = tuple[Object, ...]
APP = "deployments.apps app"
RBAC = "rbac.authorization.k8s.io"
GATEWAY = "gateway.networking.k8s.io"
PORTS = [{"containerPort": 80}]


@dataclass(frozen=True)
class Change:
    """A patch of an object that is there."""

    kind_id: str
    name: str
    patch: Object


@dataclass(frozen=True)
class Case:
    """A fault and the same objects without it, each made in a namespace of its own."""

    root: str
    """Kind id and name."""
    broken: Objects
    well: Objects
    labels: dict[str, str] = field(default_factory=dict)
    """Of both namespaces."""
    rule: str = ""
    """Which finds it, where that is not what the case is called."""
    then: tuple[Change, ...] = ()
    """What is changed in the broken namespace once every pod that was placed there has run for a while."""
    then_too: bool = False
    """Whether the same is changed in the other one."""


def crashing(line: str, *, code: int = 1, **how: Any) -> Object:
    return deployment("app", "busybox:1.36", command=["sh", "-c", f"echo '{line}'; exit {code}"], **how)


def sleeping(name: str = "app", **how: Any) -> Object:
    return deployment(name, "busybox:1.36", command=["sleep", "86400"], **how)


def mounted(volume: Object, **how: Any) -> Object:
    return deployment("app", pod={"volumes": [{"name": "d", **volume}]}, **how)


def reading(text: str, command: Object) -> Objects:
    """A ConfigMap with one JSON file, and a program that mounts it."""
    container = command["spec"]["template"]["spec"]["containers"][0]
    container["volumeMounts"] = [{"name": "d", "mountPath": "/etc/app"}]
    command["spec"]["template"]["spec"]["volumes"] = [{"name": "d", "configMap": {"name": "settings"}}]
    return config("settings", **{"app.json": text}), command


def claimed(name: str = "data") -> Object:
    return mounted({"persistentVolumeClaim": {"claimName": name}})


def required(kind: str, app: str) -> Object:
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": app}}}
    return {"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}


def on_nodes(value: str) -> Object:
    terms = [{"matchExpressions": [{"key": "kubernetes.io/os", "operator": "In", "values": [value]}]}]
    needed = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {"affinity": {"nodeAffinity": needed}}


def spread(key: str) -> Object:
    selector = {"matchLabels": {"app": "app"}}
    rule = {"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector}
    return {"topologySpreadConstraints": [rule]}


def daemons(**selector: str) -> Object:
    labels, spec = {"app": "app"}, {**pod_spec("nginx:1.27"), "nodeSelector": selector}
    template = {"metadata": {"labels": labels}, "spec": spec}
    return manifest("apps/v1", "DaemonSet", "app", spec={"selector": {"matchLabels": labels}, "template": template})


def with_spec(made: Object, **spec: Any) -> Object:
    return {**made, "spec": {**made["spec"], **spec}}


def with_metadata(made: Object, **metadata: Any) -> Object:
    return {**made, "metadata": {**made["metadata"], **metadata}}


def quota(**hard: str) -> Object:
    return manifest(
        "v1", "ResourceQuota", "small", spec={"hard": {key.replace("_", "."): v for key, v in hard.items()}}
    )


def limits(memory: str) -> Object:
    return manifest("v1", "LimitRange", "most", spec={"limits": [{"type": "Container", "max": {"memory": memory}}]})


def webhook(policy: str) -> Object:
    called = {"service": {"name": "gone", "namespace": "$NS", "path": "/"}}
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["secrets"]}
    hook = {
        "name": "guard.example.com", "clientConfig": called, "rules": [rule], "failurePolicy": policy,
        "sideEffects": "None", "admissionReviewVersions": ["v1"], "timeoutSeconds": 1,
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "$NS"}},
    }  # fmt: skip
    return manifest("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "guard-$NS", webhooks=[hook])


def volume(name: str, **spec: Any) -> Object:
    given = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/srv/x"}, **spec}
    return manifest("v1", "PersistentVolume", name, spec={"storageClassName": "by-hand", **given})


def storage(provisioner: str) -> Object:
    return {**manifest("storage.k8s.io/v1", "StorageClass", "disks-$NS"), "provisioner": provisioner}


def left_by(claim_name: str) -> Object:
    reference = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": "$NS", "name": claim_name}
    return {"claimRef": {**reference, "uid": "00000000-0000-4000-8000-000000000000"}}


def on_node(name: str) -> Object:
    terms = [{"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [name]}]}]
    return {"nodeAffinity": {"required": {"nodeSelectorTerms": terms}}}


def in_volume(name: str) -> Object:
    return claim("data", storageClassName="by-hand", volumeName=name)


def ports(**port: Any) -> Object:
    return manifest("v1", "Service", "app", spec={"selector": {"app": "app"}, "ports": [{"port": 80, **port}]})


def hook(script: str) -> Object:
    """What a container does before it is asked to stop."""
    return {"preStop": {"exec": {"command": ["sh", "-c", script]}}}


def other_name(host: str, name: str = "ledger") -> Object:
    return manifest("v1", "Service", name, spec={"type": "ExternalName", "externalName": host})


def balanced(**metadata: Any) -> Object:
    made = with_spec(service("app"), type="LoadBalancer")
    return with_metadata(made, **metadata)


def policy(selects: Object, **spec: Any) -> Object:
    return manifest("networking.k8s.io/v1", "NetworkPolicy", "guard", spec={"podSelector": selects, **spec})


def let_in(app: str) -> Object:
    return {"ingress": [{"from": [{"podSelector": {"matchLabels": {"app": app}}}]}]}


def calling(host: str, **how: Any) -> Object:
    return sleeping(env=[{"name": "DB_URL", "value": f"http://{host}"}], **how)


def asking(address: str) -> Object:
    return deployment("app", "example.com/app:1.0", annotations={"sim/requires-service": address})


@cache
def pair(days: int, host: str = "app.example.com") -> tuple[str, str]:
    """Certificate and key, PEM, that end in so many days."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, form, plain)
    return made.public_bytes(serialization.Encoding.PEM).decode(), written.decode()


def shown(certificate: str, key: str) -> Objects:
    """An ingress that shows a certificate."""
    made = {**secret("app-tls", **{"tls.crt": certificate, "tls.key": key}), "type": "kubernetes.io/tls"}
    return (*SERVED, ingress("app", tls=TLS), made)


def account(name: str) -> Object:
    return manifest("v1", "ServiceAccount", name)


def role(*verbs: str) -> Object:
    return manifest(f"{RBAC}/v1", "Role", "reader", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": verbs}])


def binding(role_name: str = "reader", subject: str = "robot", space: str = "$NS") -> Object:
    subjects = [{"kind": "ServiceAccount", "name": subject, "namespace": space}]
    reference = {"apiGroup": RBAC, "kind": "Role", "name": role_name}
    return manifest(f"{RBAC}/v1", "RoleBinding", "readers", roleRef=reference, subjects=subjects)


def of_the_cluster(*, space: str) -> Objects:
    """A role of the cluster, bound to the account `robot` of a namespace."""
    rule = {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "watch-$NS"}
    subjects = [{"kind": "ServiceAccount", "name": "robot", "namespace": space}]
    return (
        manifest(f"{RBAC}/v1", "ClusterRole", "watch-$NS", rules=[rule]),
        manifest(f"{RBAC}/v1", "ClusterRoleBinding", "watch-$NS", roleRef=reference, subjects=subjects),
    )


def gateway(class_name: str = "public-$NS", **allowed: Any) -> Object:
    listener = {"name": "http", "port": 80, "protocol": "HTTP", **allowed}
    return manifest(f"{GATEWAY}/v1", "Gateway", "front", spec={"gatewayClassName": class_name, "listeners": [listener]})


def secure(certificate: str) -> Object:
    """A gateway that shows a certificate."""
    tls = {"mode": "Terminate", "certificateRefs": [{"name": certificate}]}
    return gateway(name="https", port=443, protocol="HTTPS", tls=tls)


def gateway_class(status: str = "True") -> Object:
    told = [{"type": "Accepted", "status": status, "reason": "Accepted", "message": "", "lastTransitionTime": LONG_AGO}]
    spec = {"controllerName": "example.com/front"}
    return manifest(f"{GATEWAY}/v1", "GatewayClass", "public-$NS", spec=spec, status={"conditions": told})


def route(parent: str = "front", to: str = "app", port: int = 80, space: str = "") -> Object:
    rules = [{"backendRefs": [{"name": to, "port": port, **({"namespace": space} if space else {})}]}]
    return manifest(f"{GATEWAY}/v1", "HTTPRoute", "app", spec={"parentRefs": [{"name": parent}], "rules": rules})


def certificate(issuer: str, state: str = "True", message: str = "") -> Object:
    told = {"type": "Ready", "status": state, "reason": "Told", "message": message, "lastTransitionTime": LONG_AGO}
    spec = {"secretName": "app-tls", "dnsNames": ["app.example.com"], "issuerRef": {"name": issuer}}
    return manifest("cert-manager.io/v1", "Certificate", "app", spec=spec, status={"conditions": [told]})


def monitor(port: str) -> Object:
    spec = {"selector": {"matchLabels": {"app": "app"}}, "endpoints": [{"port": port}]}
    return manifest("monitoring.coreos.com/v1", "ServiceMonitor", "app", spec=spec)


def of_team(made: Object) -> Object:
    made["spec"]["template"]["metadata"]["labels"]["team"] = "shop"
    return made


def version(name: str, replicas: int) -> Object:
    made, labels = deployment(f"app-{name}", replicas=replicas), {"app": "app", "version": name}
    made["spec"] |= {"selector": {"matchLabels": labels}}
    made["spec"]["template"]["metadata"]["labels"] = labels
    return made


def report(result: str) -> Object:
    told = {"policy": "require-probes", "result": result, "message": "a readinessProbe is required"}
    scope = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "app"}
    return manifest("wgpolicyk8s.io/v1alpha2", "PolicyReport", "app", scope=scope, results=[told])


def group(name: str) -> Object:
    return manifest("operators.coreos.com/v1", "OperatorGroup", name, spec={})


def budget(app: str, **spec: Any) -> Object:
    selector = {"matchLabels": {"app": app}}
    return manifest(
        "policy/v1", "PodDisruptionBudget", "app", spec={"selector": selector, **(spec or {"maxUnavailable": 1})}
    )


def loading(app: str) -> Object:
    """A job that goes on, whose pod has the label of an app."""
    made = job("load", "sleep 3600")
    made["spec"]["template"]["metadata"] = {"labels": {"app": app}}
    return made


def refusing(path: str) -> Objects:
    """A policy of the cluster that refuses pods of one namespace whose label is not as told."""
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    spec = {
        "matchConstraints": {"resourceRules": [rule]}, "failurePolicy": "Fail",
        "validations": [{"expression": f"object.metadata.labels['app'] == '{path}'", "message": "no such app here"}],
    }  # fmt: skip
    where = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "$NS"}}}
    bound = {"policyName": "names-$NS", "validationActions": ["Deny"], "matchResources": where}
    kind = "admissionregistration.k8s.io/v1"
    return (
        manifest(kind, "ValidatingAdmissionPolicy", "names-$NS", spec=spec),
        manifest(kind, "ValidatingAdmissionPolicyBinding", "names-$NS", spec=bound),
    )


def in_pool(
    pool: str, requests: dict[str, str] | None = None, replicas: int = 1, tolerations: Sequence[Object] = ()
) -> Object:
    pod = {"nodeSelector": {"pool": pool}, "tolerations": list(tolerations)}
    return deployment("app", replicas=replicas, pod=pod, resources={"requests": requests or {}})


OWN = {"key": "dedicated", "effect": "NoSchedule"}
LONG_AGO = "2025-01-01T00:00:00Z"
SERVED: Objects = (deployment("app"), service("app"))
TWO: Objects = (*SERVED, deployment("other"), service("other"))
REQUESTING = deployment("app", resources={"requests": {"cpu": "50m"}})
OUTDATED = {"apiVersion": "extensions/v1beta1", "kind": "Deployment", "name": "app"}
BESIDE: Objects = (
    of_team(deployment("app", ports=PORTS)), of_team(deployment("worker", ports=[{"containerPort": 9100}])),
)  # fmt: skip
MONITORED: Objects = (
    deployment("app"),
    with_spec(with_metadata(service("app"), labels={"app": "app"}), ports=[{"name": "metrics", "port": 80}]),
)
TLS = [{"hosts": ["app.example.com"], "secretName": "app-tls"}]
ISSUER = manifest("cert-manager.io/v1", "Issuer", "ca", spec={"selfSigned": {}})
DB: Objects = (deployment("db"), service("db", 5432))
FORBIDDEN = (
    'pods is forbidden: User "system:serviceaccount:$NS:robot" cannot list resource "pods" in API group "" '
    'in the namespace "$NS"'
)
ROBOT = {"serviceAccountName": "robot"}
READ = [{"configMapRef": {"name": "settings"}}]
BY_KEY = [{"name": "LEVEL", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "level"}}}]
SLOW: Object = probe() | {"failureThreshold": 300}
