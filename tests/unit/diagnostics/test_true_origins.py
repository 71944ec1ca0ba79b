"""Faults told at what has to change: the label that is not there, the node that is gone, what a job's log points at."""

from collections.abc import Callable

import pytest

from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import (
    Object,
    Scene,
    container,
    crashed,
    named,
    node,
    owned,
    running_pod,
    service_of,
    status,
    waiting,
)
from tests.unit.diagnostics.test_placing import pending
from tests.unit.diagnostics.test_states import ago

WEB, SETS, VOLUMES = "deployments.apps web", "statefulsets.apps", "persistentvolumes"
NOT_SET = "FATAL: required environment variable SHARD is not set"
DECODING = "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes"
SETTINGS, PULLS = "configmaps settings", "kubernetes.io/dockerconfigjson"
NO_HOST = "FATAL: dial tcp: lookup {} on 10.96.0.10:53: no such host"
ELSEWHERE = "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity."


def taken_from(path: str, **labels: str) -> Scene:
    """A variable of the pod's own fields, which the program finds empty."""
    env = [{"name": "SHARD", "valueFrom": {"fieldRef": {"fieldPath": path}}}]
    return Scene(state=crashed(1), spec={"containers": [container(env=env)]}, template_labels=labels).log(NOT_SET)


def local_volume(key: str = "kubernetes.io/hostname", wanted: str = "node-7", has: str = "node-1") -> Scene:
    spec = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}
    term = {"matchExpressions": [{"key": key, "operator": "In", "values": [wanted]}]}
    affinity = {"required": {"nodeSelectorTerms": [term]}}
    scene = pending(ELSEWHERE, spec=spec)
    scene.objects["nodes"] = [node(metadata={"labels": {key: has}})]
    scene.add("persistentvolumeclaims", named("data", "PersistentVolumeClaim", spec={"volumeName": "disk"}))
    return scene.add(VOLUMES, named("disk", "PersistentVolume", "", spec={"nodeAffinity": affinity}))


def reading(key: str, text: str, said: str, *, sub_path: str = "", **others: str) -> Scene:
    """A program that mounts files of a ConfigMap, and crashes with some words."""
    mount = {"name": "etc", "mountPath": "/etc/web", **({"subPath": sub_path} if sub_path else {})}
    volumes = [{"name": "etc", "configMap": {"name": "settings"}}]
    scene = Scene(state=crashed(1), spec={"containers": [container(volumeMounts=[mount])], "volumes": volumes})
    return scene.log(said).add("configmaps", named("settings", "ConfigMap", data={key: text, **others}))


def uncounted(said: str = "jobs.batch does not implement the scale subresource", reason: str = "SyncFailed") -> Scene:
    """A budget that is also about the pod of a job."""
    told = {"type": "DisruptionAllowed", "status": "False", "reason": reason, "message": said}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "maxUnavailable": 1}
    held = named("web", "PodDisruptionBudget", spec=spec, status={"expectedPods": 2, "conditions": [told]})
    load = named("load", "Job", spec={}, status={"active": 1})
    pod = owned(running_pod("load-1"), load)
    pod["metadata"]["labels"] = {"app": "web"}
    return Scene().add("poddisruptionbudgets.policy", held).add("jobs.batch", load).add("pods", pod)


def pulling(*secrets: str, given: str = "registry-creds", own: str = "") -> Scene:
    """A pod whose service account gives it a pull secret, unless its template names that."""
    said = "pull access denied, repository does not exist or may require authorization"
    spec = {"containers": [container()], "serviceAccountName": "web", "imagePullSecrets": [{"name": "registry-creds"}]}
    scene = Scene(state=waiting("ErrImagePull", said), spec=spec)
    scene.deployment["spec"]["template"]["spec"] = {**spec, "imagePullSecrets": [{"name": own}] if own else []}
    scene.add("serviceaccounts", named("web", "ServiceAccount", imagePullSecrets=[{"name": given}]))
    return scene.add("secrets", *(named(name, "Secret", type=PULLS) for name in secrets))


def brokers(host: str, *others: Object) -> Scene:
    """A set whose service does not exist, and a program that calls a host."""
    template: Object = {"metadata": {"labels": {"app": "kafka"}}, "spec": {}}
    made = named("kafka", "StatefulSet", spec={"serviceName": "kafka-headless", "template": template})
    scene = Scene(state=crashed(1)).log(NO_HOST.format(host)).add(SETS, made)
    return scene.add("services", service_of("kafka", 9092), *others)


def headless(app: str) -> Object:
    service = service_of("brokers", 9092, app=app)
    service["spec"]["clusterIP"] = "None"
    return service


def migration(*services: Object) -> Scene:
    """A failed job that reads the name of its database from a ConfigMap."""
    env = [{"name": "HOST", "valueFrom": {"configMapKeyRef": {"name": "orders", "key": "HOST"}}}]
    spec = {"containers": [container(env=env)]}
    ended = {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}
    job = named("migrate", "Job", spec={"template": {"spec": spec}}, status=ended)
    state = status(terminated={"exitCode": 1, "reason": "Error"})
    pod = owned(named("migrate-x", "Pod", spec=spec, status={"phase": "Failed", "containerStatuses": [state]}), job)
    scene = Scene().add("jobs.batch", job).add("pods", pod).add("services", *services)
    scene.logs["shop", "migrate-x", "app"] = ["FATAL: orders-db:5432: dial tcp: lookup orders-db: no such host"]
    return scene.add("configmaps", named("orders", "ConfigMap", data={"HOST": "orders-db"}))


def finalized(*in_template: str) -> Scene:
    """A pod that does not go away, of a set whose template may hold its finalizer."""
    template: Object = {"metadata": {"finalizers": list(in_template)}, "spec": {}}
    made = named("mq", "StatefulSet", spec={"template": template})
    going = {"deletionTimestamp": ago(600), "finalizers": ["example.com/drain"]}
    return Scene().add(SETS, made).add("pods", owned(named("mq-1", "Pod", metadata=going, spec={}), made))


FAULTS: list[Fault] = [
    (lambda: taken_from("metadata.labels['acme.io/shard']", **{"acme.io/shard-id": "eu"}), "missing-variable", WEB,
     'the label acme.io/shard, which its pods do not have; there is "acme.io/shard-id"'),
    (lambda: taken_from("metadata.annotations['acme.io/shard']"), "missing-variable", WEB, "the annotation acme.io/sh"),
    (local_volume, "volume-elsewhere", f"{VOLUMES} disk", "is on node-7, and there is no such node"),
    (lambda: local_volume("topology.kubernetes.io/zone", "a", "b"), "volume-elsewhere", WEB, "in another zone or on"),
    (lambda: local_volume(wanted="node-1"), "volume-elsewhere", WEB, "in another zone or on"),
    (lambda: brokers("kafka-headless", headless("kafka")), "statefulset-service", f"{SETS} kafka", 'is "brokers"'),
    (lambda: brokers("kafka-0.kafka-headless.shop.svc", headless("web")), "statefulset-service", f"{SETS} kafka",
     'there is "kafka"'),
    (lambda: migration(service_of("orders-api", 80, app="web")), "unknown-host", "configmaps orders",
     'there is no service "orders-db"'),
    (lambda: migration(service_of("orders-postgres", 5432, app="web")), "unknown-host", "configmaps orders",
     'the one with port 5432 is "orders-postgres"'),
    (finalized, "stuck-terminating", "pods mq-1", "wait for somebody: example.com/drain"),
    (lambda: reading("flags.json", '{"a": 1,}', DECODING), "config-file-broken", SETTINGS, "no valid JSON: Expecting"),
    (lambda: reading("app.yaml", "a: 1\n b: 2", DECODING), "config-file-broken", SETTINGS, "no valid YAML: mapping"),
    (lambda: reading("app.toml", "a = ", DECODING), "config-file-broken", SETTINGS, "no valid TOML: Invalid value"),
    (lambda: reading("a.json", "{", DECODING, sub_path="a.json"), "config-file-broken", SETTINGS, "no valid JSON"),
    (uncounted, "budget-uncounted", "poddisruptionbudgets.policy web", "it selects pods of job shop/load"),
    (lambda: pulling("registry-credentials"), "image-not-found-or-private", "serviceaccounts web", "registry-creds"),
    (pulling, "image-not-found-or-private", "secrets registry-creds", "does not exist"),
    (lambda: pulling("registry-credentials", given="other"), "image-not-found-or-private", "secrets registry-creds",
     "does not exist"),
    (lambda: finalized("example.com/drain"), "stuck-terminating", "pods mq-1", "mq gives them to each of its pods"),
]  # fmt: skip
NEAR_MISSES: list[NearMiss] = [
    (lambda: reading("flags.json", '{"a": 1}', DECODING), "config-file-broken"),
    (lambda: reading("flags.json", '{"a": 1,}', "FATAL: no licence"), "config-file-broken"),
    (lambda: reading("flags.json", '{"a": 1,}', DECODING, **{"b.json": "{"}), "config-file-broken"),
    (lambda: reading("flags.json", '{"a": 1,}', DECODING, sub_path="other.json"), "config-file-broken"),
    (lambda: reading("flags.conf", '{"a": 1,}', DECODING), "config-file-broken"),
    (lambda: uncounted(reason="InsufficientPods"), "budget-uncounted"),
    (lambda: migration(service_of("orders-db", 5432, app="web")), "unknown-host"),
]


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_a_failed_job_is_told_at_what_its_log_points_at_as_loud_as_before() -> None:
    [found] = migration().findings()
    assert found.severity is Severity.WARNING
    assert "migrate" in [ref.name for ref in found.affected]


def test_a_failed_job_whose_reason_is_gone_is_to_be_run_again() -> None:
    assert migration(service_of("orders-db", 5432, app="web")).rules() == ["job-failed"]


def test_a_service_of_another_namespace_is_not_that_of_a_set_here() -> None:
    found = [each for each in brokers("kafka-headless.other.svc.cluster.local").findings() if "host" in each.title]
    assert [each.rule for each in found] == ["unknown-host"]


def test_a_variable_that_is_taken_from_a_label_is_changed_where_it_is_taken() -> None:
    [found] = taken_from("metadata.labels['shard']").findings()
    assert found.field == "spec.template.spec.containers[app].env[SHARD].valueFrom.fieldRef.fieldPath"


def test_a_label_that_is_there_is_not_blamed() -> None:
    [found] = taken_from("metadata.labels['shard']", shard="").findings()
    assert found.field.endswith("env[SHARD]")
