"""Rules about containers: each finds its fault at its root, and keeps quiet once the cause is gone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import (
    NOW,
    RUNNING,
    Scene,
    container,
    crashed,
    event,
    named,
    owned,
    running_pod,
    service_of,
    status,
    waiting,
)

SECRET = named("db", "Secret", data={"dsn": "", "user": ""})
NEEDS_URL = {
    "containers": [
        container(env=[{"name": "URL", "valueFrom": {"secretKeyRef": {"name": "db", "key": "url"}}}]),
    ]
}
NO_KEY = waiting("CreateContainerConfigError", "couldn't find key url in Secret shop/db")


def missing_key() -> Scene:
    return Scene(state=NO_KEY, spec=NEEDS_URL).add("secrets", SECRET)


def missing_secret() -> Scene:
    return Scene(state=waiting("CreateContainerConfigError", 'secret "db" not found'), spec=NEEDS_URL).add("secrets")


def near_key() -> Scene:
    return Scene(state=NO_KEY, spec=NEEDS_URL).add("secrets", named("db", "Secret", data={"uri": ""}))


def missing_config_map() -> Scene:
    spec = {"containers": [container(envFrom=[{"configMapRef": {"name": "settings"}}])]}
    return Scene(state=waiting("CreateContainerConfigError", 'configmap "settings" not found'), spec=spec)


def missing_config_map_key() -> Scene:
    source = {"configMapKeyRef": {"name": "settings", "key": "levle"}}
    spec = {"containers": [container(env=[{"name": "LEVEL", "valueFrom": source}])]}
    scene = Scene(
        state=waiting("CreateContainerConfigError", "couldn't find key levle in ConfigMap shop/settings"), spec=spec
    )
    return scene.add("configmaps", named("settings", "ConfigMap", data={"level": "debug"}))


def unmountable() -> Scene:
    spec = {"containers": [container()], "volumes": [{"name": "v", "secret": {"secretName": "smtp"}}]}
    scene = Scene(state=waiting("ContainerCreating"), spec=spec).add("secrets")
    return scene.event("FailedMount", 'MountVolume.SetUp failed for volume "v" : secret "smtp" not found')


def root_refused() -> Scene:
    said = "container has runAsNonRoot and image will run as root"
    return Scene(state=waiting("CreateContainerConfigError", said))


def image(reason: str, message: str, name: str = "web:9") -> Scene:
    return Scene(state=waiting(reason, message), spec={"containers": [container(image=name)]})


def private_image() -> Scene:
    scene = image("ErrImagePull", "pull access denied, repository does not exist or may require authorization")
    scene.pod["spec"]["imagePullSecrets"] = [{"name": "regcred"}]
    return scene.add("secrets")


def out_of_memory() -> Scene:
    spec = {"containers": [container(resources={"limits": {"memory": "64Mi"}})]}
    return Scene(state=crashed(137, "OOMKilled"), spec=spec)


def probe(message: str, port: int = 8081, kind: str = "readinessProbe") -> Scene:
    fields: dict[str, Any] = {kind: {"httpGet": {"path": "/ready", "port": port}}}
    spec = {"containers": [container(ports=[{"containerPort": 8080, "name": "http"}], **fields)]}
    state = RUNNING | {"ready": False} if kind == "readinessProbe" else crashed(137)
    return Scene(state=state, spec=spec).event("Unhealthy", message)


def missing_variable() -> Scene:
    spec = {"containers": [container(env=[{"name": "DATABSE_URL", "value": "x"}])]}
    return Scene(state=crashed(1), spec=spec).log("FATAL: required environment variable DATABASE_URL is not set")


def optional_key() -> Scene:
    env = [{"name": "URL", "valueFrom": {"secretKeyRef": {"name": "db", "key": "url", "optional": True}}}]
    scene = Scene(state=crashed(1), spec={"containers": [container(env=env)]}).add("secrets", SECRET)
    return scene.log("FATAL config: environment variable URL is not set")


def unknown_host() -> Scene:
    spec = {"containers": [container(env=[{"name": "CACHE", "value": "redis-cache:6379"}])]}
    scene = Scene(state=crashed(1), spec=spec).add("services", service_of("rediscache", app="web"))
    return scene.log("dial tcp: lookup redis-cache on 10.96.0.10:53: no such host")


def wrong_port() -> Scene:
    scene = Scene(state=crashed(1)).add("services", service_of("redis", port=6379)).add("pods", running_pod("redis"))
    return scene.log("dial tcp: connect redis:6380: connection refused")


def dead_dependency() -> Scene:
    scene = Scene(state=crashed(1)).log("connect to redis:6379: connection refused")
    broken = named(
        "redis-0", "Pod", metadata={"labels": {"app": "redis"}}, spec={"containers": [container("redis", "redis:no")]},
        status={"containerStatuses": [waiting("ImagePullBackOff", "redis:no: not found", name="redis")]},
    )  # fmt: skip
    return scene.add("services", service_of("redis", port=6379)).add("pods", broken)


FAULTS: list[Fault] = [
    (missing_key, "missing-secret-key", "secrets db", 'no key "url"'),
    (near_key, "missing-secret-key", "deployments.apps web", 'there is "uri"'),
    (missing_secret, "missing-secret", "secrets db", "does not exist"),
    (missing_config_map, "missing-configmap", "configmaps settings", "does not exist"),
    (unmountable, "missing-secret", "secrets smtp", "does not exist"),
    (root_refused, "runs-as-root-refused", "deployments.apps web", "runAsNonRoot"),
    (lambda: image("ImagePullBackOff", "web:9: not found"), "image-not-found", "deployments.apps web", "no such image"),
    (lambda: image("InvalidImageName", "", "Web::9"), "invalid-image-name", "deployments.apps web", "not a valid"),
    (lambda: image("ErrImageNeverPull", ""), "image-never-pulled", "deployments.apps web", "Never"),
    (lambda: image("ErrImagePull", "dial tcp: lookup reg.example: no such host"), "image-registry-unknown",
     "deployments.apps web", "does not resolve"),
    (lambda: image("ErrImagePull", "x509: certificate signed by unknown authority"), "image-registry-untrusted",
     "deployments.apps web", "certificate"),
    (lambda: image("ErrImagePull", "toomanyrequests: rate limit"), "image-pull-rate-limited", "deployments.apps web",
     "limits"),
    (private_image, "image-not-found-or-private", "secrets regcred", '"regcred" does not exist'),
    (out_of_memory, "out-of-memory", "deployments.apps web", "limit of 64Mi"),
    (lambda: probe("Readiness probe failed: dial tcp: connection refused"), "readiness-probe-fails",
     "deployments.apps web", "declares 8080"),
    (lambda: probe("Readiness probe failed: HTTP probe failed with statuscode: 404", 8080), "readiness-probe-fails",
     "deployments.apps web", "no path /ready"),
    (lambda: probe("Readiness probe failed: HTTP probe failed with statuscode: 503", 8080), "readiness-probe-fails",
     "deployments.apps web", "answers 503"),
    (lambda: probe("Liveness probe failed: HTTP probe failed with statuscode: 404", 8080, "livenessProbe"),
     "liveness-probe-fails", "deployments.apps web", "no path /ready"),
    (lambda: probe("Readiness probe failed: context deadline exceeded", 8080), "readiness-probe-fails",
     "deployments.apps web", "in time"),
    (missing_variable, "missing-variable", "deployments.apps web", 'there is "DATABSE_URL"'),
    (optional_key, "missing-secret-key", "secrets db", 'no key "url"'),
    (unknown_host, "unknown-host", "deployments.apps web", 'no service "redis-cache"'),
    (wrong_port, "wrong-port", "deployments.apps web", "listens on 6379"),
    (lambda: Scene(state=crashed(0, "Completed")), "exits-at-once", "deployments.apps web", "exit code 0"),
    (lambda: Scene(state=crashed(3)).log("the disk is on fire"), "crash-loop", "deployments.apps web",
     "disk is on fire"),
    (lambda: Scene(state=crashed(1)).log("open /etc/app.yaml: no such file or directory"), "file-missing",
     "deployments.apps web", "/etc/app.yaml"),
    (lambda: Scene(state=crashed(1)).log("mkdir /data/x: permission denied"), "permission-denied",
     "deployments.apps web", "permission denied"),
    (lambda: Scene(state=crashed(1)).log("write /var/x: read-only file system"), "read-only-filesystem",
     "deployments.apps web", "read-only"),
    (lambda: Scene(state=crashed(1)).log("listen tcp :80: bind: address already in use"), "port-in-use",
     "deployments.apps web", "in use"),
    (lambda: Scene(state=crashed(1)).log("FATAL: password authentication failed for user app"), "login-refused",
     "deployments.apps web", "authentication failed"),
    (lambda: Scene(state=waiting("RunContainerError", 'exec: "webb": executable file not found in $PATH')),
     "command-not-found", "deployments.apps web", "executable file not found"),
    (missing_config_map_key, "missing-configmap-key", "deployments.apps web", 'there is "level"'),
    (lambda: image("ErrImagePull", "401 unauthorized: authentication required"), "image-pull-unauthorized",
     "deployments.apps web", "credentials"),
    (lambda: image("ErrImagePull", "dial tcp 10.0.0.1:443: i/o timeout"), "image-registry-unreachable",
     "deployments.apps web", "cannot reach"),
    (lambda: image("ErrImagePull", "the registry is asleep"), "image-pull-failed", "deployments.apps web",
     "does not deliver"),
    (lambda: probe("Startup probe failed: HTTP probe failed with statuscode: 500", 8080, "startupProbe"),
     "startup-probe-fails", "deployments.apps web", "answers 500"),
    (lambda: Scene(state=waiting("CreateContainerError", "context deadline exceeded")), "container-cannot-start",
     "deployments.apps web", "deadline"),
    (lambda: Scene(state=crashed(1)).log("open /data/wal: no space left on device"), "no-space-left",
     "deployments.apps web", "no space left"),
    (lambda: Scene(state=crashed(1)).log(
        'pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group ""'
    ), "not-allowed", "deployments.apps web", "cannot list"),
]  # fmt: skip


def restarted(hours_ago: float, code: int = 137, reason: str = "Error") -> Scene:
    """A container that runs well now and has a liveness probe that failed once more a minute ago."""
    at = datetime.fromtimestamp(NOW - hours_ago * 3600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ended = {"exitCode": code, "reason": reason, "finishedAt": at}
    state = RUNNING | {"restartCount": 1, "lastState": {"terminated": ended}}
    spec = {"containers": [container(livenessProbe={"httpGet": {"path": "/", "port": 80}})]}
    return Scene(state=state, spec=spec).event("Unhealthy", "Liveness probe failed: HTTP probe failed: statuscode: 500")


def unready(why: str, **spec: Any) -> Scene:
    return Scene(state=RUNNING | {"ready": False}, spec={"containers": [container(**spec)]}).event("Unhealthy", why)


def starting() -> Scene:
    """It waits for its image, which is being pulled."""
    return Scene(state=waiting("ContainerCreating")).event("Pulling", 'Pulling image "web:1"')


NEAR_MISSES: list[NearMiss] = [
    (lambda: restarted(30), "liveness-probe-fails"),
    (lambda: restarted(0.2, 1), "liveness-probe-fails"),
    (lambda: restarted(30, 137, "OOMKilled"), "out-of-memory"),
    (lambda: restarted(0.1, 0, "Completed"), "exits-at-once"),
    (lambda: restarted(0.1, 1), "crash-loop"),
    (lambda: unready("Readiness probe failed: statuscode: 500"), "readiness-probe-fails"),
    (lambda: unready("Liveness probe failed", livenessProbe={"exec": {"command": ["x"]}}), "readiness-probe-fails"),
    (starting, "image-pull-failed"),
    (starting, "missing-secret"),
]


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


def test_a_restart_by_the_probe_a_moment_ago_is_told() -> None:
    assert restarted(0.2).rules() == ["liveness-probe-fails"]


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


LASTING = (unknown_host, private_image)
"""What stays wrong though the container runs: a name that leads nowhere."""


@pytest.mark.parametrize("scene", [case[0] for case in FAULTS if "secret" not in case[1] and case[0] not in LASTING])
def test_nothing_is_found_once_it_runs(scene: Callable[[], Scene]) -> None:
    mended = scene()
    mended.pod["status"]["containerStatuses"] = [RUNNING]
    mended.pod["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
    assert mended.rules() == []


def test_what_is_well_has_no_findings() -> None:
    assert Scene().add("services", service_of("web")).rules() == []


def test_a_dependency_hands_its_dependants_to_the_fault_behind_it() -> None:
    [found] = dead_dependency().findings()
    assert (found.rule, found.root.name) == ("image-not-found", "redis-0")
    assert {"web", "redis"} <= {ref.name for ref in found.affected}


def test_a_kill_for_memory_a_day_ago_is_over() -> None:
    ended = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2025-11-24T02:00:00Z"}
    state = RUNNING | {"restartCount": 1, "lastState": {"terminated": ended}}
    assert Scene(state=state).rules() == []
    state["lastState"] = {"terminated": ended | {"finishedAt": "2025-11-25T19:30:00Z"}}
    assert Scene(state=state).rules() == ["out-of-memory"]


def test_an_init_container_that_fails_is_named() -> None:
    spec = {"initContainers": [container("migrate")], "containers": [container()]}
    scene = Scene(state=crashed(4, name="migrate"), spec=spec, init=True)
    [found] = scene.log("migration 12 failed", container_name="migrate").findings()
    assert found.rule == "crash-loop"
    assert "initContainers[migrate]" in found.field


def waiting_for(script: str, since: str = "2025-11-25T19:00:00Z") -> Scene:
    spec = {"initContainers": [container("wait", command=["sh", "-c", script])], "containers": [container()]}
    running = status(name="wait", running={"startedAt": since})
    return Scene(state=running, spec=spec, init=True, pod_status={"phase": "Pending"})


@pytest.mark.parametrize(
    ("script", "rule", "cause"),
    [
        ("until nslookup mydb; do sleep 2; done", "unknown-host", 'no service "mydb"'),
        ("until nc -z -w 2 orders 5432; do sleep 2; done", "wrong-port", "listens on 80"),
        ("until curl -s http://orders:8080/ready; do sleep 1; done", "wrong-port", "listens on 80"),
        ("until pg_isready -h dbb -p 5432; do sleep 1; done", "unknown-host", 'no service "dbb"'),
        ("until nc -z orders 80; do sleep 2; done", "service-selects-nothing", "no pod has the labels"),
        ("sleep 86400", "init-waits", "it holds the pod back"),
    ],
)
def test_what_an_init_container_waits_for_is_found(script: str, rule: str, cause: str) -> None:
    scene = waiting_for(script).add("services", service_of("orders"))
    found = next(each for each in scene.findings() if each.rule == rule)
    assert cause in found.cause
    assert " crashes" not in found.title


@pytest.mark.parametrize("script", ["until nslookup mydb; do sleep 2; done", "sleep 86400"])
def test_a_wait_of_a_moment_is_none(script: str) -> None:
    assert waiting_for(script, "2025-11-25T19:59:50Z").rules() == []


def test_the_image_of_the_revision_before_is_offered() -> None:
    scene = image("ImagePullBackOff", "web:9: not found")
    spec = {"template": {"spec": {"containers": [container(image="web:8")]}}}
    scene.add("replicasets.apps", owned(named("web-old", "ReplicaSet", spec=spec, status={}), scene.deployment))
    [found] = scene.findings()
    assert "or go back to web:8" in " ".join(found.next_steps)


def test_pods_of_one_workload_are_one_finding() -> None:
    scene = missing_key()
    twin = owned(named("web-5d4-fghij", "Pod", spec=scene.pod["spec"], status=scene.pod["status"]), scene.replica_set)
    [found] = scene.add("pods", twin).findings()
    assert {"web-5d4-abcde", "web-5d4-fghij"} <= {ref.name for ref in found.affected}


def test_what_may_not_be_read_is_not_called_missing() -> None:
    scene = Scene(state=crashed(1), spec=NEEDS_URL).log("FATAL: environment variable URL is not set")
    assert "missing-secret" not in scene.rules()


def test_an_event_of_another_object_explains_nothing() -> None:
    scene = Scene(state=RUNNING | {"ready": False})
    scene.add("events", event(named("other", "Pod"), "Unhealthy", "Readiness probe failed: statuscode: 500"))
    assert scene.rules() == []


@pytest.mark.parametrize(("since", "rules"), [("19:46:35", ["crash-loop"]), ("19:45:00", [])])
def test_between_two_crashes_a_container_is_not_called_well(since: str, rules: list[str]) -> None:
    ended = {"exitCode": 3, "reason": "Error", "finishedAt": "2025-11-25T19:45:00Z"}
    running = {"startedAt": f"2025-11-25T{since}Z"}
    state = status(ready=True, restarts=2, running=running, last=ended)
    assert Scene(state=state).rules() == rules


@pytest.mark.parametrize(
    ("ran_from", "started", "rules"),
    [("19:44:58", "19:46:35", ["exits-at-once"]), ("08:00:00", "19:46:35", []), ("19:44:58", "19:45:00", [])],
)
def test_between_two_ends_without_an_error_it_is_not_called_well_either(
    ran_from: str, started: str, rules: list[str]
) -> None:
    ended = {
        "exitCode": 0,
        "reason": "Completed",
        "startedAt": f"2025-11-25T{ran_from}Z",
        "finishedAt": "2025-11-25T19:45:00Z",
    }
    state = status(ready=True, restarts=2, running={"startedAt": f"2025-11-25T{started}Z"}, last=ended)
    assert Scene(state=state).rules() == rules
    if started == "19:46:35":
        assert Scene(state=status(restarts=1, terminated=ended)).rules() == rules
