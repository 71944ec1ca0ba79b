"""Names that are corrected and objects that are opened again by a plan, and those that are left to a person."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.domain.finding import Remedy
from tests.unit.diagnostics.scene import Object, Scene, container, named, node, owned, service_of, waiting

INGRESSES, ROUTES = "ingresses.networking.k8s.io", "httproutes.gateway.networking.k8s.io"


def remedies(scene: Scene) -> list[Remedy]:
    return [found.remedy for found in diagnose(scene.snapshot()).findings if found.remedy is not None]


def template(**spec: Any) -> Object:
    return {"spec": {"template": {"spec": spec}}}


def secret(name: str, *keys: str) -> Object:
    return named(name, "Secret", data=dict.fromkeys(keys, ""))


def from_variable(name: str, key: str, *secrets: Object) -> Scene:
    env = [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}]
    said = f'secret "{name}" not found'
    if any(each["metadata"]["name"] == name for each in secrets):
        said = f"couldn't find key {key} in Secret shop/{name}"
    spec = {"containers": [container(env=[{"name": "OTHER", "value": "hidden"}, *env])]}
    return Scene(state=waiting("CreateContainerConfigError", said), spec=spec).add("secrets", *secrets)


def from_all(name: str, *configs: Object) -> Scene:
    sources = [{"prefix": "A_", "configMapRef": {"name": name}}, {"secretRef": {"name": "db", "optional": True}}]
    spec = {"containers": [container(envFrom=sources)]}
    scene = Scene(state=waiting("CreateContainerConfigError", f'configmap "{name}" not found'), spec=spec)
    return scene.add("configmaps", *configs)


def from_volume(name: str, key: str, *configs: Object, projected: bool = False) -> Scene:
    source = {"name": name, "items": [{"key": key, "path": "app.yaml"}, {"key": "tls.yaml", "path": "tls.yaml"}]}
    volume: Object = {"configMap": source}
    if projected:
        volume = {"projected": {"sources": [{"configMap": source}]}}
    spec = {"volumes": [{"name": "config", **volume}], "containers": [container()]}
    scene = Scene(state=waiting("ContainerCreating"), spec=spec).add("configmaps", *configs)
    return scene.event("FailedMount", f'MountVolume.SetUp failed: configmap "{name}" not found')


def config(name: str, *keys: str) -> Object:
    return named(name, "ConfigMap", data=dict.fromkeys(keys, "x"))


CONFIG = config("app-config", "app.yaml", "tls.yaml")
MOUNTED = [{"key": "app.yaml", "path": "app.yaml"}, {"key": "tls.yaml", "path": "tls.yaml"}]
CORRECTED: tuple[tuple[Callable[[], Scene], Object], ...] = (
    (lambda: from_variable("db", "pasword", secret("db", "password")), template(containers=[
        {"name": "app", "env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"key": "password"}}}]}])),
    (lambda: from_variable("db-cerds", "password", secret("db-creds", "password")), template(containers=[
        {"name": "app", "env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db-creds"}}}]}])),
    (lambda: from_all("app-confg", CONFIG), template(containers=[{"name": "app", "envFrom": [
        {"prefix": "A_", "configMapRef": {"name": "app-config"}},
        {"secretRef": {"name": "db", "optional": True}}]}])),
    (lambda: from_volume("app-confg", "app.yaml", CONFIG), template(volumes=[
        {"name": "config", "configMap": {"name": "app-config"}}])),
    (lambda: from_volume("app-config", "app.yml", CONFIG), template(volumes=[
        {"name": "config", "configMap": {"items": MOUNTED}}])),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "patch"), CORRECTED)
def test_the_one_near_name_or_key_is_written_into_the_template(scene: Callable[[], Scene], patch: Object) -> None:
    [remedy] = remedies(scene())
    assert (remedy.operation, remedy.ref.kind, remedy.patch) == ("patch", "deployments.apps", patch)
    assert remedy.is_strategic


def outdated() -> Scene:
    """A pod of a template that has been corrected since."""
    scene = from_variable("db", "pasword", secret("db", "password"))
    scene.deployment["spec"]["template"] = {"spec": {"containers": [container()]}}
    return scene


@pytest.mark.parametrize(
    "scene",
    [
        lambda: from_variable("db", "user", secret("db", "password")),
        lambda: from_variable("db", "key-3", secret("db", "key-1", "key-2")),
        lambda: from_variable("db-3", "password", secret("db-1", "password"), secret("db-2", "password")),
        lambda: from_variable("db-cerds", "password", secret("db-creds", "user")),
        lambda: from_volume("app-confg", "app.yaml", CONFIG, projected=True),
        outdated,
    ],
    ids=["none near", "two keys near", "two secrets near", "no such key there", "projected", "corrected since"],
)
def test_where_more_than_one_thing_could_be_meant_nothing_is_offered(scene: Callable[[], Scene]) -> None:
    assert remedies(scene()) == []


def accounted(*accounts: str) -> Scene:
    scene = Scene(spec={"serviceAccountName": "deployr"})
    said = 'pods "web-" is forbidden: error looking up service account shop/deployr: serviceaccount "deployr" not found'
    failure = {"type": "ReplicaFailure", "status": "True", "message": said}
    scene.replica_set["status"] = {"replicas": 0, "conditions": [failure]}
    return scene.add("serviceaccounts", *(named(name, "ServiceAccount") for name in accounts))


def test_the_one_near_service_account_is_used() -> None:
    [remedy] = remedies(accounted("default", "deployer"))
    assert remedy.patch == template(serviceAccountName="deployer")
    assert remedies(accounted("default")) == []
    assert remedies(accounted("deployer", "deploye")) == []


def entering(port: int = 80, kind: str = "nginx") -> Scene:
    paths = [{"path": path, "backend": {"service": {"name": name, "port": {"number": port}}}}
             for path, name in (("/", "wbe"), ("/api", "web"))]  # fmt: skip
    spec = {"rules": [{"host": "shop.example", "http": {"paths": paths}}], "ingressClassName": kind}
    scene = Scene().add("services", service_of("web")).add(INGRESSES, named("front", "Ingress", spec=spec))
    return scene.add("ingressclasses.networking.k8s.io", named("nginx", "IngressClass", ""))


def test_an_ingress_leads_to_the_near_service_that_has_the_port() -> None:
    [remedy] = remedies(entering())
    paths = remedy.patch["spec"]["rules"][0]["http"]["paths"]
    assert [(path["path"], path["backend"]["service"]["name"]) for path in paths] == [("/", "web"), ("/api", "web")]
    assert not remedy.is_strategic
    [of_port] = remedies(entering(8080))
    paths = of_port.patch["spec"]["rules"][0]["http"]["paths"]
    assert [path["backend"]["service"]["name"] for path in paths] == ["wbe", "web"]


def test_a_route_leads_to_the_near_service_that_has_the_port() -> None:
    for port, number in ((80, 1), (8080, 0)):
        spec = {"rules": [{"backendRefs": [{"name": "wbe", "port": port, "weight": 1}]}]}
        scene = Scene().add("services", service_of("web")).add(ROUTES, named("front", "HTTPRoute", spec=spec))
        found = [remedy.patch for remedy in remedies(scene)]
        assert found == [{"spec": {"rules": [{"backendRefs": [{"name": "web", "port": 80, "weight": 1}]}]}}] * number


def test_an_ingress_names_the_near_class() -> None:
    scene = entering(kind="ngnix")
    scene.objects["services"].append(service_of("wbe", 80, app="web"))
    [remedy] = remedies(scene)
    assert remedy.patch == {"spec": {"ingressClassName": "nginx"}}
    scene.add("ingressclasses.networking.k8s.io", named("ngnxi", "IngressClass", ""))
    assert remedies(scene) == []


def closed(*nodes: Object) -> Scene:
    said = f"0/{len(nodes)} nodes are available: {len(nodes)} node(s) were unschedulable."
    condition = {"type": "PodScheduled", "status": "False", "message": said}
    scene = Scene(state=waiting(""), pod_status={"phase": "Pending", "conditions": [condition]})
    scene.objects["nodes"] = list(nodes)
    return scene


def cordoned(name: str = "node-1", *taints: str, ready: str = "True") -> Object:
    held = [{"key": key, "effect": "NoSchedule"} for key in ("node.kubernetes.io/unschedulable", *taints)]
    spec = {"unschedulable": True, "taints": held}
    return node(name, spec=spec, conditions=[{"type": "Ready", "status": ready}])


def test_the_one_node_that_would_do_is_opened() -> None:
    assert [(each.operation, each.ref.name) for each in remedies(closed(cordoned()))] == [("uncordon", "node-1")]


@pytest.mark.parametrize(
    "nodes",
    [
        (cordoned(), cordoned("node-2")),
        (cordoned(ready="Unknown"),),
        (cordoned("node-1", "ToBeDeletedByClusterAutoscaler"),),
    ],
    ids=["one of several", "not ready", "about to go"],
)
def test_a_node_that_may_be_closed_for_good_reason_is_left_alone(nodes: tuple[Object, ...]) -> None:
    assert [each for each in remedies(closed(*nodes)) if each.operation == "uncordon"] == []


def test_a_cordoned_node_that_nobody_misses_is_left_alone() -> None:
    scene = Scene()
    scene.objects["nodes"].append(cordoned("node-2"))
    assert remedies(scene) == []


def job(**rest: Any) -> Object:
    return named("report", "Job", spec={"suspend": True, "template": {}}, **rest)


def test_a_suspended_job_or_cron_job_can_be_resumed() -> None:
    cron = named("backup", "CronJob", spec={"suspend": True})
    found = remedies(Scene().add("jobs.batch", job()).add("cronjobs.batch", cron))
    assert {(each.operation, each.ref.name) for each in found} == {("unsuspend", "report"), ("unsuspend", "backup")}


def test_what_a_queue_or_a_controller_suspends_is_left_to_it() -> None:
    queued = job(metadata={"labels": {"kueue.x-k8s.io/queue-name": "batch"}})
    assert remedies(Scene().add("jobs.batch", queued)) == []
    assert remedies(Scene().add("jobs.batch", owned(job(), named("set", "JobSet")))) == []
