"""What runs and does not get ready is followed to what its log names: a failed job, a service that sends astray."""

import copy

import pytest

from kubegenie_tui.diagnostics.clues import alarming_line, read_clue
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import check_fault
from tests.unit.diagnostics.scene import RUNNING, Object, Scene, container, crashed, event, named, service_of

NOISE = '{"level":"error","msg":"connection accepted","status":500}'
REFUSED = (
    'level=error msg="decode failed" url=http://decoder:80/v1 err="dial tcp 10.0.0.7:80: connect: connection refused"'
)


def answering_503(*lines: str) -> Scene:
    probe = {"httpGet": {"path": "/ready", "port": 8080}}
    spec = {"containers": [container(ports=[{"containerPort": 8080}], readinessProbe=probe)]}
    scene = Scene(state=RUNNING | {"ready": False}, spec=spec)
    scene.event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")
    return scene.log(*lines)


def job(outcome: str) -> Object:
    said = {"type": outcome, "status": "True", "reason": "BackoffLimitExceeded"}
    template = {"spec": {"containers": [container()]}}
    return named("migrate-42", "Job", spec={"template": template}, status={"conditions": [said], "failed": 1})


def decoding(target: int) -> Scene:
    """It calls a service whose pod is ready and listens on 3000."""
    told = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [RUNNING]}
    spec = {"containers": [container(ports=[{"containerPort": 3000}])]}
    pod = named("decoder-0", "Pod", metadata={"labels": {"app": "decoder"}}, spec=spec, status=told)
    scene = answering_503("starting", REFUSED, *[NOISE] * 20)
    return scene.add("services", service_of("decoder", 80, target)).add("pods", pod)


def test_a_job_that_failed_and_is_waited_for_is_the_root() -> None:
    scene = answering_503("schema is 41: waiting for the migration job migrate-42").add("jobs.batch", job("Failed"))
    check_fault(scene, "job-failed", "jobs.batch migrate-42", "its pods failed as often as it allows")
    [found] = scene.findings()
    assert found.severity is Severity.CRITICAL
    assert scene.pod["metadata"]["name"] in [ref.name for ref in found.affected]


def test_a_job_that_was_completed_keeps_nobody_waiting() -> None:
    scene = answering_503("waiting for the migration job migrate-42").add("jobs.batch", job("Complete"))
    assert scene.rules() == ["readiness-probe-fails"]


def crashing(line: str, outcome: str) -> Scene:
    return Scene(state=crashed(1)).log("INFO: db:5432 reachable", line).add("jobs.batch", job(outcome))


@pytest.mark.parametrize(
    "line",
    [
        "ERROR: schema version is 41, this release needs 42; waiting for the migration job",
        'psycopg.errors.UndefinedTable: relation "contacts" does not exist',
        "Migrations are pending. To resolve this issue, run: bin/rails db:migrate",
        "fatal: waiting for job/migrate-42",
    ],
)
def test_who_crashes_on_a_database_that_nobody_prepared_waits_for_the_job_that_failed(line: str) -> None:
    check_fault(
        crashing(line, "Failed"), "job-failed", "jobs.batch migrate-42", "its pods failed as often as it allows"
    )
    assert crashing(line, "Complete").rules() == ["crash-loop"]
    assert "crash-loop" in crashing("fatal: out of cheese", "Failed").rules()
    assert "crash-loop" in crashing("migration 12 failed", "Failed").rules()


def test_which_of_two_failed_jobs_was_to_prepare_it_is_not_guessed() -> None:
    other = job("Failed")
    other["metadata"] |= {"name": "report", "uid": "uid-report"}
    assert "crash-loop" in crashing("schema is outdated", "Failed").add("jobs.batch", other).rules()


def test_a_service_that_sends_astray_is_the_root_of_who_calls_it() -> None:
    check_fault(decoding(8080), "service-wrong-port", "services decoder", "it sends to port 8080")
    assert decoding(3000).rules() == ["readiness-probe-fails"]


def test_a_pod_whose_log_is_not_read_suffers_from_what_its_sibling_says() -> None:
    scene = decoding(8080)
    other = copy.deepcopy(scene.pod)
    other["metadata"] |= {"name": "web-5d4-other", "uid": "uid-other"}
    scene.add("pods", other)
    scene.add("events", event(other, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"))
    assert scene.rules() == ["service-wrong-port"]


def test_what_a_line_says_counts_before_its_level() -> None:
    assert alarming_line([REFUSED, NOISE]) == REFUSED
    assert alarming_line(["all is well", '{"level":"error","error":"disk failure"}']) == "disk failure"
    clue = read_clue([REFUSED, *[NOISE] * 20])
    assert clue is not None
    assert (clue.about, clue.name, clue.port) == ("refused", "decoder", 80)
