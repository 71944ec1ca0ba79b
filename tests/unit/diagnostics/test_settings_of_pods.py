"""Rules about how pods are set up: variables, DNS, users, devices, probes, and claims of their own."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import (
    Object,
    Scene,
    container,
    crashed,
    named,
    owned,
    running_pod,
    service_of,
    status,
    waiting,
)

WEB = "deployments.apps web"
CLAIMS, TEMPLATES = "resourceclaims.resource.k8s.io", "resourceclaimtemplates.resource.k8s.io"
DEVICE_CLASSES, SLICES = "deviceclasses.resource.k8s.io", "endpointslices.discovery.k8s.io"
POLICIES = "networkpolicies.networking.k8s.io"
VOLUMES, CLASSES = "persistentvolumes", "storageclasses.storage.k8s.io"


def env(**variables: str) -> list[Object]:
    return [{"name": name, "value": value} for name, value in variables.items()]


def dying(line: str, *variables: Object, spec: Object | None = None, **rest: Any) -> Scene:
    """A program that crashes with these words, beside a service `db` whose pod is well."""
    pod = {"containers": [container(env=list(variables), **rest)], **(spec or {})}
    scene = Scene(state=crashed(1), spec=pod).add("services", service_of("db", 5432)).add("pods", running_pod("db"))
    return scene.log(line)


def beside(line: str, sidecar: Object) -> Scene:
    return dying(line, spec={"containers": [container(), sidecar]})


def refused_as_root(said: str, own: Object | None = None, pods: Object | None = None) -> Scene:
    spec = {"containers": [container(securityContext=own or {})], "securityContext": pods or {}}
    return Scene(state=waiting("CreateContainerConfigError", said), spec=spec)


def claiming(by: str, name: str, *conditions: Object) -> Scene:
    spec = {"resourceClaims": [{"name": "gpu", by: name}]}
    return Scene(state=status(), spec=spec, pod_status={"phase": "Pending", "conditions": list(conditions)})


def template(of_class: str) -> Object:
    requests = [{"name": "gpu", "exactly": {"deviceClassName": of_class}}]
    return named("single", "ResourceClaimTemplate", spec={"spec": {"devices": {"requests": requests}}})


def templated(name: str, of_class: str = "gpus") -> Scene:
    scene = claiming("resourceClaimTemplateName", name).add(TEMPLATES, template(of_class))
    return scene.add(DEVICE_CLASSES, named("gpus", "DeviceClass", ""))


def unplaced(said: str, **spec: Any) -> Scene:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": said}
    return Scene(state=waiting(""), spec=spec, pod_status={"phase": "Pending", "conditions": [condition]})


def scratch(of_class: str) -> Scene:
    """A pod with a volume of its own, whose claim waits."""
    volumes = [{"name": "tmp", "ephemeral": {"volumeClaimTemplate": {"spec": {"storageClassName": of_class}}}}]
    scene = unplaced("pod has unbound immediate PersistentVolumeClaims.", volumes=volumes)
    made = named("web-5d4-abcde-tmp", "PersistentVolumeClaim", spec={"storageClassName": of_class})
    scene.add("persistentvolumeclaims", owned({**made, "status": {"phase": "Pending"}}, scene.pod))
    return scene.add(CLASSES, named("fast", "StorageClass", "", provisioner="csi.example.org"))


def by_hand(volume: Object, phase: str = "Available", **claim: Any) -> Scene:
    """A claim of a class that nobody provisions, and the one volume of it."""
    spec = {"storageClassName": "nas", **volume.pop("spec", {})}
    made = named("disk", "PersistentVolume", "", spec=spec, status={"phase": phase}, **volume)
    wanted = named("data", "PersistentVolumeClaim", spec={"storageClassName": "nas", **claim})
    scene = Scene().add("persistentvolumeclaims", {**wanted, "status": {"phase": "Pending"}}).add(VOLUMES, made)
    return scene.add(CLASSES)


def later(scene: Scene) -> Scene:
    """The same of a class whose volumes are bound when a pod wants them."""
    nas = named("nas", "StorageClass", "", provisioner="kubernetes.io/no-provisioner")
    return scene.add(CLASSES, nas | {"volumeBindingMode": "WaitForFirstConsumer"})


def probed(said: str, probe: Object, kind: str = "readinessProbe") -> Scene:
    ports = [{"containerPort": 8080, "name": "web"}]
    handlers: dict[str, Any] = {kind: probe}
    spec = {"containers": [container(ports=ports, **handlers)]}
    state = status(running={"startedAt": "2025-11-25T19:00:00Z"}, restarts=kind != "readinessProbe")
    return Scene(state=state, spec=spec).event("Unhealthy", said)


def http(port: int | str, **more: str) -> Object:
    return {"httpGet": {"port": port, "path": "/", **more}}


def written_down(slice_port: str, service_port: str = "sql") -> Scene:
    labels = {"labels": {"kubernetes.io/service-name": "ledger"}}
    ports, ends = [{"name": slice_port, "port": 5432}], [{"addresses": ["192.0.2.7"]}]
    scene = Scene().add(SLICES, named("ledger-1", "EndpointSlice", metadata=labels, ports=ports, endpoints=ends))
    return scene.add("services", named("ledger", "Service", spec={"ports": [{"name": service_port, "port": 5432}]}))


def labelled(**selector: str) -> Scene:
    scene = Scene(template_labels={"app": "web", "tier": "front"})
    return scene.add("services", named("web", "Service", spec={"selector": selector, "ports": [{"port": 80}]}))


def job(failed: int, made: str, *, succeeded: int = 0, parallelism: int = 1) -> Object:
    told = {"failed": failed, "succeeded": succeeded}
    item = named(f"nightly-{made}", "Job", spec={"parallelism": parallelism, "template": {}}, status=told)
    item["metadata"]["creationTimestamp"] = f"2025-11-25T19:{made}:00Z"
    return item


def nightly(*jobs: Object) -> Scene:
    owner = named("nightly", "CronJob", spec={})
    return Scene().add("cronjobs.batch", owner).add("jobs.batch", *(owned(each, owner) for each in jobs))


def mounted_over(command: str) -> Scene:
    said = f'exec: "{command}": stat {command}: no such file or directory'
    mounts = [{"name": "data", "mountPath": "/app/"}]
    spec = {"containers": [container(command=[command], volumeMounts=mounts)]}
    return Scene(state=waiting("RunContainerError", said), spec=spec)


def of_shell() -> Scene:
    scene = Scene(state=crashed(127), spec={"containers": [container(command=["sh", "-c", "exec /app/server"])]})
    return scene.log("sh: 1: exec: /app/server: not found")


def elsewhere(*spaces: str) -> Scene:
    scene = dying("getaddrinfo ENOTFOUND mongo", *env(MONGO_URL="mongodb://mongo:27017/x"))
    return scene.add("services", *(named("mongo", "Service", space, spec={}) for space in spaces))


def reading(kind: str, *refers: Object, **keys: str) -> Scene:
    """A pod that asks for a Secret `app`, where there is an object of that name with these keys."""
    spec = {"containers": [container(envFrom=list(refers))]}
    state = waiting("CreateContainerConfigError", 'secret "app" not found')
    return Scene(state=state, spec=spec).add("secrets").add("configmaps").add(kind, named("app", data=keys))


def asking_for(resource: str, wanted: str, has: str) -> Scene:
    made = container(resources={"requests": {resource: wanted}})
    scene = unplaced(f"0/1 nodes are available: 1 Insufficient {resource}.", containers=[made])
    scene.objects["nodes"][0]["status"]["allocatable"][resource] = has
    return scene


def bound(role: str) -> Scene:
    """An account that may not list pods, and a binding to a role."""
    said = 'User "system:serviceaccount:shop:robot" cannot list resource "pods" in API group ""'
    subjects = [{"kind": "ServiceAccount", "name": "robot", "namespace": "shop"}]
    reference = {"kind": "Role", "name": role}
    scene = dying(f"pods is forbidden: {said}").add("roles.rbac.authorization.k8s.io", named("reader", rules=READING))
    scene.add("rolebindings.rbac.authorization.k8s.io", named("robot", roleRef=reference, subjects=subjects))
    return scene.add("serviceaccounts", named("robot"))


def names_known_by(**labels: str) -> Scene:
    """A policy that lets out to the DNS of namespaces with these labels, and to the pods of its own."""
    dns = {"to": [{"namespaceSelector": {"matchLabels": labels}}], "ports": [{"port": 53, "protocol": "UDP"}]}
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [{"podSelector": {}}]}, dns]}
    scene = dying("getaddrinfo EAI_AGAIN db").add(POLICIES, named("out", "NetworkPolicy", spec=spec))
    system = {"labels": {"kubernetes.io/metadata.name": "kube-system"}}
    return scene.add(
        "namespaces", named("shop", "Namespace", ""), named("kube-system", "Namespace", "", metadata=system)
    )


AS_SECRET, AS_CONFIG = {"secretRef": {"name": "app"}}, {"configMapRef": {"name": "app"}}
GPU = "nvidia.com/gpu"
READING = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
EARLY = env(URL="postgres://$(DB_HOST)/x", DB_HOST="db")
LATE = env(DB_HOST="db", URL="postgres://$(DB_HOST)/x")
LOCAL = "dial tcp 127.0.0.1:5432: connect: connection refused"
UNKNOWN = "lookup db on 192.0.2.53:53: no such host"
LINKED = 'DB_PORT: strconv.Atoi: parsing "tcp://10.0.0.7:5432": invalid syntax'
FAULTS: list[Fault] = [
    (lambda: dying("ENOTFOUND $(DB_HOST)", *EARLY), "variable-not-replaced", WEB,
     "URL names DB_HOST, which comes after it"),
    (lambda: dying("ENOTFOUND $(DB_HOTS)", *env(DB_HOST="db", URL="$(DB_HOTS)")), "variable-not-replaced", WEB,
     'is no variable of the container; there is "DB_HOST"'),
    (lambda: dying("I do not like this", *EARLY), "variable-not-replaced", WEB, "comes after it"),
    (lambda: dying(LINKED), "service-link", WEB, "Kubernetes sets DB_PORT=tcp://10.0.0.7:5432 for service db"),
    (lambda: dying(LOCAL, *env(DB_HOST="localhost")), "calls-itself", WEB, "served by service db"),
    (lambda: beside(LOCAL, container("metrics", ports=[{"containerPort": 9100}])), "calls-itself", WEB,
     "the pod itself"),
    (lambda: dying(UNKNOWN, spec={"dnsPolicy": "Default"}), "dns-of-node", WEB, "dnsPolicy Default"),
    (lambda: dying(UNKNOWN, spec={"hostNetwork": True}), "dns-of-node", WEB, "hostNetwork without dnsPolicy"),
    (lambda: refused_as_root("container's runAsUser breaks non-root policy", {"runAsUser": 0}), "runs-as-root-refused",
     WEB, "runAsUser is 0"),
    (lambda: refused_as_root("container's runAsUser breaks non-root policy", pods={"runAsUser": 0}),
     "runs-as-root-refused", WEB, "runAsUser of the pod is 0"),
    (lambda: refused_as_root("container has runAsNonRoot and image has non-numeric user (node), cannot verify"),
     "runs-as-root-refused", WEB, "names its user, node"),
    (lambda: refused_as_root("failed to prepare subPath for volumeMount"), "container-cannot-start", WEB, "subPath"),
    (lambda: claiming("resourceClaimName", "card").add(CLAIMS), "missing-device-claim", f"{CLAIMS} card",
     'no ResourceClaim "card"'),
    (lambda: templated("singel"), "missing-device-claim", WEB, 'there is "single"'),
    (lambda: templated("other"), "missing-device-claim", f"{TEMPLATES} other", "no ResourceClaimTemplate"),
    (lambda: templated("single", "cards"), "missing-device-claim", f"{TEMPLATES} single", 'no DeviceClass "cards"'),
    (lambda: unplaced("0/1 nodes are available: 1 cannot allocate all claims."), "insufficient-resource", WEB,
     "devices"),
    (lambda: scratch("nvme"), "missing-storage-class", WEB, 'no StorageClass "nvme"'),
    (lambda: by_hand({"metadata": {"labels": {"disk": "hdd"}}}, selector={"matchLabels": {"disk": "ssd"}}),
     "claim-unbound", "persistentvolumeclaims data", "has disk=hdd"),
    (lambda: by_hand({}, volumeMode="Block"), "claim-unbound", "persistentvolumeclaims data", "a raw device (Block)"),
    (lambda: by_hand({"spec": {"claimRef": {"namespace": "books", "name": "ledger"}}}, "Bound"), "claim-unbound",
     "persistentvolumeclaims data", "is taken: by books/ledger"),
    (lambda: probed("Readiness probe failed: couldn't find port: {1 0 http}", http("http")), "readiness-probe-fails",
     WEB, "no port of the container is called http; it has web"),
    (lambda: probed("Liveness probe failed: server gave HTTP response to HTTPS client", http(8080, scheme="HTTPS"),
                    "livenessProbe"), "liveness-probe-fails", WEB, "speaks HTTP on port 8080"),
    (lambda: probed('Readiness probe failed: timeout: failed to connect service "10.0.0.7:50051" within 1s: context '
                    "deadline exceeded", {"grpc": {"port": 50051}}), "readiness-probe-fails", WEB, "declares 8080"),
    (lambda: written_down("postgres"), "service-without-selector", f"{SLICES} ledger-1",
     "are called postgres"),
    (lambda: labelled(app="web", release="blue"), "service-selects-nothing", "services web", "all of them but release"),
    (lambda: nightly(job(4, "10"), job(1, "20")), "job-failed", "cronjobs.batch nightly", "4 of its pods have failed"),
    (lambda: Scene().add("jobs.batch", job(0, "10", parallelism=0)), "job-suspended", "jobs.batch nightly-10",
     "0 pods at a time"),
    (lambda: mounted_over("/app/server"), "command-not-found", WEB, "the volume data is mounted over it"),
    (of_shell, "command-not-found", WEB, "not found"),
    (lambda: reading("configmaps", AS_SECRET), "missing-secret", WEB, 'there is a ConfigMap "app"'),
    (lambda: reading("configmaps", AS_SECRET, AS_CONFIG, A="1"), "missing-secret", "secrets app",
     '"app" does not exist'),
    (lambda: asking_for(GPU, "1", "0"), "insufficient-resource", WEB,
     "asks for 1 nvidia.com/gpu, and no node has any"),
    (lambda: asking_for(GPU, "8", "4"), "insufficient-resource", WEB, "no node has more than 4"),
    (lambda: asking_for(GPU, "2", "4"), "insufficient-resource", WEB, "no node has 2 nvidia.com/gpu left"),
    (lambda: bound("writer"), "not-allowed", "rolebindings.rbac.authorization.k8s.io robot", "cannot list"),
    (lambda: bound("reader"), "not-allowed", "roles.rbac.authorization.k8s.io reader", "cannot list"),
    (lambda: dying("lookup db.shpo.svc: no such host", *env(DB="db.shpo.svc")).add(
        "namespaces", named("shop", "Namespace", "")), "unknown-host", WEB, 'no namespace "shpo"; there is "shop"'),
    (lambda: names_known_by(name="kube-system"), "policy-blocks", f"{POLICIES} out", "egress to port 53"),
    (lambda: elsewhere("books"), "unknown-host", WEB, "there is mongo.books"),
]  # fmt: skip
NEAR_MISSES: list[NearMiss] = [
    (lambda: dying("cannot go on", *LATE), "variable-not-replaced"),
    (lambda: dying("cannot go on", *env(TEXT="$$(DB_HOST) $(date)", DB_HOST="db")), "variable-not-replaced"),
    (lambda: dying("bad $(DB_SERVICE_HOST)", *env(URL="$(DB_SERVICE_HOST)")), "variable-not-replaced"),
    (lambda: Scene(spec={"containers": [container(env=EARLY)]}), "variable-not-replaced"),
    (lambda: dying(LINKED, *env(DB_PORT="x")), "service-link"),
    (lambda: dying(LINKED, spec={"enableServiceLinks": False}), "service-link"),
    (lambda: dying('CACHE_PORT: parsing "tcp://10.0.0.9:1": invalid'), "service-link"),
    (lambda: dying(LOCAL, ports=[{"containerPort": 5432}]), "calls-itself"),
    (lambda: beside(LOCAL, container("pg")), "calls-itself"),
    (lambda: dying("dial tcp 127.0.0.1:7000: connect: connection refused"), "calls-itself"),
    (lambda: dying(UNKNOWN, spec={"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}), "dns-of-node"),
    (lambda: dying(UNKNOWN), "dns-of-node"),
    (lambda: refused_as_root("failed to sync configmap cache: timed out waiting for the condition"),
     "container-cannot-start"),
    (lambda: names_known_by(**{"kubernetes.io/metadata.name": "kube-system"}), "policy-blocks"),
    (lambda: templated("single"), "missing-device-claim"),
    (lambda: claiming("resourceClaimName", "card"), "missing-device-claim"),
    (lambda: scratch("fast"), "missing-storage-class"),
    (lambda: by_hand({"metadata": {"labels": {"disk": "ssd"}}}, selector={"matchLabels": {"disk": "ssd"}}),
     "claim-unbound"),
    (lambda: later(by_hand({}, volumeMode="Block")), "claim-unbound"),
    (lambda: later(by_hand({}, "Bound")), "claim-unbound"),
    (lambda: written_down("sql"), "service-without-selector"),
    (lambda: written_down("", ""), "service-without-selector"),
    (lambda: labelled(app="web", tier="front"), "service-selects-nothing"),
    (lambda: nightly(job(4, "10"), job(1, "20", succeeded=1)), "job-failed"),
    (lambda: nightly(job(1, "20")), "job-failed"),
    (lambda: Scene().add("jobs.batch", job(0, "10")), "job-suspended"),
]  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


@pytest.mark.parametrize(
    ("scene", "field"),
    [
        (lambda: dying(LOCAL, *env(DB_HOST="localhost")), "env[DB_HOST].value"),
        (lambda: dying(UNKNOWN, spec={"dnsPolicy": "Default"}), "spec.template.spec.dnsPolicy"),
        (lambda: refused_as_root("breaks non-root policy", {"runAsUser": 0}), "securityContext.runAsUser"),
        (lambda: scratch("nvme"), "volumes[tmp].ephemeral.volumeClaimTemplate.spec.storageClassName"),
        (lambda: labelled(app="web", release="blue"), "spec.selector.release"),
        (lambda: mounted_over("/app/server"), "volumeMounts[data].mountPath"),
        (lambda: by_hand({}, volumeMode="Block"), "spec.volumeMode"),
    ],
)
def test_the_field_to_change_is_told(scene: Callable[[], Scene], field: str) -> None:
    assert scene().findings()[0].field.endswith(field)


def test_where_another_namespace_has_it_that_is_told() -> None:
    scene = reading("secrets", AS_SECRET)
    scene.objects["secrets"] = [named("app", namespace="books")]
    [found] = scene.findings()
    assert (found.root.namespace, found.root.name) == ("shop", "app")
    assert "there is one in namespace books, which only its own pods can read" in found.cause


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ('Usage of EmptyDir volume "cache" exceeds the limit "10Mi". ', "volumes[cache].emptyDir.sizeLimit"),
        ('Container app exceeded its local ephemeral storage limit "1Gi". ',
         "containers[app].resources.limits.ephemeral-storage"),
        ("The node was low on resource: memory. Threshold quantity: 100Mi, available: 74Mi. Container app was using "
         "54Mi, request is 0, has larger consumption of memory. ", "containers[app].resources.requests.memory"),
        ("Pod was evicted by a taint", "containers"),
    ],
)  # fmt: skip
def test_what_it_was_evicted_for_is_the_field_to_change(said: str, field: str) -> None:
    scene = Scene()
    status = {"phase": "Failed", "reason": "Evicted", "message": said}
    gone = named("web-5d4-gone", "Pod", spec={"containers": [container()]}, status=status)
    [found] = scene.add("pods", owned(gone, scene.replica_set)).findings()
    assert (found.rule, found.field) == ("evicted", f"spec.template.spec.{field}")
    assert found.next_steps


def test_an_address_that_a_configmap_tells_is_changed_there() -> None:
    scene = dying(LOCAL)
    scene.pod["spec"]["containers"][0]["envFrom"] = [{"configMapRef": {"name": "settings"}}]
    scene.add("configmaps", named("settings", data={"DB": "localhost"}), named("a-proxy", data={"LISTEN": "localhost"}))
    [found] = scene.findings()
    assert (found.rule, found.root.name, found.field) == ("calls-itself", "settings", "data.DB")


@pytest.mark.parametrize(
    ("spec", "policy"),
    [({"dnsPolicy": "Default"}, "ClusterFirst"), ({"hostNetwork": True}, "ClusterFirstWithHostNet")],
)
def test_the_right_dns_is_offered(spec: Object, policy: str) -> None:
    remedy = dying(UNKNOWN, spec=spec).findings()[0].remedy
    assert remedy is not None
    assert remedy.patch == {"spec": {"template": {"spec": {"dnsPolicy": policy}}}}


def test_where_the_name_is_known_in_several_namespaces_none_is_meant() -> None:
    [found] = elsewhere("books", "films").findings()
    assert (found.cause, found.remedy) == ('there is no service "mongo" in namespace shop', None)


def test_the_service_of_another_namespace_is_called_by_its_whole_name() -> None:
    [found] = elsewhere("books").findings()
    assert found.remedy is not None
    assert found.remedy.given == {"pairs": "MONGO_URL=mongodb://mongo.books:27017/x container=app"}


def test_a_claim_that_goes_away_keeps_its_pod_waiting() -> None:
    scene = unplaced('persistentvolumeclaim "data" is being deleted. not found')
    [found] = scene.findings()
    assert (found.rule, found.root.name, found.severity) == ("claim-unbound", "data", Severity.CRITICAL)


def test_a_caller_of_addresses_with_other_ports_suffers_from_them() -> None:
    scene = dying("connect ECONNREFUSED ledger:5432")
    for kind, items in written_down("postgres").objects.items():
        scene.add(kind, *(each for each in items if each["metadata"]["name"].startswith("ledger")))
    [found] = scene.findings()
    assert (found.rule, found.root.name, found.severity) == ("service-without-selector", "ledger-1", Severity.CRITICAL)
    assert "web" in [ref.name for ref in found.affected]
