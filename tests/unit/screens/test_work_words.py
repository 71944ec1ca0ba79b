"""What a line says of a step: its phase, how long it takes already, and how long as a rule."""

import time

import pytest

from kubegenie_tui.domain.creation import Outline, PlannedStep, StepRecord, StepState, Work, WorkKind, WorkState
from kubegenie_tui.screens.work_words import shown_steps

NOW = 1_000_000.0
PLANE = PlannedStep("plane", "Cluster shop", "toy:CreateCluster", usual_seconds=600)
GATEWAY = PlannedStep("gateway", "Gateway", "toy:CreateGateway")


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)


def said(record: StepRecord, planned: PlannedStep = PLANE, *, worked_on: bool = True) -> str:
    """The words behind the state of the only step of a work."""
    outline = Outline("toy", "shop", "north", (planned,))
    state = WorkState.FAILED if record.state is StepState.FAILED else WorkState.RUNNING
    work = Work("w", WorkKind.CREATE, outline, {}, {}, (record,), NOW - 900, state)
    [shown] = shown_steps(work, worked_on=worked_on)
    return shown.text


def test_one_under_way_says_how_long_it_takes_already_and_how_long_as_a_rule() -> None:
    begun = StepRecord("plane", StepState.STARTED, phase="CREATING", started=NOW - 200)
    assert said(begun) == "CREATING · 3m20s of about 10m"


def test_one_that_is_tried_again_says_so_before_its_time() -> None:
    begun = StepRecord("plane", StepState.STARTED, message="is tried again: busy", started=NOW - 45)
    assert said(begun) == "is tried again: busy · 45s of about 10m"


def test_how_long_one_of_a_moment_takes_as_a_rule_is_not_worth_a_word() -> None:
    assert said(StepRecord("gateway", StepState.STARTED, started=NOW - 5), GATEWAY) == "5s"


@pytest.mark.parametrize(("state", "why"), [(StepState.DONE, ""), (StepState.FAILED, "no cores left")])
def test_one_that_is_over_says_how_long_it_took(state: StepState, why: str) -> None:
    over = StepRecord("plane", state, phase="ACTIVE", message=why, started=NOW - 800, ended=NOW - 60)
    assert said(over) == " · ".join(each for each in (why, "12m") if each)


def test_no_time_is_told_of_one_that_waits_or_that_nobody_works_on() -> None:
    assert said(StepRecord("plane")) == ""
    begun = StepRecord("plane", StepState.STARTED, phase="CREATING", started=NOW - 200)
    assert said(begun, worked_on=False) == "CREATING"
