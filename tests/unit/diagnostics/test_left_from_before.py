"""What was left from before: a binding to a former namespace, a volume of one, a version at rest, a held job."""

import json

import pytest

from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.scene import (
    RUNNING,
    Object,
    Scene,
    container,
    crashed,
    event,
    named,
    running_pod,
    service_of,
    waiting,
)

ROLES, BINDINGS = "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"
CLAIMS, VOLUMES = "persistentvolumeclaims", "persistentvolumes"
REFUSED = (
    'pods is forbidden: User "system:serviceaccount:shop:runner" cannot list resource "pods" in API group ""'
    ' in the namespace "builds"'
)


def bound(space: str, to: str, name: str = "runner") -> Object:
    subject = {"kind": "ServiceAccount", "name": "runner", "namespace": to}
    return named(name, "RoleBinding", space, subjects=[subject], roleRef={"kind": "Role", "name": name})


def refused(*bindings: Object) -> Scene:
    """It may do something in its own namespace, and is refused in another one."""
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    scene = Scene(state=crashed(1)).log(REFUSED).add("serviceaccounts", named("runner", "ServiceAccount"))
    scene.add(ROLES, named("election", "Role", rules=[]), named("runner", "Role", "builds", rules=rules))
    return scene.add(BINDINGS, bound("shop", "shop", "election"), *bindings)


@pytest.mark.parametrize(
    ("scene", "root", "field"),
    [
        (refused(bound("builds", "ci-system")), f"{BINDINGS} builds/runner", "subjects[0].namespace"),
        (refused(bound("builds", "shop")), f"{ROLES} builds/runner", "rules[0].verbs"),
        (refused(), f"{BINDINGS} builds/runner", "metadata.name"),
    ],
)
def test_what_is_refused_in_another_namespace_is_allowed_there(scene: Scene, root: str, field: str) -> None:
    found = scene.findings()[0]
    assert (found.rule, str(found.root), found.field) == ("not-allowed", root, field)


def making(config: str) -> Scene:
    """A program that may not look for a ConfigMap which it is to make, and another that wants one."""
    refusal = (
        f'configmaps "{config}" is forbidden: User "system:serviceaccount:shop:runner" cannot get resource "configmaps"'
        ' in API group "" in the namespace "shop"'
    )
    spec = {"containers": [container(envFrom=[{"configMapRef": {"name": "flags"}}])]}
    state = waiting("CreateContainerConfigError", 'configmap "flags" not found')
    scene = Scene(state=state, spec=spec).add("configmaps").add("serviceaccounts", named("runner", "ServiceAccount"))
    maker = Scene(state=crashed(1))
    for kind in ("deployments.apps", "replicasets.apps", "pods"):
        text = json.dumps(maker.objects[kind]).replace("web", "sync")
        scene.add(kind, *json.loads(text))
    scene.logs["shop", "sync-5d4-abcde", "app"] = [refusal]
    return scene.add(ROLES).add(BINDINGS, bound("shop", "before"))


def test_who_lacks_what_another_may_not_even_look_for_suffers_from_that() -> None:
    [found] = making("flags").findings()
    assert (found.rule, found.field, found.severity) == ("not-allowed", "subjects[0].namespace", Severity.CRITICAL)
    assert {"web", "flags"} <= {ref.name for ref in found.affected}
    assert "missing-configmap" in making("other").rules()


def test_a_port_is_corrected_where_it_stands_alone() -> None:
    spec = {"containers": [container(envFrom=[{"configMapRef": {"name": "web"}}])]}
    scene = (
        Scene(state=crashed(1), spec=spec).log("dial tcp db:5433: i/o timeout").add("services", service_of("db", 5432))
    )
    scene.add("configmaps", named("web", "ConfigMap", data={"DB_HOST": "db", "DB_PORT": "5433", "ID": "154337"}))
    found = scene.findings()[0]
    assert (found.rule, str(found.root), found.field) == ("wrong-port", "configmaps shop/web", "data.DB_PORT")


def named_volume(holder: str) -> Scene:
    """A pod waits for a claim without a class that names a volume, which is kept for another claim."""
    claim = named("tsdb", "PVC", spec={"storageClassName": "", "volumeName": "disk"}, status={"phase": "Pending"})
    held = {"claimRef": {"namespace": holder, "name": "tsdb-0"}}
    disk = named("disk", "PV", "", spec=held, status={"phase": "Released"})
    spec = {"containers": [container()], "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "tsdb"}}]}
    unbound = {"type": "PodScheduled", "status": "False", "message": "pod has unbound immediate PersistentVolumeClaims"}
    scene = Scene(state=waiting(""), spec=spec, pod_status={"phase": "Pending", "conditions": [unbound]})
    scene.add("namespaces", named("shop", "Namespace", "")).add(VOLUMES, disk)
    return scene.add(CLAIMS, claim, named("tsdb-0", "PVC", status={"phase": "Bound"}))


def test_a_volume_that_is_kept_for_a_claim_of_a_former_namespace_is_to_be_freed() -> None:
    found = named_volume("monitoring").findings()[0]
    assert (found.root.kind, found.field, found.severity) == (VOLUMES, "spec.claimRef", Severity.CRITICAL)
    assert named_volume("shop").findings()[0].root.kind == CLAIMS


def calling(host: str) -> Scene:
    spec = {"containers": [container(env=[{"name": "TARGET", "value": f"http://{host}:80"}])]}
    return Scene(state=crashed(1), spec=spec)


def switched(track: str = "track") -> Scene:
    """The service still selects blue, which rests, while green runs."""
    scene = calling("search").log("dial tcp search:80: connect: connection refused")
    for color, replicas in (("blue", 0), ("green", 1)):
        labels = {"app": "search", track: color}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [container()]}}
        spec = {"replicas": replicas, "template": template}
        scene.add("deployments.apps", named(f"search-{color}", "Deployment", spec=spec, status={}))
    pod = running_pod("search-green")
    pod["metadata"]["labels"] = {"app": "search", track: "green"}
    return scene.add("pods", pod).add("services", service_of("search", 80, None, **{"app": "search", track: "blue"}))


def test_who_calls_a_service_of_a_version_at_rest_suffers_from_its_selector() -> None:
    found = switched().findings()[0]
    assert (found.rule, found.field, found.severity) == (
        "service-of-old-version", "spec.selector.track", Severity.CRITICAL,
    )  # fmt: skip
    assert "web-5d4-abcde" in {ref.name for ref in found.affected}
    assert switched("part").findings()[0].rule == "dependency-asleep"


def leaving(*finalizers: str) -> Scene:
    """It calls a service of a namespace that is being deleted."""
    scene = calling("redis.cache.svc.cluster.local").log("dial tcp: lookup redis.cache.svc.cluster.local: no such host")
    asked = {"deletionTimestamp": "2025-11-25T19:00:00Z"}
    held = named("state", "ConfigMap", "cache", metadata=asked | {"finalizers": list(finalizers)})
    scene.add("namespaces", named("cache", "Namespace", "", metadata=asked), named("shop", "Namespace", ""))
    return scene.add("services").add("configmaps", *([held] if finalizers else []))


def test_who_calls_into_a_namespace_that_does_not_go_suffers_from_what_holds_it() -> None:
    found = leaving("backup.example.com/cleanup").findings()[0]
    assert (found.rule, str(found.root)) == ("stuck-terminating", "configmaps cache/state")
    assert found.severity is Severity.CRITICAL
    assert "web-5d4-abcde" in {ref.name for ref in found.affected}
    assert str(leaving().findings()[0].root) == "namespaces cache"


SAYS = 'msg="snapshot is stale, not serving" age=84h12m producer=cronjob/export'


def stale(*, suspended: bool, line: str = SAYS) -> Scene:
    probe = {"httpGet": {"path": "/ready", "port": 8080}}
    spec = {"containers": [container(ports=[{"containerPort": 8080}], readinessProbe=probe)]}
    scene = Scene(state=RUNNING | {"ready": False}, spec=spec).log(line)
    scene.add("events", event(scene.pod, "Unhealthy", "Readiness probe failed: statuscode: 503"))
    makes = {"schedule": "0 3 * * *", "suspend": suspended}
    return scene.add("cronjobs.batch", named("export", "CronJob", spec=makes, status={}))


def test_who_names_a_job_that_is_held_waits_for_it() -> None:
    [found] = stale(suspended=True).findings()
    assert (found.root.kind, found.field, found.severity) == ("cronjobs.batch", "spec.suspend", Severity.CRITICAL)
    assert stale(suspended=False).rules() == ["readiness-probe-fails"]
    assert stale(suspended=True, line="snapshot is stale").rules()[0] == "readiness-probe-fails"


def resting(line: str, name: str = "price-feed", space: str = "shop") -> Scene:
    """A program that crashes for no reason that is known, beside another one that is scaled to nothing."""
    spec = {"replicas": 0, "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container()]}}}
    return Scene(state=crashed(1)).log(line).add("deployments.apps", named(name, "Deployment", space, spec=spec))


@pytest.mark.parametrize(
    "scene",
    [
        resting("fatal: no quotes from price-feed for 2h"),
        resting("fatal: no answer of deployment/prices", "prices"),
        resting('fatal: deployment "prices" does not answer', "prices"),
    ],
)
def test_who_names_what_rests_suffers_from_that(scene: Scene) -> None:
    [found] = scene.findings()
    assert (found.rule, found.severity) == ("scaled-to-zero", Severity.CRITICAL)
    assert found.evidence[-1].field == "log of app"
    assert "web-5d4-abcde" in {ref.name for ref in found.affected}


@pytest.mark.parametrize(
    "scene",
    [
        resting("fatal: no quotes from price-feed-2 for 2h"),
        resting("fatal: no prices", "prices"),
        resting("fatal: no quotes from price-feed for 2h", space="other"),
        resting("fatal: out of cheese"),
    ],
)
def test_a_word_by_chance_and_another_namespace_explain_nothing(scene: Scene) -> None:
    assert scene.rules() == ["crash-loop", "scaled-to-zero"]
