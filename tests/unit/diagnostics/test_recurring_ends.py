"""Containers that run for long between their ends: those that will end again are told, the others are not."""

from datetime import UTC, datetime

import pytest

from kubegenie_tui.diagnostics.wanted_logs import logs_wanted
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.scene import NOW, Scene, container, status

HOUR, DAY = 3_600, 86_400


def ago(seconds: float) -> str:
    return datetime.fromtimestamp(NOW - seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ending(
    restarts: int, *, age: float, run: float, since: float, code: int = 1, reason: str = "Error", last: bool = True
) -> Scene:
    """A pod of that age, whose container ran for `run` seconds before its last end, `since` seconds ago."""
    ended = {"exitCode": code, "reason": reason, "finishedAt": ago(since), "startedAt": ago(since + run)}
    state = status(ready=True, restarts=restarts, running={"startedAt": ago(since)}, last=ended if last else None)
    scene = Scene(state=state, spec={"containers": [container(resources={"limits": {"memory": "64Mi"}})]})
    scene.pod["metadata"]["creationTimestamp"] = ago(age)
    return scene


def to_the_end(scene: Scene) -> Scene:
    """The same of a pod that is not to run for ever."""
    scene.pod["spec"]["restartPolicy"] = "OnFailure"
    return scene


def test_what_ends_every_twenty_minutes_is_told_at_its_workload() -> None:
    [found] = ending(40, age=14 * HOUR, run=1_200, since=600).log("panic: lost the lease").findings()
    assert (found.rule, found.root.kind, found.root.name) == ("crash-loop", "deployments.apps", "web")
    assert found.field == "spec.template.spec.containers[app].command"
    assert "exit code 1" in found.title
    assert found.cause == 'the program ended with an error; it ends about every 20m; it says "panic: lost the lease"'
    assert {"lastState.terminated", "restartCount"} <= {each.field.rpartition("].")[2] for each in found.evidence}
    assert found.severity is Severity.WARNING


def test_the_log_of_the_run_before_is_read() -> None:
    scene = ending(40, age=14 * HOUR, run=1_200, since=600)
    assert logs_wanted(scene.snapshot()).crashed == {("shop", "web-5d4-abcde", "app"): True}


def test_what_it_says_leads_to_what_it_misses() -> None:
    scene = ending(12, age=3 * HOUR, run=900, since=300).add("services")
    assert scene.log("dial tcp: lookup redis-cache: no such host").rules() == ["unknown-host"]


@pytest.mark.parametrize(
    "scene",
    [
        ending(3, age=DAY, run=5 * HOUR, since=3 * HOUR),
        ending(9, age=60 * DAY, run=1_200, since=900),
        ending(5, age=2 * HOUR, run=90, since=100, code=137),
        ending(40, age=14 * HOUR, run=60 * HOUR, since=600),
    ],
    ids=["three times a day", "only lately", "killed after a minute and a half", "after a longer run"],
)
def test_what_will_end_again_is_told(scene: Scene) -> None:
    assert scene.rules() == ["crash-loop"]


@pytest.mark.parametrize(
    "scene",
    [
        ending(1, age=30 * DAY, run=29 * DAY, since=DAY),
        ending(1, age=2 * HOUR, run=HOUR, since=900),
        ending(2, age=2 * HOUR, run=1_200, since=900),
        ending(4, age=300, run=5, since=90),
        ending(11, age=50 * 60, run=20, since=400),
        ending(40, age=20 * HOUR, run=1_200, since=6 * HOUR),
        ending(12, age=365 * DAY, run=30 * DAY, since=HOUR),
        ending(2, age=HOUR, run=300, since=100, code=0, reason="Completed"),
        ending(5, age=2 * HOUR, run=300, since=HOUR, code=0, reason="Completed"),
        ending(9, age=90 * DAY, run=7 * DAY, since=HOUR, code=0, reason="Completed"),
        to_the_end(ending(5, age=HOUR, run=300, since=100, code=0, reason="Completed")),
        ending(40, age=14 * HOUR, run=1_200, since=600, code=255, reason="Unknown"),
        ending(40, age=14 * HOUR, run=1_200, since=600, last=False),
    ],
    ids=[
        "once a day ago", "once lately", "twice", "up after a wait", "up after a long wait", "over for hours",
        "once a month", "done twice", "done long ago", "done once a week", "done with its work",
        "its node was started again", "nothing is known of its end",
    ],
)  # fmt: skip
def test_what_is_over_or_an_accident_is_not(scene: Scene) -> None:
    assert scene.rules() == []


@pytest.mark.parametrize(
    ("run", "severity"),
    [(90, Severity.WARNING), (300, Severity.WARNING), (1_200, Severity.NOTICE)],
    ids=["each time held back for longer", "so too", "started again at once"],
)
def test_what_ends_well_again_and_again_is_told(run: int, severity: Severity) -> None:
    scene = ending(12, age=12 * (run + 60) + 50, run=run, since=50, code=0, reason="Completed")
    assert logs_wanted(scene.snapshot()).crashed == {("shop", "web-5d4-abcde", "app"): True}
    [found] = scene.findings()
    assert (found.rule, found.root.name, found.severity) == ("exits-at-once", "web", severity)
    assert "(exit code 0): there is nothing that keeps running; it ends about every" in found.cause


def test_what_it_says_before_it_ends_well_leads_to_what_it_misses() -> None:
    scene = ending(12, age=4_400, run=300, since=50, code=0, reason="Completed").add("services")
    assert scene.log("dial tcp: lookup redis-cache: no such host").rules() == ["unknown-host"]


@pytest.mark.parametrize(
    ("hours", "restarts", "severities"),
    [(20, 1, [Severity.NOTICE]), (20, 2, [Severity.WARNING]), (5, 1, [Severity.WARNING]), (25, 2, [])],
)
def test_a_kill_for_memory_is_told_for_a_day(hours: int, restarts: int, severities: list[Severity]) -> None:
    scene = ending(restarts, age=90 * DAY, run=DAY, since=hours * HOUR, code=137, reason="OOMKilled")
    assert [(each.rule, each.severity) for each in scene.findings()] == [("out-of-memory", each) for each in severities]
    assert all("limit of 64Mi" in each.cause for each in scene.findings())
