"""Rollouts: replace every pod, hold on, go on, go back."""

from datetime import UTC, datetime

from kubegenie_tui.changes.operations.operation import ROLLING, Operation, Request, Targets, of_kinds
from kubegenie_tui.changes.operations.target import Target, called
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.manifest import value_at
from kubegenie_tui.domain.plan import Plan, Step

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""The annotation of the pod template that kubectl and everyone else uses."""


def restart_steps(targets: Targets, now: float) -> list[Step]:
    """Replace all pods of each, as its strategy says.

    Raises:
        UsageError: one of them is paused, so that nothing would happen.
    """
    for target in targets:
        if _paused(target):
            raise UsageError(f"{target.words} is paused", "a restart would wait", "resume the rollout first")
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: moment}}}}}
    return [target.patch(body) for target in targets]


def pause_steps(targets: Targets, *, paused: bool) -> list[Step]:
    """Hold the rollouts, or let them go on; those that are so already are left out."""
    return [target.patch({"spec": {"paused": paused}}) for target in targets if _paused(target) is not paused]


def _paused(target: Target) -> bool:
    return value_at(target.manifest, "spec.paused") is True


async def _restart(request: Request) -> Plan:
    return request.plan(f"Restart {called(request.targets)}", restart_steps(request.targets, request.now))


async def _pause(request: Request) -> Plan:
    return request.plan(f"Pause the rollout of {called(request.targets)}", pause_steps(request.targets, paused=True))


async def _resume(request: Request) -> Plan:
    return request.plan(f"Resume the rollout of {called(request.targets)}", pause_steps(request.targets, paused=False))


RESTART = Operation("restart", "restart", of_kinds(*ROLLING), _restart)
PAUSE = Operation("pause", "pause the rollout", of_kinds("deployments.apps"), _pause)
RESUME = Operation("resume", "resume the rollout", of_kinds("deployments.apps"), _resume)
