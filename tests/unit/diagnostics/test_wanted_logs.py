"""Which logs are read of containers that run but do not get ready, and what is made of them."""

from typing import Any

import pytest

from kubegenie_tui.diagnostics.wanted_logs import logs_wanted
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
    status,
)

KEY = ("shop", "web-5d4-abcde", "app")
FOR_LONG, JUST_NOW = "2025-11-25T19:00:00Z", "2025-11-25T19:46:35Z"
ANSWERS_503 = "Readiness probe failed: HTTP probe failed with statuscode: 503"
REFUSES = "Readiness probe failed: dial tcp 10.0.0.1:8080: connect: connection refused"


def unready(*lines: str, said: str = ANSWERS_503, started: str = FOR_LONG, path: str = "/", **spec: Any) -> Scene:
    probe = {"httpGet": {"path": path, "port": 8080}}
    made = container(readinessProbe=probe, ports=[{"containerPort": 8080}], **spec)
    state = status(running={"startedAt": started})
    return Scene(state=state, spec={"containers": [made]}).event("Unhealthy", said).log(*lines)


def first(started: str = FOR_LONG, *lines: str) -> Scene:
    spec = {"initContainers": [container("wait", command=["wait-for-it"])], "containers": [container()]}
    state = status(name="wait", running={"startedAt": started})
    scene = Scene(state=state, spec=spec, init=True, pod_status={"phase": "Pending"})
    return scene.log(*lines, container_name="wait")


def job(state: str) -> Object:
    return named("migrate", "Job", spec={"template": {}}, status={"conditions": [{"type": state, "status": "True"}]})


@pytest.mark.parametrize(
    ("scene", "wanted"),
    [
        (unready(), {KEY: False}),
        (first(), {(*KEY[:2], "wait"): False}),
        (Scene(state=crashed(1)), {KEY: True}),
        (Scene(), {}),
        (unready(started=JUST_NOW), {}),
        (first(JUST_NOW), {}),
    ],
    ids=["not ready", "an init container", "crashed", "well", "just started", "an init container that just started"],
)
def test_the_log_of_what_does_not_get_ready_is_read(scene: Scene, wanted: dict[tuple[str, str, str], bool]) -> None:
    found = logs_wanted(scene.snapshot())
    assert found.crashed | found.unready == wanted
    assert not any(found.unready.values())


def test_of_a_workload_one_log_is_read_and_that_of_a_crash_first() -> None:
    scene = unready()
    status_of = {**scene.pod["status"], "containerStatuses": [crashed(1)]}
    twin = owned(named("web-5d4-fghij", "Pod", spec=scene.pod["spec"], status=status_of), scene.replica_set)
    other = named("lone", "Pod", spec=scene.pod["spec"], status=scene.pod["status"])
    scene.add("pods", other, twin)
    found = logs_wanted(scene.snapshot())
    assert found.crashed == {("shop", "web-5d4-fghij", "app"): True}
    assert found.unready == {("shop", "lone", "app"): False}


def test_what_calls_itself_unhealthy_is_told_with_its_own_words() -> None:
    [found] = unready("INFO started", "ERROR the cache is cold").findings()
    assert found.rule == "readiness-probe-fails"
    assert found.cause == 'the program answers 503; its log says "ERROR the cache is cold"'
    assert [each.value for each in found.evidence if each.field.startswith("log")] == ["ERROR the cache is cold"]


@pytest.mark.parametrize("said", [ANSWERS_503, REFUSES], ids=["answers 503", "does not listen"])
def test_a_program_that_waits_for_a_host_which_is_not_there_leads_to_the_name(said: str) -> None:
    env = [{"name": "CACHE", "value": "redis-cahce:6379"}]
    scene = unready("ERROR dial tcp: lookup redis-cahce: no such host, trying again", said=said, env=env)
    scene.add("services", service_of("redis-cache", 6379)).add("pods", running_pod("redis-cache"))
    [found] = scene.findings()
    assert (found.rule, found.field) == ("unknown-host", "spec.template.spec.containers[app].env[CACHE].value")
    assert found.title == "deployment web: container app does not get ready: the host redis-cahce does not exist"
    assert "Unhealthy" in found.evidence[0].field


@pytest.mark.parametrize(
    "scene",
    [
        unready("INFO all is well"),
        unready("ERROR connect redis:80: connection refused")
        .add("services", service_of("redis"))
        .add("pods", running_pod("redis")),
        unready("ERROR connect web:80: connection refused").add("services", service_of("web", 80, 8080)),
        unready("ERROR dial tcp: lookup redis: no such host", said="Readiness probe failed: statuscode: 404"),
    ],
    ids=["says nothing", "what it missed is there", "it waits for itself", "has no such path"],
)
def test_where_the_log_tells_nothing_that_is_so_the_probe_is_told(scene: Scene) -> None:
    [found] = [each for each in scene.findings() if each.rule == "readiness-probe-fails"]
    assert not {"unknown-host", "dependency-down"} & set(scene.rules())
    assert found.root.name == "web"


def test_what_is_ready_is_not_judged_by_its_log() -> None:
    assert Scene(state=RUNNING).log("ERROR dial tcp: lookup redis: no such host").rules() == []


def test_a_job_that_only_the_log_of_an_init_container_names_is_found() -> None:
    for state, rule in (("Failed", "job-failed"), ("Complete", "init-waits")):
        found = first(FOR_LONG, "waiting for job/migrate").add("jobs.batch", job(state)).findings()
        assert [each.rule for each in found][:1] == [rule]
        assert any(ref.kind == "deployments.apps" for ref in found[0].affected)
