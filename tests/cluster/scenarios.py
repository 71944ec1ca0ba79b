"""Broken applications, each in a namespace of its own: what is at its root, and what a model proposes to mend it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kubernetes import client

from tests.cluster.faults import Object, deployment, from_secret, manifest, pod_spec, probe, secret, service

Steps = tuple[dict[str, Any], ...]


def ready(api: client.ApiClient, namespace: str) -> bool:
    """Whether every deployment and set has all its pods ready, as it was last changed."""
    apps = client.AppsV1Api(api)
    found = [*apps.list_namespaced_deployment(namespace).items, *apps.list_namespaced_stateful_set(namespace).items]
    return bool(found) and all(
        each.status.observed_generation == each.metadata.generation
        and each.status.updated_replicas == each.status.ready_replicas == each.spec.replicas == each.status.replicas
        for each in found
    )


def changed(read: Callable[[client.ApiClient, str], object], wanted: object) -> Callable[[client.ApiClient, str], bool]:
    """Whether the official client reads what was wanted, where nothing else shows that it is mended."""

    def check(api: client.ApiClient, namespace: str) -> bool:
        return read(api, namespace) == wanted

    return check


@dataclass(frozen=True)
class Scenario:
    """One broken application."""

    name: str
    root: str
    """Kind id and name."""
    manifests: tuple[Object, ...]
    mend: Steps
    """As a model says it in `propose`; nothing where what the finding itself offers ends the fault."""
    well: Callable[[client.ApiClient, str], bool] = ready
    says: tuple[str, ...] = ()
    """What the title and the cause tell of it."""


def do(operation: str, kind: str, name: str, **arguments: object) -> dict[str, Any]:
    named = {key.replace("_", "-"): value for key, value in arguments.items()}
    return {"operation": operation, "kind": kind, "name": name, "arguments": named}


def patch(kind: str, name: str, **body: Any) -> dict[str, Any]:
    return {"operation": "patch", "kind": kind, "name": name, "manifest": body}


def pods(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    """A patch of the pods that a workload makes."""
    return patch(kind, name, spec={"template": {"spec": spec}})


def apply(written: Object) -> dict[str, Any]:
    return {"operation": "apply", "manifest": written}


def config(name: str, **data: str) -> Object:
    return manifest("v1", "ConfigMap", name, data=data)


def claim(name: str, size: str = "1Gi", **spec: Any) -> Object:
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **spec}
    return manifest("v1", "PersistentVolumeClaim", name, spec=wanted)


def ingress(backend: str, port: int = 80, host: str = "app.example.com", **spec: Any) -> Object:
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": backend, "port": {"number": port}}}}
    rules = [{"host": host, "http": {"paths": [path]}}]
    return manifest("networking.k8s.io/v1", "Ingress", "front", spec={"rules": rules, **spec})


def autoscaler(target: str) -> Object:
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
    }
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}
    spec = {"scaleTargetRef": reference, "minReplicas": 1, "maxReplicas": 3, "metrics": [metric]}
    return manifest("autoscaling/v2", "HorizontalPodAutoscaler", "app", spec=spec)


def calls(name: str, address: str, **how: Any) -> Object:
    return deployment(name, "example.com/app:1.0", annotations={"sim/requires-service": address}, **how)


def stateful(name: str, service_name: str) -> Object:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod_spec("nginx:1.27")}
    spec = {"serviceName": service_name, "replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    return manifest("apps/v1", "StatefulSet", name, spec=spec)


def job(name: str, command: str) -> Object:
    spec = {"restartPolicy": "Never", **pod_spec("busybox:1.36", command=["sh", "-c", command])}
    return manifest("batch/v1", "Job", name, spec={"backoffLimit": 0, "template": {"spec": spec}})


def cron(name: str, **spec: Any) -> Object:
    made = {"restartPolicy": "Never", **pod_spec("busybox:1.36", command=["sh", "-c", "echo done"])}
    template = {"spec": {"template": {"spec": made}}}
    return manifest("batch/v1", "CronJob", name, spec={"schedule": "0 3 * * *", "jobTemplate": template, **spec})


def again(image: str = "nginx:1.27", **container: Any) -> list[Object]:
    """The containers of a pod, written anew: a list is replaced as a whole."""
    return [{"name": "app", "image": image, **container}]


def no_jobs(api: client.ApiClient, namespace: str) -> bool:
    return not client.BatchV1Api(api).list_namespaced_job(namespace).items


def has_addresses(api: client.ApiClient, namespace: str) -> bool:
    slices = client.DiscoveryV1Api(api).list_namespaced_endpoint_slice(namespace).items
    return any(each.conditions.ready for part in slices for each in part.endpoints or ())


def target_port(api: client.ApiClient, namespace: str) -> object:
    return client.CoreV1Api(api).read_namespaced_service("app", namespace).spec.ports[0].target_port


def backend(api: client.ApiClient, namespace: str) -> object:
    spec = client.NetworkingV1Api(api).read_namespaced_ingress("front", namespace).spec
    found = spec.rules[0].http.paths[0].backend.service
    return found.name, found.port.number, spec.ingress_class_name


def scaled(api: client.ApiClient, namespace: str) -> object:
    spec = client.AutoscalingV2Api(api).read_namespaced_horizontal_pod_autoscaler("app", namespace).spec
    return spec.scale_target_ref.name


def disruptions(api: client.ApiClient, namespace: str) -> object:
    status = client.PolicyV1Api(api).read_namespaced_pod_disruption_budget("app", namespace).status
    return status.disruptions_allowed


def schedule(api: client.ApiClient, namespace: str) -> object:
    spec = client.BatchV1Api(api).read_namespaced_cron_job("backup", namespace).spec
    return spec.schedule, spec.suspend


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "key", "secrets db",
        (secret("db", dsn="x"), deployment("app", env=[from_secret("URL", "db", "url")])),
        (patch("secrets", "db", stringData={"url": "x"}),),
    ),
    Scenario(
        "config", "configmaps settings", (deployment("app", envFrom=[{"configMapRef": {"name": "settings"}}]),),
        (apply(config("settings", level="info")),),
    ),
    Scenario(
        "config-key", "configmaps settings",
        (config("settings", color="blue"), deployment("app", env=[{"name": "LEVEL", "valueFrom": {
            "configMapKeyRef": {"name": "settings", "key": "level"}}}])),
        (patch("configmaps", "settings", data={"level": "info"}),),
    ),
    Scenario(
        "misspelt-key", "deployments.apps app",
        (config("settings", level="info"), deployment("app", env=[{"name": "LEVEL", "valueFrom": {
            "configMapKeyRef": {"name": "settings", "key": "levle"}}}])),
        (),
    ),
    Scenario(
        "volume", "secrets smtp",
        (deployment("app", pod={"volumes": [{"name": "smtp", "secret": {"secretName": "smtp"}}]},
                    volumeMounts=[{"name": "smtp", "mountPath": "/etc/smtp"}]),),
        (apply(secret("smtp", password="x")),),
    ),
    Scenario(
        "variable", "deployments.apps app",
        (deployment("app", "example.com/app:1.0", annotations={"sim/requires-env": "API_URL"}),),
        (do("env", "deployments", "app", pairs="API_URL=http://api"),),
    ),
    Scenario(
        "root", "deployments.apps app", (deployment("app", securityContext={"runAsNonRoot": True}),),
        (pods("deployments", "app", containers=again(securityContext={"runAsNonRoot": True, "runAsUser": 1000})),),
    ),
    Scenario(
        "tag", "deployments.apps app", (deployment("app", "nginx:9.9.9"),),
        (do("image", "deployments", "app", image="nginx:1.27"),),
    ),
    Scenario(
        "private", "deployments.apps app", (deployment("app", "registry.example.com/private/api:1"),),
        (do("image", "deployments", "app", image="registry.example.com/open/api:1"),),
    ),
    Scenario(
        "registry", "deployments.apps app", (deployment("app", "registry.invalid/app:1"),),
        (do("image", "deployments", "app", image="registry.example.com/app:1"),),
    ),
    Scenario(
        "name", "deployments.apps app", (deployment("app", "Nginx::bad"),),
        (do("image", "deployments", "app", image="nginx:1.27"),),
    ),
    Scenario(
        "never-pulled", "deployments.apps app", (deployment("app", "nginx:1.13", imagePullPolicy="Never"),),
        (pods("deployments", "app", containers=again("nginx:1.13", imagePullPolicy="IfNotPresent")),),
    ),
    Scenario(
        "command", "deployments.apps app", (deployment("app", command=["nginxx"]),),
        (pods("deployments", "app", containers=again()),),
    ),
    Scenario(
        "ends", "deployments.apps app", (deployment("app", "busybox:1.36"),),
        (pods("deployments", "app", containers=again("busybox:1.36", command=["sleep", "86400"])),),
    ),
    Scenario(
        "init", "deployments.apps app",
        (deployment("app", pod={"initContainers": [
            {"name": "migrate", "image": "busybox:1.36", "command": ["sh", "-c", "echo no schema; exit 4"]}]}),),
        (pods("deployments", "app", initContainers=[
            {"name": "migrate", "image": "busybox:1.36", "command": ["sh", "-c", "exit 0"]}]),),
    ),
    Scenario(
        "memory", "deployments.apps app",
        (deployment("app", annotations={"sim/memory": "300Mi"}, resources={"limits": {"memory": "128Mi"}}),),
        (do("resources", "deployments", "app", memory_limit="512Mi"),),
    ),
    Scenario(
        "readiness", "deployments.apps app",
        (deployment("app", ports=[{"containerPort": 80}], readinessProbe=probe(port=8081)),),
        (),
    ),
    Scenario(
        "liveness", "deployments.apps app",
        (deployment("app", ports=[{"containerPort": 80}], livenessProbe=probe("/no-such-page")),),
        (pods("deployments", "app", containers=again(ports=[{"containerPort": 80}], livenessProbe=probe())),),
    ),
    Scenario(
        "node", "deployments.apps app", (deployment("app", pod={"nodeSelector": {"disk": "quantum"}}),),
        (pods("deployments", "app", nodeSelector=None),),
    ),
    Scenario(
        "affinity", "deployments.apps app",
        (deployment("app", pod={"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["moon"]}]}]}}}}),),
        (pods("deployments", "app", affinity=None),),
    ),
    Scenario(
        "too-large", "deployments.apps app", (deployment("app", resources={"requests": {"memory": "900Gi"}}),),
        (do("resources", "deployments", "app", memory_request="64Mi"),),
    ),
    Scenario(
        "apart", "deployments.apps app",
        (deployment("app", replicas=9, pod={"affinity": {"podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "app"}}}]}}}),),
        (do("scale", "deployments", "app", replicas=1),),
    ),
    Scenario(
        "gated", "deployments.apps app", (deployment("app", pod={"schedulingGates": [{"name": "example.com/wait"}]}),),
        (pods("deployments", "app", schedulingGates=None),),
    ),
    Scenario(
        "account", "serviceaccounts robot", (deployment("app", pod={"serviceAccountName": "robot"}),),
        (apply(manifest("v1", "ServiceAccount", "robot")), do("restart", "deployments", "app")),
    ),
    Scenario(
        "claim", "persistentvolumeclaims data",
        (deployment("app", pod={"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}),),
        (apply(claim("data")),),
    ),
    Scenario(
        "class", "persistentvolumeclaims data",
        (claim("data", storageClassName="fasst"),
         deployment("app", pod={"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]})),
        (apply({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fasst"},
                "provisioner": "sim/provisioner"}),),
    ),
    Scenario(
        "quota", "resourcequotas small",
        (manifest("v1", "ResourceQuota", "small", spec={"hard": {"pods": "1"}}), deployment("app", replicas=3)),
        (patch("resourcequotas", "small", spec={"hard": {"pods": "9"}}), do("restart", "deployments", "app")),
    ),
    Scenario(
        "limit-range", "deployments.apps app",
        (manifest("v1", "LimitRange", "most", spec={"limits": [{"type": "Container", "max": {"memory": "256Mi"}}]}),
         deployment("app", resources={"limits": {"memory": "1Gi"}})),
        (do("resources", "deployments", "app", memory_limit="128Mi"),),
    ),
    Scenario(
        "priority", "deployments.apps app", (deployment("app", pod={"priorityClassName": "very-high"}),),
        (pods("deployments", "app", priorityClassName=None),),
    ),
    Scenario(
        "selector", "services app", (deployment("app"), service("app", app="appp")),
        (), has_addresses,
    ),
    Scenario(
        "port", "services app",
        (deployment("app", ports=[{"containerPort": 80}]), manifest("v1", "Service", "app", spec={
            "selector": {"app": "app"}, "ports": [{"port": 80, "targetPort": 8080}]})),
        (), changed(target_port, 80),
    ),
    Scenario(
        "asleep", "deployments.apps app", (deployment("app", replicas=0), service("app"), ingress("app")),
        (do("scale", "deployments", "app", replicas=1),),
    ),
    Scenario(
        "backend", "ingresses.networking.k8s.io front", (deployment("app"), service("app"), ingress("ap")),
        (), changed(backend, ("app", 80, "sim")),
    ),
    Scenario(
        "backend-port", "ingresses.networking.k8s.io front", (deployment("app"), service("app"), ingress("app", 8080)),
        (), changed(backend, ("app", 80, "sim")),
    ),
    Scenario(
        "ingress-class", "ingresses.networking.k8s.io front",
        (deployment("app"), service("app"), ingress("app", ingressClassName="ngnix")),
        (patch("ingresses", "front", spec={"ingressClassName": "sim"}),), changed(backend, ("app", 80, "sim")),
    ),
    Scenario(
        "asked-host", "deployments.apps app",
        (calls("app", "orders-dbb:5432"), deployment("orders-db"), service("orders-db", 5432)),
        (patch("deployments", "app", spec={"template": {"metadata": {"annotations": {
            "sim/requires-service": "orders-db:5432"}}}}),),
    ),
    Scenario(
        "asked-port", "deployments.apps app", (calls("app", "db:5433"), deployment("db"), service("db", 5432)),
        (patch("deployments", "app", spec={"template": {"metadata": {"annotations": {
            "sim/requires-service": "db:5432"}}}}),),
    ),
    Scenario(
        "behind", "deployments.apps db",
        (calls("app", "db:5432"), deployment("db", "nginx:9.9.9"), service("db", 5432)),
        (do("image", "deployments", "db", image="nginx:1.27"),),
    ),
    Scenario(
        "behind-asleep", "deployments.apps db",
        (calls("app", "db:5432"), deployment("db", replicas=0), service("db", 5432)),
        (),
    ),
    Scenario(
        "set-service", "statefulsets.apps app", (stateful("app", "app-headless"),),
        (apply(manifest("v1", "Service", "app-headless", spec={
            "clusterIP": "None", "selector": {"app": "app"}, "ports": [{"port": 80}]})),), has_addresses,
    ),
    Scenario(
        "autoscaler-target", "horizontalpodautoscalers.autoscaling app", (deployment("app"), autoscaler("ap")),
        (), changed(scaled, "app"),
    ),
    Scenario(
        "autoscaler-requests", "deployments.apps app", (deployment("app"), autoscaler("app")),
        (do("resources", "deployments", "app", cpu_request="50m"),),
    ),
    Scenario(
        "budget", "poddisruptionbudgets.policy app",
        (deployment("app"), manifest("policy/v1", "PodDisruptionBudget", "app", spec={
            "maxUnavailable": 0, "selector": {"matchLabels": {"app": "app"}}})),
        (patch("pdb", "app", spec={"maxUnavailable": 1}),), changed(disruptions, 1),
    ),
    Scenario(
        "job", "jobs.batch report", (job("report", "echo ERROR no ledger; exit 2"),),
        (do("delete", "jobs", "report"),), no_jobs,
    ),
    Scenario(
        "schedule", "cronjobs.batch backup", (cron("backup", schedule="0 0 31 2 *"),),
        (patch("cronjobs", "backup", spec={"schedule": "0 0 28 2 *"}),), changed(schedule, ("0 0 28 2 *", False)),
    ),
)  # fmt: skip
