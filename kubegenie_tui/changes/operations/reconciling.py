"""Operators: leave an object alone, look after it again, install what waits for a yes."""

from kubegenie_tui.changes.operations.operation import Operation, Request, of_kinds
from kubegenie_tui.changes.operations.target import called
from kubegenie_tui.domain.custom.pausing import is_paused, pause_of, pause_patch
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import texts_at, value_at
from kubegenie_tui.domain.plan import Plan, Step


def _can_pause(kind: Kind) -> bool:
    return pause_of(kind) is not None


def pause_steps(request: Request, *, paused: bool) -> list[Step]:
    """Have the operator leave each alone, or not; those that are so already are left out."""
    steps = []
    for target in request.targets:
        pause = pause_of(target.kind)
        if pause is not None and is_paused(target.manifest, pause) is not paused:
            steps.append(target.patch(pause_patch(pause, paused=paused)))
    return steps


async def _pause(request: Request) -> Plan:
    return request.plan(f"Pause {called(request.targets)}", pause_steps(request, paused=True))


async def _resume(request: Request) -> Plan:
    return request.plan(f"Resume {called(request.targets)}", pause_steps(request, paused=False))


async def _approve(request: Request) -> Plan:
    waiting = [each for each in request.targets if value_at(each.manifest, "spec.approved") is not True]
    names = [name for each in waiting for name in texts_at(each.manifest, "spec.clusterServiceVersionNames")]
    steps = [target.patch({"spec": {"approved": True}}) for target in waiting]
    disrupts = f"it installs or replaces {', '.join(names) or 'an operator'}"
    return request.plan(f"Approve {called(request.targets)}", steps, disrupts=disrupts)


PAUSE_RECONCILING = Operation("pause-reconciling", "pause its operator", _can_pause, _pause)
RESUME_RECONCILING = Operation("resume-reconciling", "let its operator go on", _can_pause, _resume)
APPROVE = Operation("approve", "approve the install plan", of_kinds("installplans.operators.coreos.com"), _approve)
