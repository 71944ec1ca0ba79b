"""How far a work is, in words: its steps, how long it took, and what a person can do about it."""

import time
from collections.abc import Mapping

from textual.content import Content

from kubegenie_tui.domain import creation
from kubegenie_tui.domain.creation import PlannedStep, StepRecord, Work, WorkKind, WorkState
from kubegenie_tui.domain.plan import StepState
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.text import plain
from kubegenie_tui.provision.engine import LEFT_ALONE
from kubegenie_tui.widgets.step_list import ShownStep

UNDER_WAY = (creation.StepState.STARTED, creation.StepState.REMOVING)
_REMOVED = (creation.StepState.REMOVING, creation.StepState.REMOVED)
_MADE = {
    creation.StepState.WAITING: StepState.WAITING,
    creation.StepState.DONE: StepState.DONE,
    creation.StepState.FAILED: StepState.FAILED,
    creation.StepState.SKIPPED: StepState.SKIPPED,
}
_ELSE = "to ask for something else, create anew: the wizard kept what you typed"


def shown_steps(work: Work, *, worked_on: bool) -> list[ShownStep]:
    """A line a step, in the order in which they are done; of a removal only what there was to remove."""
    planned = {each.key: each for each in work.outline.steps}
    if work.removal is None:
        return [_shown(work, planned[each.key], each, worked_on=worked_on) for each in work.steps]
    records: Mapping[str, StepRecord] = {each.key: each for each in work.steps}
    return [_shown(work, planned[each.key], records[each.key], worked_on=worked_on) for each in work.removal.steps]


def seconds_of(work: Work, *, worked_on: bool) -> float:
    """How long it took so far; a removal begins when the first step of it does."""
    removing = [each.started for each in work.steps if work.removal and each.state in _REMOVED]
    ended = max((each.ended for each in work.steps), default=0.0)
    now = time.time()
    return (now if worked_on else ended or now) - min(removing, default=work.at)


def said_of(work: Work, *, worked_on: bool, keys: Mapping[str, str]) -> Content:
    """What is to be said below the steps.

    Args:
        work: which.
        worked_on: whether a process does.
        keys: as people write them, by the id of what they do.
    """
    failed = work.state is WorkState.FAILED
    if failed and any(each.message and work.message.endswith(each.message) for each in work.steps):
        return Content.styled(_ways_on(work, keys), "$muted")
    if work.message:
        return Content.styled(plain(work.message), "$error" if failed else "$warning")
    if work.state is WorkState.DONE and work.kind is WorkKind.CREATE:
        open_it = keys["open-made-cluster"]
        return Content.styled(f"{plain(work.outline.name)} is in the list of clusters: {open_it} opens it", "$success")
    if work.state is WorkState.REMOVED:
        left = any(
            each.state is creation.StepState.REMOVED and each.message not in ("", LEFT_ALONE) for each in work.steps
        )
        but = ", but for what is left" if left else ""
        return Content.styled(f"What this work made of these is gone{but}", "$success")
    if work.is_under_way and worked_on:
        return Content.styled("It goes on when you leave, and when KubeGenie ends; :works leads back here", "$muted")
    return Content()


def _ways_on(work: Work, keys: Mapping[str, str]) -> str:
    other = f"{keys['renew-login']} takes other credentials and goes on, " if work.login_refused else ""
    again, clean_up = f"{other}{keys['resume-work']}", keys["clean-up-work"]
    if work.removal is not None:
        return f"{again} tries it again: what is left is still on record"
    if work.kind is not WorkKind.CREATE:
        return f"{again} tries it again"
    without = f", {keys['skip-failed']} goes on without it" if can_skip(work) else ""
    return f"{again} tries it again{without}, {clean_up} shows what would be cleaned up; {_ELSE}"


def can_skip(work: Work) -> bool:
    """Whether it can go on without the steps that failed."""
    optional = {each.key for each in work.outline.steps if each.optional}
    failed = {each.key for each in work.steps if each.state is creation.StepState.FAILED}
    return work.state is WorkState.FAILED and bool(failed) and failed <= optional


def _shown(work: Work, planned: PlannedStep, record: StepRecord, *, worked_on: bool) -> ShownStep:
    state = _state(work, record, worked_on=worked_on)
    if work.removal is not None and state is StepState.WAITING:
        return ShownStep(state, planned.title)
    running, held_up = state is StepState.RUNNING, record.state in UNDER_WAY and state is StepState.WAITING
    if record.state is creation.StepState.REMOVED and record.message:
        return ShownStep(StepState.SKIPPED, planned.title, word=record.message)
    parts = [record.phase if running or held_up else "", record.message]
    if record.started and not held_up:
        took = format_age((record.ended or time.time()) - record.started)
        usual = f" of about {format_age(planned.usual_seconds)}" if running and planned.usual_seconds > 1 else ""
        parts.append(f"{took}{usual}" if running or record.ended else "")
    word = "removed" if record.state is creation.StepState.REMOVED else ""
    return ShownStep(state, planned.title, " · ".join(part for part in parts if part), word=word)


def _state(work: Work, record: StepRecord, *, worked_on: bool) -> StepState:
    """What is under way is so only while somebody works on it; what is not removed yet waits for it."""
    if record.state in UNDER_WAY and worked_on:
        return StepState.RUNNING
    if work.removal is None:
        return _MADE.get(record.state, StepState.WAITING)
    if record.state is creation.StepState.REMOVING and work.state is WorkState.FAILED:
        return StepState.FAILED
    return StepState.DONE if record.state is creation.StepState.REMOVED else StepState.WAITING
