"""How a plan ended, as it is told to whoever asked for it."""

from collections.abc import AsyncIterator

from kubegenie_tui.domain.errors import Forbidden, Refused, ResultNotRecorded
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Preview, Progress, Step, StepPreview, StepState, Tier, Verb
from kubegenie_tui.screens.plan_end import LEFT, tell_end
from kubegenie_tui.screens.plan_run import PlanRun

STEP = Step(Verb.DELETE, ObjectRef("pods", "web-0", "shop"))
PREVIEW = Preview(Plan("Delete", "prod", (STEP,)), (StepPreview(STEP, {}, None, ()),), Tier.DISRUPTIVE, (), (), ())
Heard = list[tuple[bool, str, int]]


async def news(*each: Progress) -> AsyncIterator[Progress]:
    for progress in each:
        yield progress


def telling() -> tuple[Heard, PlanRun]:
    return [], PlanRun(PREVIEW, lambda: 0.0)


def test_a_plan_that_nobody_said_yes_to_was_left() -> None:
    heard: Heard = []
    tell_end(None, PREVIEW, lambda *told: heard.append(told))
    assert heard == [(False, LEFT, 0)]


def test_a_refusal_is_told_with_its_reason() -> None:
    heard: Heard = []
    refused = Preview(PREVIEW.plan, (), Tier.REVERSIBLE, (), (), (), refusal=Forbidden("You may not", "no role"))
    tell_end(None, refused, lambda *told: heard.append(told))
    assert heard == [(False, "Refused: You may not · no role", 0)]


async def test_what_is_over_is_told_at_once_and_once() -> None:
    heard, run = telling()
    await run.go(news(Progress(0, StepState.DONE), Progress(-1, StepState.DONE, undo_id=7)))
    tell_end(run, PREVIEW, lambda *told: heard.append(told))
    assert heard == [(True, "Done in 0.0s", 7)]


async def test_what_goes_on_in_the_background_is_told_at_its_end_and_why_it_failed() -> None:
    heard, run = telling()
    before: list[bool] = []
    run.told = lambda: before.append(run.finished)
    tell_end(run, PREVIEW, lambda *told: heard.append(told))
    assert heard == []
    error = Refused("The server refused", "quota")
    await run.go(news(Progress(0, StepState.FAILED, error=error), Progress(-1, StepState.FAILED, error=error)))
    [(made, how, _)] = heard
    assert not made
    assert "The server refused · quota" in how
    assert before[-1] is True


async def test_what_was_made_is_not_told_as_failed_where_that_could_not_be_recorded() -> None:
    heard, run = telling()
    tell_end(run, PREVIEW, lambda *told: heard.append(told))
    error = ResultNotRecorded("It was changed, but that could not be recorded")
    told = Progress(0, StepState.DONE, str(error)), Progress(-1, StepState.FAILED, error=error, undo_id=7)
    await run.go(news(*told))
    [(made, how, undo_id)] = heard
    assert (made, undo_id) == (False, 7)
    assert how.startswith("Done, but: It was changed")
