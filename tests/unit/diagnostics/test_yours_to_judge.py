"""What may be as it is on purpose: the step that ends it says that a person judges, also where a plan is offered."""

from collections.abc import Callable

import pytest

from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.genie.offline.causes import told
from tests.unit.diagnostics.scene import Scene, named
from tests.unit.diagnostics.test_calls_and_names import bound
from tests.unit.diagnostics.test_corrections import closed, cordoned, job
from tests.unit.diagnostics.test_custom_and_rights import asleep
from tests.unit.diagnostics.test_remedies import cron_job, crowded
from tests.unit.diagnostics.test_replacements import scaling
from tests.unit.diagnostics.test_states import rewritten
from tests.unit.diagnostics.test_surroundings import rollout
from tests.unit.diagnostics.test_versions_and_claims import leading

OFFERED: tuple[tuple[str, str, Callable[[], Snapshot]], ...] = (
    ("dependency-asleep", "scale", lambda: asleep().snapshot()),
    ("node-cordoned", "uncordon", lambda: closed(cordoned()).snapshot()),
    ("rollout-paused", "resume", lambda: rollout(spec={"paused": True}, updatedReplicas=0).snapshot()),
    ("job-suspended", "unsuspend", lambda: Scene().add("jobs.batch", job()).snapshot()),
    ("job-failed", "suspend", lambda: cron_job(2)),
    ("insufficient-cpu", "scale", crowded),
    ("service-of-old-version", "patch", lambda: leading().snapshot()),
)
IN_WORDS: tuple[tuple[str, str, Callable[[], Snapshot]], ...] = (
    ("configmap-changed", "", lambda: rewritten().snapshot()),
    ("missing-role", "", lambda: bound("veiw", "deployer").snapshot()),
)


@pytest.mark.parametrize(("rule", "operation", "snapshot"), [*OFFERED, *IN_WORDS])
def test_it_is_said_that_a_person_judges(rule: str, operation: str, snapshot: Callable[[], Snapshot]) -> None:
    found = next(each for each in diagnose(snapshot()).findings if each.rule == rule)
    assert (found.remedy.operation if found.remedy else "") == operation
    assert any("yours to judge" in step for step in found.next_steps)
    lines = [line for line in told(found).splitlines() if line.startswith("- Next: ")]
    assert any("yours to judge" in line for line in lines), "the chat says it too"


def test_a_cron_job_that_cannot_be_held_is_not_said_to_be() -> None:
    [found] = diagnose(cron_job(1)).findings
    assert not [step for step in found.next_steps if "suspend" in step]


@pytest.mark.parametrize(("target", "is_sure"), [("dbb", True), ("db-1", False)])
def test_an_autoscaler_is_led_to_a_target_that_is_surely_meant(target: str, is_sure: bool) -> None:
    scene = scaling("StatefulSet", target)
    scene.add("statefulsets.apps", named("cache", "StatefulSet", spec={"replicas": 1, "template": {}}))
    found = next(each for each in diagnose(scene.snapshot()).findings if each.rule == "autoscaler-target")
    assert bool(found.remedy) == is_sure
