"""A cluster of many steps in a small terminal: what has to be typed, and what went wrong, stay in view."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from textual.content import Content
from textual.widgets import Input

from kubegenie_tui.domain.creation import Outline, PlannedStep, StepRecord, StepState, Work, WorkKind, WorkState
from kubegenie_tui.domain.form import TextField
from kubegenie_tui.screens.wizard_page import WizardPage
from kubegenie_tui.screens.wizard_review import WizardReview
from kubegenie_tui.screens.work import WorkScreen
from tests.ui.on_demo import OnDemo
from tests.ui.wizarding import listed

if TYPE_CHECKING:
    from kubegenie_tui.provision.works import Works

STEPS = tuple(PlannedStep(f"step-{number}", f"Thing number {number}", "made:Up") for number in range(40))
OUTLINE = Outline("eks", "shop", "eu-west-1", STEPS, leaves=("log groups",))
TRAIL = Content("Provider ● Account ● Cluster ◐ Review ○")


@pytest.fixture
async def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OnDemo]:
    async with listed(tmp_path, monkeypatch) as demo:
        await demo.pilot.resize_terminal(80, 24)
        yield demo


async def test_the_line_for_the_name_is_below_all_steps(small: OnDemo) -> None:
    await small.app.push_screen(WizardReview("Create shop", OUTLINE))
    await small.until_shown("type shop to go on")
    await small.until_shown("Thing number 3")
    await small.pilot.press(*"shoq", "enter")
    await small.until_shown("✖ This is done once you type shop")
    assert small.app.screen.query_one(Input).value == "shoq"
    await small.until_shown("shoq")


async def test_the_words_of_a_step_go_on_below_its_words(small: OnDemo) -> None:
    step = PlannedStep("plane", f"Control plane {'of many words ' * 5}", "made:Up")
    outline = Outline("eks", "shop", "eu-west-1", (step,), warnings=("open " * 20,))
    await small.app.push_screen(WizardReview("Create shop", outline))
    await small.until_shown("  1  Control plane of many words")
    lines = [line.partition("│")[2] for line in small.text().splitlines()]
    assert [line for line in lines if re.match(r" {6}\S", line) and "made:Up" in line]
    assert [line for line in lines if line.startswith("   open")]


async def test_the_end_of_a_review_can_be_read(small: OnDemo) -> None:
    await small.app.push_screen(WizardReview("Create shop", OUTLINE, trail=TRAIL))
    await small.until_shown("Thing number 3")
    for _ in range(5):
        await small.pilot.press("pagedown")
    await small.until_shown("log groups")


async def test_the_last_field_of_a_page_and_what_is_said_of_it_can_be_read(small: OnDemo) -> None:
    fields = [TextField(f"field-{number}", f"Field {number}", hint=f"hint {number}") for number in range(20)]
    await small.app.push_screen(WizardPage("Cluster", fields, typed={}, trail=TRAIL, intro="All of it"))
    await small.until_shown("hint 1")
    await small.pilot.press("up")
    await small.until_shown("Field 19")
    await small.until_shown("hint 19")


class _Failed:
    """A work that nobody works on."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def follow(self, _: str) -> AsyncIterator[Work]:
        await asyncio.sleep(0)
        yield self._work


async def test_why_a_step_failed_is_below_all_steps(small: OnDemo) -> None:
    said = "AWS does not allow ec2:CreateVpc · you are not authorized"
    records = [StepRecord(each.key, StepState.DONE) for each in STEPS]
    records[30] = StepRecord(STEPS[30].key, StepState.FAILED, message=said)
    work = Work("w1", WorkKind.CREATE, OUTLINE, {}, {}, tuple(records), 0.0, WorkState.FAILED, said)

    async def opens(_: Work) -> bool:
        return True

    await small.app.push_screen(WorkScreen(cast("Works", _Failed(work)), work, opens))
    await small.until_shown("✖ failed")
    await small.until_shown("r tries it again")
    await small.until_shown("are not authorized")
    await small.pilot.press("end")
    await small.until_shown("Thing number 39")
    await small.pilot.press("home")
    await small.until_shown("Thing number 0 · done")
