"""A work and its outline as lines of text and as JSON."""

import time
from typing import Any

import msgspec

from kubegenie_tui.domain.creation import Estimate, Identity, Outline, StepRecord, StepState, Work, WorkState
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.text import plain

BROKEN_OFF = "broken off"
"""Of a work that somebody should see to, and nobody does."""


def outline_lines(outline: Outline) -> list[str]:
    """All that would be done, what it costs, and what it would leave."""
    lines = [f"{outline.provider}: {outline.name}", outline.where, ""]
    lines += [f"  {each.title}  ({each.call}{_about(each.usual_seconds)})" for each in outline.steps]
    if (estimate := outline.estimate) is not None:
        lines += ["", *(f"  {each.count:g} x {each.what}: ${each.monthly:,.2f} a month" for each in estimate.prices)]
        lines.append(_sum(estimate))
        without = "without " if estimate.prices else ""
        lines += [f"  {without}{each}, which costs too" for each in estimate.unpriced]
    lines += ["", *(f"▲ {each}" for each in outline.warnings)] if outline.warnings else []
    lines += ["", *(f"○ not cleaned up with it: {each}" for each in outline.leaves)] if outline.leaves else []
    return [plain(each) for each in lines]


def _sum(estimate: Estimate) -> str:
    origin = f"prices of {estimate.as_of} ({estimate.source})" if estimate.as_of else estimate.source
    if estimate.prices:
        return f"  ${estimate.monthly:,.2f} a month, by {origin}"
    return f"  unpriced, what it costs is not known: {origin}"


def _about(seconds: float) -> str:
    """Nothing for a removal: only of what is made is it known how long it takes."""
    return f", about {format_age(seconds)}" if seconds else ""


def step_line(work: Work, record: StepRecord, now: float) -> str:
    """`✔ Control plane shop: done in 9m12s`."""
    title = next((each.title for each in work.outline.steps if each.key == record.key), record.key)
    health, state = _state(work, record)
    parts = [state]
    if record.phase and record.state in (StepState.STARTED, StepState.REMOVING):
        parts.append(record.phase)
    if record.started:
        parts.append(format_age((record.ended or now) - record.started))
    if record.message:
        parts.append(record.message)
    return plain(f"{health.glyph} {title}: {', '.join(parts)}")


def _state(work: Work, record: StepRecord) -> tuple[Health, str]:
    """In a removal "done" would say that it is there."""
    if record.state is StepState.REMOVED and record.message:
        return record.state.health, "not removed"
    if work.removal is None or record.state is StepState.REMOVED:
        return record.state.health, record.state.value
    if record.state is not StepState.REMOVING:
        return Health.UNKNOWN, "not removed yet"
    failed = work.state is WorkState.FAILED
    return (Health.BAD, "not removed") if failed else (record.state.health, record.state.value)


def records_told(work: Work) -> tuple[StepRecord, ...]:
    """Of a removal those that it takes away, in its order: what stays is no part of it."""
    records = {each.key: each for each in work.steps}
    return work.steps if work.removal is None else tuple(records[each.key] for each in work.removal.steps)


def stands(work: Work, *, worked_on: bool) -> str:
    """What became of a work, in a word or two."""
    return BROKEN_OFF if work.is_under_way and not worked_on else work.state.value


def head_lines(work: Work, *, worked_on: bool) -> list[str]:
    """Where a work stands, without its steps."""
    outline, state = work.outline, stands(work, worked_on=worked_on)
    glyph = (Health.WARN if state == BROKEN_OFF else work.state.health).glyph
    said = work.message
    if state == BROKEN_OFF:
        said = f"`kubegenie provision resume {work.id if work.of else outline.name}` goes on"
    return [
        plain(f"{glyph} {outline.name} ({outline.provider}, {work.kind.value}): {state}"),
        *([plain(f"  {said}")] if said else []),
        *([f"  {_other_login(work)}"] if work.login_refused else []),
    ]


def _other_login(work: Work) -> str:
    """What to do with credentials that ended."""
    verb = "delete" if work.removal else "create"
    then = f", and `kubegenie provision resume {work.id}` goes on" if work.of else " and goes on"
    return plain(f"other credentials: `kubegenie provision {verb} -f FILE` takes those of the file{then}")


def work_lines(work: Work, *, worked_on: bool) -> list[str]:
    """Where a work stands, step by step."""
    steps = (f"  {step_line(work, each, time.time())}" for each in records_told(work))
    return [*head_lines(work, worked_on=worked_on), *steps]


def identity_lines(known: Identity) -> list[str]:
    """Whom the provider takes us for, and what we may not do."""
    lines = [f"as {known.who}{f' in {known.where}' if known.where else ''}"]
    if known.unknown:
        lines.append(f"▲ permissions could not {'all ' if known.missing else ''}be looked at: {known.unknown}")
    lines += [f"✖ permission missing: {each}" for each in known.missing]
    lines += ["  the steps that need these will fail"] if known.missing else []
    return [plain(each) for each in (*lines, "")]


def outline_json(outline: Outline) -> dict[str, Any]:
    """An outline for programs."""
    told: dict[str, Any] = msgspec.to_builtins(outline)
    if outline.estimate is not None:
        told["estimate"]["monthly"] = round(outline.estimate.monthly, 2) if outline.estimate.prices else None
    return told


def work_json(work: Work, *, worked_on: bool) -> dict[str, Any]:
    """A work for programs."""
    told: dict[str, Any] = msgspec.to_builtins(work)
    told["name"], told["provider"], told["worked_on"] = work.outline.name, work.outline.provider, worked_on
    return told
