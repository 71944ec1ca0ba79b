"""Custom resources of any operator: words of a fault in conditions and phases, and those of what is off on purpose."""

from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import check_fault
from tests.unit.diagnostics.scene import Object, Scene, named
from tests.unit.diagnostics.test_custom_conditions import JUST_NOW, LONG_AGO, told

THINGS = "things.example.org"
RUNS = "pipelineruns.tekton.dev"
LAST_WEEK, YESTERDAY = "2025-11-16T17:00:00Z", "2025-11-24T17:00:00Z"


def thing(name: str = "main", made: str = LONG_AGO, kind: str = "Thing", **rest: Any) -> Object:
    metadata = {"creationTimestamp": made, **rest.pop("metadata", {})}
    return named(name, kind, metadata=metadata, **rest)


def saying(*conditions: Object, status: Object | None = None, **rest: Any) -> Scene:
    return Scene().add(THINGS, thing(status={"conditions": list(conditions), **(status or {})}, **rest))


def in_phase(phase: object, field: str = "phase", **status: Any) -> Scene:
    value: Any = phase
    for key in reversed(field.split(".")):
        value = {key: value}
    return Scene().add(THINGS, thing(status={**value, **status}))


def run(
    name: str, state: str, ended: str = YESTERDAY, reason: str = "Failed", labels: Object | None = None, **status: Any
) -> Object:
    said = told("Succeeded", state, reason, f"{name} said so", ended)
    done = {} if state == "Unknown" else {"completionTime": ended}
    metadata = {"labels": {"tekton.dev/pipeline": "build"} if labels is None else labels}
    return thing(name, kind="PipelineRun", metadata=metadata, status={"conditions": [said], **done, **status})


def backup(name: str, phase: str, ended: str = YESTERDAY, **status: Any) -> Object:
    metadata = {"labels": {"velero.io/schedule-name": "nightly"}}
    done = {} if phase == "FailedValidation" else {"completionTimestamp": ended}
    return thing(name, ended, "Backup", metadata=metadata, status={"phase": phase, **done, **status})


FAULTS: tuple[tuple[Callable[[], Scene], str, str], ...] = (
    (lambda: saying(told("NotReady", "True", "TimeoutException", "no broker answers")), THINGS, "no broker answers"),
    (lambda: saying(told("ReconcileFailed", "True", "", "forbidden")), THINGS, "forbidden"),
    (lambda: saying(told("FailedProvision", "True", "", "no quota")), THINGS, "no quota"),
    (lambda: saying(told("EndpointUnreachable", "True", "", "no route")), THINGS, "no route"),
    (lambda: saying(told("Valid", "False", "", "no such field")), THINGS, "no such field"),
    (lambda: saying(told("Connected", "False", "", "refused")), THINGS, "refused"),
    (lambda: saying(told("Healthy", "Unknown", "", "nobody asks")), THINGS, "nobody asks"),
    (lambda: saying(told("Synced", "Unknown", "", "nobody looks")), THINGS, "nobody looks"),
    (lambda: saying(told("Synced", "False", "ReconcileError", "denied"), metadata={"deletionTimestamp": LONG_AGO}),
     THINGS, "denied"),
    (lambda: saying(told("Stalled", "True", "", "no such chart"), spec={"suspend": True}), THINGS, "no such chart"),
    (lambda: Scene().add(RUNS, run("build-1", "False")), RUNS, "build-1 said so"),
    (lambda: Scene().add(RUNS, run("build-1", "True"), run("build-2", "False", LONG_AGO)), RUNS, "build-2 said so"),
    (lambda: in_phase("PartiallyFailed", failureReason="2 volumes"), THINGS, "2 volumes"),
    (lambda: in_phase("FailedValidation", validationErrors=["no such store", "no such class"]), THINGS,
     "no such store; no such class"),
    (lambda: in_phase("Unavailable", message="no bucket"), THINGS, "no bucket"),
    (lambda: in_phase("Failure"), THINGS, "it is Failure"),
    (lambda: in_phase("failed", error="no space"), THINGS, "no space"),
    (lambda: in_phase("errored", "state", reason="the order was refused"), THINGS, "was refused"),
    (lambda: in_phase("HEALTH_ERR", "ceph.health"), THINGS, "HEALTH_ERR"),
    (lambda: in_phase("red", "health"), THINGS, "red"),
    (lambda: in_phase("faulted", "robustness"), THINGS, "faulted"),
    (lambda: in_phase("SUBMISSION_FAILED", "applicationState.state"), THINGS, "SUBMISSION_FAILED"),
    (lambda: in_phase("Cluster is unrecoverable and needs manual intervention"), THINGS, "manual intervention"),
    (lambda: in_phase("driver is gone", "error.message", readyToUse=False), THINGS, "driver is gone"),
)  # fmt: skip
BAD = told("Ready", "False", "", "nothing runs")
QUIET: tuple[Callable[[], Scene], ...] = (
    lambda: saying(told("NotReady", "True", "Creating", "it is being deployed", JUST_NOW)),
    lambda: saying(told("NotReady", "False"), told("ReconcileFailed", "False"), told("Error", "Unknown")),
    lambda: saying(told("EndpointUnreachable", "True", since=JUST_NOW)),
    lambda: saying(told("Valid", "False"), told("Ready", "True")),
    lambda: saying(told("Valid", "False", since=JUST_NOW)),
    lambda: saying(told("Healthy", "Unknown", since=JUST_NOW)),
    lambda: saying(told("Accepted", "Unknown", "Pending", "", "1970-01-01T00:00:00Z")),
    lambda: saying(told("Synced", "Unknown"), made=JUST_NOW),
    lambda: saying(BAD, spec={"suspend": True}),
    lambda: saying(BAD, spec={"paused": True}),
    lambda: saying(told("NotReady", "True"), spec={"paused": True}),
    lambda: saying(BAD, spec={"enabled": False}),
    lambda: saying(BAD, spec={"runStrategy": "Halted"}),
    lambda: saying(BAD, spec={"replicas": 0}),
    lambda: saying(BAD, metadata={"annotations": {"cluster.x-k8s.io/paused": ""}}),
    lambda: saying(BAD, told("Paused", "True")),
    lambda: saying(BAD, told("ReconciliationPaused", "True")),
    lambda: saying(told("Healthy", "False", "RolloutPaused")),
    lambda: saying(told("Available", "Unknown"), spec={"suspended": True}),
    lambda: saying(told("Succeeded", "False"), told("Running", "True")),
    lambda: Scene().add(RUNS, run("build-1", "False"), run("build-2", "True", LONG_AGO)),
    lambda: Scene().add(RUNS, run("build-1", "Unknown", LAST_WEEK, "Running")),
    lambda: Scene().add(RUNS, run("build-1", "False", reason="Cancelled")),
    lambda: Scene().add("backups.velero.io", backup("b-1", "PartiallyFailed"), backup("b-2", "Completed", LONG_AGO)),
    lambda: Scene().add("backups.velero.io", backup("b-1", "FailedValidation"), backup("b-2", "Completed", LONG_AGO)),
    lambda: in_phase("Completed"),
    lambda: in_phase("NotFailed"),
    lambda: in_phase("Failing over"),
    lambda: in_phase("HEALTH_WARN", "ceph.health"),
    lambda: in_phase("once", "error.message", readyToUse=True),
)


@pytest.mark.parametrize(("scene", "kind", "cause"), FAULTS)
def test_the_fault_is_found(scene: Callable[[], Scene], kind: str, cause: str) -> None:
    found = scene()
    [item, *_] = [each for each in found.findings() if each.root.kind == kind]
    check_fault(found, "condition-false", f"{kind} {item.root.name}", cause)


@pytest.mark.parametrize("scene", QUIET)
def test_what_is_well_young_over_or_off_on_purpose_is_not_told(scene: Callable[[], Scene]) -> None:
    assert scene().rules() == []


def test_of_what_was_just_deleted_nothing_is_told_but_that_it_stays() -> None:
    gone = {"deletionTimestamp": "2025-11-25T19:46:20Z"}
    for scene in (saying(BAD, metadata=gone), saying(told("Error", "True"), metadata=gone)):
        assert "condition-false" not in scene.rules()


def test_a_run_of_another_part_does_not_speak_for_one_that_failed() -> None:
    parts = [{"tekton.dev/pipeline": "build", "tekton.dev/pipelineTask": part} for part in ("test", "clean-up")]
    runs = (run("test-1", "False", labels=parts[0]), run("clean-1", "True", LONG_AGO, labels=parts[1]))
    assert [each.root.name for each in Scene().add(RUNS, *runs).findings()] == ["test-1"]


def test_what_failed_last_week_is_worth_a_notice() -> None:
    [found] = Scene().add(RUNS, run("build-1", "False", LAST_WEEK)).findings()
    assert found.severity is Severity.NOTICE
    assert found.title == "pipelinerun build-1 has not succeeded"
